"""The steps, one after the other, together, or once for each row."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, Discriminator, StringConstraints, Tag, model_validator
from pydantic import Field as Key

from banli.engine.conditions import Condition
from banli.engine.hours import parse_hours
from banli.engine.relations import Asked
from banli.engine.text import Text

from .deadlines import Due
from .effects import Allots, Authorises, Fee, Reserves, Sends
from .names import (
    OUTSIDERS,
    Destination,
    Model,
    Name,
    Place,
    Slug,
    Way,
    with_lists,
)

_ASSIGNEE = re.compile(r"^([a-z][a-z0-9_]*)\.assignee$")


class Step(Model):
    """One thing that one post does."""

    verb: Name
    by: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    signer: Asked | None = None
    title: Text | None = None
    hint: Text | None = None
    when: Condition | None = None
    asks: tuple[Name, ...] = ()
    outcomes: tuple[Name, ...] | None = None
    on: dict[Name, str] = Key(default_factory=dict)
    back_to: Name | None = None
    checklist: dict[Name, Text] | None = None
    paper: Slug | None = None
    copies: tuple[Name, ...] | None = None
    valid_until: "Due | None" = None
    book: Slug | None = None
    to: Destination | None = None
    able: Asked | None = None
    not_by: Asked | None = None
    starts: Slug | None = None
    fees: tuple[Fee, ...] = ()
    of: Name | None = None
    unused: str | None = None
    deductions: str | None = None
    second: Name | None = None
    claims: Asked | None = None
    spends: Name | None = None
    carries: Name | None = None
    signed: bool = False
    ways: tuple[Way, ...] = ()
    by_call: bool = False
    items: str | None = None
    gives: dict[Name, str] = Key(default_factory=dict)
    prices: tuple[Slug, ...] = ()
    tells: tuple[Name, ...] = ()
    amends: dict[Name, str] = Key(default_factory=dict)
    moves: dict[Place, Name] = Key(default_factory=dict)
    authorises: Authorises | None = None
    sends: Sends | None = None
    anew: bool = False
    after_cases: tuple[Slug, ...] = ()
    voids: tuple[Slug, ...] = ()
    holds: Slug | None = None
    hours: str | None = None
    reserves: Reserves | None = None
    allots: Allots | None = None
    vacates: Asked | None = None

    @model_validator(mode="after")
    def _hours_are_hours(self) -> "Step":
        if self.hours and not self.hours.startswith("setting."):
            parse_hours(self.hours)
        return self

    @model_validator(mode="after")
    def _claims_go_past_deductions(self) -> "Step":
        if self.claims and not self.deductions:
            raise ValueError("claims 与 deductions 一起写 / claims goes with deductions")
        return self

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        data = with_lists(
            data, "by", "at", "asks", "outcomes", "copies", "prices", "tells", "after_cases", "voids", "ways"
        )
        if isinstance(data, dict) and isinstance(data.get("fees"), dict):
            data = {**data, "fees": [data["fees"]]}
        return data

    def handed_on(self) -> dict[str, str]:
        """What a started case is given of this one's answers: its field → the field here."""
        given = {to: source for to, source in self.gives.items() if source.startswith("form.")}
        return {to: source.removeprefix("form.") for to, source in given.items()}

    def told(self) -> dict[str, str]:
        """What a started case is given outright: its field → one of the answers to choose from."""
        return {to: answer for to, answer in self.gives.items() if not answer.startswith("form.")}

    def outside(self) -> str | None:
        """The outsider who acts, if it is not a post of the office."""
        return next((who for who in self.by if who in OUTSIDERS), None)

    def issues(self) -> str | None:
        """The paper that leaves the office with this step."""
        if self.sends is not None:
            return self.sends.paper
        return self.paper if self.verb == "issue" else None

    def assigned_by(self) -> str | None:
        """The dispatch step whose assignee acts here, if it is one."""
        found = [m.group(1) for who in (*self.by, *self.at) if (m := _ASSIGNEE.match(who))]
        return found[0] if found else None

    def posts(self) -> tuple[str, ...]:
        """The posts in whose inbox the task lies."""
        held = self.at if self.outside() else self.by
        return tuple(who for who in held if who not in OUTSIDERS and not _ASSIGNEE.match(who))


class Together(Model):
    """Steps that are open at the same time; all must be done before what follows."""

    together: "dict[Name, Item]" = Key(min_length=2)
    title: Text | None = None


class Each(Model):
    """The same steps once for each row of a table field."""

    each: Annotated[str, StringConstraints(pattern=r"^form\.[a-z][a-z0-9_]*$")]
    steps: "dict[Name, Item]" = Key(min_length=1)
    title: Text | None = None


class Several(Model):
    """Steps one after the other, as one branch of ``together``."""

    steps: "dict[Name, Item]" = Key(min_length=1)


def _kind_of(data: Any) -> str:
    if isinstance(data, BaseModel):
        return type(data).__name__.lower()
    keys = set(data) if isinstance(data, dict) else set()
    if "together" in keys:
        return "together"
    if "each" in keys:
        return "each"
    return "several" if "steps" in keys else "step"


Item = Annotated[
    Annotated[Step, Tag("step")]
    | Annotated[Together, Tag("together")]
    | Annotated[Each, Tag("each")]
    | Annotated[Several, Tag("several")],
    Discriminator(_kind_of),
]


for _model in (Step, Together, Each, Several):
    _model.model_rebuild()
