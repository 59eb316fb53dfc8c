"""Papers, rows of books, slots, letters of authority, and what leaves the office by mail."""

from dataclasses import dataclass

from ._event import Event


@dataclass(frozen=True)
class PaperIssued(Event):
    """``number`` and ``digest``, the hash of what it says, are given by the papers room in the same transaction."""

    kind = "paper_issued"
    step: str = ""
    branch: int | None = None
    paper: str = ""
    copies: tuple[str, ...] = ()
    valid_until: str = ""
    number: str = ""
    digest: str = ""


@dataclass(frozen=True)
class PaperSpent(Event):
    kind = "paper_spent"
    paper: str = ""
    branch: int | None = None


@dataclass(frozen=True)
class PapersVoided(Event):
    """Papers issued at these steps are void (``expired``: ran out; ``back``: they were taken back; ``renewed``: the way
    went on to a new one, nothing was sent back).
    """

    kind = "papers_voided"
    steps: tuple[str, ...] = ()
    branch: int | None = None
    expired: bool = False
    back: bool = False
    renewed: bool = False


@dataclass(frozen=True)
class Entered(Event):
    """A row was entered in a book."""

    kind = "entered"
    step: str = ""
    branch: int | None = None
    book: str = ""


@dataclass(frozen=True)
class Reserved(Event):
    """``units`` of the ``most`` that ``pool`` has in the slot that begins at ``slot`` (ISO, UTC) are this case's.

    ``person``: whose own slot it is. ``seats``: which of them, given by the cases room in the same transaction.
    """

    kind = "reserved"
    step: str = ""
    branch: int | None = None
    pool: str = ""
    person: int | None = None
    slot: str = ""
    units: int = 1
    most: int = 1
    seats: tuple[int, ...] = ()


@dataclass(frozen=True)
class Freed(Event):
    """What a step had reserved is anybody's again."""

    kind = "freed"
    step: str = ""
    branch: int | None = None


@dataclass(frozen=True)
class Allotted(Event):
    """``place`` is the vehicle's with this ``plate`` from ``since`` to ``until`` (ISO days, both included).

    ``vehicle``: its row in the estate's file; ``entered``: it was entered there with this. The cases room says both.
    """

    kind = "allotted"
    step: str = ""
    branch: int | None = None
    place: str = ""
    plate: str = ""
    since: str = ""
    until: str = ""
    vehicle: int = 0
    entered: bool = False


@dataclass(frozen=True)
class Vacated(Event):
    """What a step had allotted ends with the day ``until``; without one, it never was."""

    kind = "vacated"
    step: str = ""
    branch: int | None = None
    until: str = ""


@dataclass(frozen=True)
class Authorised(Event):
    """Somebody named in the form may act for the owner until that day; the estate room enters it."""

    kind = "authorised"
    step: str = ""
    branch: int | None = None
    role: str = ""
    scopes: tuple[str, ...] = ()
    until: str = ""


@dataclass(frozen=True)
class MailQueued(Event):
    """What the paper that the step issued says goes out: ``fields`` are the names of all that leaves, never what it is.

    ``message`` is its Message-ID, given by the messages room in the same transaction.
    """

    kind = "mail_queued"
    step: str = ""
    branch: int | None = None
    fields: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True)
class MailAgain(Event):
    """Somebody had a message tried again."""

    kind = "mail_again"
    step: str = ""
    branch: int | None = None
    message: str = ""


@dataclass(frozen=True)
class MailSent(Event):
    """The server at ``to``'s side took the message, and said ``answer``."""

    kind = "mail_sent"
    step: str = ""
    branch: int | None = None
    message: str = ""
    to: str = ""
    answer: str = ""


@dataclass(frozen=True)
class MailFailed(Event):
    """The message will not be taken, or was not for too long: nobody tries any more until somebody says so."""

    kind = "mail_failed"
    step: str = ""
    branch: int | None = None
    message: str = ""
    to: str = ""
    answer: str = ""
