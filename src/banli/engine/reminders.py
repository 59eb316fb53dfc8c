"""Reminders beside a clock's warning: so long before it is due, or so long after it ran out, to those its rule names.

``holder`` is whoever the clock waits for then: the posts of the open steps, or the one who was sent. ``superior`` is
the post above theirs. A deputy hears what the post hears. Each reminder is given once; one whose time is past when the
clock starts is not given at all.
"""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from banli.engine import events as ev
from banli.engine.clocks import earlier, parse_duration
from banli.engine.procedure import HOLDER, SUPERIOR, Clock, Remind
from banli.engine.state import Running

if TYPE_CHECKING:
    from banli.engine.timekeeping import Timekeeping


def begun(rule: Clock, due: datetime, now: datetime) -> tuple[str, ...]:
    """What is to be given of a clock that is due at ``due``, each as its number in the rule and its moment."""
    return tuple(told for told in _all(rule, due) if moment(told) > now)


def moved(rule: Clock, clock: Running, due: datetime) -> tuple[str, ...]:
    """What was still to be given, by the new due time."""
    left = {number(told) for told in clock.reminders}
    return tuple(told for told in _all(rule, due) if number(told) in left)


def number(told: str) -> int:
    """Which of the rule's it is."""
    return int(told.partition(" ")[0])


def moment(told: str) -> datetime:
    """When it is to be given."""
    return datetime.fromisoformat(told.partition(" ")[2])


def fire(turn: "Timekeeping") -> None:
    """Give those whose time has come. One that was given is gone, so twice is harmless."""
    for known in turn.state.clocks:
        for told in known.reminders:
            clock = turn.state.clock(known.clock, known.branch)
            rule = turn.book.procedure.clocks.get(known.clock)
            if clock is None or rule is None or not clock.counts or moment(told) > turn.now:
                continue
            turn.emit(ev.ClockReminded(clock.clock, clock.branch, number(told)))
            _tell(turn, clock, rule.remind[number(told)])


def _all(rule: Clock, due: datetime) -> tuple[str, ...]:
    return tuple(f"{n} {_at(one, due).astimezone(UTC).isoformat()}" for n, one in enumerate(rule.remind))


def _at(one: Remind, due: datetime) -> datetime:
    if one.before:
        return earlier(due, parse_duration(one.before))
    return due + (due - earlier(due, parse_duration(one.after or "")) if one.after else timedelta())


def _tell(turn: "Timekeeping", clock: Running, one: Remind) -> None:
    code = "clock_reminded" if one.before else "clock_overdue"
    posts = [post for post in one.tell if post not in (HOLDER, SUPERIOR)]
    people: list[int] = []
    for token in turn.state.tokens:
        if not turn.book.holds_up(token.step, token.branch, clock):
            continue
        step = turn.book.flow.steps[token.step]
        theirs = step.posts()
        if token.person is not None:
            theirs = (turn.book.sends_to(step.assigned_by() or "", turn.state, token.branch),)
        if HOLDER in one.tell:
            people += [token.person] if token.person is not None else []
            posts += [] if token.person is not None else theirs
        if SUPERIOR in one.tell:
            posts += [turn.book.superior(post) for post in theirs]
    if posts:
        turn.emit(ev.Told(tuple(dict.fromkeys(posts)), None, code, clock.clock))
    for person in dict.fromkeys(people):
        turn.emit(ev.Told((), person, code, clock.clock))
