"""What the counter asks about an estate: who lives where, who may act for whom. Looking things up: `searching`."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Prefetch
from django.utils import timezone

from banli.engine.text import Text
from banli.journal import joined
from banli.journal.vault import VaultError, mask
from banli.people.access import Desk

from .authority.models import STANDING
from .belongings import FormerParticulars, PaymentStanding
from .models import Authority, AuthorityUse, Occupancy, Person, Unit
from .scopes import scope_titles

_PEOPLE = """
    t0.unit_id = %(unit)s AND t0.estate_id = %(estate)s
    AND t0.since <= %(begun_by)s AND (t0.until IS NULL OR t0.until >= %(day)s)
"""
_AUTHORITIES = (
    f"SELECT id FROM estate_authority WHERE unit_id = %(unit)s AND estate_id = %(estate)s AND {STANDING}"
)


@dataclass(frozen=True)
class Home:
    """One unit somebody belongs to, as what, and by which row of `Occupancy`."""

    unit: Unit
    role: str
    role_label: str
    occupancy: int
    since: date | None = None


@dataclass(frozen=True)
class Resident:
    """A line of the unit's people. Private fields are masked, when they are shown; `paper` is the kind of the paper."""

    occupancy: Occupancy

    @property
    def person(self) -> Person:
        return self.occupancy.person

    @property
    def role(self) -> str:
        return self.occupancy.role

    @cached_property
    def role_label(self) -> str:
        return str(self.occupancy.get_role_display())

    @cached_property
    def phone(self) -> str:
        return masked(self.person, "phone")

    @cached_property
    def id_number(self) -> str:
        return masked(self.person, "id_number")

    @cached_property
    def paper(self) -> str:
        return str(self.person.get_id_kind_display()) if self.person.id_kind else ""


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
    coming: list[Occupancy] = field(default_factory=list)

    def of_role(self, *roles: str) -> list[Resident]:
        return [each for each in self.people if each.role in roles]


def unit_sheet(desk: Desk, unit: Unit, on: date | None = None) -> UnitSheet:
    """People with their roles, who is to come, and the authorities in force, of a unit on a day. Two queries."""
    day = on or timezone.localdate()
    held = _held(desk, unit, day, begun_by=date.max)
    asked = {"unit": unit.pk, "estate": desk.estate.pk, "day": day}
    named = joined.every(
        Authority, _AUTHORITIES, asked, joined=("principal", "delegate"), order="valid_to, id"
    )
    people = [Resident(each) for each in held if each.since <= day]
    coming = [each for each in held if each.since > day]
    return UnitSheet(unit, people, [_with_titles(each) for each in named], coming)


def people_of(desk: Desk, unit: Unit, on: date | None = None) -> list[Resident]:
    """Who belongs to a unit on a day, owners first. One query."""
    day = on or timezone.localdate()
    return [Resident(each) for each in _held(desk, unit, day, begun_by=day)]


def _held(desk: Desk, unit: Unit, day: date, *, begun_by: date) -> list[Occupancy]:
    """Who has not left before the day, and came by another. By hand: every case of a home begins with it."""
    asked = {"unit": unit.pk, "estate": desk.estate.pk, "day": day, "begun_by": begun_by}
    order = {role: place for place, role in enumerate(Occupancy.Role.values)}
    found = joined.where(Occupancy, _PEOPLE, asked, joined=("person",), order="id")
    return sorted(found, key=lambda each: order[each.role])


def homes_of(person: Person, on: date | None = None) -> list[Home]:
    """The units somebody belongs to on a day. One query."""
    held = Occupancy.objects.on(on or timezone.localdate()).filter(person=person)
    return [
        Home(each.unit, each.role, str(each.get_role_display()), each.pk)
        for each in held.select_related("unit__building").order_by("unit__key", "pk")
    ]


def payment_standing_of(unit: int | None) -> PaymentStanding | None:
    """How the payments of a home stand, as it was last told. One query; none without a home."""
    told = (
        PaymentStanding.objects.filter(unit=unit).order_by("-as_of")
        if unit
        else PaymentStanding.objects.none()
    )
    return told.first()


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
    with_scan = named.select_related("principal", "delegate", "scan").defer(
        "scan__picture", "scan__vault_salt"
    )
    with_uses = with_scan.prefetch_related(Prefetch("uses", AuthorityUse.objects.order_by("-pk")))
    rows = list(with_uses.order_by("-pk")[: page + 1])
    return [_with_titles(each) for each in rows[:page]], rows[page - 1].pk if len(rows) > page else None


def masked(person: Person | FormerParticulars, name: str) -> str:
    """A private field as it may be shown without a reason; empty when nothing is recorded, or it was erased."""
    try:
        clear = str(getattr(person, name) or "")
    except VaultError:
        return ""
    return mask(person.id_kind if name == "id_number" else name, clear)


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
