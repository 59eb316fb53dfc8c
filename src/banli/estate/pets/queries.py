"""The pets declared at a home or by a person."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from banli.engine.text import Text

from ..models import Person, Unit
from .kinds import masked, titled
from .models import Pet

#: More than a home ever declares.
MOST = 60


@dataclass(frozen=True)
class Line:
    """A declared pet; the licence's number masked. ``over``: it is there no more."""

    pet: Pet
    title: Text
    licence: str
    over: bool

    @property
    def look(self) -> str:
        """Breed and colour, as far as they were said."""
        return "、".join(part for part in (self.pet.breed, self.pet.colour) if part)


def lines_of(unit: Unit) -> list[Line]:
    """A home's pets, the last declared first. One query."""
    return _lines(Pet.objects.filter(unit=unit).order_by("-pk"))


def of_person(person: Person) -> list[Line]:
    """What somebody declared, wherever they lived. One query."""
    return _lines(Pet.objects.filter(person=person).order_by("pk"))


def _lines(pets: QuerySet[Pet]) -> list[Line]:
    today = timezone.localdate()
    return [
        Line(one, titled(one.kind), masked(one), one.until is not None and one.until < today)
        for one in pets.select_related("person", "unit")[:MOST]
    ]
