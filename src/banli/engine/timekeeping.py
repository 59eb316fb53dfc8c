"""The time of one decision: clocks start, stop and run out as things happen to a case."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from banli.engine import clocks, record, reminders
from banli.engine import events as ev
from banli.engine.folding import apply
from banli.engine.hours import parse_hours
from banli.engine.procedure import Clock, Due
from banli.engine.rulebook import Rulebook
from banli.engine.state import Running, State

if TYPE_CHECKING:
    from banli.engine.decide import Facts


#: A clock that was over before what started it was entered ends no step before what was done meanwhile is entered too.
TO_ENTER = timedelta(hours=2)


@dataclass
class Timekeeping(ABC):
    """The state while one action is decided, and its clocks. ``here`` is the step being done.

    ``back``: it was done on paper and is entered afterwards, at ``entered``; ``now`` is then when it was done.
    """

    book: Rulebook
    state: State
    facts: "Facts"
    now: datetime
    events: list[ev.Event] = field(default_factory=list)
    here: tuple[str, int | None] = ("", None)
    back: bool = False
    entered: datetime | None = None
    now_text: str = field(init=False)

    def __post_init__(self) -> None:
        self._it_is(self.now)

    def _it_is(self, now: datetime) -> None:
        self.now, self.now_text = now, now.astimezone(UTC).isoformat(timespec="microseconds")

    def emit(self, event: ev.Event) -> None:
        """It happened."""
        self.events.append(event)
        self.state = apply(self.state, event, self.now_text)

    def set_back(self, told: ev.BackEntered) -> None:
        """What follows happened when ``told`` says."""
        self.entered = self.entered or self.now
        self.back = True
        self._it_is(datetime.fromisoformat(told.at))
        self.emit(told)

    def values(self, branch: int | None) -> dict[str, Any]:
        """What conditions are judged by now."""
        return {**self.state.values(branch), **record.named(self.facts.record)}

    @abstractmethod
    def finish(self, done: ev.Done) -> None:
        """A step ends, as a clock that ran out wants it."""

    def trigger(self, name: str, branch: int | None) -> None:
        """Something happened that clocks may wait for: stops first, then starts.

        What happens outside an ``each`` block stops the clocks of all its rows.
        """
        for running in self.state.clocks:
            rule = self.book.procedure.clocks.get(running.clock)
            if (
                rule
                and running.on
                and name in rule.stops
                and (branch in (None, running.branch) or running.branch is None)
            ):
                self._stop(running)
        for title, clock in self.book.starting.get(name, ()):
            here = self.row_of(title, branch)
            if self.state.clock(title, here) or (clock.unless and self.state.clock(clock.unless, here)):
                continue
            if clock.when is None or clock.when.holds(self.values(branch)):
                self._start(title, clock, branch, name)

    def row_of(self, clock: str, branch: int | None) -> int | None:
        """Which row a clock runs for that begins in ``branch``; None for one that runs once a case."""
        return branch if clock in self.book.row_clocks else None

    def _start(self, title: str, clock: Clock, branch: int | None, trigger: str) -> None:
        moment = self.due(clock.due, branch, clock.during)
        if moment is None:
            return
        if self.entered is not None and clock.late.step is not None:
            moment = max(moment, self.entered + TO_ENTER)
        since = self._counted_from(clock.due, branch) if clock.due.within else None
        self.emit(ev.ClockStarted(
            title, self.row_of(title, branch), moment.astimezone(UTC).isoformat(), self.warning(clock, moment),
            within=self.set_now(clock.due.within), during=self.set_now(clock.during),
            since=since.astimezone(UTC).isoformat() if since else "",
            reminders=reminders.begun(clock, moment, self.now) if clock.remind else (), period=clock.period,
            trigger=trigger if len(clock.starts) > 1 else "",
        ))  # fmt: skip

    def warning(self, clock: Clock, moment: datetime) -> str:
        """When a clock that is due at ``moment`` warns; empty where that is over, or it never does."""
        early = clocks.earlier(moment, clocks.parse_duration(clock.warn)) if clock.warn else self.now
        return early.astimezone(UTC).isoformat() if early > self.now else ""

    def set_now(self, written: str | None) -> str:
        """What a setting that a rule names says now; empty where it names none."""
        name = (written or "").removeprefix("setting.")
        return str(self.book.setting(name, self.facts.settings)) if name != (written or "") else ""

    def answered(self, name: str | None, branch: int | None) -> datetime | None:
        """The moment an answer names, on the office's clock."""
        answer = self.state.answer((name or "").removeprefix("form."), branch)
        return datetime.fromisoformat(answer).replace(tzinfo=self.facts.zone) if answer else None

    def due(self, due: Due, branch: int | None, during: str | None = None) -> datetime | None:
        """The moment a deadline names; None where the field it rests on was not answered.

        A time that counts from a moment which nobody named counts from now.
        """
        start = self._counted_from(due, branch) if due.at or due.end_of else self.now
        if start is None and due.at and due.within:
            start = self.now
        if start is None:
            return None
        if due.before:
            return clocks.earlier(start, clocks.parse_duration(self.set_now(due.before) or due.before))
        if not due.within:
            return start
        within = clocks.parse_duration(self.set_now(due.within) or due.within)
        hours = parse_hours(self.set_now(during) or during) if during else None
        return clocks.due(start, within, self.facts.zone, self.facts.holidays, hours)

    def over_at(self, name: str, branch: int | None) -> datetime | None:
        """When the first of the papers that may follow a step would be over, by the day an answer names."""
        order, steps = self.book.flow.order, self.book.flow.steps
        named = [
            step.valid_until for other, step in steps.items()
            if step.valid_until and not step.valid_until.within and order[other] > order[name]
        ]  # fmt: skip
        ends = [self.due(rule, branch) for rule in named]
        return min((one for one in ends if one is not None), default=None)

    def _counted_from(self, due: Due, branch: int | None) -> datetime | None:
        """The moment an answer names; of a day its end, or, where days are counted from it, itself."""
        if not due.end_of:
            return self.answered(due.at, branch)
        day = self.answered(due.end_of, branch)
        within = clocks.parse_duration(self.set_now(due.within) or due.within) if due.within else None
        if day is None or (within is not None and within.unit not in ("m", "h")):
            return day
        return clocks.end_of_day(day.date(), self.facts.zone)

    def _stop(self, clock: Running) -> None:
        """Whoever entered it afterwards may have been in time, though the machine had to think otherwise meanwhile."""
        past = clock.counts and self.now > datetime.fromisoformat(clock.due)
        late = not clock.period and ((clock.state == "late" and not self.back) or past)
        self.emit(ev.ClockStopped(clock.clock, clock.branch, late))

    def let_time_pass(self) -> None:
        """Warn, and let clocks run out."""
        for known in self.state.clocks:
            clock = self.state.clock(known.clock, known.branch)
            rule = self.book.procedure.clocks.get(known.clock)
            if (
                clock is None or rule is None or not clock.counts
            ):  # one that ran out before it may have stopped it
                continue
            if clock.state != "late" and self.now >= datetime.fromisoformat(clock.due):
                self.run_out(clock, rule)
            elif clock.state == "running" and clock.warn and self.now >= datetime.fromisoformat(clock.warn):
                self.emit(ev.ClockWarned(clock.clock, clock.branch))
                if rule.late.tell:
                    self.emit(ev.Told(rule.late.tell, None, "clock_warned", clock.clock))
        reminders.fire(self)

    def run_out(self, clock: Running, rule: Clock) -> None:
        """A clock's time is up: those named hear of it, and the step it bears on ends, if it is open.

        A period is over then, and nobody was late.
        """
        if clock.period:
            self._stop(clock)
        else:
            self.emit(ev.ClockLate(clock.clock, clock.branch))
        if rule.late.tell:
            self.emit(ev.Told(rule.late.tell, None, "clock_late", clock.clock))
        if rule.late.step is not None and self.state.token(rule.late.step, clock.branch) is not None:
            self.finish(ev.Done(rule.late.step, clock.branch, rule.late.outcome or ""))
