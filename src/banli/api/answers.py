"""What the API tells. Private answers appear as ``{"masked": …}``, never in clear."""

from datetime import datetime
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from banli.engine.text import Text

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """Some rows. ``next`` is the address of the following ones, null on the last page."""

    items: list[T]
    next: str | None = None


class Named(BaseModel):
    """Something with a name for machines and a title for people."""

    name: str
    title: Text


class Post(BaseModel):
    """A post. ``deputy_for``: whom the caller stands in for in it."""

    post: str
    title: Text
    deputy_for: str | None = None


class Person(BaseModel):
    id: int
    name: str


class Estate(BaseModel):
    code: str
    name: str
    name_en: str
    city: str
    posts: list[Post]


class Column(BaseModel):
    """What a field of a form and a column of a table have in common."""

    name: str
    type: str
    label: Text
    required: bool
    options: list[Named]
    min: int | None
    max: int | None


class TableColumn(Column):
    """A column of a table. ``sorts``: answer → the setting in which the estate lists what belongs there; a cell left
    empty is sorted by it."""

    at_least: str | None = Field(description="The setting of the estate below which no number goes.")
    sorts: dict[str, str]


class FormField(Column):
    """A field of a form. ``when``: it is asked only where this holds (docs/authoring.md has the conditions)."""

    help: Text | None
    private: bool
    when: Any = None
    earliest: str | None
    latest: str | None
    needed: str | None = Field(description="The setting by which an estate makes it required.")
    at_least: str | None = Field(description="The setting of the estate below which no number goes.")
    differs_from: str | None = Field(description="The question whose answer this one may not repeat.")
    same_day_as: str | None = Field(description="The question on whose day it must lie.")
    refuses: list[dict[str, Any]] = Field(description="Answers that are refused: answer, why, when.")
    at_most: str | None = Field(description="The setting of the estate above which no number goes.")
    hours: list[dict[str, Any]] = Field(description="The hours in which the moment must lie: within, when.")
    default: str | int | None
    columns: list[TableColumn]


class Outcome(Named):
    """One way a step can end. ``good``: the step's fields must be complete. ``reason``: it takes a note."""

    good: bool
    reason: bool


class PriceLine(Named):
    """A line of the price list: ``fen`` a ``unit``, or agreed from ``low`` to ``high``; never more than ``cap``."""

    fen: int | None
    low: int | None
    high: int | None
    cap: int | None
    unit: Text | None


class Step(Named):
    """One thing that one post does. ``outsider`` is who acts at that post's side; ``assigned_by`` the step that
    chooses the one person who may do it.
    """

    verb: str
    posts: list[str]
    outsider: str | None
    assigned_by: str | None
    automatic: bool
    when: Any = None
    asks: list[str]
    signature: bool
    outcomes: list[Outcome]
    checklist: list[Named]
    rows: str | None = Field(description="For a gate check: the table field whose rows are ticked off.")
    prices: list[PriceLine] = Field(
        description="What is to be told of the price list before this step is done."
    )
    assigns: str | None = Field(description="For dispatch: the post whose staff can be sent.")


class Procedure(Named):
    """A written procedure as it stands in one version."""

    version: str
    purpose: Text | None
    about: str
    opened_by: list[str]
    may_open: bool
    applicants: list[Named]
    form: list[FormField]
    steps: list[Step]


class Unit(BaseModel):
    id: int
    key: str
    address: str
    building: str
    entrance: str
    room: str
    floor: int | None


class UnitsFound(Page[Unit]):
    """``nearest``: the units most like one that is not there."""

    nearest: list[Unit] = Field(default_factory=list)


class Resident(Person):
    """Somebody of a unit today. Telephone and identity number are masked."""

    role: str
    role_title: str
    phone: str
    id_number: str
    id_kind: str


class UnitPeople(BaseModel):
    unit: Unit
    people: list[Resident]


class WhyNot(BaseModel):
    """Why the caller may not do a step."""

    code: str
    detail: str


class Task(BaseModel):
    """A step that waits. ``refused`` is null where the caller may do it."""

    id: int
    case: int
    procedure: Named
    step: Step
    branch: int | None
    unit: str | None
    applicant: str | None
    posts: list[str]
    person: int | None
    opened_at: datetime
    due_at: datetime | None
    refused: WhyNot | None


class Clock(Named):
    """A deadline of a case. ``state`` is running, warned, late, paused or stopped."""

    branch: int | None
    started_at: datetime
    due_at: datetime
    state: str
    late: bool


class Paper(BaseModel):
    """A paper of a case. ``state`` is valid, used, void or expired, as of now."""

    id: int
    kind: str
    title: Text
    number: str
    state: str
    issued_at: datetime
    issued_by: str
    valid_from: datetime | None
    valid_until: datetime | None
    used_at: datetime | None
    used_by: str | None
    void_reason: str


class Line(BaseModel):
    """One thing that happened."""

    code: str
    title: Text
    detail: Text | None
    note: str
    signature: str
    late: bool


class Entry(BaseModel):
    """An entry of a case's journal. ``hash`` covers the entry and the one before it.

    ``happened_at``: of what was entered afterwards, when it was done on paper, by ``by``; ``entered_by`` entered it.
    """

    seq: int
    kind: str
    at: datetime
    happened_at: datetime | None
    entered_by: str
    by: str
    post: Text | None
    deputy_for: str
    hash: str
    lines: list[Line]


class Case(BaseModel):
    """A case. ``answers`` by field; ``name@2`` is row 2's own. Its journal's newest entries stand with it."""

    id: int
    procedure: Named
    version: str
    status: str
    unit: Unit | None
    applicant: Person | None
    applicant_role: str
    opened_at: datetime
    opened_by: str | None
    ended_at: datetime | None
    due_at: datetime | None
    parent: int | None
    seq: int
    answers: dict[str, Any]
    tasks: list[Task]
    clocks: list[Clock]
    papers: list[Paper]
    may_withdraw: bool
    may_intervene: bool
    journal: Page[Entry]


class Done(BaseModel):
    """An action was done: entry ``seq`` of the case's journal. The same key gives the same answer again."""

    case: int
    seq: int


class BookColumn(Named):
    private: bool


class Book(Named):
    columns: list[BookColumn]


class Row(BaseModel):
    """A row of a register. A cell is text, a number, a text in two languages, or ``{"masked": …}``."""

    id: int
    case: int
    branch: int | None
    status: str
    entered_at: datetime
    cells: dict[str, Any]


class Item(BaseModel):
    """One row of the goods on a pass. ``row`` is what ticks it off."""

    row: int
    name: str
    count: str
    remark: str


class Verdict(BaseModel):
    """What a pass is worth at this moment. ``goods`` only where they may go: what to hold them against."""

    go: bool
    kind: Literal[
        "go", "used", "expired", "void", "forged", "foreign", "unknown", "not_yet", "not_in_use", "given_back", "lost",
        "renewed", "no_record", "record_over", "off_hours",
    ]  # fmt: skip
    word: Text
    sentence: Text
    number: str | None
    used_at: datetime | None
    used_by: str | None
    valid_until: datetime | None
    case: int | None
    step: str | None
    branch: int | None
    goods: list[Item]
