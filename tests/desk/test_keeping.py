"""What reached the end of its time: listed at night, let go by the director, erased by the calendar, or held back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases import actions as cases
from banli.cases import packs, settings
from banli.cases.audit import CHECKS
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from banli.estate.actions import Particulars, correct_person
from banli.estate.belongings import HeldPlace, Vehicle
from banli.estate.contracts import actions as contracts
from banli.estate.contracts.actions import Terms
from banli.estate.contracts.models import Contract
from banli.estate.erasing import erase_person
from banli.estate.keeping import actions, queries
from banli.estate.keeping.models import Expiry, Hold
from banli.estate.keeping.reckoning import reckon
from banli.estate.models import Occupancy, Person
from banli.estate.moving import move_out
from banli.journal.models import Entry
from banli.journal.pictures import photo
from banli.people.actions import record
from tests.cashier.conftest import Till, till_pack
from tests.desk.at_the_desk import TELEPHONE, at, give_telephone, key, open_goods, picture, text
from tests.office import Office, today


def gone(office: Office, who: Person, days: int = 1) -> Person:
    """They moved out so many days ago; their telephone is on file."""
    correct_person(by=office["xiaowang"], person=who, particulars=Particulars(who.name, TELEPHONE))
    lives = Occupancy.objects.get(person=who)
    move_out(by=office["xiaowang"], occupancy=lives, until=today() - timedelta(days=days), departure="sold")
    return Person.objects.get(pk=who.pk)


def old_contract(office: Office, years: int = 4, who: Person | None = None) -> Contract:
    """A tenancy that ended so many years ago, with a scanned page."""
    begun = today() - timedelta(days=366 * years + 300)
    terms = Terms(
        "tenancy", begun, begun + timedelta(days=300), [who or office.owner], number="ZL-9", other="安居中介"
    )
    return contracts.enter(
        by=office["xiaowang"], unit=office.unit, terms=terms, pages=[photo(picture("white"))]
    )


def listed(office: Office) -> dict[str, str]:
    """Who or what stands on the list, with the code of what stands in the way."""
    reckon(office.estate)
    lines, _ = queries.to_come(office.estate, today())
    return {
        str(line.row.person or line.row.contract or line.row.vehicle): line.row.hindrance.get("code", "")
        for line in lines
    }


def let_go(office: Office) -> int:
    return actions.confirm(by=office["chen"], upto=10**9, acting=office["chen"].posts["director"], key=key())


def by_itself(office: Office) -> None:
    chen = office["chen"]
    settings.change(
        by=chen,
        acting=chen.posts["director"],
        name="erasure_waits",
        value="no",
        valid_from=today(),
        reason="省事",
    )
    office.estate.refresh_from_db()


def findings() -> list[str]:
    return [str(one) for check in CHECKS.values() for one in check()]


def test_who_left_and_what_ended_is_listed_with_ground_and_day(office: Office) -> None:
    gone(office, office.tenant)
    old_contract(office)
    old_contract(office, years=2)
    reckon(office.estate)
    page = text(at(office, "laoli").get("/expiries/"))
    assert "租户刘先生" in page and "租赁合同" in page and "今天有 2 项到期" in page
    assert (
        "履行物业服务合同" in page and "36 个月" in page and (today() - timedelta(days=1)).isoformat() in page
    )
    assert Expiry.objects.filter(contract__isnull=False).count() == 1, "two years are not yet three"
    assert "确认今天的名单" not in page, "that is the director's"


def test_what_ends_within_the_days_to_come_is_seen_ahead(office: Office) -> None:
    give_telephone(office, office.tenant)
    lives = Occupancy.objects.get(person=office.tenant)
    move_out(
        by=office["xiaowang"], occupancy=lives, until=today() + timedelta(days=9), departure="lease_ended"
    )
    assert list(listed(office)) == ["租户刘先生"]
    assert "未到期" in text(at(office, "chen").get("/expiries/"))
    with pytest.raises(Refusal, match="nothing_due"):
        let_go(office)


def test_nothing_goes_before_the_director_let_it_go(office: Office) -> None:
    person, contract = gone(office, office.tenant), old_contract(office)
    reckon(office.estate)
    assert actions.erase_due(office.estate) == 0
    page = at(office, "chen").get("/expiries/")
    upto = page.context["waiting"].upto
    assert (
        at(office, "laoli").post("/expiries/confirmation/", {"upto": upto, "key": key()}).status_code == 403
    )
    assert at(office, "chen").post("/expiries/confirmation/", {"upto": upto, "key": key()}).status_code == 302
    assert "已确认，正在删除" in text(at(office, "chen").get("/expiries/"))
    assert actions.erase_due(office.estate) == 2
    person.refresh_from_db()
    assert (person.name, person.phone, person.id_number) == ("已删除", "", "")
    contract.refresh_from_db()
    assert (contract.number, contract.other) == ("", "") and not contract.pages.exists()
    assert not contract.parties.exists() and contract.erased_at is not None
    word = Entry.objects.get(kind="erasure_confirmed")
    assert (
        word.body
        == {
            "persons": [person.pk],
            "contracts": [contract.pk],
            "vehicles": [],
            "authorities": [],
            "cases": [],
        }
        and word.post == "director"
    )
    for kind in ("person_erased", "contract_erased"):
        entry = Entry.objects.get(kind=kind)
        assert entry.actor_id is None and entry.body["confirmation"] == word.seq
    page = text(at(office, "laoli").get("/expiries/gone/"))
    assert "主任确认" in page and "已删除" in page
    assert findings() == []


def test_it_happens_once_however_often_it_is_asked_for(office: Office) -> None:
    gone(office, office.tenant)
    reckon(office.estate)
    once = key()
    chen = office["chen"]
    for _ in range(2):
        assert actions.confirm(by=chen, upto=10**9, acting=chen.posts["director"], key=once) == 1
    assert [actions.erase_due(office.estate) for _ in range(2)] == [1, 0]
    assert Entry.objects.filter(kind="person_erased").count() == 1
    assert listed(office) == {}


def test_an_estate_may_let_the_calendar_do_it(office: Office) -> None:
    by_itself(office)
    gone(office, office.tenant)
    reckon(office.estate)
    assert actions.erase_due(office.estate) == 1
    assert Entry.objects.get(kind="person_erased").body["confirmation"] is None
    assert "自动" in text(at(office, "laoli").get("/expiries/gone/"))
    assert findings() == []


def test_a_run_that_was_killed_goes_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    gone(office, office.tenant)
    gone(office, office.owner)
    old_contract(office, who=office.tenant)
    reckon(office.estate)
    let_go(office)
    erase, done = actions.erase, []

    def killed(**asked: Any) -> bool:
        if done:
            raise KeyboardInterrupt
        done.append(asked)
        return erase(**asked)

    monkeypatch.setattr(actions, "erase", killed)
    with pytest.raises(KeyboardInterrupt):
        actions.erase_due(office.estate)
    monkeypatch.undo()
    assert Expiry.objects.filter(erased_at__isnull=True).count() == 2
    assert actions.erase_due(office.estate) == 2
    assert Entry.objects.filter(kind__in=("person_erased", "contract_erased"), actor=None).count() == 3
    assert findings() == []


def test_nobody_with_an_open_case_goes(office: Office) -> None:
    case = open_goods(office, office.tenant)
    person = gone(office, office.tenant)
    assert listed(office) == {"租户刘先生": "still_open"}
    assert "还有 1 件没有办完" in text(at(office, "chen").get("/expiries/"))
    with pytest.raises(Refusal, match="nothing_due"):
        let_go(office)
    cases.withdraw(by=office["xiaowang"], case_id=case, reason="不搬了", key=key())
    assert listed(office) == {"租户刘先生": ""}
    let_go(office)
    assert actions.erase_due(office.estate) == 1
    person.refresh_from_db()
    assert (person.name, person.phone) == ("租户刘先生", ""), "a case names them"


def test_a_case_opened_after_the_word_keeps_them(office: Office) -> None:
    person = gone(office, office.tenant)
    reckon(office.estate)
    let_go(office)
    lives = Occupancy.objects.get(person=person)
    Occupancy.objects.filter(pk=lives.pk).update(until=None, departure="")
    open_goods(office, person)
    Occupancy.objects.filter(pk=lives.pk).update(until=lives.until, departure="sold")
    assert actions.erase_due(office.estate) == 0
    row = Expiry.objects.get()
    assert row.hindrance["code"] == "still_open" and row.confirmation is None, "it is asked about anew"
    person.refresh_from_db()
    assert person.phone == TELEPHONE


def test_nobody_whose_deposit_is_held_goes(office: Office) -> None:
    packs.keep(till_pack())
    till = Till(office)
    till.open()
    case = till.case()
    till.pay(case)
    person = gone(office, Person.objects.get(cases=case))
    Case.objects.filter(pk=case).update(
        status="withdrawn", ended_at=Case.objects.get(pk=case).opened_at, wake_at=None
    )
    reckon(office.estate)
    assert Expiry.objects.get(person=person).hindrance["code"] == "deposit_held"
    with pytest.raises(Refusal, match="deposit_held"):
        erase_person(by=office["laoli"], person=person, reason="本人要求")


def test_a_hold_keeps_a_person_and_their_contracts_until_it_is_lifted(office: Office) -> None:
    person = gone(office, office.tenant)
    contract = old_contract(office, who=person)
    reckon(office.estate)
    let_go(office)
    answer = at(office, "laoli").post(
        f"/persons/{person.pk}/holds/", {"reason": "(2026)浙01民初1号", "key": key()}
    )
    assert answer.status_code == 302
    assert actions.erase_due(office.estate) == 0
    assert listed(office) == {"租户刘先生": "on_hold", str(contract): "on_hold"}
    assert "暂缓删除：(2026)浙01民初1号" in text(at(office, "chen").get("/expiries/"))
    page = at(office, "laoli").post(f"/persons/{person.pk}/erasure/", {"reason": "本人要求"})
    assert page.status_code == 422 and "暂缓删除" in text(page)
    hold = Hold.objects.get()
    assert "民初" not in str(Entry.objects.get(kind="hold_placed").body)
    assert at(office, "laoli").post(f"/holds/{hold.pk}/lifting/", {"reason": "结案"}).status_code == 403
    assert at(office, "chen").post(f"/holds/{hold.pk}/lifting/", {"reason": "结案"}).status_code == 302
    assert at(office, "chen").post(f"/holds/{hold.pk}/lifting/", {"reason": "结案"}).status_code == 422
    assert let_go(office) == 2, "what was let go before the hold is asked about anew"
    assert actions.erase_due(office.estate) == 2
    page = text(at(office, "laoli").get("/holds/"))
    assert "已恢复" in page and "结案" in page
    assert findings() == []


def test_a_hold_ends_with_its_last_day(office: Office) -> None:
    person = gone(office, office.tenant)
    hold = actions.place(by=office["chen"], what=person, reason="争议", until=today())
    assert listed(office) == {"租户刘先生": "on_hold"}
    Hold.objects.filter(pk=hold.pk).update(until=today() - timedelta(days=1))
    assert listed(office) == {"租户刘先生": ""}


@pytest.mark.parametrize(
    ("change", "code"),
    [({"reason": " "}, "reason_required"), ({"until": today() - timedelta(days=1)}, "hold_past")],
)
def test_what_no_hold_can_say_is_refused(office: Office, change: dict[str, Any], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        actions.place(by=office["chen"], what=office.tenant, **{"reason": "争议", **change})
    assert not Hold.objects.exists() and not Entry.objects.filter(kind="hold_placed").exists()


def test_who_moves_in_again_leaves_the_list(office: Office) -> None:
    person = gone(office, office.tenant)
    assert listed(office) == {"租户刘先生": ""}
    let_go(office)
    Occupancy.objects.filter(person=person).update(until=None, departure="")
    assert actions.erase_due(office.estate) == 0 and not Expiry.objects.exists()
    person.refresh_from_db()
    assert person.phone == TELEPHONE


def test_what_came_onto_the_list_after_it_was_looked_at_is_not_let_go(office: Office) -> None:
    gone(office, office.tenant)
    reckon(office.estate)
    upto = queries.waiting(office.estate, today()).upto
    gone(office, office.owner)
    reckon(office.estate)
    assert actions.confirm(by=office["chen"], upto=upto) == 1
    assert actions.erase_due(office.estate) == 1
    assert Person.objects.get(pk=office.owner.pk).phone == TELEPHONE


def test_an_erased_contract_says_so_and_can_be_nothing_more(office: Office) -> None:
    contract = old_contract(office, who=office.tenant)
    gone(office, office.tenant)
    by_itself(office)
    reckon(office.estate)
    actions.erase_due(office.estate)
    contract.refresh_from_db()
    page = text(at(office, "laoli").get(f"/contracts/{contract.pk}/"))
    assert "已到期删除" in page and "安居中介" not in page and "ZL-9" not in page
    assert "安居中介" not in text(at(office, "laoli").get(f"/units/{office.unit.pk}/file/"))
    desk = office["xiaowang"]
    terms = Terms("tenancy", today(), None, [office.owner])
    for again in (
        lambda: contracts.add_pages(by=desk, contract=contract, pages=[photo(picture("red"))]),
        lambda: contracts.look(by=desk, contract=contract, reason="核对"),
        lambda: contracts.enter(by=desk, unit=office.unit, terms=terms, follows=contract),
    ):
        with pytest.raises(Refusal, match="erased"):
            again()
    with pytest.raises(Refusal, match="hold_erased"):
        actions.place(by=office["chen"], what=contract, reason="诉讼")
    person = Person.objects.get(pk=office.tenant.pk)
    assert person.name == "租户刘先生", "the contract named them when they were erased"
    reckon(office.estate)
    assert actions.erase_due(office.estate) == 1
    person.refresh_from_db()
    assert person.name == "已删除"
    assert findings() == []


def old_vehicle(office: Office, plate: str = "浙A12345", who: Person | None = None) -> Vehicle:
    """One that the home had until four years ago."""
    ended = today() - timedelta(days=366 * 4)
    return Vehicle.objects.create(
        unit=office.unit,
        person=who,
        plate=plate,
        look="白色大众",
        since=ended - timedelta(days=400),
        until=ended,
    )


def test_a_vehicle_goes_three_years_after_the_home_had_it(office: Office) -> None:
    vehicle = old_vehicle(office, who=office.tenant)
    other = old_vehicle(office, "浙B67890")
    reckon(office.estate)
    assert "浙A12345" in text(at(office, "chen").get("/expiries/"))
    hold = actions.place(by=office["chen"], what=office.tenant, reason="诉讼")
    assert let_go(office) == 1 and actions.erase_due(office.estate) == 1
    other.refresh_from_db()
    assert (other.plate, other.look, other.person) == ("已删除", "", None)
    vehicle.refresh_from_db()
    assert vehicle.plate == "浙A12345"
    actions.lift(by=office["chen"], hold=hold, reason="已结案")
    assert let_go(office) == 1 and actions.erase_due(office.estate) == 1, "two erased at the same home"
    entry = Entry.objects.filter(kind="vehicle_erased").latest("seq")
    assert entry.body["vehicle"] == vehicle.pk and "浙A" not in str(entry.body)
    page = text(at(office, "chen").get("/expiries/gone/"))
    assert "车牌、车位" in page and "浙A12345" not in page
    assert findings() == []
    Vehicle.objects.filter(pk=vehicle.pk).update(plate="浙A12345", erased_at=None)
    assert any(f"estate_vehicle {vehicle.pk}" in one for one in findings())


def test_a_vehicle_whose_place_is_still_in_hand_stays(office: Office) -> None:
    vehicle = old_vehicle(office)
    case = open_goods(office)
    HeldPlace.objects.create(
        estate=office.estate, vehicle=vehicle, case_id=case, step="fill", place="B1-001", since=vehicle.since,
        until=vehicle.since + timedelta(days=9),
    )  # fmt: skip
    assert set(listed(office).values()) == {"place_open"}
    with pytest.raises(Refusal, match="nothing_due"):
        let_go(office)


def test_the_audit_finds_what_nobody_let_go_and_what_is_there_again(office: Office) -> None:
    person = gone(office, office.tenant)
    reckon(office.estate)
    let_go(office)
    actions.erase_due(office.estate)
    assert findings() == []
    back = Person.objects.get(pk=person.pk)
    back.phone, back.phone_index, back.phone_tail_index = TELEPHONE, "a" * 64, "b" * 64
    back.save()
    (told,) = findings()
    assert f"estate_person {person.pk}" in told and "person_phone" in told
    body = {
        "person": office.owner.pk,
        "erased": ["person_phone"],
        "ended_on": "2026-01-01",
        "confirmation": None,
    }
    record(estate_id=office.estate.pk, kind="person_erased", body=body, by=None)
    assert any("erased what nobody let go" in one for one in findings())


def test_the_lists_ask_no_more_for_more_rows_and_go_on_by_a_key(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = at(office, "chen")

    def asked(address: str) -> int:
        with CaptureQueriesContext(connection) as queries_made:
            assert client.get(address).status_code == 200
        return len(queries_made)

    addresses = ("/expiries/", "/expiries/gone/", "/holds/")
    gone(office, office.tenant)
    old = old_contract(office)
    actions.place(by=office["chen"], what=office.owner, reason="争议 0")
    reckon(office.estate)
    first = [asked(one) for one in addresses]
    first = [asked(one) for one in addresses]
    others = [old_contract(office, years=4 + n) for n in range(3)]
    for number, one in enumerate(others[1:]):
        actions.place(by=office["chen"], what=one, reason=f"争议 {number}")
    reckon(office.estate)
    assert [asked(one) for one in addresses] == first
    monkeypatch.setattr(queries, "PAGE", 2)
    seen, after = [], ""
    for _ in range(3):
        lines, after = queries.to_come(office.estate, today(), after)
        seen += [line.row.pk for line in lines]
    assert len(seen) == len(set(seen)) == Expiry.objects.count() == 5 and after == ""
    assert old.pk in Expiry.objects.values_list("contract", flat=True)
    held, following = queries.holds(office.estate)
    assert len(held) == 2 and len(queries.holds(office.estate, int(following))[0]) == 1
