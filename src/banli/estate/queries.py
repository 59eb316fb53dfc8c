"""What the counter asks about an estate: rooms, people, who lives where, who may act for whom."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from heapq import nsmallest
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Case, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.utils import timezone

from banli.engine import identity
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.journal import statement
from banli.journal.vault import VaultError, mask
from banli.people.access import Desk

from . import letters, rooms
from .actions import paper_index, phone_index, phone_tail_index
from .models import Authority, AuthorityUse, Building, Occupancy, Person, Unit
from .names import as_sound
from .scopes import scope_titles

NEAREST = 5
#: So many buildings are looked through for a likeness, and so many of their homes.
BUILDINGS_LOOKED_THROUGH = 3
LOOKED_THROUGH = 1000

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


@dataclass(frozen=True)
class Home:
    """One unit somebody belongs to, as what, and by which row of `Occupancy`."""

    unit: Unit
    role: str
    role_label: str
    occupancy: int


@dataclass(frozen=True)
class PersonFound:
    """Somebody found, with the homes they belong to today (none: they have left)."""

    person: Person
    homes: list[Home]
    phone: str


@dataclass(frozen=True)
class UnitsFound:
    """The units a text names; when there are none, the nearest ones."""

    units: list[Unit]
    nearest: list[Unit] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """What the search box found: homes and people, the best first; the nearest homes when nothing was."""

    units: list[Unit]
    persons: list[PersonFound]
    nearest: list[Unit]

    def __bool__(self) -> bool:
        return bool(self.units or self.persons)


@dataclass(frozen=True)
class Resident:
    """A line of the unit's people. Private fields are masked; `paper` is the kind of the paper."""

    occupancy: Occupancy
    person: Person
    role: str
    role_label: str
    phone: str
    id_number: str
    paper: str


@dataclass(frozen=True)
class LetterOfAuthority:
    """A line of the unit's authorities, with the titles of its matters.

    `state`: ahead, standing, spent, expired, revoked; the first two can be revoked.
    """

    authority: Authority
    matters: list[Text]
    state: str

    @property
    def may_revoke(self) -> bool:
        return self.state in ("ahead", "standing")


@dataclass(frozen=True)
class UnitSheet:
    """What the resident file says about a unit today."""

    unit: Unit
    people: list[Resident]
    authorities: list[LetterOfAuthority]

    def of_role(self, *roles: str) -> list[Resident]:
        return [each for each in self.people if each.role in roles]


def find_units(desk: Desk, text: str, limit: int = 20) -> UnitsFound:
    """The units that a room number means, however it is written. Two queries; a third for the nearest."""
    if "\x00" in text:
        return UnitsFound([])
    buildings = list(Building.objects.filter(estate=desk.estate))
    readings = rooms.parse(text, _aliases(buildings))
    if not readings:
        return UnitsFound([])
    units = list(_in_order(_of(desk).filter(_names(readings, _codes(buildings))))[:limit])
    return UnitsFound(units, [] if units else _nearest(desk, readings[0], buildings))


def search(desk: Desk, text: str, limit: int = 20) -> Found:
    """One box for all: a room, a name, its pinyin or initials or a part, a telephone or its last four digits, an
    identity number. Four queries at most; the fourth may be the one for the nearest homes."""
    wanted = " ".join(text.split())[:60]
    if not wanted or "\x00" in wanted:
        return Found([], [], [])
    buildings = list(Building.objects.filter(estate=desk.estate))
    readings = rooms.parse(wanted, _aliases(buildings))
    units = _search_units(desk, wanted, readings, buildings, limit)
    persons = _search_persons(desk, wanted, limit)
    nearest = [] if units or persons or not readings else _nearest(desk, readings[0], buildings)
    return Found(units, persons, nearest)


def unit_sheet(desk: Desk, unit: Unit, on: date | None = None) -> UnitSheet:
    """People with their roles, and the authorities in force, of a unit on a day. Two queries."""
    day = on or timezone.localdate()
    people = people_of(desk, unit, day)
    standing = Authority.objects.standing(day).filter(unit=unit, estate=desk.estate)
    named = standing.select_related("principal", "delegate").order_by("valid_to", "pk")
    return UnitSheet(unit, people, [_with_titles(each) for each in named])


