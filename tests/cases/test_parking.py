"""P20: a vehicle's fixed place is given once for days that are paid for, ends with them, and is free again."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils import timezone

from banli.cases import actions, jobs, settings
from banli.cases.models import Case, Task
from banli.cases.waiting import soonest
from banli.cashier.models import LedgerEntry
from banli.engine.clocks import last_day
from banli.engine.refusals import Refusal
from banli.estate.belongings import HeldPlace, Vehicle
from banli.estate.models import Unit
from banli.figures import period
from banli.figures import queries as figures
from banli.figures.report import report
from banli.journal.models import Entry
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.cases.parking import apply, asked, held, leave, paid, parked, whole
from tests.cases.test_actions import do, key, refused
from tests.cases.test_at_once import at_once, busy  # noqa: F401 - a fixture
from tests.cases.test_slots import audited
from tests.office import Office, today

DAY = timedelta(days=1)


def why(office: Office, **answers: object) -> dict[str, str]:
    """What is marked where the place is refused."""
    with pytest.raises(Refusal) as refused:
        apply(office, **answers)
    return {name: one.code for name, one in refused.value.fields.items()}


def test_a_place_is_entered_given_paid_for_and_written_in_the_book(office: Office) -> None:
    case = parked(office)
    assert held(case) == ("A012", "浙A12345", 0, whole())
    vehicle = Vehicle.objects.get(plate="浙A12345")
    assert (vehicle.unit, vehicle.person, vehicle.look, vehicle.until) == (
        office.unit,
        office.owner,
        "白色 大众",
        None,
    )
    row = RegisterRow.objects.get(case_id=case, book="parking-places").cells
    assert (row["place"], row["plate"], row["until"]) == (
        "A012",
        "浙A12345",
        last_day(today(), 3).isoformat(),
    )
    card = Paper.objects.get(case_id=case, kind="parking-card")
    assert card.valid_until is not None and timezone.localdate(card.valid_until) == last_day(today(), 3) + DAY
    assert audited() == []


def test_the_same_days_are_not_given_to_another_vehicle(office: Office) -> None:
    apply(office, months=1)
    assert why(office, plate="浙B88888") == {"place": "place_held_until"}
    assert why(office, place="A013") == {"plate": "vehicle_has_place"}
    assert why(office, begins=(today() + 9 * DAY).isoformat()) == {"begins": "place_goes_on"}
    apply(office, plate="浙B88888", begins=(last_day(today(), 1) + DAY).isoformat())
    assert audited() == []


def test_a_vehicle_is_anothers_home_only_after_it_left(office: Office) -> None:
    other = Unit.objects.create(
        estate=office.estate, building=office.unit.building, entrance="3", room="601", key="12-3-601"
    )
    Vehicle.objects.create(unit=other, plate="浙A12345", since=date(2020, 1, 1))
    assert why(office) == {"plate": "vehicle_elsewhere"}
    Vehicle.objects.update(until=today() - DAY)
    assert held(apply(office))[0] == "A012"
    assert Vehicle.objects.count() == 2


def test_the_database_too_keeps_a_place_that_a_vehicle_was_entered_with(office: Office) -> None:
    case = apply(office, months=1)
    given = HeldPlace.objects.get(case_id=case)
    noted = Vehicle.objects.create(unit=office.unit, plate="浙B88888", place="A013", since=date(2020, 1, 1))
    with pytest.raises(IntegrityError, match="another vehicle was entered with"), transaction.atomic():
        HeldPlace.objects.filter(pk=given.pk).update(place="A013")
    Vehicle.objects.filter(pk=noted.pk).update(place="A012")  # a workbook says so afterwards
    with pytest.raises(IntegrityError), transaction.atomic():
        HeldPlace.objects.filter(pk=given.pk).update(until=given.until + DAY)
    assert HeldPlace.objects.filter(pk=given.pk).update(until=given.since) == 1, "what ends earlier may end"
    Vehicle.objects.filter(pk=noted.pk).update(until=today() - DAY)
    HeldPlace.objects.filter(pk=given.pk).update(until=given.until)


def test_a_place_in_use_is_in_nobodys_inbox_and_its_end_is_not_late(office: Office) -> None:
    case = parked(office)
    using = Task.objects.get(case_id=case, step="using")
    assert (using.posts, using.due_at, using.state) == ([], None, "open")
    waiting = Case.objects.get(pk=case)
    assert waiting.due_at is None and waiting.wake_at is not None
    assert case not in [task.case_id for task in soonest(office["xiaowang"], 50)]
    later = timezone.now() + timedelta(days=400)
    with time_machine.travel(later, tick=False):
        for _ in range(3):
            jobs.wake(timezone.now())
    over = Case.objects.get(pk=case)
    ended = {one["clock"]: one["was_late"] for one in over.clocks}
    assert over.status == "done" and ended["ending"] is False and ended["renewal_window"] is False
    assert "clock_late" not in {
        event["event"]
        for entry in Entry.objects.filter(stream=f"case/{case}")
        for event in entry.body["events"]
        if event.get("clock") in ("ending", "renewal_window")
    }
    assert audited() == []


def test_a_period_is_in_no_figure_of_what_was_on_time(office: Office) -> None:
    now = timezone.now()
    case = parked(office)
    do(office, "xiaowang", case, "using", "given_back")
    days = period.Period(today(), today())
    counted = {
        one.clock for one in figures.on_time(office.estate.pk, days, now) if one.procedure == "parking-place"
    }
    told = report(office.estate.pk, days, now, money=False).clocks
    assert {"ending", "renewal_window"} <= counted, "the log tells of them"
    assert [one.figure.clock for one in told if one.figure.procedure == "parking-place"] == ["payment"]


def test_a_place_that_a_vehicle_was_entered_with_is_taken(office: Office) -> None:
    noted = Vehicle.objects.create(unit=office.unit, plate="浙B88888", place="A012", since=date(2020, 1, 1))
    assert why(office) == {"place": "place_held"}
    case = apply(office, plate="浙B88888")  # its own place, from now on by the month
    assert HeldPlace.objects.get().vehicle == noted and not HeldPlace.objects.get().entered
    actions.withdraw(by=office["xiaowang"], case_id=case, reason="不办了", key=key())
    assert Vehicle.objects.get() == noted, "what was in the file stays there"


def test_what_comes_to_nothing_never_was(office: Office) -> None:
    case = apply(office)
    do(office, "xiaowang", case, "check", "returned", note="车牌抄错了")
    assert not HeldPlace.objects.exists() and not Vehicle.objects.exists()
    do(office, "xiaowang", case, "apply", "done", answers=asked(plate="浙A54321"))
    assert Vehicle.objects.get().plate == "浙A54321"
    actions.withdraw(by=office["xiaowang"], case_id=case, reason="不停了", key=key())
    assert not HeldPlace.objects.exists() and not Vehicle.objects.exists()
    apply(office)
    assert audited() == []


def test_a_place_that_is_not_paid_for_is_free_again(office: Office) -> None:
    case = apply(office)
    do(office, "xiaowang", case, "check", "passed", extra={"ticked": ["licence", "person", "place"]})
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    with time_machine.travel(timezone.now() + 5 * DAY, tick=True):
        assert jobs.wake() == 1
        assert Case.objects.get(pk=case).status == "expired" and not HeldPlace.objects.exists()
        apply(office, plate="浙B88888")
        assert audited() == []


def test_given_up_early_it_is_free_from_the_day_after(office: Office) -> None:
    case = parked(office)
    leave(office, case, 5, back=60000)
    assert held(case) == ("A012", "浙A12345", 0, 5)
    assert Case.objects.get(pk=case).status == "done"
    assert Paper.objects.get(case_id=case, kind="parking-card").state == "void"
    assert why(office, plate="浙B88888", begins=(today() + 5 * DAY).isoformat()) == {
        "place": "place_held_until"
    }
    apply(office, plate="浙B88888", begins=(today() + 6 * DAY).isoformat())
    assert audited() == []


def test_whole_months_that_are_not_used_go_back_by_the_ledger(office: Office) -> None:
    case = parked(office)
    leave(office, case, 5)
    waiting = Case.objects.get(pk=case)
    assert waiting.form["unused"] == 2 and waiting.status == "open"
    ticks = {"ticked": ["receipt", "card"], "method": "cash"}
    with refused("amount_differs"):
        do(office, "sun", case, "refund", "refunded", signature="paper", extra={**ticks, "fen": 90000})
    do(office, "sun", case, "refund", "refunded", signature="paper", extra={**ticks, "fen": 60000})
    entries = LedgerEntry.objects.filter(case_id=case).values_list("account", "price")
    sums = dict(entries.order_by().annotate(told=Sum("fen")).values_list("account", "told"))
    assert sums == {"cash": 30000, "income": -30000}, "of three months one is kept"
    slip = Paper.objects.get(case_id=case, kind="refund-slip")
    assert slip.snapshot["receipt.fen"] == 60000
    assert [row["title"] for row in slip.snapshot["receipt.lines"]] == ["车位租用费"]
    with refused("case_closed"):
        do(office, "sun", case, "refund", "refunded", signature="paper", extra={**ticks, "fen": 60000})
    assert audited() == []


def test_the_number_of_unused_months_is_typed_by_nobody(office: Office) -> None:
    case = parked(office)
    do(office, "xiaowang", case, "using", "given_back")
    told = {"last_day": today().isoformat(), "leaving": "moved", "unused": 3}
    with refused("form_invalid"):
        do(office, "xiaowang", case, "leave", "done", answers=told)


def test_what_an_estate_has_set_when_the_place_was_given_holds(office: Office) -> None:
    chen = office["chen"]

    def put(name: str, value: Any) -> None:
        acting = {"by": chen, "acting": chen.posts["director"]}
        settings.change(**acting, name=name, value=value, valid_from=today(), reason="业主大会约定")
        for who in ("xiaowang", "chen"):
            office[who].estate.refresh_from_db()

    put("parking_refund_begun", 15)
    half = parked(office)
    put("parking_refund", "no")
    none = parked(office, plate="浙B88888", place="A013")
    put("parking_refund", "yes")
    leave(office, half, 5, back=90000)  # of the first month, no more than half was used
    leave(office, none, 5)
    assert set(Case.objects.filter(pk__in=[half, none]).values_list("status", flat=True)) == {"done"}
    assert not Paper.objects.filter(case_id=none, kind="refund-slip").exists()
    assert audited() == []


def test_a_period_is_asked_about_goes_on_as_a_case_of_its_own_and_ends(office: Office) -> None:
    case = parked(office)
    end = last_day(today(), 3)
    with time_machine.travel(timezone.now() + (end - today() - 13 * DAY), tick=True):
        jobs.wake()
        do(office, "xiaowang", case, "ask", "reached")
        following = Case.objects.get(parent_id=case)
        assert following.form["begins"] == (end + DAY).isoformat() and following.form["plate"] == "浙A12345"
        told = asked(begins=following.form["begins"], months=1)
        do(office, "xiaowang", following.pk, "apply", "done", answers=told)
        paid(office, following.pk, 30000)
        assert held(following.pk)[0] == "A012"
        last = HeldPlace.objects.get(case=following)
        assert (last.since, last.until) == (end + DAY, last_day(end + DAY, 1))
        assert HeldPlace.objects.get(case_id=case).vehicle == last.vehicle, "the vehicle is entered once"
    with time_machine.travel(timezone.now() + (end - today() + DAY), tick=True):
        jobs.wake()
        assert Case.objects.get(pk=case).status == "done"
        assert HeldPlace.objects.get(case_id=case).until == end
        assert audited() == []


def test_the_database_gives_no_day_twice(office: Office) -> None:
    one = HeldPlace.objects.get(case_id=apply(office))
    other = Vehicle.objects.create(unit=office.unit, plate="浙B88888", since=today())
    told = {"estate": office.estate, "case_id": one.case_id, "step": "apply", "until": one.until + 9 * DAY}
    for place, vehicle, since, name in (
        ("A012", other, one.until, "place_held_once"),
        ("A013", one.vehicle, one.until, "vehicle_in_one_place"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            HeldPlace.objects.create(**told, place=place, vehicle=vehicle, since=since)
    HeldPlace.objects.create(**told, place="A012", vehicle=other, since=one.until + DAY)


@pytest.mark.django_db(transaction=True)
def test_of_four_at_once_one_gets_the_place(busy: Office) -> None:  # noqa: F811
    told = at_once(*[lambda n=n: apply(busy, plate=f"浙B8888{n}") for n in range(4)])
    assert Counter(t if isinstance(t, str) else "given" for t in told) == {"given": 1, "form_invalid": 3}
    assert HeldPlace.objects.count() == Vehicle.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_four_who_enter_the_same_vehicle_at_once_one_does(busy: Office) -> None:  # noqa: F811
    told = at_once(*[lambda n=n: apply(busy, place=f"A01{n}") for n in range(4)])
    assert Counter(t if isinstance(t, str) else "given" for t in told) == {"given": 1, "form_invalid": 3}
    assert HeldPlace.objects.count() == Vehicle.objects.count() == 1


def test_the_audit_finds_days_that_were_added_in_the_database(office: Office) -> None:
    case = apply(office)
    HeldPlace.objects.update(until=today() + 400 * DAY)
    assert any("estate_heldplace" in finding and "until" in finding for finding in audited())
    HeldPlace.objects.filter(case_id=case).delete()
    assert any("estate_heldplace" in finding and "missing" in finding for finding in audited())
