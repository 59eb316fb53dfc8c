"""The demo's year: every procedure and end, something for every post, books and money true; made once, at any hour."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from banli.cases import audit, rules
from banli.cases.models import Case, Task
from banli.cashier import queries as money
from banli.cashier.models import Shift
from banli.config import demo
from banli.config.year import till
from banli.config.year.town import Town
from banli.desk import to_pay
from banli.desk.inbox import mine
from banli.estate.belongings import HeldPlace, PaymentStanding, Vehicle
from banli.estate.contracts.models import Contract
from banli.estate.models import Authority, Estate, Occupancy
from banli.estate.pets.models import Pet
from banli.journal.models import DaySeal, Entry
from banli.papers.models import BlankSheet, SealPicture
from banli.people.access import desk_of
from banli.people.models import Staff
from banli.registers.models import RegisterRow
from banli.routines.models import Round, Watch
from tests.office import load_packs

#: A weekday's evening; a Sunday after midnight, the festival's holidays before it.
EVENING, NIGHT = "2026-11-24T17:30+08:00", "2026-03-01T00:20+08:00"

STORIES = (
    "goods-release", "home-cleaning", "home-repair", "stairs-lift", "opening", "network-opening", "network-change",
    "renovation", "worker-card", "renovation-extension", "additional-item", "hot-work",
    "complaint", "communication", "call", "visitor", "work-order", "resident-care", "violation", "parking-place",
)  # fmt: skip


@pytest.fixture
def short(db: None, settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A house without anything but its packs; its year has 75 days, and its till little cash to give back from."""
    settings.DATA = tmp_path
    monkeypatch.setattr(demo, "DAYS", 75)
    monkeypatch.setattr(till, "FLOAT", 2000)
    load_packs()
    yield


def made(at: str, scale: float = 0.15) -> Town:
    town = demo.load_with_a_year(now=datetime.fromisoformat(at), scale=scale)
    assert town is not None
    return town


def test_the_year_fills_every_screen_and_is_true(short: None) -> None:
    town = made(EVENING)
    assert town.refused == []
    assert [str(finding) for check in audit.CHECKS.values() for finding in check()] == []

    cases = Case.objects.filter(estate=town.estate)
    assert set(cases.values_list("procedure", flat=True)) >= set(STORIES)
    assert {"done", "open", "rejected", "withdrawn", "expired"} <= set(cases.values_list("status", flat=True))
    books = {
        name for name, book in rules.every_current().items() if name in STORIES for name in book.pack.books
    }
    assert set(RegisterRow.objects.values_list("book", flat=True)) == books
    for post, username in town.posts.items():
        waiting = mine(desk_of(Staff.objects.get(username=username), town.estate.pk))
        assert waiting.exists(), f"nothing waits for the {post}"
    late = Task.objects.filter(estate=town.estate, state="open", due_at__lt=town.until)
    assert 5 <= late.count() <= 40
    assert Task.objects.filter(estate=town.estate, state="open", due_at__gte=town.until).count() >= 10
    the_desk_has_had_every_kind_of_day(town)
    people_moved_and_letters_were_revoked(town)
    a_power_cut_was_entered_with_its_true_times(town)
    the_cashier_finds_what_the_ledger_says(town)
    rounds_were_walked_and_shifts_signed_for(town)
    those_who_relieve_the_first_have_worked_too(town)
    vehicles_have_places_and_payments_stand(town)
    the_files_hold_contracts_pets_sheets_and_a_seal(town)


#: (procedure, step, outcome): what is sure to have happened once.
HAPPENED = {
    ("complaint", "judge", "rejected"), ("complaint", "follow_up", "dissatisfied"), ("complaint", "follow_up", "later"),
    ("complaint", "follow_up", "satisfied"), ("complaint", "close", "approved"),
    ("communication", "classify", "rejected"), ("communication", "answer", "not_agreed"),
    ("communication", "follow_up", "dissatisfied"), ("communication", "turn", "approved"),
    ("home-repair", "follow_up", "complains"), ("home-repair", "follow_up", "no_answer"),
    ("visitor", "confirm", "agreed"), ("visitor", "confirm", "not_agreed"), ("visitor", "come_in", "scanned"),
    ("visitor", "go_out", "scanned"), ("work-order", "take", "returned"), ("work-order", "work", "unfinished"),
    ("work-order", "check", "failed"), ("work-order", "tell", "reached"), ("resident-care", "call", "satisfied"),
    ("resident-care", "call", "no_answer"),
}  # fmt: skip