def people_of(desk: Desk, unit: Unit, on: date | None = None) -> list[Resident]:
    """Who belongs to a unit on a day, owners first. One query."""
    order = {role: place for place, role in enumerate(Occupancy.Role.values)}
    lives = Occupancy.objects.on(on or timezone.localdate()).filter(unit=unit, estate=desk.estate)
    held = sorted(lives.select_related("person"), key=lambda each: (order[each.role], each.pk))
    return [_resident(each) for each in held]


def homes_of(person: Person, on: date | None = None) -> list[Home]:
    """The units somebody belongs to on a day. One query."""
    held = Occupancy.objects.on(on or timezone.localdate()).filter(person=person)
    return [
        Home(each.unit, each.role, str(each.get_role_display()), each.pk)
        for each in held.select_related("unit__building").order_by("unit__key", "pk")
    ]


def standing_authority(unit: Unit, delegate: Person, scope: str, on: date | None = None) -> Authority | None:
    """The authority on which `delegate` may act for the unit's owner in this matter that day, if there is one.

    One that is not spent by its use comes before one that is. One query.
    """
    standing = Authority.objects.standing(on or timezone.localdate())
    named = standing.filter(unit=unit, delegate=delegate, scopes__contains=[scope])
    return named.select_related("principal").order_by("once", "-valid_to", "pk").first()


def authorities(
    desk: Desk, unit: Unit, *, before: int | None = None, page: int = 20
) -> tuple[list[LetterOfAuthority], int | None]:
    """Every authority a unit ever had, the newest first, with its uses, and the key of the next page. Two queries."""
    named = Authority.objects.filter(unit=unit, estate=desk.estate)
    if before is not None:
        named = named.filter(pk__lt=before)
    with_uses = named.select_related("principal", "delegate").prefetch_related(
        Prefetch("uses", AuthorityUse.objects.order_by("-pk"))
    )
    rows = list(with_uses.order_by("-pk")[: page + 1])
    return [_with_titles(each) for each in rows[:page]], rows[page - 1].pk if len(rows) > page else None


def masked(person: Person, name: str) -> str:
    """A private field as it may be shown without a reason; empty when nothing is recorded, or it was erased."""
    try:
        clear = str(getattr(person, name) or "")
    except VaultError:
        return ""
    return mask(person.id_kind if name == "id_number" else name, clear)


def _of(desk: Desk) -> QuerySet[Unit]:
    return Unit.objects.filter(estate=desk.estate).select_related("building")


def _in_order(units: QuerySet[Unit]) -> QuerySet[Unit]:
    """As one would walk past them: entrance by entrance, floor by floor."""
    return units.order_by("building__pk", "entrance", Length("room"), "room", "pk")


def _aliases(buildings: list[Building]) -> dict[str, str]:
    return {str(alias): building.code for building in buildings for alias in building.aliases if str(alias)}


def _codes(buildings: list[Building]) -> dict[str, int]:
    return {rooms.plain(building.code): building.pk for building in buildings}


def _names(readings: list[rooms.Room], codes: Mapping[str, int]) -> Q:
    """The condition for the units that the readings mean; none of them may match anything."""
    condition = Q(pk__in=[])
    for reading in readings:
        if reading.building is None:
            entrance = Q(entrance=reading.entrance) if reading.entrance else Q()
            condition |= entrance & Q(room=reading.room)
        elif reading.entrance is None:
            condition |= Q(building=codes.get(reading.building, 0), room=reading.room)
        else:
            condition |= Q(key=reading.key)
    return condition


def _nearest(desk: Desk, reading: rooms.Room, buildings: list[Building]) -> list[Unit]:
    """The homes most like one that is not there: in the same building, in the likeliest ones, or of a like number.

    What is looked at grows with a building's homes, and with the estate's different room numbers, not with its homes.
    """
    candidates = Unit.objects.filter(estate=desk.estate)
    if reading.building is not None:
        found = candidates.filter(building__in=_likeliest(reading.building, buildings)).order_by("pk")
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
    at = {building.pk: building for building in buildings}
    for unit in units:
        unit.building = at[unit.building_id]
    return units


def _likeliest(code: str, buildings: list[Building]) -> list[int]:
    """The buildings of the code that is most like this one, or of the codes that are, those of a near number first."""
    ranked = sorted((*_unlike(code, rooms.plain(b.code)), b.pk) for b in buildings)
    return [pk for far, _, pk in ranked if far == ranked[0][0]][:BUILDINGS_LOOKED_THROUGH]


