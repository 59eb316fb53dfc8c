"""What a step brings about: a charge, a letter of authority, a message, a slot or a place taken."""

from typing import Annotated, Any, Literal

from pydantic import Field as Key
from pydantic import model_validator

from banli.engine.clocks import parse_duration
from banli.engine.conditions import Condition
from banli.engine.fields import SettingName
from banli.engine.hours import parse_hours
from banli.engine.relations import Asked
from banli.engine.text import Text

from .names import MOST_IN_A_SLOT, OF_SOMEBODY, Model, Name, Role, Slug, with_lists


class Fee(Model):
    """A line of a charge: ``price`` of the pack's price list, ``times`` the rows or the number in a field.

    ``amount``: the money field in which the amount of one unit is agreed, where the price is a range.
    """

    price: Slug
    times: str | None = None
    amount: str | None = None
    when: Condition | None = None


class Authorises(Model):
    """Whom a case authorises: answers that name them, what they are to the room, in which matters, until which day."""

    name: str
    phone: str | None = None
    id_number: str | None = None
    role: Role
    scopes: tuple[Name, ...] = Key(min_length=1)
    until: str

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "scopes")

    def fields(self) -> dict[str, str]:
        """Key → the field it names."""
        told = {"name": self.name, "phone": self.phone, "id_number": self.id_number, "until": self.until}
        return {key: named.removeprefix("form.") for key, named in told.items() if named}


class Sends(Model):
    """What leaves the office, to whom, as what, and on whose consent (PIPL 23: recipient, purpose, kinds, consent).

    ``to``, ``whose`` and ``password`` name settings of the estate: the address, whose it is, and what opens the paper.
    ``named``: the field in which the consent names the recipient. ``fields``: everything the paper may say of the case.
    """

    to: str
    whose: str
    named: str
    paper: Slug
    fields: tuple[str, ...] = Key(min_length=1)
    password: str
    consent: Name
    subject: Text
    body: Text

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "fields")

    def lets(self, name: str) -> bool:
        """Whether a name that the paper prints may leave: what tells of somebody only where it is named."""
        return name in self.fields or not name.startswith(OF_SOMEBODY)


class Reserves(Model):
    """A slot of time that a step gives once: of ``pool``, at the moment ``at``, ``units`` of the ``most`` there are.

    ``each``: there are as many for each person who is sent. ``offers``: the hours from which a refusal names free ones.
    """

    pool: Slug
    at: str
    slot: str
    most: Annotated[int, Key(ge=1, le=MOST_IN_A_SLOT)] | SettingName = 1
    units: str | None = None
    each: Literal["assignee"] | None = None
    offers: str | None = None

    @model_validator(mode="after")
    def _times_are_times(self) -> "Reserves":
        if not self.slot.startswith("setting."):
            parse_duration(self.slot)
        if self.offers and not self.offers.startswith("setting."):
            parse_hours(self.offers)
        return self


class Allots(Model):
    """A fixed place that a step gives a vehicle for days, once: all of them answers (:mod:`banli.engine.places`).

    ``among``: the setting in which the estate lists its places; where it lists none, any may be named.
    """

    place: Asked
    plate: Asked
    look: Asked | None = None
    since: Asked
    until: Asked
    among: SettingName | None = None

    def fields(self) -> dict[str, str]:
        """Key → the field it names."""
        told = {key: getattr(self, key) for key in ("place", "plate", "look", "since", "until")}
        return {key: named.removeprefix("form.") for key, named in told.items() if named}
