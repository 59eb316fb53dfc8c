"""What happened, as the journal keeps it: small frozen facts. A case's state is the fold of its events."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

_NAMES: dict[type[Any], tuple[str, ...]] = {}


def names_of(kept: type[Any]) -> tuple[str, ...]:
    """The fields of a dataclass, looked up once: every event and mark that is written asks."""
    if kept not in _NAMES:
        _NAMES[kept] = tuple(one.name for one in fields(kept))
    return _NAMES[kept]


@dataclass(frozen=True)
class Event:
    """One thing that happened. ``kind`` names it in the journal."""

    kind: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON; what is None or empty is left out."""
        told: dict[str, Any] = {"event": self.kind}
        for name in names_of(type(self)):
            value = getattr(self, name)
            if (
                value is not None and value is not False and value not in ("", (), {})
            ):  # nought says something
                told[name] = list(value) if isinstance(value, tuple) else value
        return told


@dataclass(frozen=True)
class Opened(Event):
    """``settings``: those that conditions of the procedure ask for, as they were then."""

    kind = "opened"
    applicant: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FactsTaken(Event):
    """The facts the office supplied, taken again when the case was filed anew."""

    kind = "facts"
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Filled(Event):
    kind = "filled"
    step: str = ""
    branch: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Named(Event):
    """The answer ``field`` names these of the staff: steps that are ``not_by`` it are not theirs."""

    kind = "named"
    step: str = ""
    branch: int | None = None
    field: str = ""
    persons: tuple[int, ...] = ()


@dataclass(frozen=True)
class Done(Event):
    """A step ended. ``signature`` is a SHA-256, ``paper`` or ``call``.

    ``filed``: it recorded what the case is about. Of an owner's consent: ``way`` how it was given, ``person`` by
    which owner, ``asked`` the identity questions they answered right, ``reference`` and ``scan`` of the paper.
    ``entered_by``: somebody else than ``by``, who entered it from the paper that ``by`` signed.
    """

    kind = "done"
    step: str = ""
    branch: int | None = None
    outcome: str = ""
    by: int | None = None
    post: str = ""
    deputy_for: int | None = None
    note: str = ""
    signature: str = ""
    filed: bool = False
    way: str = ""
    person: int | None = None
    asked: tuple[str, ...] = ()
    reference: str = ""
    scan: str = ""
    entered_by: int | None = None


@dataclass(frozen=True)
class BackEntered(Event):
    """What follows in this entry was done on paper at ``at`` (an ISO text in UTC) and entered afterwards.

    ``by``: the colleague who did it, where somebody else enters it, as ``post``, from the paper on ``scan``.
    ``reference``: the form's number, or where it is filed. ``reason``: why so late.
    """

    kind = "back_entered"
    at: str = ""
    by: int | None = None
    post: str = ""
    reference: str = ""
    scan: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Attempted(Event):
    """A step was tried and stays open (nobody answered the telephone)."""

    kind = "attempted"
    step: str = ""
    branch: int | None = None
    outcome: str = ""
    by: int | None = None
    post: str = ""
    note: str = ""


@dataclass(frozen=True)
class Reached(Event):
    kind = "reached"
    step: str = ""
    branch: int | None = None
    person: int | None = None


@dataclass(frozen=True)
class Skipped(Event):
    kind = "skipped"
    step: str = ""
    branch: int | None = None


@dataclass(frozen=True)
class Cancelled(Event):
    """An open step is no longer to be done, because the case went elsewhere or ended."""

    kind = "cancelled"
    step: str = ""
    branch: int | None = None


@dataclass(frozen=True)
class Lapsed(Event):
    """What these steps had decided or signed no longer stands."""

    kind = "lapsed"
    steps: tuple[str, ...] = ()
    branch: int | None = None


