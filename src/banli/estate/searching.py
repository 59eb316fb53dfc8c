"""One box: a room however it is written, a person by name, sound, telephone or paper, a vehicle by its plate.

What a search costs must not grow with the estate. So a text's meanings are tried the surest first, each along an
index and only as far as is shown; a later one is not even begun where the earlier ones fill the list.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from heapq import nsmallest
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.utils import timezone

from banli.engine import plates
from banli.engine.places import one_way
from banli.journal import joined, statement
from banli.people.access import Desk

from . import letters, person_ways, rooms
from .belongings import Vehicle
from .models import Building, Occupancy, Person, Unit
from .parking import plated, with_periods
from .person_ways import Way
from .queries import Home, masked

NEAREST = 5
#: So many buildings are looked through for a likeness, and so many of their homes.
BUILDINGS_LOOKED_THROUGH = 3
LOOKED_THROUGH = 1000
#: Of what begins as it was typed, so many rooms are put into the order in which one walks past them: an entrance's.
BEGIN_SO = 400
#: Of a meaning, so many times what is shown are read, so that who lives here comes before who has left.
READ_FOR_ONE = 3
#: So many people of the same last four digits are looked at.
SAME_TAIL = 400

_HELD = """
    SELECT id FROM estate_occupancy
     WHERE person_id = ANY(%(people)s::bigint[]) AND (until IS NULL OR until >= %(today)s)
"""
#: From one room number to the next along the index, instead of past every home: a house of 30,000 has a few hundred.
_ROOMS = """
    WITH RECURSIVE step(room) AS (
        (SELECT room FROM estate_unit WHERE estate_id = %(estate)s ORDER BY room LIMIT 1)
         UNION ALL
        SELECT (SELECT room FROM estate_unit WHERE estate_id = %(estate)s AND room > step.room ORDER BY room LIMIT 1)
          FROM step WHERE step.room IS NOT NULL
    ) SELECT room FROM step WHERE room IS NOT NULL LIMIT %(most)s
"""
_HOMES_OF_ROOMS = """
    SELECT home.id FROM unnest(%(rooms)s::varchar[]) AS wanted(room) CROSS JOIN LATERAL (
        SELECT id FROM estate_unit WHERE estate_id = %(estate)s AND room = wanted.room LIMIT %(most)s
    ) AS home
"""
HOMES_OF_A_ROOM = 40
_BEGIN_SO = """
    SELECT id FROM estate_unit WHERE estate_id = %(estate)s AND key LIKE %(start)s
     ORDER BY key USING ~<~ LIMIT %(most)s
"""
#: Whoever belongs, belonged or will belong to a home of which only a part was typed: a building's people at most.
PEOPLE_OF = 4000
_PEOPLE_OF = """
    SELECT home.person_id AS id FROM (
        (SELECT id FROM estate_unit WHERE estate_id = %(estate)s AND key LIKE %(begun)s
          ORDER BY key USING ~<~ LIMIT %(homes)s)
        UNION
        (SELECT id FROM estate_unit WHERE estate_id = %(estate)s AND room = ANY(%(rooms)s) LIMIT %(homes)s)
    ) AS unit JOIN estate_occupancy home ON home.unit_id = unit.id
"""
#: What stands at a fixed place now or will, or was written down with one before places were given for days.
_AT_A_PLACE = """
    (SELECT vehicle_id AS id FROM estate_heldplace
      WHERE estate_id = %(estate)s AND place LIKE %(begun)s AND until >= %(today)s
      ORDER BY place USING ~<~ LIMIT %(most)s)
    UNION
    (SELECT id FROM estate_vehicle WHERE estate_id = %(estate)s AND place = %(place)s AND place <> '' LIMIT %(most)s)
