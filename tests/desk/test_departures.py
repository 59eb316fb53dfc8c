"""Moving out at the counter: what ends, which passes are to be given back, what is still open."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.estate.belongings import Vehicle
from banli.estate.models import Occupancy, Person
from banli.papers.models import Paper
from tests.desk.at_the_desk import at, issued, occupancy, open_repair, text
from tests.office import Office, today


def posted(office: Office, person: Person, **change: object) -> dict[str, object]:
    told = {
        "who": [occupancy(office, person)],
        "until": today().isoformat(),
        "departure": "sold",
        "note": "",
        "key": "k-1",
    }
    return {**told, **change}


def test_the_form_shows_what_ends_what_is_held_and_what_is_open(office: Office):
    issued(office)
    open_repair(office)
    Vehicle.objects.create(
        estate=office.estate, unit=office.unit, person=office.tenant, plate="浙A12345", since=today()
    )
    page = text(at(office, "xiaowang").get(f"/occupancies/{occupancy(office, office.tenant)}/closure/"))
    assert "FX-" in page and "浙A12345" in page and "还有 2 件没有办完" in page
    assert "业主张女士 · 业主" in page and "租户刘先生 · 租户" in page


def test_afterwards_the_page_lists_what_is_to_be_given_back(office: Office):
    case = issued(office)
    address = f"/occupancies/{occupancy(office, office.owner)}/closure/"
    client = at(office, "xiaowang")
    answer = client.post(address, posted(office, office.owner, note="已过户"))
    assert answer.status_code == 302 and answer["Location"].startswith(address)
    page = text(client.get(address))
    assert "已登记迁出" in page and "房屋转让" in page and "已过户" in page
    assert "FX-" in page and f"/cases/{case}/" in page and "还有 1 件没有办完" in page
    assert "登记迁出</button>" not in page
    assert Paper.objects.get().state == "valid", "moving out voids nothing"
    file = text(client.get(f"/units/{office.unit.pk}/file/"))
    assert "迁出：房屋转让" in file


def test_the_tenant_is_not_told_of_the_owners_pass(office: Office):
    issued(office)
    client = at(office, "xiaowang")
    address = f"/occupancies/{occupancy(office, office.tenant)}/closure/"
    client.post(address, posted(office, office.tenant, departure="lease_ended"))
    assert "没有要收回的单据" in text(client.get(address))


def test_faults_are_marked_and_nothing_is_done(office: Office):
    client = at(office, "xiaowang")
    address = f"/occupancies/{occupancy(office, office.tenant)}/closure/"
    for change in (
        {"departure": ""}, {"departure": "tired"}, {"until": "明天"}, {"who": []}, {"who": ["999999"]},
        {"note": "长" * 300}, {"until": "2001-01-01"},
    ):  # fmt: skip
        assert client.post(address, posted(office, office.tenant, **change)).status_code == 422
    assert not Occupancy.objects.exclude(departure="").exists()


def test_what_was_recorded_before_reasons_were_asked_is_shown_without_one(office: Office):
    Occupancy.objects.filter(person=office.tenant).update(until=today() - timedelta(days=1))
    pk = Occupancy.objects.get(person=office.tenant).pk
    page = text(at(office, "xiaowang").get(f"/occupancies/{pk}/closure/"))
    assert "已登记迁出" in page and "最后一天" in page


def test_the_page_asks_no_more_with_more_on_it(office: Office):
    def asked() -> int:
        client = at(office, "xiaowang")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/occupancies/{occupancy(office, office.owner)}/closure/")
        return len(queries)

    def more(number: int) -> None:
        issued(office)
        open_repair(office)
        Vehicle.objects.create(
            estate=office.estate,
            unit=office.unit,
            person=office.owner,
            plate=f"浙A1234{number}",
            since=today(),
        )
        person = Person.objects.create(estate=office.estate, name=f"家人{number}")
        Occupancy.objects.create(
            estate=office.estate, unit=office.unit, person=person, role="family", since=today()
        )

    more(1)
    asked()
    first = asked()
    more(2)
    more(3)
    assert asked() == first
