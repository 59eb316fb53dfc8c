"""`joined.every` gives what `select_related` gives, in one statement, with one object of what many rows point to."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases.models import Case
from banli.journal import joined
from tests.desk.at_the_desk import open_goods, open_repair
from tests.office import Office

PATHS = ("unit", "unit__building", "applicant", "parent", "opened_by")


def told(office: Office) -> list[Case]:
    ids = "SELECT id FROM cases_case WHERE estate_id = %(estate)s"
    return joined.every(Case, ids, {"estate": office.estate.pk}, joined=PATHS, order="procedure, id DESC")


def test_the_rows_come_in_order_with_what_they_point_to(office: Office):
    open_goods(office), open_repair(office), open_repair(office)
    Case.objects.filter(pk=open_goods(office)).update(unit=None, applicant=None)
    with CaptureQueriesContext(connection) as seen:
        found = told(office)
        said = [(one, one.unit, one.unit and one.unit.building, one.applicant, one.parent) for one in found]
        names = [one.opened_by.name for one in found if one.opened_by]
    assert len(seen) == 1
    wanted = Case.objects.filter(estate=office.estate).select_related(*PATHS).order_by("procedure", "-id")
    assert said == [
        (one, one.unit, one.unit and one.unit.building, one.applicant, one.parent) for one in wanted
    ]
    assert names == ["小王"] * 4
    assert [one.form for one in found] == [one.form for one in wanted]


def test_what_several_rows_point_to_is_one_object(office: Office):
    open_goods(office), open_repair(office)
    one, other = told(office)
    assert one.unit is other.unit and one.unit is not None and one.unit.building is other.unit.building
