"""What happened, as the journal keeps it: small frozen facts. A case's state is the fold of its events."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ._event import Event, names_of
from .clocks import (
    ClockLate,
    ClockMoved,
    ClockPaused,
    ClockReminded,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockWarned,
    Told,
)
from .links import LinkLocked, LinkSent, LinkTakenBack
from .money import Brought, CarriedOver, Charged, LineSpent, Paid, ReceiptReplaced, Refunded
from .others import Amended, CaseStarted, JoinedTo, Parted, PartedFrom, RecordChanged, Repeated
from .papers import (
    Allotted,
    Authorised,
    Entered,
    Freed,
    MailAgain,
    MailFailed,
    MailQueued,
    MailSent,
    PaperIssued,
    PaperSpent,
    PapersVoided,
    Reserved,
    Vacated,
)
from .steps import (
    Agreed,
    Assigned,
    Attempted,
    BackEntered,
    Cancelled,
    Done,
    Ended,
    FactsTaken,
    Filled,
    Lapsed,
    Named,
    Opened,
    Reached,
    Reasoned,
    Reopened,
    Skipped,
)

__all__ = [
    "Agreed",
    "Allotted",
    "Amended",
    "Assigned",
    "Attempted",
    "Authorised",
    "BackEntered",
    "Brought",
    "Cancelled",
    "CarriedOver",
    "CaseStarted",
    "Charged",
    "ClockLate",
    "ClockMoved",
    "ClockPaused",
    "ClockReminded",
    "ClockResumed",
    "ClockStarted",
    "ClockStopped",
    "ClockWarned",
    "Done",
    "Ended",
    "Entered",
    "Event",
    "FactsTaken",
    "Filled",
    "Freed",
    "JoinedTo",
    "Lapsed",
    "LineSpent",
    "LinkLocked",
    "LinkSent",
    "LinkTakenBack",
    "MailAgain",
    "MailFailed",
    "MailQueued",
    "MailSent",
    "Named",
    "Opened",
    "Paid",
    "PaperIssued",
    "PaperSpent",
    "PapersVoided",
    "Parted",
    "PartedFrom",
    "Reached",
    "Reasoned",
    "ReceiptReplaced",
    "RecordChanged",
    "Refunded",
    "Reopened",
    "Repeated",
    "Reserved",
    "Skipped",
    "Told",
    "Vacated",
    "names_of",
]


def timed(events: Iterable[Event], at: str) -> Iterator[tuple[Event, str]]:
    """The events of one entry, each with the moment it happened: the entry's, or what was entered afterwards says."""
    for event in events:
        at = event.at if isinstance(event, BackEntered) else at
        yield event, at


def back_entry(events: Iterable[Event]) -> BackEntered | None:
    """What an entry says of having been entered afterwards; None for what was entered as it happened."""
    return next((event for event in events if isinstance(event, BackEntered)), None)


KINDS: dict[str, type[Event]] = {cls.kind: cls for cls in Event.__subclasses__()}
_LISTS = {"steps", "copies", "posts", "lines", "scopes", "asked", "fields", "seats", "persons", "reminders"}


def from_json(told: Mapping[str, Any]) -> Event:
    """The event that :meth:`Event.to_json` wrote. KeyError for an unknown kind."""
    values = dict(told)
    cls = KINDS[values.pop("event")]
    for name in _LISTS & values.keys():
        values[name] = tuple(values[name])
    return cls(**values)
