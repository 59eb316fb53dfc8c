"""Why a case is late, or will be: each clock with what started it, when, by whom, and what stops it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from banli.engine import verbs
from banli.engine.state import Running, State
from banli.engine.text import Text
from banli.engine.turn import Rulebook


@dataclass(frozen=True)
class ClockLine:
    """A clock of a case. ``started_by``: whoever did what started it, while that still stands."""

    title: Text
    running: bool
    started: datetime
    due: datetime
    stopped: datetime | None
    warn_at: datetime | None
    starts: Text
    stops: list[Text]
    started_by: str


def clock_lines(book: Rulebook, state: State, names: Mapping[int, str]) -> list[ClockLine]:
    """Running clocks first, the nearest due first; then the stopped ones."""
    known = [clock for clock in state.clocks if clock.clock in book.procedure.clocks]
    return [_line(book, state, clock, names) for clock in sorted(known, key=lambda c: (not c.on, c.due))]


def _line(book: Rulebook, state: State, clock: Running, names: Mapping[int, str]) -> ClockLine:
    rule = book.procedure.clocks[clock.clock]
    mark = state.mark(rule.starts.split(".")[0], clock.branch)
    by = names.get(mark.by or 0, "") if mark is not None and rule.starts.split(".")[-1] != "opened" else ""
    return ClockLine(
        title=rule.title,
        running=clock.on,
        started=datetime.fromisoformat(clock.started),
        due=datetime.fromisoformat(clock.due),
        stopped=datetime.fromisoformat(clock.stopped) if clock.stopped else None,
        warn_at=datetime.fromisoformat(clock.warn) if clock.warn else None,
        starts=told(book, rule.starts),
        stops=_once(told(book, stop) for stop in rule.stops),
        started_by=by,
    )


def told(book: Rulebook, trigger: str) -> Text:
    """What starts or stops a clock, in words: ``confirm.done``, ``fill.opened``, ``opened``."""
    name, _, what = trigger.partition(".")
    if not what:
        return Text(zh="立件", en="the case is opened")
    step = book.step_title(name)
    if what == "opened":
        return Text(zh=f"轮到“{step.zh}”", en=f"“{step.en}” is reached")
    if what == "done":
        return Text(zh=f"“{step.zh}”办完", en=f"“{step.en}” is done")
    outcome = verbs.find(book.flow.steps[name].verb).outcome(what).title
    return Text(zh=f"“{step.zh}”：{outcome.zh}", en=f"“{step.en}”: {outcome.en}")


def _once(texts: Iterable[Text]) -> list[Text]:
    return list({text.zh: text for text in texts}.values())
