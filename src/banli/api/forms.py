"""What a machine may send. Unknown keys are refused, and so is a value of another kind than asked."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Header
from pydantic import BaseModel, BeforeValidator, ConfigDict, JsonValue
from pydantic import Field as Key

from banli.cases.models import Case
from banli.engine.back_entry import MAX_REASON, MAX_REFERENCE
from banli.engine.procedure import Role
from banli.engine.verbs.pay import METHODS

MAX_PAGE = 100
#: Rows have numbers of at most 18 digits, as the addresses' <row:…> has it.
LAST_ROW = 10**18 - 1

RowId = Annotated[int, Key(ge=1, le=LAST_ROW)]
Word = Annotated[str, Key(max_length=50, pattern=r"^[a-z][a-z0-9_-]*$")]
Note = Annotated[str, Key(max_length=4000)]
IdempotencyKey = Annotated[
    str,
    Header(
        ..., alias="Idempotency-Key", min_length=8, max_length=80, pattern=r"^[!-~]+$",
        description="The caller's own name for this action. Sent twice, the action is done once.",
    ),
]  # fmt: skip


def _iso(value: Any) -> Any:
    return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None


Day = Annotated[date, BeforeValidator(_iso), Key(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


class Sent(BaseModel):
    """A body: the kinds are taken at their word ("5" is no number)."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Payment(Sent):
    """What was taken at the desk, for a step whose verb is ``pay``."""

    fen: int = Key(ge=0, le=10**12)
    method: Literal[tuple(METHODS)]  # type: ignore[valid-type]  # the verb's own words
    reference: str = Key("", max_length=100)


class Agreement(Sent):
    """How an owner agreed at the desk, for a step of theirs that names its ways."""

    owner: RowId | None = Key(None, description="Which owner of the unit.")
    reference: str = Key("", max_length=120, description="For paper: where it is filed.")
    identity: dict[Word, Annotated[str, Key(max_length=60)]] = Key(
        default_factory=dict,
        description="For call: identity questions and what was answered. They are compared with the file and not kept.",
    )


class OnPaper(Sent):
    """The step was done on paper first, and is entered afterwards (ADR 0006)."""

    happened_at: Annotated[str, Key(max_length=32)] = Key(
        description="When it was done: 2026-05-06T14:05, on the office's clock, or with an offset."
    )
    by: RowId | None = Key(None, description="Who did it, where that was a colleague.")
    sheet: str = Key(
        "", max_length=30, description="The serial of the numbered blank sheet (KB-FX-0012): entered once."
    )
    reference: str = Key("", max_length=MAX_REFERENCE, description="Where the paper is filed.")
    scan: str = Key(
        "", description="A picture of the paper as a data URL; obligatory where a colleague did it."
    )
    reason: str = Key(
        "", max_length=MAX_REASON, description="Why so late, where a supervisor enters it past the limit."
    )


class Doing(Sent):
    """What doing a step may bring with it; which of it, the step says."""

    answers: dict[Word, JsonValue] = Key(
        default_factory=dict,
        description="The step's fields by name. A photo or a drawn signature is a data URL (data:image/…;base64,…).",
    )
    note: Note = Key("", description="Obligatory for outcomes that need a reason.")
    signature: str = Key(
        "",
        description="A drawn one as data:image/png;base64,…; paper where it stands on paper; call where it was "
        "given by telephone.",
    )
    assignee: RowId | None = Key(None, description="For dispatch: the id of one of the post's staff.")
    ticked: list[Word | Annotated[int, Key(ge=0, le=10_000)]] = Key(
        default_factory=list,
        max_length=500,
        description="For checklists: the items' names. For a gate check: the rows' numbers, from 0.",
    )
    again: Annotated[str, Key(max_length=30)] | None = Key(
        None, description="For the outcome later of a follow-up: when to call again, 2026-05-06T15:00."
    )
    payment: Payment | None = None
    consent: Agreement | None = None
    on_paper: OnPaper | None = None


class OpenCase(Doing):
    """A new case with its first step. The applicant is somebody of the unit, in the role they have there today."""

    procedure: Word
    unit: RowId | None = None
    applicant: RowId | None = None
    applicant_role: Role


class DoStep(Doing):
    """An open step of a case, and how it ends."""

    step: Word
    outcome: Word
    branch: Annotated[int, Key(ge=0, le=10_000)] | None = Key(
        None, description="The row, where the step is done once for each row of a table."
    )


class Withdraw(Sent):
    """Why the case is taken back."""

    reason: Note


class Intervene(Sent):
    """A supervisor's intervention. ``person`` is the new assignee of a ``reassign``."""

    what: Literal["reassign", "send_back", "reopen"]
    step: Word
    reason: Note
    person: RowId | None = None


class Page(BaseModel):
    """How many rows, and where to go on: ``after`` is what the answer's ``next`` says."""

    limit: int = Key(30, ge=1, le=MAX_PAGE)
    after: str = Key("", max_length=200)


class UnitsAsked(Page):
    q: str = Key("", max_length=60, description="A room, however written: 3-1-502, 3栋1单元502, 502.")


class TasksAsked(Page):
    post: Annotated[str, Key(max_length=50, pattern=r"^([a-z][a-z0-9_-]*)?$")] = Key(
        "", description="Only what waits for this post of yours; me: only what waits for you by name."
    )
    procedure: Annotated[str, Key(max_length=50, pattern=r"^([a-z][a-z0-9_-]*)?$")] = ""


class RowsAsked(Page):
    q: str = Key("", max_length=60, description="Part of any cell that is not private.")
    status: Literal[("", *Case.Status.values)] = ""  # type: ignore[valid-type]  # the case's own words
    since: Day | None = Key(None, description="Entered on this day or later.")
    until: Day | None = Key(None, description="Entered on this day or earlier.")


class PassAsked(BaseModel):
    code: str = Key(
        min_length=1,
        max_length=600,
        description="What the QR code says, an address or the bare token; or the number.",
    )


class VersionAsked(BaseModel):
    version: Annotated[str, Key(pattern=r"^([0-9a-f]{64})?$")] = Key("", description="The version of a case.")


class JournalAsked(Page):
    """``after`` is the entry before which to go on, as the list runs back in time."""