"""
LONGEST_BARE_PLACE = 3
_PLACE = re.compile(r"(?=.*[0-9])[A-Z0-9\u4e00-\u9fff]{1,12}(?:-[A-Z0-9]{1,6}){0,3}")


@dataclass(frozen=True)
class PersonFound:
    """Somebody found, with the homes they belong to today (none: they have left), and those they move into later."""

    person: Person
    homes: list[Home]
    phone: str
    coming: list[Home] = field(default_factory=list)


@dataclass(frozen=True)
class UnitsFound:
    """The units a text names; when there are none, the nearest ones."""

    units: list[Unit]
    nearest: list[Unit] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """What the search box found: homes, people and vehicles, the best first; the nearest homes when nothing was."""

    units: list[Unit] = field(default_factory=list)
    persons: list[PersonFound] = field(default_factory=list)
    vehicles: list[Vehicle] = field(default_factory=list)
    nearest: list[Unit] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.units or self.persons or self.vehicles)


def find_units(desk: Desk, text: str, limit: int = 20) -> UnitsFound:
    """The units that a room number means, however it is written. Two queries; up to three more for the nearest."""
    if "\x00" in text:
        return UnitsFound([])
    readings = rooms.parse(text, _aliases(desk))
    if not readings:
        return UnitsFound([])
    units = list(_in_order(_of(desk).filter(_names(readings)))[:limit])
    return UnitsFound(units, [] if units else _nearest(desk, readings[0]))


def search(desk: Desk, text: str, limit: int = 20) -> Found:
    """Everything in the estate that the text may mean. Nine queries at most, however large the estate is."""
    wanted = " ".join(unicodedata.normalize("NFKC", text).split())[:60]
    if not wanted or "\x00" in wanted:
        return Found()
    aliases = _aliases(desk)
    wanted = wanted.removeprefix(desk.estate.name).strip() or wanted
    readings = rooms.parse(wanted, aliases)
    units = _units(desk, readings, rooms.start_of_key(wanted, aliases), limit)
    persons = _persons(desk, wanted, aliases, limit)
    vehicles = _vehicles(desk, wanted, limit)
    found = Found(units, persons, vehicles)
    return found if found or not readings else replace(found, nearest=_nearest(desk, readings[0]))


def _units(desk: Desk, readings: list[rooms.Room], start: str, limit: int) -> list[Unit]:
    """Homes with that number (``rank`` 0), and after them those whose number begins so (``rank`` 1)."""
    exact = list(_in_order(_of(desk).filter(_names(readings)))[:limit]) if readings else []
    for unit in exact:
        unit.__dict__["rank"] = 0
    if not start or len(exact) == limit:
        return exact
    asked = {"estate": desk.estate.pk, "start": f"{start}%", "most": BEGIN_SO}
    begin = _of(desk).filter(pk__in=statement.ids(_BEGIN_SO, asked)).exclude(pk__in=[u.pk for u in exact])
    told = list(_in_order(begin)[: limit - len(exact)])
    for unit in told:
        unit.__dict__["rank"] = 1
    return exact + told


def _persons(desk: Desk, text: str, aliases: dict[str, str], limit: int) -> list[PersonFound]:
    among = None
    if both := rooms.home_and_name(text, aliases):
        part, text = both
        among = _PEOPLE_OF, _meant(rooms.parse(part, aliases), rooms.start_of_key(part, aliases))
    ways = list(person_ways.ways(desk.estate.pk, text))
    if not ways:
        return []
    if shown := person_ways.masked_phone(text):
        alike = _first_of(desk.estate.pk, ways, SAME_TAIL, among)
        found = [one for one in alike if masked(one[1], "phone").startswith(shown[1] or "")]
    else:
        found = _first_of(desk.estate.pk, ways, limit * READ_FOR_ONE, among)
    homes: dict[int, list[Home]] = {person.pk: [] for _, person in found}
    coming: dict[int, list[Home]] = {pk: [] for pk in homes}
    today = timezone.localdate()
    asked = {"people": list(homes), "today": today}
    held = joined.every(Occupancy, _HELD, asked, joined=("unit", "unit__building"), order="id")
    for one in sorted(held, key=lambda each: each.unit.key):
        home = Home(one.unit, one.role, str(one.get_role_display()), one.pk, one.since)
        (homes if one.since <= today else coming)[one.person_id].append(home)
    found.sort(key=lambda each: (each[0], not homes[each[1].pk], each[1].name, each[1].pk))
    told = [person for _, person in found[:limit]]
    return [PersonFound(one, homes[one.pk], masked(one, "phone"), coming[one.pk]) for one in told]


def _first_of(
    estate_id: int, ways: list[Way], limit: int, among: tuple[str, dict[str, Any]] | None = None
) -> list[tuple[int, Person]]:
    """The first people that the ways lead to, each by the surest way. One query. ``among``: SQL for who may be meant.

    A way leaves out whom an earlier one found, so that the list is full as soon as it can be: PostgreSQL runs the
    parts one after the other, and none that nobody waits for.
    """
    parts: list[str] = []
    params: dict[str, Any] = {"estate": estate_id, "most": limit} | (among[1] if among else {})
    within = ["estate_id = %(estate)s", *(["id IN (SELECT id FROM meant)"] if among else [])]
    for place, way in enumerate(ways):
        params |= {f"{name}{place}": value for name, value in zip("wxy", way.values, strict=False)}
        before = [f"NOT ({each.condition.format(n)})" for n, each in enumerate(ways[:place])]
        conditions = " AND ".join([*within, way.condition.format(place), *before])
        order = f"ORDER BY {way.order}" if way.order else ""
        parts.append(
            f"(SELECT {place} AS way, id FROM estate_person WHERE {conditions} {order} LIMIT %(most)s)"
        )
    sql = (
        f"{f'WITH meant AS MATERIALIZED ({among[0]}) ' if among else ''}"
        f"SELECT found.way, {statement.columns(Person, 'p')}"
        f"  FROM (SELECT way, id FROM ({' UNION ALL '.join(parts)}) AS every LIMIT %(most)s) AS found"
        "  JOIN estate_person p ON p.id = found.id"
    )
    told: list[tuple[int, Person]] = []
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for way, *cells in cursor.fetchall():
            person = statement.loaded(Person, iter(cells))
            assert person is not None
            told.append((way, person))
    return told


def _meant(readings: list[rooms.Room], start: str) -> dict[str, Any]:
    """What a part of a home's number means, as `_PEOPLE_OF` asks it."""
    whole = [one.room for one in readings if one.building is None and one.entrance is None]
    keys = [one.key for one in readings if one.building is not None]
    begun = letters.literal(start or next(iter(keys), ""))
    return {"begun": f"{begun}%" if begun else "", "rooms": whole, "homes": PEOPLE_OF}


