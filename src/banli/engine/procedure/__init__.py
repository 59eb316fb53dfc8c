"""The procedure file: the models a file is read into. Unknown keys are refused.

``docs/authoring.md`` teaches the language; the JSON Schema for editors is generated from these models.
"""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field as Key
from pydantic import model_validator

from banli.engine.fields import Field
from banli.engine.text import Text

from .deadlines import HOLDER, SUPERIOR, Clock, Due, Late, Remind
from .effects import Allots, Authorises, Fee, Reserves, Sends
from .names import (
    ENDS,
    FACTS,
    MOST_IN_A_SLOT,
    OF_SOMEBODY,
    OUTSIDERS,
    ROLES,
    Destination,
    Model,
    Name,
    Place,
    Post,
    Role,
    Slug,
    Way,
    with_lists,
)
from .rules import Apart, Applicants, Campaign, Never, Override, Repeats, RestsOn, Withdraw
from .steps import Each, Item, Several, Step, Together

__all__ = [
    "ENDS",
    "FACTS",
    "HOLDER",
    "MOST_IN_A_SLOT",
    "OF_SOMEBODY",
    "OUTSIDERS",
    "ROLES",
    "SUPERIOR",
    "Allots",
    "Apart",
    "Applicants",
    "Authorises",
    "Campaign",
    "Clock",
    "Destination",
    "Due",
    "Each",
    "Fee",
    "Item",
    "Late",
    "Name",
    "Never",
    "Override",
    "Place",
    "Post",
    "Procedure",
    "Remind",
    "Repeats",
    "Reserves",
    "RestsOn",
    "Role",
    "Sends",
    "Several",
    "Slug",
    "Step",
    "Together",
    "Way",
    "Withdraw",
    "with_lists",
]


class Procedure(Model):
    """A written procedure. The order of ``steps`` is the order of the work."""

    procedure: Slug
    title: Text
    purpose: Text | None = None
    source: Text | str | None = None
    about: Literal["unit", "estate", "either"] = "unit"
    opened_by: tuple[Post, ...] = Key(min_length=1)
    applicant: Applicants
    rests_on: RestsOn | None = None
    repeats: Repeats | None = None
    campaign: Campaign | None = None
    contact: Literal["call", "visit"] | None = None
    form: dict[Name, Field] = Key(min_length=1)
    steps: "dict[Name, Item]" = Key(min_length=1)
    clocks: dict[Name, Clock] = Key(default_factory=dict)
    never: tuple[Never, ...] = ()
    apart: tuple[Apart, ...] = ()
    withdraw: Withdraw | None = None
    override: Override | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "opened_by")

    def takes(self, role: str, *, home: bool) -> bool:
        """Whether somebody in this role may apply, of a home or of none."""
        fits = self.about != "either" or home == (role != "staff")
        return fits and role in self.applicant.roles

    def private_fields(self) -> frozenset[str]:
        """Fields that are stored sealed and shown masked."""
        return frozenset(name for name, field in self.form.items() if field.private)

    def each_step(self) -> Iterator[tuple[str, Step]]:
        """Every step with its name, in the file's order."""
        yield from _steps(self.steps)


def _steps(items: "dict[str, Item]") -> Iterator[tuple[str, Step]]:
    for name, item in items.items():
        if isinstance(item, Step):
            yield name, item
        elif isinstance(item, Together):
            yield from _steps(item.together)
        else:
            yield from _steps(item.steps)


Procedure.model_rebuild()
