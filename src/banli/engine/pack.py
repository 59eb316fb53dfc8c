"""A pack: the folder in which an office keeps its procedures, posts, books, papers and prices."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic import Field as Key

from banli.engine.clocks import parse_duration
from banli.engine.fields import MAX_FEN
from banli.engine.hours import parse_hours
from banli.engine.paper import PaperDefinition
from banli.engine.procedure import Name, Post, Procedure, Slug, with_lists
from banli.engine.text import Text


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PackHeader(_Model):
    """``pack.yaml``."""

    pack: Slug
    title: Text
    version: Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+)*$")]


class PostDefinition(_Model):
    """A post and its duties."""

    title: Text
    duties: tuple[Text, ...] = ()


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
    source: str | None = None

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
    """What estates may set differently, with its default and where that comes from."""

    title: Text
    type: Literal["duration", "integer", "money", "yes_no", "hours"]
    default: str | int
    source: str

    @model_validator(mode="after")
    def _default_is_of_the_type(self) -> "Setting":
        check_setting(self.type, self.default)
        return self


def check_setting(kind: str, value: Any) -> Any:
    """The value, if it is one of ``kind``; ValueError otherwise."""
    if kind == "duration":
        parse_duration(str(value))
    elif kind == "hours":
        parse_hours(str(value))
    elif kind == "yes_no":
        if value not in ("yes", "no"):
            raise ValueError("写 yes 或 no / write yes or no")
    elif not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("写整数（金额以分计） / write a whole number (money in fen)")
    return value


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
    """A register (登记本): its columns."""

    book: Slug
    title: Text
    columns: dict[Name, BookColumn] = Key(min_length=1)


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
    titles: dict[Slug, Text] = Key(default_factory=dict)
