"""A clock that is paused: for a reason, by a post that its rule names, while it runs.

What is over is over: a clock that has run out cannot be paused, and a pause gives back the time it lasted, no more.
"""

from datetime import UTC, date, datetime, time, timedelta

from banli.engine import events as ev
from banli.engine import reminders
from banli.engine.allowed import must_be_open, post_for
from banli.engine.decide import Actor, Facts, reason_of
from banli.engine.procedure import Clock
from banli.engine.reckoning import reckoning
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.state import Running, State
from banli.engine.turn import Turn

#: So far ahead a pause may be expected to end.
LONGEST = timedelta(days=366)


def pause(
    book: Rulebook, state: State, clock: str, branch: int | None, reason: str, actor: Actor, facts: Facts,
    now: datetime, *, until: date | None,
) -> tuple[list[ev.Event], State]:  # fmt: skip
    """Its time stands still from now on, ``until`` a day that is expected: when that is over, the case is red.

    Refuses with ``pause_until`` where nobody said which, or it is none of the days to come.
    """
    rule, running, post = _known(book, state, clock, branch, actor)
    if running.state == "paused":
        raise Refusal("clock_paused", clock=rule.title)
    if running.state == "late" or now >= datetime.fromisoformat(running.due):
        raise Refusal("clock_over", clock=rule.title)
    today = now.astimezone(facts.zone).date()
    if until is None or not today <= until <= today + LONGEST:
        raise Refusal("pause_until", days=LONGEST.days)
    over = datetime.combine(until + timedelta(days=1), time(), facts.zone)
    turn = Turn(book, state, facts, now)
    turn.emit(ev.Reasoned("pause", reason_of(reason), actor.id, post))
    turn.emit(ev.ClockPaused(clock, branch, over.astimezone(UTC).isoformat()))
    return turn.events, turn.state


def resume(
    book: Rulebook, state: State, clock: str, branch: int | None, reason: str, actor: Actor, facts: Facts, now: datetime
) -> tuple[list[ev.Event], State]:  # fmt: skip
    """It goes on where it stood, by the calendar as it is now."""
    rule, running, post = _known(book, state, clock, branch, actor)
    if running.state != "paused":
        raise Refusal("clock_not_paused", clock=rule.title)
    turn = Turn(book, state, facts, now)
    turn.emit(ev.Reasoned("resume", reason_of(reason), actor.id, post))
    due = due_after(rule, running, state, facts, now)
    left = reminders.moved(rule, running, due)
    turn.emit(ev.ClockResumed(clock, branch, due.astimezone(UTC).isoformat(), turn.warning(rule, due), left))
    return turn.events, turn.state


def due_after(rule: Clock, running: Running, state: State, facts: Facts, now: datetime) -> datetime:
    """When a paused clock is due if it goes on now.

    A moment that an answer named, or one of which nobody knows any more how it was counted, moves by the pause itself;
    one at the end of a day by as many midnights as passed in it.
    """
    paused = datetime.fromisoformat(running.paused)
    over = Running(
        running.clock, running.branch, running.started, running.due, within=running.within, during=running.during,
        since=running.since, pauses=(*running.pauses, (running.paused, now.isoformat())),
    )  # fmt: skip
    known = reckoning(rule, over, state, facts)
    if known is not None:
        return max(known.due(facts), datetime.fromisoformat(running.due))
    before = datetime.fromisoformat(running.due)
    if rule.due.end_of is None:
        return before + (now - paused)
    midnights = (now.astimezone(facts.zone).date() - paused.astimezone(facts.zone).date()).days
    return before + timedelta(days=midnights)


def _known(
    book: Rulebook, state: State, clock: str, branch: int | None, actor: Actor
) -> tuple[Clock, Running, str]:  # fmt: skip
    must_be_open(state)
    rule = book.procedure.clocks.get(clock)
    if rule is None or not rule.pause:
        raise Refusal("not_permitted")
    post, _deputy_for = post_for(actor, rule.pause, "pause_post", book)
    running = state.clock(clock, branch)
    if running is None:
        raise Refusal("clock_not_running", clock=rule.title)
    return rule, running, post
