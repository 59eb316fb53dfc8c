"""How a running clock's due time was counted, step by step: from what the journal says and the rule, and nothing else.

The same function counts when a clock starts, goes on after a pause, or meets a new calendar, and when somebody asks why
it is red; so what is told cannot differ from what was done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from banli.engine.clocks import Duration, Pause, Step, count, parse_duration
from banli.engine.decide import Facts
from banli.engine.hours import Hours, parse_hours
from banli.engine.procedure import Clock
from banli.engine.state import Running, State


@dataclass(frozen=True)
class Reckoning:
    """What a clock's due time follows from: from when, how long, in which hours, less which pauses."""

    since: datetime
    within: Duration
    hours: Hours | None
    pauses: tuple[Pause, ...]

    def steps(self, facts: Facts) -> list[Step]:
        """The steps to its due time by the calendar of ``facts``."""
        return count(self.since, self.within, facts.zone, facts.holidays, self.hours, self.pauses)

    def due(self, facts: Facts) -> datetime:
        """When it runs out by the calendar of ``facts``."""
        return self.steps(facts)[-1].end

    @property
    def in_days(self) -> bool:
        """Whether it ends at 24:00 of a day."""
        return self.within.unit not in ("m", "h")


def reckoning(
    rule: Clock, clock: Running, state: State, facts: Facts, then: Mapping[str, Any] | None = None
) -> Reckoning | None:  # fmt: skip
    """What a clock is reckoned from; None where an answer names its moment, or what was set at its start is not known.

    ``then``: the settings as they were when it started, for one that started before the journal kept them.
    """
    within = clock.within or _written(rule.due.within, then)
    if not within:
        return None
    during = clock.during or _written(rule.during, then)
    if rule.during and not during:
        return None
    pauses = tuple((datetime.fromisoformat(p[0]), datetime.fromisoformat(p[1])) for p in clock.pauses)
    hours = parse_hours(during) if during else None
    return Reckoning(_since(rule, clock, state, facts), parse_duration(within), hours, pauses)


@dataclass(frozen=True)
class Explanation:
    """``steps`` lead to ``counted``. ``due`` is what was told; where it differs, the calendar changed since.

    ``paused``: how long it stood in all, a pause that is not over up to now. ``reckoned`` None: an answer named the
    moment.
    """

    reckoned: Reckoning | None
    steps: tuple[Step, ...]
    due: datetime
    paused: timedelta

    @property
    def counted(self) -> datetime:
        """Where the steps end; the due time itself where there are none."""
        return self.steps[-1].end if self.steps else self.due

    @property
    def agrees(self) -> bool:
        """Whether the due time is what the steps come to."""
        return self.counted == self.due


def explain(
    rule: Clock, clock: Running, state: State, facts: Facts, now: datetime, then: Mapping[str, Any] | None = None
) -> Explanation:  # fmt: skip
    """Why a clock is due when it is; one that is paused as if it went on now."""
    due = datetime.fromisoformat(clock.due)
    if clock.paused:
        over = clock.stopped or now.isoformat()
        clock = replace(clock, pauses=(*clock.pauses, (clock.paused, over)))
    pauses = [(datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in clock.pauses]
    length = sum((end - begin for begin, end in pauses), timedelta())
    found = reckoning(rule, clock, state, facts, then)
    steps = tuple(found.steps(facts)) if found is not None else ()
    return Explanation(found, steps, steps[-1].end if clock.paused and steps else due, length)


def _written(written: str | None, then: Mapping[str, Any] | None) -> str:
    """What a rule says, or the setting that it names."""
    if not written or not written.startswith("setting."):
        return written or ""
    return str((then or {}).get(written.removeprefix("setting."), ""))


def _since(rule: Clock, clock: Running, state: State, facts: Facts) -> datetime:
    if clock.since:
        return datetime.fromisoformat(clock.since)
    answer = state.answer(rule.due.at.removeprefix("form."), clock.branch) if rule.due.at else None
    if answer:
        return datetime.fromisoformat(str(answer)).replace(tzinfo=facts.zone)
    return datetime.fromisoformat(clock.started)
