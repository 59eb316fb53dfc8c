"""The bench's workbook is one that an office could send in: taken in whole, nothing new the second time, undone."""

import pytest

from banli.bench import workbook
from banli.estate.models import Occupancy, Unit
from tests.office import Office

pytestmark = pytest.mark.django_db


def test_a_workbook_is_taken_in_tried_again_and_undone(office: Office, monkeypatch):
    monkeypatch.setattr(workbook, "HOMES", 8)
    before = Unit.objects.count(), Occupancy.objects.count()
    rows, timed = workbook.measure(office.estate, 2 * workbook.rows_of_a_building())
    assert rows == 2 * (1 + 8 * 4 + 4)
    assert [len(one.took) for one in timed] == [1, 1, 1, 1]
    assert (Unit.objects.count(), Occupancy.objects.count()) == before
