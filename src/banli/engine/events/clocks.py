"""A case's clocks, and who is told."""

from dataclasses import dataclass

from ._event import Event


@dataclass(frozen=True)
class ClockStarted(Event):
    """Times are ISO texts in UTC.

    ``within`` and ``during``: what the settings said then, where the rule names settings. ``since``: from when it
    counts, where that is not now. ``reminders``: which are to be given, and when (:mod:`banli.engine.reminders`).
    ``period``: it is waited out, and nobody is ever late. ``trigger``: what started it, where the rule names several
    things.
    """

    kind = "clock_started"
    clock: str = ""
    branch: int | None = None
    due: str = ""
    warn: str = ""
    within: str = ""
    during: str = ""
    since: str = ""
    reminders: tuple[str, ...] = ()
    period: bool = False
    trigger: str = ""


@dataclass(frozen=True)
class ClockStopped(Event):
    kind = "clock_stopped"
    clock: str = ""
    branch: int | None = None
    late: bool = False


@dataclass(frozen=True)
class ClockMoved(Event):
    """The calendar changed: a running clock is due later (:mod:`banli.engine.recount`)."""

    kind = "clock_moved"
    clock: str = ""
    branch: int | None = None
    due: str = ""
    warn: str = ""
    reminders: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClockPaused(Event):
    """Somebody stopped a clock from counting (:mod:`banli.engine.pausing`); why is in Reasoned.

    ``until``: when it is expected to go on, the end of that day.
    """

    kind = "clock_paused"
    clock: str = ""
    branch: int | None = None
    until: str = ""


@dataclass(frozen=True)
class ClockResumed(Event):
    """It counts again, and is due later by the pause."""

    kind = "clock_resumed"
    clock: str = ""
    branch: int | None = None
    due: str = ""
    warn: str = ""
    reminders: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClockWarned(Event):
    kind = "clock_warned"
    clock: str = ""
    branch: int | None = None


@dataclass(frozen=True)
class ClockReminded(Event):
    """The rule's reminder ``number`` was given."""

    kind = "clock_reminded"
    clock: str = ""
    branch: int | None = None
    number: int = 0


@dataclass(frozen=True)
class ClockLate(Event):
    kind = "clock_late"
    clock: str = ""
    branch: int | None = None


@dataclass(frozen=True)
class Told(Event):
    """The holders of ``posts`` (or ``person``) are told ``code`` about this case."""

    kind = "told"
    posts: tuple[str, ...] = ()
    person: int | None = None
    code: str = ""
    about: str = ""
