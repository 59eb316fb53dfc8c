"""A great many people for one estate, quickly: seeded, plausible, nobody's real data; sealed as the actions seal them.

They are there to be searched for: the estate's journal says nothing of them, so `banli audit` would.
"""

import multiprocessing
import os
import random
from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
from django.utils import timezone

from banli.config.postgres import Server
from banli.config.year.words import GIVEN, SURNAMES
from banli.estate.actions import phone_index, phone_tail_index
from banli.estate.models import Estate, Person
from banli.estate.names import sound_of
from banli.estate.rooms import key_of
from banli.journal.vault import new_salt, seal

from .bulk import Progress, one_number, without_indexes

SEED = 20261128
FLOORS, DOORS, ENTRANCES = 25, 4, "123"
HOMES = FLOORS * DOORS * len(ENTRANCES)  # of a building
ROLES = ("owner", "family", "family")  # of a home
PEOPLE = HOMES * len(ROLES)  # of a building
FIRST = 1000  # the first building's number
SINCE = date(2018, 3, 1)
COLUMNS = {
    "estate_building": "id, estate_id, code, name, aliases",
    "estate_unit": "id, estate_id, building_id, entrance, room, floor, key",
    "estate_person": (
        "id, estate_id, name, pinyin, initials, phone, phone_index, phone_tail_index, vault_salt, created_at"
    ),
    "estate_occupancy": "id, estate_id, unit_id, person_id, role, since",
    "estate_vehicle": "id, estate_id, unit_id, person_id, plate, since",
}  # fmt: skip
Rows = dict[str, list[tuple[Any, ...]]]


def crowd(server: Server, estate: Estate, people: int) -> None:
    """So many people more, rounded up to whole buildings of `PEOPLE`."""
    global _work
    address = server.url("banli", "postgres")
    with psycopg.connect(address, autocommit=True) as connection:
        tables = list(COLUMNS)
        after = {
            table: one_number(connection, f"SELECT coalesce(max(id), 0) FROM {table}") for table in tables
        }
        _work = (address, estate.pk, after)
        # Forked, so that they have what is known here; none touches a connection that was made before.
        with (
            without_indexes(connection, tables),
            multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool,
        ):
            buildings = -(-people // PEOPLE)
            progress = Progress(buildings * PEOPLE, ("人", "people"))
            for added in pool.imap_unordered(_one_building, range(buildings)):
                progress.tick(added)
        for table in tables:
            connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
        connection.execute("VACUUM (ANALYZE)")


_work: tuple[str, int, dict[str, int]]


def _one_building(place: int) -> int:
    address, estate, after = _work
    rows: Rows = {table: [] for table in COLUMNS}
    for table, row in _building(estate, after, place):
        rows[table].append(row)
    with psycopg.connect(address, options="-c session_replication_role=replica") as connection:
        for table, columns in COLUMNS.items():
            with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in rows[table]:
                    copy.write_row(row)
    return len(rows["estate_person"])


def _building(estate: int, after: dict[str, int], place: int) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """The rows of one building, the same whoever makes them."""
    chance, now = random.Random(f"{SEED} {place}"), timezone.now()
    building, code = after["estate_building"] + 1 + place, str(FIRST + place)
    yield "estate_building", (building, estate, code, f"{code}栋", "[]")
    home = after["estate_unit"] + place * HOMES
    person, vehicle = after["estate_person"] + place * PEOPLE, after["estate_vehicle"] + place * HOMES
    occupancy = after["estate_occupancy"] + place * PEOPLE
    for entrance in ENTRANCES:
        for floor in range(1, FLOORS + 1):
            for door in range(1, DOORS + 1):
                home += 1
                room = f"{floor}{door:02}"
                yield (
                    "estate_unit",
                    (home, estate, building, entrance, room, floor, key_of(code, entrance, room)),
                )
                for role in ROLES:
                    person, occupancy = person + 1, occupancy + 1
                    yield "estate_person", _person(estate, person, chance, now)
                    yield "estate_occupancy", (occupancy, estate, home, person, role, SINCE)
                vehicle += 1
                yield "estate_vehicle", (vehicle, estate, home, person, plate_of(place, home), SINCE)


def plate_of(building: int, home: int) -> str:
    """The plate of a home's vehicle: no two are alike."""
    return f"浙{'ABCDEFGHJKLMNPQRSTUVWXYZ'[building % 24]}{home % 10**6:06}"


def _person(estate: int, pk: int, chance: random.Random, now: Any) -> tuple[Any, ...]:
    name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice((1, 2, 2))))
    phone, salt = f"139{pk % 10**8:08}", new_salt()
    pinyin, initials = sound_of(name)
    sealed = seal(phone, Person._meta.get_field("phone").context, salt=salt)
    return (
        pk, estate, name, pinyin, initials, sealed, phone_index(estate, phone),
        phone_tail_index(estate, phone[-4:]), salt, now,
    )  # fmt: skip