def _vehicles(desk: Desk, text: str, limit: int) -> list[Vehicle]:
    """Vehicles by their fixed place; else by their plate or a part of it, those that still stand here first."""
    part, today = plates.part_of_plate(text), timezone.localdate()
    vehicles = Vehicle.objects.filter(estate=desk.estate)
    if at_a_place := _standing_at(desk, one_way(text), today, limit):
        standing = vehicles.filter(pk__in=at_a_place)
    elif part:
        standing = vehicles.filter(plated(part))
    else:
        return []
    # Their homes are read for those found alone: a join may well be begun at the other end.
    rows = list(standing.prefetch_related("unit__building")[: limit * READ_FOR_ONE])
    rows.sort(key=lambda one: (not one.stands_on(today), one.plate != part, one.plate, one.pk))
    return with_periods(rows[:limit], today)


def _standing_at(desk: Desk, place: str, today: date, limit: int) -> list[int]:
    """The vehicles at a place; of what begins so too, unless it is a bare number, which begins too much else.

    Four digits and more are a room, or the end of a telephone.
    """
    if not _PLACE.fullmatch(place) or (place.isdigit() and len(place) > LONGEST_BARE_PLACE):
        return []
    begun = letters.literal(place) + ("" if place.isdigit() else "%")
    asked: dict[str, Any] = {
        "estate": desk.estate.pk,
        "begun": begun,
        "place": place,
        "today": today,
        "most": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_AT_A_PLACE, asked)
        return [pk for (pk,) in cursor.fetchall()]


