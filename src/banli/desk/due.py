"""The clock that matters now: of a task, of a case. Which it is, since when it runs, and how it reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from banli.engine.rulebook import Rulebook
from banli.engine.standing import running as read_clock
from banli.engine.state import Running
from banli.engine.text import Text
from banli.web import clocks


@dataclass(frozen=True)
class Due:
    """A clock of a case at a moment, as ``<c-clock>`` shows it. ``state``: calm, amber, red, met or missed.

    ``anchor``: its place on the page that explains it.
    """

    title: Text
    due: datetime
    started: datetime
    stopped: datetime | None
    warn_at: datetime | None
    reading: clocks.Reading
    anchor: str

    @property
    def state(self) -> str:
        return self.reading.state

    @property
    def tone(self) -> str:
        """The tone of the line it stands on; empty while there is time."""
        return self.state if self.state in ("amber", "red") else ""


def of_case(book: Rulebook, running: Iterable[Mapping[str, Any]], now: datetime) -> Due | None:
    """The nearest clock that runs, or pause that is to end. ``running``: the case's clocks as they are stored."""
    return _nearest(book, (clock for clock in _read(running) if clock.red_at), now)


def of_task(
    book: Rulebook, running: Iterable[Mapping[str, Any]], step: str, branch: int | None, now: datetime
) -> Due | None:
    """The nearest running clock that waits for this step; the task's ``due_at`` is this one's."""
    return _nearest(book, (c for c in _read(running) if book.holds_up(step, branch, c)), now)


def of_clock(book: Rulebook, running: Iterable[Mapping[str, Any]], name: str, now: datetime) -> Due | None:
    """A clock by name, also when it has stopped, not while it is paused; of several rows' the one that is due first."""
    mine = (clock for clock in _read(running) if clock.clock == name and clock.state != "paused")
    return _nearest(book, mine, now)


def _read(running: Iterable[Mapping[str, Any]]) -> list[Running]:
    return list(map(read_clock, running))


def _nearest(book: Rulebook, found: Iterable[Running], now: datetime) -> Due | None:
    known = [clock for clock in found if clock.clock in book.procedure.clocks]
    return _due(book, min(known, key=lambda clock: clock.red_at or clock.due), now) if known else None


def _due(book: Rulebook, clock: Running, now: datetime) -> Due:
    title = book.procedure.clocks[clock.clock].title
    due, started = datetime.fromisoformat(clock.due), datetime.fromisoformat(clock.started)
    if clock.state == "paused":  # what counts now is how long the pause was to last
        title = Text(zh=f"{title.zh}（暂停）", en=f"{title.en} (paused)")
        due, started = datetime.fromisoformat(clock.red_at), datetime.fromisoformat(clock.paused)
    stopped = datetime.fromisoformat(clock.stopped) if clock.stopped else None
    warn_at = datetime.fromisoformat(clock.warn) if clock.warn and clock.state != "paused" else None
    reading = clocks.read(due, now=now, started=started, stopped=stopped, warn_at=warn_at)
    return Due(title, due, started, stopped, warn_at, reading, anchor(clock.clock, clock.branch))


def anchor(clock: str, branch: int | None) -> str:
    """Where a clock stands on the page that explains a case's clocks."""
    return f"clock-{clock}" if branch is None else f"clock-{clock}-{branch + 1}"