def _unlike(one: str, other: str) -> tuple[int, int]:
    """How far apart two numbers are: by their signs, then by what they count."""
    number, another = ("".join(filter(str.isdigit, text)) for text in (one, other))
    return rooms.distance(one, other), abs(int(number or 0) - int(another or 0))


def _farness(reading: rooms.Room, unit: Mapping[str, Any]) -> tuple[int, int, str]:
    far, apart = _unlike(reading.room, unit["room"])
    if reading.entrance is not None:
        far += rooms.distance(reading.entrance, unit["entrance"])
    return far, apart, unit["key"]


def _search_units(
    desk: Desk, text: str, readings: list[rooms.Room], buildings: list[Building], limit: int
) -> list[Unit]:
    exact = _names(readings, _codes(buildings))
    start = rooms.start_of_key(text, _aliases(buildings))
    condition = exact | Q(key__startswith=start) if start else exact
    rank = Case(When(exact, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = _of(desk).filter(condition).annotate(rank=rank)
    return list(found.order_by("rank", "building__pk", "entrance", Length("room"), "room", "pk")[:limit])


def _search_persons(desk: Desk, text: str, limit: int) -> list[PersonFound]:
    ranked = _person_conditions(desk.estate.pk, text)
    condition = Q(pk__in=[])
    for each in ranked:
        condition |= each
    whens = [When(each, then=Value(place)) for place, each in enumerate(ranked)]
    rank = Case(*whens, default=Value(len(ranked)), output_field=IntegerField())
    found = Person.objects.filter(condition, estate=desk.estate).annotate(rank=rank)
    persons = list(found.order_by("rank", "name", "pk")[:limit])
    homes: dict[int, list[Home]] = {person.pk: [] for person in persons}
    held = Occupancy.objects.on(timezone.localdate()).filter(person__in=persons)
    for one in held.select_related("unit__building").order_by("unit__key", "pk"):
        homes[one.person_id].append(Home(one.unit, one.role, str(one.get_role_display()), one.pk))
    return [PersonFound(person, homes[person.pk], masked(person, "phone")) for person in persons]


def _person_conditions(estate_id: int, text: str) -> list[Q]:
    """The ways a text may mean a person, the surest first."""
    ways: list[Q] = []
    number = _telephone(text)
    if number:
        ways.append(Q(phone_index=phone_index(estate_id, number)))
    paper = _paper(text)
    if paper:
        ways.append(Q(id_index=paper_index(estate_id, "cn_id", paper)))
    if len(text) == 4 and text.isascii() and text.isdigit():
        ways.append(Q(phone_tail_index=phone_tail_index(estate_id, text)))
    sound = as_sound(text) if text.isascii() or "ü" in text.lower() else ""
    if any(sign.isalpha() for sign in text):
        ways += [Q(name=text), Q(name__startswith=text)]
    if sound:
        ways += [
            Q(initials=sound),
            Q(pinyin=sound),
            Q(initials__startswith=sound),
            Q(pinyin__startswith=sound),
        ]
    if any(sign.isalpha() for sign in text):
        ways.append(letters.saying("name", text))
    if len(sound) >= 3:
        ways.append(Q(pinyin__contains=sound))
    return ways


def _telephone(text: str) -> str:
    try:
        return identity.check_phone(text)
    except Refusal:
        return ""


def _paper(text: str) -> str:
    try:
        return identity.check_id("cn_id", text)
    except Refusal:
        return ""


def _resident(occupancy: Occupancy) -> Resident:
    person = occupancy.person
    return Resident(
        occupancy=occupancy,
        person=person,
        role=occupancy.role,
        role_label=str(occupancy.get_role_display()),
        phone=masked(person, "phone"),
        id_number=masked(person, "id_number"),
        paper=str(person.get_id_kind_display()) if person.id_kind else "",
    )


def _with_titles(authority: Authority) -> LetterOfAuthority:
    titles = scope_titles()
    matters = [titles.get(scope) or Text(zh=scope, en=scope) for scope in authority.scopes]
    return LetterOfAuthority(authority, matters, _state(authority, timezone.localdate()))


def _state(authority: Authority, today: date) -> str:
    if authority.revoked_at is not None:
        return "revoked"
    if authority.once and authority.used_at is not None:
        return "spent"
    if authority.valid_to < today:
        return "expired"
    return "ahead" if authority.valid_from > today else "standing"