def the_desk_has_had_every_kind_of_day(town: Town) -> None:
    """Complaints and what became of them, calls, visitors, orders, courtesy calls (P13, P15-P18)."""
    happened: set[tuple[str, str, str]] = set()
    kinds: set[tuple[str, str]] = set()
    for procedure, body in _entries(town):
        for event in body:
            kinds.add((procedure, event["event"]))
            if event["event"] in ("done", "attempted"):
                happened.add((procedure, event["step"], event["outcome"]))
    assert happened >= HAPPENED, HAPPENED - happened
    assert {("home-repair", "joined_to"), ("home-repair", "repeated"), ("complaint", "clock_paused")} <= kinds
    cases = Case.objects.filter(estate=town.estate)
    began = set(cases.exclude(parent=None).values_list("parent__procedure", "procedure"))
    assert {
        ("complaint", "communication"), ("communication", "complaint"), ("home-repair", "complaint"),
        *(("call", one) for one in ("home-repair", "home-cleaning", "communication", "complaint", "work-order")),
    } <= began  # fmt: skip
    assert {"expired", "rejected", "done"} <= set(
        cases.filter(procedure="visitor").values_list("status", flat=True)
    )
    assert (
        cases.filter(procedure="call", unit=None).exists()
        and cases.filter(procedure="work-order", unit=None).exists()
    )
    calls = Task.objects.filter(estate=town.estate, procedure="resident-care", state="open")
    assert calls.exists() and cases.filter(procedure="resident-care", status="done").count() >= calls.count()


def _entries(town: Town) -> Iterator[tuple[str, list[dict[str, str]]]]:
    procedures = dict(Case.objects.filter(estate=town.estate).values_list("pk", "procedure"))
    for stream, body in Entry.objects.filter(stream__startswith="case/").values_list("stream", "body"):
        yield procedures[int(stream.removeprefix("case/"))], body["events"]


def people_moved_and_letters_were_revoked(town: Town) -> None:
    left = Occupancy.objects.filter(estate=town.estate).exclude(departure="")
    assert {"sold", "lease_ended"} <= set(left.values_list("departure", flat=True))
    assert Occupancy.objects.filter(estate=town.estate, arrival="rented").exists()
    assert Authority.objects.filter(estate=town.estate).exclude(revoked_at=None).exists()


def a_power_cut_was_entered_with_its_true_times(town: Town) -> None:
    firsts = [events[0] for _, events in _entries(town) if events]  # that copies were purged is no event
    back = [one for one in firsts if one["event"] == "back_entered"]
    assert len(back) >= 6 and any(one.get("by") for one in back)
    assert town.dark is not None
    assert all(town.dark[0] <= datetime.fromisoformat(one["at"]) < town.dark[1] for one in back)


def the_cashier_finds_what_the_ledger_says(town: Town) -> None:
    desk = town.desk("sun")
    shifts = Shift.objects.filter(estate=town.estate)
    assert shifts.count() > 45
    assert shifts.exclude(closed_at=None).exclude(explanation="").count() <= 4
    assert {one.back for one in to_pay.waiting(desk)} == {True, False}
    assert money.receipts(town.estate.pk).count() > 10
    held = money.held(town.estate.pk)
    assert all(type(one.fen) is int for one in held), "a page shows no other amount"
    assert sum(one.fen for one in held) == money.held_in_all(town.estate.pk) > 0


def rounds_were_walked_and_shifts_signed_for(town: Town) -> None:
    rounds = Round.objects.filter(estate=town.estate)
    assert rounds.filter(state="done").count() > 200
    assert 5 <= rounds.filter(state="missed").count() <= 60 and rounds.filter(wrong=True).exists()
    watches = Watch.objects.filter(estate=town.estate)
    assert watches.filter(ended_at=None).count() == 2 and watches.count() > 200, (
        "the desk's log and the gate's"
    )
    watched = set(watches.values_list("post", "keeper__username"))
    assert {
        ("front_desk", "xiaowang"),
        ("front_desk", "xiaofang"),
        ("gate", "zhou"),
        ("gate", "ajian"),
    } <= watched