def _of(desk: Desk) -> QuerySet[Unit]:
    return Unit.objects.filter(estate=desk.estate).select_related("building")


def _in_order(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """As one would walk past them: entrance by entrance, floor by floor."""
    return units.order_by("building__pk", "entrance", Length("room"), "room", "pk")


def _aliases(desk: Desk) -> dict[str, str]:
    named = Building.objects.filter(estate=desk.estate).exclude(aliases=[])
    return {
        str(alias): code
        for code, several in named.values_list("code", "aliases")
        for alias in several
        if alias
    }


def _names(readings: list[rooms.Room]) -> Q:
    """The condition for the units that the readings mean; none of them may match anything."""
    condition = Q(pk__in=[])
    for reading in readings:
        if reading.building is None:
            entrance = Q(entrance=reading.entrance) if reading.entrance else Q()
            condition |= entrance & Q(room=reading.room)
        elif reading.entrance is None:
            condition |= Q(key=reading.key) | Q(key__startswith=f"{reading.building}-", room=reading.room)
        else:
            condition |= Q(key=reading.key)
    return condition


def _nearest(desk: Desk, reading: rooms.Room) -> list[Unit]:
    """The homes most like one that is not there: in the same building, in the likeliest ones, or of a like number.

    What is looked at grows with a building's homes, and with the estate's different room numbers, not with its homes.
    """
    candidates = Unit.objects.filter(estate=desk.estate)
    if reading.building is not None:
        codes = Building.objects.filter(estate=desk.estate).values_list("pk", "code")
        found = candidates.filter(building__in=_likeliest(reading.building, codes)).order_by("pk")
    else:
        with connection.cursor() as cursor:
            cursor.execute(_ROOMS, {"estate": desk.estate.pk, "most": LOOKED_THROUGH})
            numbers = [room for (room,) in cursor.fetchall()]
        like = nsmallest(NEAREST, numbers, key=lambda room: _unlike(reading.room, room))
        asked = {"estate": desk.estate.pk, "rooms": like, "most": HOMES_OF_A_ROOM}
        found = candidates.filter(pk__in=statement.ids(_HOMES_OF_ROOMS, asked))
    # Hundreds are looked through and five are shown: only those become units.
    names = [field.attname for field in Unit._meta.concrete_fields]
    rows = found.values(*names)[:LOOKED_THROUGH]
    nearest = nsmallest(NEAREST, rows, key=lambda row: _farness(reading, row))
    units = [Unit.from_db(DEFAULT_DB_ALIAS, names, row.values()) for row in nearest]
    at = Building.objects.in_bulk({unit.building_id for unit in units})
    for unit in units:
        unit.building = at[unit.building_id]
    return units


def _likeliest(code: str, buildings: Iterable[tuple[int, str]]) -> list[int]:
    """The buildings of the code that is most like this one, or of the codes that are, those of a near number first."""
    ranked = sorted((*_unlike(code, rooms.plain(other)), pk) for pk, other in buildings)
    return [pk for far, _, pk in ranked if far == ranked[0][0]][:BUILDINGS_LOOKED_THROUGH]


def _unlike(one: str, other: str) -> tuple[int, int]:
    """How far apart two numbers are: by their signs, then by what they count."""
    number, another = ("".join(filter(str.isdigit, text)) for text in (one, other))
    return rooms.distance(one, other), abs(int(number or 0) - int(another or 0))


def _farness(reading: rooms.Room, unit: dict[str, Any]) -> tuple[int, int, str]:
    far, apart = _unlike(reading.room, unit["room"])
    if reading.entrance is not None:
        far += rooms.distance(reading.entrance, unit["entrance"])
    return far, apart, unit["key"]
