"""What becomes of running clocks when the calendar changes.

The rule (Civil Code 203): a period counted in days or months, the last day of which has become a rest day, ends on the
next working day. It only ever moves on: nothing that was told to somebody becomes due earlier, and a clock that has run
out stays late. Minutes and hours depend on it only where they run in some hours of the week; “same day” and a day that
an answer names do not. One that is paused is counted anew when it goes on.
"""

from datetime import UTC, date, datetime, time, timedelta

from banli.engine import clocks, reminders
from banli.engine import events as ev
from banli.engine.decide import Facts
from banli.engine.procedure import Clock
from banli.engine.reckoning import reckoning
from banli.engine.rulebook import Rulebook
from banli.engine.state import Running, State
from banli.engine.turn import Turn


def recount(book: Rulebook, state: State, facts: Facts, now: datetime) -> tuple[list[ev.Event], State]:
    """Move the running clocks that the rule moves. None to move, no events: twice is harmless."""
    turn = Turn(book, state, facts, now)
    for running in state.clocks if state.status == "open" else ():
        rule = book.procedure.clocks.get(running.clock)
        moment = moved(rule, running, state, facts) if rule is not None else None
        if rule is None or moment is None:
            continue
        due, warn = moment.astimezone(UTC).isoformat(), turn.warning(rule, moment)
        turn.emit(
            ev.ClockMoved(running.clock, running.branch, due, warn, reminders.moved(rule, running, moment))
        )
    return turn.events, turn.state


def moved(rule: Clock, running: Running, state: State, facts: Facts) -> datetime | None:
    """When a clock is due by the calendar of ``facts``; None where that is when it is due now."""
    if running.state not in ("running", "warned"):
        return None
    due = datetime.fromisoformat(running.due).astimezone(facts.zone)
    known = reckoning(rule, running, state, facts)
    if known is not None and not known.in_days:
        later = known.due(facts) if known.hours is not None else due
        return later if later > due else None
    if due.time() != time() or not _counts_days(rule, running, state, facts):
        return None
    last = due.date() - timedelta(days=1)  # it ends at 24:00
    if last not in facts.holidays:
        return None
    while last in facts.holidays:
        last += timedelta(days=1)
    return clocks.end_of_day(last, facts.zone)


def _counts_days(rule: Clock, running: Running, state: State, facts: Facts) -> bool:
    """Whether it was started as so many days or months: of a setting, which may be another by now, by where it ends."""
    within = running.within or rule.due.within
    if not within:
        return False
    if not within.startswith("setting."):
        return clocks.parse_duration(within).unit in ("d", "month")
    due = datetime.fromisoformat(running.due).astimezone(facts.zone)
    return due != clocks.end_of_day(_began(rule, running, state, facts), facts.zone)


def _began(rule: Clock, running: Running, state: State, facts: Facts) -> date:
    answer = state.answer(rule.due.at.removeprefix("form."), running.branch) if rule.due.at else None
    if answer:
        return date.fromisoformat(str(answer)[:10])
    return datetime.fromisoformat(running.started).astimezone(facts.zone).date()