@dataclass(frozen=True)
class Assigned(Event):
    """``person`` does what the dispatch step ``step`` sends out."""

    kind = "assigned"
    step: str = ""
    person: int = 0


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
class ClockStarted(Event):
    """Times are ISO texts in UTC.

    ``within`` and ``during``: what the settings said then, where the rule names settings. ``since``: from when it
    counts, where that is not now. ``reminders``: which are to be given, and when (:mod:`banli.engine.reminders`).
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
    """Somebody stopped a clock from counting (:mod:`banli.engine.pausing`); why is in Reasoned."""

    kind = "clock_paused"
    clock: str = ""
    branch: int | None = None


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
    """Papers issued at these steps are void (``expired``: ran out; ``back``: they were taken back)."""

    kind = "papers_voided"
    steps: tuple[str, ...] = ()
    branch: int | None = None
    expired: bool = False
    back: bool = False


@dataclass(frozen=True)
class Entered(Event):
    """A row was entered in a book."""

    kind = "entered"
    step: str = ""
    branch: int | None = None
    book: str = ""


@dataclass(frozen=True)
class Charged(Event):
    """``fen`` became due, line by line (:class:`banli.engine.money.Line` as JSON)."""

    kind = "charged"
    step: str = ""
    branch: int | None = None
    fen: int = 0
    lines: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Paid(Event):
    """``fen`` was taken (below nought: given back) for ``lines``, in a cashier's ``shift``.

    ``receipt`` is the number of the ``paper`` that says so and ``digest`` what it says, both of the papers room.
    """

    kind = "paid"
    step: str = ""
    branch: int | None = None
    fen: int = 0
    method: str = ""
    reference: str = ""
    lines: tuple[Mapping[str, Any], ...] = ()
    shift: int | None = None
    paper: str = ""
    receipt: str = ""
    digest: str = ""


@dataclass(frozen=True)
class Refunded(Event):
    """``fen`` of the deposits paid at ``of`` were given back and ``kept`` deducted.

    ``lines``: of each payment its ``price``, ``branch``, ``fen`` and ``kept``. The rest is as in Paid.
    """

    kind = "refunded"
    step: str = ""
    branch: int | None = None
    of: str = ""
    fen: int = 0
    kept: int = 0
    method: str = ""
    reference: str = ""
    lines: tuple[Mapping[str, Any], ...] = ()
    shift: int | None = None
    paper: str = ""
    receipt: str = ""
    digest: str = ""


@dataclass(frozen=True)
class ReceiptReplaced(Event):
    """A receipt was void because it was written wrongly, and ``receipt`` takes its place: the same lines, paid so."""

    kind = "receipt_replaced"
    step: str = ""
    branch: int | None = None
    old: str = ""
    fen: int = 0
    method: str = ""
    reference: str = ""
    lines: tuple[Mapping[str, Any], ...] = ()
    shift: int | None = None
    paper: str = ""
    receipt: str = ""
    digest: str = ""
    reason: str = ""
    post: str = ""


@dataclass(frozen=True)
class LineSpent(Event):
    """A line of the receipt of ``of`` was used up by this step (已办): the row ``unit``, or all of it."""

    kind = "line_spent"
    step: str = ""
    branch: int | None = None
    of: str = ""
    of_branch: int | None = None
    unit: int | None = None
    receipt: str = ""


@dataclass(frozen=True)
class CarriedOver(Event):
    """Deposits paid at ``of`` left this case for the one that was started from it; ``lines`` as in Refunded."""

    kind = "carried_over"
    step: str = ""
    branch: int | None = None
    of: str = ""
    lines: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Brought(Event):
    """Deposits came with the start of this case: price → fen."""

    kind = "brought"
    deposits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseStarted(Event):
    """Another case was started from this one; ``values`` are handed on to its form, ``carried`` deposits with it."""

    kind = "case_started"
    step: str = ""
    branch: int | None = None
    procedure: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    carried: Mapping[str, int] = field(default_factory=dict)
    case: int | None = None


@dataclass(frozen=True)
class RecordChanged(Event):
    """The case this one rests on takes ``values`` into its form; steps that wait in it, or rest on it, end so.

    ``moves``: step of a procedure → outcome, as in :attr:`banli.engine.procedure.Step.moves`.
    """

    kind = "record_changed"
    step: str = ""
    branch: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    moves: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Amended(Event):
    """Another case, ``case``, changed what is written here: answers, or which steps are over."""

    kind = "amended"
    values: Mapping[str, Any] = field(default_factory=dict)
    case: int | None = None


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


@dataclass(frozen=True)
class Agreed(Event):
    """Somebody will be called again at a moment they named: an ISO text in UTC."""

    kind = "agreed"
    step: str = ""
    branch: int | None = None
    at: str = ""


@dataclass(frozen=True)
class Told(Event):
    """The holders of ``posts`` (or ``person``) are told ``code`` about this case."""

    kind = "told"
    posts: tuple[str, ...] = ()
    person: int | None = None
    code: str = ""
    about: str = ""


@dataclass(frozen=True)
class Ended(Event):
    kind = "ended"
    end: str = ""


@dataclass(frozen=True)
class Reopened(Event):
    kind = "reopened"


@dataclass(frozen=True)
class Reasoned(Event):
    """Why a supervisor intervened, or why the case was withdrawn."""

    kind = "reasoned"
    act: str = ""
    reason: str = ""
    by: int | None = None
    post: str = ""


@dataclass(frozen=True)
class JoinedTo(Event):
    """This report repeats the matter of ``case``, where it is followed up."""

    kind = "joined_to"
    case: int = 0


@dataclass(frozen=True)
class Repeated(Event):
    """``case`` reported the same matter again, and was joined to this one."""

    kind = "repeated"
    case: int = 0


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
