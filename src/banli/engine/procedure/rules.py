"""What holds for a whole procedure: who may apply, what it rests on, what never happens, who may intervene."""

import re
from typing import Any, Literal

from pydantic import Field as Key
from pydantic import model_validator

from banli.engine.clocks import parse_duration
from banli.engine.conditions import Condition
from banli.engine.relations import Asked
from banli.engine.text import Text

from .names import (
    Model,
    Name,
    Post,
    Role,
    Slug,
    with_lists,
)

_NEVER = re.compile(r"^([a-z][a-z0-9_]*) before ([a-z][a-z0-9_]*)$")


class Applicants(Model):
    """Who may apply. ``authority``: the scope a delegate's letter of authority must have (Civil Code 165).

    ``on``: the date or datetime of the form on whose day it must hold; where there is none, the day of filing.
    """

    roles: tuple[Role, ...] = Key(min_length=1)
    authority: Name | None = None
    on: Asked | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "roles")


class RestsOn(Model):
    """The open case of another procedure, about the same room, on which a case rests (P2.1: the renovation's).

    It stands once its step ``after`` is done. ``last_day``: the date of its form after which it is over.
    """

    procedure: Slug
    title: Text
    after: Name
    last_day: Name | None = None
    missing: Literal["refused", "allowed"] = "refused"
    over: Literal["refused", "allowed"] = "refused"


class Repeats(Model):
    """Which earlier cases are the same matter once more: of these procedures, with the same room or the same answer.

    ``same``: ``unit`` or ``form.<field>``; one of them in common is enough. ``within``: how long back.
    """

    of: tuple[Slug, ...] = Key(min_length=1)
    same: tuple[str, ...] = Key(min_length=1)
    within: str

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "of", "same")

    @model_validator(mode="after")
    def _within_is_days(self) -> "Repeats":
        if not self.within.startswith("setting.") and parse_duration(self.within).unit not in ("d", "month"):
            raise ValueError("within 写天或月，如 90 days / within takes days or months, such as 90 days")
        return self

    def fields(self) -> tuple[str, ...]:
        """The fields whose answers are compared."""
        return tuple(name.removeprefix("form.") for name in self.same if name.startswith("form."))


class Never(Model):
    """A safeguard: ``do`` is never done unless ``before`` was done and still stands."""

    do: Name
    before: Name
    when: Condition | None = None

    @model_validator(mode="before")
    @classmethod
    def _sentence(cls, data: Any) -> Any:
        if isinstance(data, str):
            found = _NEVER.match(data.strip())
            if not found:
                raise ValueError("写成：步骤 before 步骤 / write: <step> before <step>")
            return {"do": found.group(1), "before": found.group(2)}
        return data


class Apart(Model):
    """Steps that one person may not both do. A recorded deputy may, where ``unless`` says so (G1)."""

    steps: tuple[Name, ...] = Key(min_length=2)
    unless: Literal["deputy"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _list(cls, data: Any) -> Any:
        return {"steps": data} if isinstance(data, list) else data


class Withdraw(Model):
    """Who may take the case back, and until which step has been done.

    ``joins``: a repeated report is taken back by joining it to the open case whose matter it repeats (P8). ``same``: a
    choice of the form; a case that answers it otherwise is another matter and is not offered.
    """

    by: tuple[Post, ...] = Key(min_length=1)
    before: Name | None = None
    joins: Literal["yes", "no"] = "no"
    same: str | None = Key(None, pattern=r"^form\.[a-z][a-z0-9_]*$")

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "by")


class Override(Model):
    """Which posts may reassign, send back and reopen, always with a reason."""

    by: tuple[Post, ...] = Key(min_length=1)
    to: tuple[Name, ...] = Key(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "by", "to")


class Campaign(Model):
    """A case for each of many residents is opened at once (P18): ``name`` and ``occasion`` are answered for all."""

    name: Asked
    occasion: Asked
