"""Everything a home's file ever said: who belonged to it, who could act for whom, what was written before."""

from dataclasses import dataclass

from django.utils import timezone

from banli.people.access import Desk

from .belongings import FormerParticulars, PaymentStanding, Vehicle
from .contracts import queries as contracts
from .models import Occupancy, Person, Unit
from .parking import with_periods
from .pets import queries as pets
from .queries import LetterOfAuthority, Resident, authorities, masked

#: More than a home ever has; what is beyond is told as being there.
PEOPLE, VEHICLES, STANDINGS, CORRECTIONS, LETTERS, CONTRACTS = 200, 60, 24, 40, 40, 40


@dataclass(frozen=True)
class Correction:
    """What was written about somebody until it was corrected; the private fields masked."""

    former: FormerParticulars
    person: str
    phone: str
    id_number: str


@dataclass(frozen=True)
class History:
    """The dated lines of a home's file, the newest first. ``present`` and ``gone`` are its people."""

    present: list[Resident]
    gone: list[Resident]
    letters: list[LetterOfAuthority]
    contracts: list[contracts.Line]
    vehicles: list[Vehicle]
    pets: list[pets.Line]
    standings: list[PaymentStanding]
    corrections: list[Correction]

    @property
    def persons(self) -> list[Person]:
        """Everybody in it, each once."""
        return list({one.person.pk: one.person for one in (*self.present, *self.gone)}.values())


def history_of(desk: Desk, unit: Unit) -> History:
    """The file's own part, whatever it holds. Eleven queries."""
    people, today = _everybody(desk, unit), timezone.localdate()
    over = [one for one in people if one.occupancy.until is not None and one.occupancy.until < today]
    letters, _ = authorities(desk, unit, page=LETTERS)
    vehicles = Vehicle.objects.filter(unit=unit).select_related("person").order_by("-since", "-pk")
    standings = PaymentStanding.objects.filter(unit=unit).order_by("-as_of")
    return History(
        present=[one for one in people if one not in over],
        gone=sorted(over, key=lambda one: (one.occupancy.until or today, one.occupancy.pk), reverse=True),
        letters=letters,
        contracts=contracts.lines_of(unit, page=CONTRACTS)[0],
        vehicles=with_periods(list(vehicles[:VEHICLES])),
        pets=pets.lines_of(unit),
        standings=list(standings[:STANDINGS]),
        corrections=_corrections({one.person.pk: one.person for one in people}),
    )


def _everybody(desk: Desk, unit: Unit) -> list[Resident]:
    """Who belongs or belonged to a unit, owners first. One query."""
    order = {role: place for place, role in enumerate(Occupancy.Role.values)}
    held = Occupancy.objects.filter(unit=unit, estate=desk.estate).select_related("person")
    newest = held.order_by("-since", "-pk")[:PEOPLE]
    return [Resident(one) for one in sorted(newest, key=lambda one: order[one.role])]


def _corrections(people: dict[int, Person]) -> list[Correction]:
    found = FormerParticulars.objects.filter(person__in=people).select_related("by").order_by("-until", "-pk")
    return [
        Correction(
            former, people[former.person_id].name, masked(former, "phone"), masked(former, "id_number")
        )
        for former in found[:CORRECTIONS]
    ]
