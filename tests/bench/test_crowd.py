"""The crowd that is searched: found like anybody whom the desk has written down, in homes that are there."""

import pytest
from django.core.management import call_command
from django.db import connection

from banli.bench import crowd
from banli.bench.searches import Words
from banli.config.demo import load as load_demo
from banli.desk.search import look_up
from banli.estate.models import Estate, Occupancy, Person
from banli.people.access import desk_of
from banli.people.models import Staff
from tests.bench.test_load import INDEXES, _Here
from tests.office import load_packs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def estate(settings, tmp_path, monkeypatch) -> Estate:
    settings.DATA = tmp_path
    monkeypatch.setattr(crowd, "FLOORS", 2)
    monkeypatch.setattr(crowd, "HOMES", 24)
    monkeypatch.setattr(crowd, "PEOPLE", 72)
    call_command("createcachetable", verbosity=0)
    load_packs()
    load_demo()
    return Estate.objects.get(code="cuihu")


def indexes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [list(crowd.COLUMNS)])
        return [row[0] for row in cursor.fetchall()]


def test_a_crowd_lives_in_its_homes_and_each_kind_of_search_finds_it(estate: Estate):
    before, people = indexes(), Person.objects.count()
    crowd.crowd(_Here(), estate, 100)
    assert Person.objects.count() == people + 144
    assert indexes() == before
    one = Person.objects.latest("pk")
    assert one.phone.startswith("139") and len(one.phone) == 11
    assert Occupancy.objects.get(person=one).unit.key == "1001-3-204"
    assert Person.objects.create(estate=estate, name="张女士").pk == one.pk + 1

    desk = desk_of(Staff.objects.get(username="xiaowang"), estate.pk, strict=True)
    for kind, text in Words(7).every().items():
        for _ in range(3):
            assert bool(look_up(desk, text())) is ("not there" not in kind), kind
