"""The homes of the year: their owners and tenants, named from the pool of names, nobody's real data.

The identity numbers are of an area that does not exist, the telephones are exchanges' own numbers.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from banli.engine.identity import check_digit
from banli.estate.actions import Particulars, add_person
from banli.estate.models import Estate, Occupancy, Person, Unit
from banli.people.access import Desk

from . import words

#: Exchanges that the demo's own cast has already.
TAKEN = {210, 571, 755}
NEW_BUILDING = "15"  # handed over last: most renovations are there


@dataclass(frozen=True)
class Resident:
    """Somebody at a home, with what is written on forms about them."""

    person: Person
    role: str
    phone: str
    id_number: str

    @property
    def name(self) -> str:
        return self.person.name


@dataclass(eq=False)
class Home:
    """A home with its owner and, where it is let, its tenant, as they are now: people move."""

    unit: Unit
    owner: Resident
    tenant: Resident | None = None

    @property
    def new(self) -> bool:
        return self.unit.building.code == NEW_BUILDING


class People:
    """Names, telephones and identity numbers, no number twice."""

    def __init__(self, seed: str) -> None:
        self.chance = random.Random(f"{seed} people")
        self._exchanges = (number for number in range(310, 1000) if number not in TAKEN)
        self._order = 100

    def particulars(self) -> Particulars:
        """Somebody."""
        name = self.chance.choice(words.SURNAMES)
        name += "".join(self.chance.sample(words.GIVEN, self.chance.choice((1, 2, 2))))
        born = date(1955, 1, 1) + timedelta(days=self.chance.randrange(45 * 365))
        self._order += 1
        first = f"330199{born:%Y%m%d}{self._order % 1000:03}"
        return Particulars(name, f"13800{next(self._exchanges)}500", "cn_id", first + check_digit(first))


def settle(estate: Estate, desk: Desk, people: People, count: int, begin: datetime, key: str) -> list[Home]:
    """The cast's homes, and ``count`` more that are lived in; the same again where it was done before."""
    homes = _of_cast(estate)
    known = {home.unit.pk for home in homes}
    units = list(
        Unit.objects.filter(estate=estate).exclude(pk__in=known).select_related("building").order_by("pk")
    )
    new = [unit for unit in units if unit.building.code == NEW_BUILDING]
    old = [unit for unit in units if unit.building.code != NEW_BUILDING]
    chosen = people.chance.sample(new, min(len(new), count * 2 // 5))
    chosen += people.chance.sample(old, min(len(old), count - len(chosen)))
    for number, unit in enumerate(chosen):
        since = begin.date() - timedelta(days=people.chance.randrange(20, 60 if unit in new else 1500))
        owner = _moved_in(desk, unit, people, "owner", since, begin, f"{key}-{number}-owner")
        tenant = None
        if unit in old and people.chance.random() < 0.3:
            since = begin.date() - timedelta(days=people.chance.randrange(10, 300))
            tenant = _moved_in(desk, unit, people, "tenant", since, begin, f"{key}-{number}-tenant")
        homes.append(Home(unit, owner, tenant))
    return homes


def _moved_in(
    desk: Desk, unit: Unit, people: People, role: str, since: date, at: datetime, key: str
) -> Resident:
    told = people.particulars()
    lives = add_person(
        by=desk, unit=unit, particulars=told, role=role, since=since, acting=desk.posts["front_desk"], key=key, at=at
    )  # fmt: skip
    return Resident(lives.person, role, told.phone, told.id_number)


def _of_cast(estate: Estate) -> list[Home]:
    lives = Occupancy.objects.filter(unit__estate=estate, role__in=("owner", "tenant"), until=None)
    cast = lives.filter(unit__key__in=("12-3-501", "12-3-502")).select_related("unit__building", "person")
    homes = []
    for key in ("12-3-502", "12-3-501"):
        mine = [_resident(one) for one in cast if one.unit.key == key]
        owner = next(one for one in mine if one.role == "owner")
        unit = next(one.unit for one in cast if one.unit.key == key)
        homes.append(Home(unit, owner, next((one for one in mine if one.role == "tenant"), None)))
    return homes


def _resident(lives: Occupancy) -> Resident:
    person = lives.person
    return Resident(person, lives.role, str(person.phone), str(person.id_number))


def new_homes(homes: Iterable[Home]) -> list[Home]:
    """Those that were handed over last."""
    return [home for home in homes if home.new]


def worker_id(number: int, row: int) -> str:
    """A worker's identity number, of an area that does not exist."""
    first = f"33019919{80 + row:02}{1 + number % 12:02}{1 + number % 28:02}{(number * 7 + row) % 1000:03}"
    return first + check_digit(first)
