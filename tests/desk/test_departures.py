"""Moving out at the counter: what ends, which passes are to be given back, what is still open."""

import re
from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases.audit import CHECKS
from banli.estate.actions import Particulars, add_person
from banli.estate.belongings import Vehicle
from banli.estate.contracts import actions as contracts
from banli.estate.contracts.actions import Terms
from banli.estate.contracts.models import Contract
from banli.estate.models import Occupancy, Person
from banli.journal.models import Entry
from banli.papers.models import Paper
from tests.cases import parking
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


def agreed(office: Office, kind: str, *parties: Person, **more: Any) -> Contract:
    terms = Terms(kind, today() - timedelta(days=100), more.pop("until", None), parties, **more)
    return contracts.enter(by=office["xiaowang"], unit=office.unit, terms=terms)


def lives(office: Office, name: str, role: str, days: int) -> Occupancy:
    """Somebody who came so many days ago."""
    return add_person(
        by=office["xiaowang"], unit=office.unit, particulars=Particulars(name), role=role,
        since=today() - timedelta(days=days),
    )  # fmt: skip


def test_the_tenancy_ends_with_the_tenant_and_keeps_its_agreed_day(office: Office):
    end = today() + timedelta(days=200)
    tenancy = agreed(office, "tenancy", office.owner, office.tenant, until=end, number="ZL-7")
    place = agreed(office, "parking", office.tenant)
    address = f"/occupancies/{occupancy(office, office.tenant)}/closure/"
    page = text(at(office, "xiaowang").get(address))
    assert re.search(rf'name="contracts" value="{tenancy.pk}"[^>]*checked', page), "it is offered, and chosen"
    assert f"/contracts/{place.pk}/" in page and f'value="{place.pk}"' not in page, "named, not ended"
    last = (today() + timedelta(days=3)).isoformat()
    told = posted(office, office.tenant, departure="lease_ended", until=last, contracts=[tenancy.pk])
    assert at(office, "xiaowang").post(address, told).status_code == 302
    tenancy.refresh_from_db()
    assert (tenancy.until, tenancy.ended) == (end, today() + timedelta(days=3))
    assert tenancy.ended_reason == "迁出：租约到期或解除"
    place.refresh_from_db()
    assert place.ended is None
    kinds = list(Entry.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == ["contract_ended", "moved_out"]
    assert [str(finding) for check in CHECKS.values() for finding in check()] == []


def test_a_contract_that_is_not_chosen_goes_on_and_stays_named(office: Office):
    tenancy = agreed(office, "tenancy", office.owner, office.tenant)
    address = f"/occupancies/{occupancy(office, office.tenant)}/closure/"
    client = at(office, "xiaowang")
    client.post(address, posted(office, office.tenant, departure="lease_ended"))
    tenancy.refresh_from_db()
    assert tenancy.ended is None
    assert f"/contracts/{tenancy.pk}/" in text(client.get(address))


def test_who_sells_leaves_the_tenancy_to_the_tenant_who_stays(office: Office):
    tenancy = agreed(office, "tenancy", office.owner, office.tenant)
    page = text(at(office, "xiaowang").get(f"/occupancies/{occupancy(office, office.owner)}/closure/"))
    assert re.search(rf'name="contracts" value="{tenancy.pk}"[^>]*>', page)
    assert not re.search(rf'name="contracts" value="{tenancy.pk}"[^>]*checked', page)


def test_a_contract_of_others_is_not_ended(office: Office):
    theirs = agreed(office, "tenancy", office.owner, lives(office, "邻居", "tenant", 50).person)
    address = f"/occupancies/{occupancy(office, office.tenant)}/closure/"
    told = posted(office, office.tenant, departure="lease_ended", contracts=[theirs.pk])
    answer = at(office, "xiaowang").post(address, told)
    assert answer.status_code == 422 and "不是“租赁合同”的当事人" in text(answer)
    theirs.refresh_from_db()
    assert theirs.ended is None and not Occupancy.objects.exclude(departure="").exists(), "nothing is done"


def test_whoever_came_with_the_tenant_is_chosen_already(office: Office):
    Occupancy.objects.filter(person=office.tenant).update(since=today() - timedelta(days=90))
    child, aunt = lives(office, "邻居", "family", 60), lives(office, "前租户", "staff", 30)
    before = lives(office, "业主家人", "family", 200)
    address = f"/occupancies/{occupancy(office, office.tenant)}/closure/"

    def chosen() -> set[str]:
        return set(
            re.findall(r'name="who" value="(\d+)"[^>]*checked', text(at(office, "xiaowang").get(address)))
        )

    mine = str(occupancy(office, office.tenant))
    assert chosen() == {mine, str(child.pk), str(aunt.pk)} and str(before.pk) not in chosen()
    lives(office, "另一租户", "tenant", 20)
    assert chosen() == {mine}, "of two tenants one has to ask"


def test_a_place_that_is_paid_for_and_a_deposit_are_named_with_their_case(office: Office):
    case = parking.parked(office)
    address = f"/occupancies/{occupancy(office, office.owner)}/closure/"
    page = text(at(office, "xiaowang").get(address))
    assert "车位 A012" in page and f"/cases/{case}/" in page
    assert "没有别的合同、车位和押金" not in page


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


def test_the_home_says_what_somebody_who_left_still_holds(office: Office):
    issued(office)
    client, where = at(office, "xiaowang"), f"/units/{office.unit.pk}/"
    assert "没有收回" not in text(client.get(where))
    Occupancy.objects.filter(person=office.owner).update(until=today() - timedelta(days=1))
    assert f"{office.owner.name}已不住这里，还有 1 张有效的单据没有收回" in text(client.get(where))
