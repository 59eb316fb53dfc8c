"""Whom a batch of rows may mean: the people whom the house knows already, as they are found."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..actions import Particulars, paper_index, phone_index
from ..models import Occupancy, Person, Unit


@dataclass
class Known:
    """The people whom a batch may mean, as they are found: by paper, by name and telephone, by their home."""

    estate_id: int
    by_paper: dict[str, Person] = field(default_factory=dict)
    by_phone: dict[tuple[str, str], list[Person]] = field(default_factory=dict)
    at: dict[str, list[Occupancy]] = field(default_factory=dict)
    here: dict[str, list[Person]] = field(default_factory=dict)

    @classmethod
    def of(cls, estate_id: int, units: Iterable[Unit], told: Iterable[Particulars]) -> "Known":
        """Three queries."""
        told = list(told)
        known = cls(estate_id)
        every = Person.objects.filter(estate_id=estate_id)
        phones = {phone_index(estate_id, one.phone) for one in told if one.phone}
        papers = {paper_index(estate_id, one.id_kind, one.id_number) for one in told if one.id_number}
        persons: dict[int, Person] = {}
        lived = Occupancy.objects.filter(unit__in=[unit.pk for unit in units if unit.pk])
        for one in lived.select_related("person", "unit").order_by("since", "pk"):
            one.person = persons.setdefault(one.person_id, one.person)
            known.moved_in(one.unit, one)
        for found in (every.filter(id_index__in=papers), every.filter(phone_index__in=phones)):
            for person in found.order_by("pk"):
                known._index(persons.setdefault(person.pk, person))
        for person in persons.values():
            known._index(person)
        return known

    def _index(self, person: Person) -> None:
        if person.id_index:
            self.by_paper[person.id_index] = person
        if person.phone_index:
            several = self.by_phone.setdefault((person.phone_index, person.name), [])
            if person not in several:
                several.append(person)

    def learn(self, person: Person, told: Particulars, unit: Unit) -> None:
        """Somebody whom this very batch writes down."""
        if person.id_index:
            self.by_paper[person.id_index] = person
        if person.phone_index:
            self.by_phone.setdefault((person.phone_index, person.name), []).append(person)
        self.here.setdefault(unit.key, []).append(person)

    def person(self, told: Particulars, paper: str, unit: Unit) -> Person | None:
        if paper and paper in self.by_paper:
            return self.by_paper[paper]
        if told.phone:
            several = self.by_phone.get((phone_index(self.estate_id, told.phone), told.name), [])
            same = next((one for one in several if not paper or one.id_index in ("", paper)), None)
            if same is not None:
                return same
        of_name = [one for one in self.here.get(unit.key, []) if one.name == told.name]
        return next((one for one in of_name if not paper or one.id_index in ("", paper)), None)

    def occupancy(
        self, unit: Unit, person: Person | None, role: str, since: date, until: date | None
    ) -> Occupancy | None:
        """The row that says so already: the same person in the same role at the time that is told of."""
        lives = [one for one in self.at.get(unit.key, []) if one.person is person and one.role == role]
        return next((one for one in reversed(lives) if meets(one, since, until)), None)

    def moved_in(self, unit: Unit, one: Occupancy) -> None:
        self.at.setdefault(unit.key, []).append(one)
        here = self.here.setdefault(unit.key, [])
        if not any(person is one.person for person in here):
            here.append(one.person)


def meets(one: Any, since: date, until: date | None) -> bool:
    """Whether a dated row and a time have a day in common."""
    return (one.until is None or one.until >= since) and (until is None or one.since <= until)
