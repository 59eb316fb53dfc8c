"""Homes and people for a large estate: seeded, plausible, nobody's real data."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from banli.config.year.words import GIVEN, SURNAMES
from banli.estate.actions import phone_index, phone_tail_index, told_of
from banli.estate.models import Building, Estate, Occupancy, Person, Unit
from banli.estate.names import sound_of
from banli.estate.rooms import key_of
from banli.journal import actions as journal
from banli.journal.models import Entry

HOMES = 100  # a building: two entrances, 25 floors, two homes a floor


@dataclass(frozen=True)
class Home:
    """A home and its owner, as a copied case names them."""

    places: dict[bytes, bytes]


def build(estate: Estate, homes: int, chance: random.Random) -> list[Home]:
    """So many more homes, each with its owner."""
    first = Building.objects.filter(estate=estate, code__regex=r"^\d+$").count() + 100
    told: list[Home] = []
    while len(told) < homes:
        code = str(first)
        first += 1
        building = Building.objects.create(estate=estate, code=code, name=f"{code}栋")
        units = Unit.objects.bulk_create(
            Unit(
                estate=estate, building=building, entrance=entrance, room=f"{floor}0{home}", floor=floor,
                key=key_of(code, entrance, f"{floor}0{home}"),
            )
            for entrance in "12" for floor in range(1, 26) for home in (1, 2)
        )  # fmt: skip
        people = Person.objects.bulk_create([_person(estate, chance) for _ in units])
        lives = Occupancy.objects.bulk_create(
            Occupancy(estate=estate, unit=unit, person=person, role="owner", since=date(2015, 1, 1))
            for unit, person in zip(units, people, strict=True)
        )
        _journal(estate, lives)
        told += [
            Home({
                b"unit_id": b"%d" % unit.pk, b"unit": unit.key.encode(),
                b"person_id": b"%d" % person.pk, b"person": person.name.encode(),
            })
            for unit, person in zip(units, people, strict=True)
        ]  # fmt: skip
    return told[:homes]


@transaction.atomic
def _journal(estate: Estate, lives: Sequence[Occupancy]) -> None:
    """Everybody's moving in, as the estate's journal tells of it: the first is appended, the rest follow it."""
    stream, at = f"estate/{estate.pk}", timezone.now()
    last = journal.append(estate_id=estate.pk, stream=stream, kind="moved_in", body=told_of(lives[0]), at=at)
    rest: list[Entry] = []
    for one in lives[1:]:
        last = journal.entry(
            estate_id=estate.pk, stream=stream, seq=last.seq + 1, prev=bytes(last.hash), kind="moved_in",
            body=told_of(one), at=last.at, actor_id=None,
        )  # fmt: skip
        rest.append(last)
    Entry.objects.bulk_create(rest)
    journal.write(journal.advanced(stream, last.seq, bytes(last.hash)), ())


def _person(estate: Estate, chance: random.Random) -> Person:
    name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
    phone = f"138{chance.randrange(10**8):08}"
    pinyin, initials = sound_of(name)
    return Person(
        estate=estate, name=name, pinyin=pinyin, initials=initials, phone=phone,
        phone_index=phone_index(estate.pk, phone), phone_tail_index=phone_tail_index(estate.pk, phone[-4:]),
    )  # fmt: skip