def those_who_relieve_the_first_have_worked_too(town: Town) -> None:
    """小方 on the first clerk's days off, 阿健 from the afternoon on: cases, rounds, courtesy calls."""
    for username, least in (("xiaofang", 60), ("ajian", 30)):
        assert Entry.objects.filter(estate=town.estate, actor__username=username).count() >= least, username
    by_clerk = Entry.objects.filter(estate=town.estate, actor__username="xiaofang")
    assert all(timezone.localtime(one.at).weekday() in (2, 5) for one in by_clerk.filter(kind="open"))
    calls = Case.objects.filter(estate=town.estate, procedure="resident-care")
    assert {"xiaowang", "xiaofang"} <= {
        Staff.objects.get(pk=sent).username
        for one in calls
        if (sent := one.standing.get("assigned", {}).get("share"))
    }


def vehicles_have_places_and_payments_stand(town: Town) -> None:
    """Vehicles of about half the homes, some with a place that is paid for (P14, P20); most homes have paid."""
    lived_in = Occupancy.objects.filter(estate=town.estate, until=None).values("unit").distinct().count()
    with_one = Vehicle.objects.filter(estate=town.estate).values("unit").distinct().count()
    assert 0.3 < with_one / lived_in < 0.75
    assert HeldPlace.objects.filter(estate=town.estate).count() >= 4
    standings = PaymentStanding.objects.filter(estate=town.estate)
    assert 0 < standings.exclude(owed=0).count() < standings.count() / 3


def the_files_hold_contracts_pets_sheets_and_a_seal(town: Town) -> None:
    """What lies beside the cases: no screen of the demo stands empty (P14)."""
    contracts = Contract.objects.filter(estate=town.estate)
    assert contracts.count() >= 5 and all(one.pages.count() == 2 for one in contracts)
    today = timezone.localdate(town.until)
    assert contracts.filter(until__range=(today, today + timedelta(days=60))).exists(), "ends soon"
    assert Pet.objects.filter(estate=town.estate).count() >= 5
    sheets = BlankSheet.objects.filter(estate=town.estate)
    assert set(sheets.values_list("state", flat=True)) == {"unused", "used", "spoiled", "lost"}
    used = sheets.filter(state="used")
    assert set(used.values_list("case__procedure", flat=True)) == {"goods-release", "home-repair"}
    pictures = SealPicture.objects.filter(estate=town.estate).order_by("pk")
    assert [bool(one.sha256) for one in pictures] == [True, False]


def test_a_year_that_was_cut_short_is_driven_on_and_nothing_is_done_twice(
    short: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(self: Town, outcome: object) -> tuple[object, ...]:
        if Case.objects.count() >= 12:
            raise KeyboardInterrupt
        return known(self, outcome)  # type: ignore[arg-type]

    known = Town.known
    monkeypatch.setattr(Town, "known", breaks)
    with pytest.raises(KeyboardInterrupt):
        made(NIGHT, 0.05)
    monkeypatch.undo()
    monkeypatch.setattr(demo, "DAYS", 75)
    begun = set(Entry.objects.exclude(key=None).values_list("key", flat=True))
    town = made("2026-03-01T09:00+08:00", 0.05)
    assert town.refused == []
    assert timezone.localtime(town.until).isoformat(timespec="minutes") == NIGHT
    assert begun < set(Entry.objects.exclude(key=None).values_list("key", flat=True))
    counted = Entry.objects.count(), Case.objects.count(), DaySeal.objects.count()
    assert made("2026-03-02T09:00+08:00", 0.05).refused == []
    assert (Entry.objects.count(), Case.objects.count(), DaySeal.objects.count()) == counted


def test_a_demo_that_has_a_morning_is_given_no_past(short: None) -> None:
    demo.load()
    counted = Entry.objects.count()
    assert demo.load_with_a_year() is None
    assert Entry.objects.count() == counted
    assert Estate.objects.count() == 2
