"""``<procedure>.scenarios.yaml``: the models its file is read into. Unknown keys are refused.

A scenario is a story told by a pack's author: given who applies and when; when these people do these things; then
the case stands so. docs/authoring.md teaches it.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, StringConstraints, Tag, model_validator
from pydantic import Field as Key

from banli.engine.clocks import parse_duration
from banli.engine.procedure import Name, Post, Role, Slug, Way
from banli.engine.text import Text

#: A step, or a step of one row: ``card@1`` is the first row's.
Place = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(@[1-9][0-9]*)?$")]
When = Annotated[str, StringConstraints(pattern=r"^(\d{4}-\d\d-\d\d )?\d\d:\d\d$")]
Person = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Taken(_Model):
    """What others hold of a pool in the slot that begins ``at``; ``who``, where it is a person's own."""

    pool: Slug
    at: When
    units: int = Key(default=1, ge=1)
    who: Person | None = None


class Parked(_Model):
    """A place that another case holds for a vehicle; ``home``: another, under which that vehicle is entered."""

    place: str = ""
    plate: str
    since: date
    until: date
    home: str = ""


class Given(_Model):
    """Where a story begins. ``cast``: who holds which posts, or stands in for whom (``{director: 陈主任}``)."""

    applicant: Role | None = None
    facts: dict[Name, str] = Key(default_factory=dict)
    settings: dict[Name, str | int] = Key(default_factory=dict)
    record: dict[Name, Any] | Literal["none"] | None = None
    prices: dict[Slug, int] = Key(default_factory=dict)
    deposits: dict[Slug, int] = Key(default_factory=dict)
    resting: dict[Slug, int] = Key(default_factory=dict)
    taken: tuple[Taken, ...] = ()
    places: tuple[Parked, ...] = ()
    now: When | None = None
    cast: dict[Person, tuple[Post, ...] | dict[Post, Person]] = Key(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _one_post(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("cast"), dict):
            cast = {who: [posts] if isinstance(posts, str) else posts for who, posts in data["cast"].items()}
            return {**data, "cast": cast}
        return data


class _Acting(_Model):
    """``at``: when; ``refused``: the code with which it must be refused; ``marks``: the fields marked then."""

    who: Person
    at: When | None = None
    refused: Name | None = None
    marks: dict[str, Name] = Key(default_factory=dict)


class Does(_Acting):
    """Somebody does a step. What is not written is the usual: the good outcome, signed, everything ticked."""

    does: Place
    outcome: Name | None = None
    answers: dict[Name, Any] = Key(default_factory=dict)
    note: str | None = None
    unsigned: bool = False
    ticked: tuple[Name | int, ...] | None = None
    assignee: Person | None = None
    fen: int | None = None
    method: Literal["cash", "transfer", "qr"] = "cash"
    reference: str = ""
    again: When | None = None
    facts: dict[Name, str] = Key(default_factory=dict)
    way: Way | None = None


class Opens(_Acting):
    """Somebody opens the case without doing its first step."""

    opens: Literal[True]


class Withdraws(_Acting):
    """Somebody takes the case back, for this reason."""

    withdraws: str


class Joins(_Acting):
    """Somebody joins the report to an open case whose matter it repeats; that case is no part of the story."""

    joins: Literal[True]


class SendsBack(_Acting):
    """A supervisor sends the open case back to this step."""

    sends_back: Name
    reason: str = "…"


class Reopens(_Acting):
    """A supervisor opens the ended case again at this step."""

    reopens: Name
    reason: str = "…"


class Reassigns(_Acting):
    """A supervisor sends somebody else at this dispatch step."""

    reassigns: Name
    assignee: Person
    reason: str = "…"


class Waits(_Model):
    """Time passes: ``after`` so long, or ``until`` then."""

    after: str | None = None
    until: When | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "Waits":
        if (self.after is None) == (self.until is None):
            raise ValueError("after 和 until 只写一个 / give one of after and until")
        if self.after is not None and parse_duration(self.after).unit not in ("m", "h", "d"):
            raise ValueError("after 写 16m、3h 或 2d / write 16m, 3h or 2d")
        return self


class Then(_Model):
    """How the case stands. Only what is written is compared; a list is compared whole, in any order."""

    status: Literal["new", "open", "done", "rejected", "not_done", "withdrawn", "expired"] | None = None
    open: tuple[Place, ...] | None = None
    stands: tuple[Place, ...] | None = None
    lapsed: tuple[Place, ...] | None = None
    papers: tuple[Slug, ...] | None = None
    books: tuple[Slug, ...] | None = None
    running: tuple[Name, ...] | None = None
    late: tuple[Name, ...] | None = None
    due: dict[Name, When] | None = None
    told: tuple[Person, ...] | None = None
    charged: dict[Place, int] | None = None
    held: int | None = None
    refunded: dict[Place, int] | None = None
    spent: dict[Name, int] | None = None
    assigned: dict[Name, Person] | None = None
    reserved: dict[Place, When] | None = None
    allotted: dict[Place, str] | None = None
    form: dict[Name, Any] | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        lists = ("open", "stands", "lapsed", "papers", "books", "running", "late", "told")
        if not isinstance(data, dict):
            return data
        return {k: [v] if k in lists and isinstance(v, str) else v for k, v in data.items()}


class Moves(_Model):
    """Another case that rests on the same record moves this one on; what the record says is ``record`` from then on."""

    moves: dict[Name, Name]
    amends: dict[Name, Any] = Key(default_factory=dict)
    record: dict[Name, Any] = Key(default_factory=dict)
    resting: dict[Slug, int] = Key(default_factory=dict)
    at: When | None = None


class Delivers(_Model):
    """The other side's server takes the message of a send step, or will not: ``fails`` says why."""

    delivers: Place
    fails: str | None = None
    at: When | None = None


class Looks(_Model):
    """A look at the case in the middle of the story."""

    then: Then


_KEYS = {
    "does": "does", "opens": "opens", "withdraws": "withdraws", "joins": "joins",
    "sends_back": "sendsback",
    "reopens": "reopens", "reassigns": "reassigns", "moves": "moves", "delivers": "delivers",
    "then": "looks",
}  # fmt: skip


def _kind_of(data: Any) -> str:
    if isinstance(data, BaseModel):
        return type(data).__name__.lower()
    keys = data if isinstance(data, dict) else {}
    return next((tag for key, tag in _KEYS.items() if key in keys), "does" if "who" in keys else "waits")


Line = Annotated[
    Annotated[Does, Tag("does")]
    | Annotated[Opens, Tag("opens")]
    | Annotated[Withdraws, Tag("withdraws")]
    | Annotated[Joins, Tag("joins")]
    | Annotated[SendsBack, Tag("sendsback")]
    | Annotated[Reopens, Tag("reopens")]
    | Annotated[Reassigns, Tag("reassigns")]
    | Annotated[Moves, Tag("moves")]
    | Annotated[Delivers, Tag("delivers")]
    | Annotated[Waits, Tag("waits")]
    | Annotated[Looks, Tag("looks")],
    Discriminator(_kind_of),
]


class Story(_Model):
    """One scenario."""

    title: Text
    given: Given = Given()
    when: tuple[Line, ...] = Key(min_length=1)
    then: Then


class Scenarios(_Model):
    """The file. ``given`` and ``answers`` (the usual answers of each step) hold for every story in it."""

    scenarios: Slug
    given: Given
    answers: dict[Name, dict[Name, Any]] = Key(default_factory=dict)
    stories: dict[Name, Story] = Key(min_length=1)
