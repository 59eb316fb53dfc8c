"""A pack: the folder in which an office keeps its procedures, posts, books, papers and prices."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic import Field as Key

from banli.engine.clocks import SAME_DAY, parse_duration
from banli.engine.fields import MAX_FEN, MAX_TEXT, printable
from banli.engine.hours import parse_hours
from banli.engine.paper import PaperDefinition
from banli.engine.privacy import Kept
from banli.engine.procedure import Name, Post, Procedure, Slug, with_lists
from banli.engine.routine import Routine
from banli.engine.text import Text

SettingType = Literal["duration", "integer", "money", "yes_no", "hours", "text", "email", "secret"]
#: What a secret opens is read by others too: a shorter one could be tried out.
LEAST_SECRET = 12
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Shelf(_Model):
    """Procedures that belong together, in the order in which the desk offers them."""

    title: Text
    procedures: tuple[Slug, ...] = Key(min_length=1)


class PackHeader(_Model):
    """``pack.yaml``. ``shelves``: how the desk sorts what may be begun; what is on none comes last, by its name."""

    pack: Slug
    title: Text
    version: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")]
    shelves: tuple[Shelf, ...] = ()

    def shelf_of(self, procedure: str) -> Shelf | None:
        """The shelf that a procedure stands on."""
        return next((one for one in self.shelves if procedure in one.procedures), None)

    def place_of(self, procedure: str) -> tuple[int, str]:
        """What procedures are sorted by."""
        order = [name for one in self.shelves for name in one.procedures]
        return order.index(procedure) if procedure in order else len(order), procedure


class PostDefinition(_Model):
    """A post and its duties. ``superior``: the post above it, which a reminder may name.

    ``counted``: a post that keeps a shift log, and the things that change hands with it.
    """

    title: Text
    duties: tuple[Text, ...] = ()
    superior: Name | None = None
    counted: dict[Name, Text] = Key(default_factory=dict)


class ContractKind(_Model):
    """A kind of contract that a home's file keeps. ``soon``: so long before its end it is pointed out.

    ``stay``: it is about living there, and may end with it.
    """

    title: Text
    stay: bool = False
    soon: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,2} days$")] = "30 days"

    @property
    def soon_days(self) -> int:
        """The same as a number of days."""
        return int(self.soon.split()[0])


class PetKind(_Model):
    """A kind of pet that somebody may declare."""

    title: Text


class Price(_Model):
    """A line of the price list: ``fen`` for one ``unit``, or agreed between ``from`` and ``to`` (domain/forms §13).

    ``kind``: ours, a deposit we hold, or money taken on behalf of somebody else, without a handling fee (条例 44).
    ``cap``: a charge never comes to more. ``per``: how many of what is counted make one unit.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    title: Text
    fen: int | None = Key(default=None, ge=0, le=MAX_FEN)
    from_: int | None = Key(default=None, alias="from", ge=0, le=MAX_FEN)
    to: int | None = Key(default=None, ge=0, le=MAX_FEN)
    cap: int | None = Key(default=None, ge=0, le=MAX_FEN)
    kind: Literal["charge", "deposit", "on_behalf"] = "charge"
    unit: Text | None = None
    material: Literal["yes", "no"] = "no"
    per: int = Key(default=1, ge=1, le=10_000)
    rounding: Literal["up", "half", "down"] = "up"
    source: Text | str | None = None

    @model_validator(mode="after")
    def _one_amount_or_a_range(self) -> "Price":
        ranged = self.from_ is not None or self.to is not None
        if ranged == (self.fen is not None) or (ranged and None in (self.from_, self.to)):
            raise ValueError("写 fen，或写 from 和 to / write fen, or from and to")
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            raise ValueError("from 大于 to / from is more than to")
        if self.kind == "deposit" and self.cap is not None:
            raise ValueError("押金不写 cap / a deposit takes no cap")
        return self


class Setting(_Model):
    """What estates may set differently, with its default and where that comes from.

    ``help``: what it is for, where the title does not say it all. ``unit``, ``min`` and ``max`` (both included) are
    those of a number; money is in fen. A ``secret`` has no default: it is kept sealed, and never shown again.
    """

    title: Text
    type: SettingType
    default: str | int
    source: Text | str
    help: Text | None = None
    unit: Text | None = None
    min: int | None = None
    max: int | None = None

    @model_validator(mode="after")
    def _default_is_of_the_type(self) -> "Setting":
        if self.type == "secret" and self.default != "":
            raise ValueError("secret 的 default 写空 / a secret has an empty default")
        if self.type not in ("integer", "money") and (
            self.unit or self.min is not None or self.max is not None
        ):
            raise ValueError(
                "unit、min、max 只用于 integer 和 money / only an integer or money takes unit, min and max"
            )
        self.check(self.default)
        return self

    def check(self, value: Any) -> Any:
        """The value, if an estate may set it; ValueError with advice otherwise."""
        check_setting(self.type, value)
        if self.type in ("integer", "money"):
            low, high = self.min if self.min is not None else 0, self.max if self.max is not None else MAX_FEN
            if not low <= value <= high:
                raise ValueError(f"写 {low} 到 {high} 之间的数 / write a number from {low} to {high}")
        return value


def check_setting(kind: str, value: Any) -> Any:
    """The value, if it is one of ``kind``; ValueError otherwise. A text may be empty: nothing is set."""
    if kind == "duration":
        _time(str(value))
    elif kind == "hours":
        parse_hours(str(value))
    elif kind == "yes_no":
        if value not in ("yes", "no"):
            raise ValueError("写 yes 或 no / write yes or no")
    elif kind in ("text", "email", "secret"):
        _words(kind, value)
    elif not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("写整数（金额以分计） / write a whole number (money in fen)")
    return value


def _time(written: str) -> None:
    much = parse_duration(written)
    if much.unit != SAME_DAY and not much.number:
        raise ValueError("时限不能是零 / a time cannot be nought")


def _words(kind: str, value: Any) -> None:
    if not isinstance(value, str) or len(value) > MAX_TEXT or not printable(value):
        raise ValueError(f"写不超过 {MAX_TEXT} 个字的一行 / write one line of at most {MAX_TEXT} characters")
    if kind == "secret" and 0 < len(value) < LEAST_SECRET:
        raise ValueError(
            f"写至少 {LEAST_SECRET} 个字符，短的可以试出来"
            f" / write at least {LEAST_SECRET} characters: a shorter one can be tried out"
        )
    if kind == "email" and value and not _MAIL.fullmatch(value):
        raise ValueError("写电子邮箱，例如 a@example.com / write an e-mail address such as a@example.com")


class BookColumn(_Model):
    """A column of a book. ``source``: names as in :mod:`banli.engine.sources`; the first that says something counts."""

    title: Text
    source: tuple[str, ...] = Key(min_length=1)
    private: bool = False

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "source")


class Book(_Model):
    """A register (登记本): its columns. ``counts``: those whose answers are counted month by month."""

    book: Slug
    title: Text
    columns: dict[Name, BookColumn] = Key(min_length=1)
    counts: tuple[Name, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "counts")


class Pack(_Model):
    """Everything a pack folder holds, read and valid on its own; the checker looks at how the parts fit.

    ``titles``: what the procedures are called that one of them names.
    """

    header: PackHeader
    posts: dict[Post, PostDefinition]
    prices: dict[Slug, Price] = Key(default_factory=dict)
    settings: dict[Name, Setting] = Key(default_factory=dict)
    books: dict[Slug, Book] = Key(default_factory=dict)
    papers: dict[Slug, PaperDefinition] = Key(default_factory=dict)
    procedures: dict[Slug, Procedure] = Key(default_factory=dict)
    routines: dict[Slug, Routine] = Key(default_factory=dict)
    titles: dict[Slug, Text] = Key(default_factory=dict)
    privacy: dict[Name, Kept] = Key(default_factory=dict)
    contracts: dict[Name, ContractKind] = Key(default_factory=dict)
    pets: dict[Name, PetKind] = Key(default_factory=dict)


class Planned(_Model):
    """A routine as it is kept for the rounds that follow it: with its pack's name, and what ``only`` says by itself."""

    pack: Slug
    routine: Routine
    default: Literal["yes", "no"] = "yes"
