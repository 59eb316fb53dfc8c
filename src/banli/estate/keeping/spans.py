"""When the time of what is kept is over, by ``privacy.yaml`` (PIPL 47), for each kind of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils import timezone

from banli.engine.clocks import add_months, parse_duration
from banli.engine.privacy import Kept

from .. import erasing, privacy
from ..authority.models import Authority
from ..belongings import FormerParticulars, Vehicle
from ..contracts.models import Contract
from ..models import NOBODY, Occupancy, Person
from ..pets.models import Pet


@dataclass(frozen=True)
class Due:
    """What goes after the day `ends_on`, by name in ``privacy.yaml``."""

    goes: list[str]
    ends_on: date


def ends_on(one: Kept | None, last: date) -> date | None:
    """The last day something is kept of which `last` was the last day; None where no calendar says it."""
    if one is None or one.retention in ("for_good", "by_procedure"):
        return None
    if one.retention in ("while_here", "while_named"):
        return last
    much = parse_duration(one.retention)
    return add_months(last, much.number) if much.unit == "month" else last + timedelta(days=much.number)


def latest(one: Kept | None, until: date) -> date | None:
    """The other way round: the latest last day of what is over by `until`."""
    end = ends_on(one, until)
    if one is None or end is None or end == until:
        return end
    much = parse_duration(one.retention)
    if much.unit != "month":
        return until - timedelta(days=much.number)
    day = add_months(until, -much.number)
    while (ends_on(one, day + timedelta(days=1)) or date.max) <= until:  # several days end with a short month
        day += timedelta(days=1)
    return day


def begins(day: date) -> datetime:
    """The first moment of a day, where the office is."""
    return datetime.combine(day, time(), timezone.get_default_timezone())


def due_of_persons(persons: Iterable[Person], until: date, day: date) -> dict[int, Due]:
    """What of each goes by `until`: all that is over before `day`, else what is over first. They came through `left`.

    A name is kept for as long as anything it belongs to.
    """
    kept, told = privacy.kept(), {}
    lasts = {one.pk: one.__dict__["last"] for one in persons}
    for pk, names in erasing.holdings(lasts).items():
        ends = {name: ends_on(kept.get(name), lasts[pk]) for name in names}
        if "person_name" in ends:
            ends["person_name"] = None if None in ends.values() else max(filter(None, ends.values()))
        over = {name: end for name, end in ends.items() if end is not None and end <= until}
        if over:
            first = min(over.values())
            goes = [name for name, end in over.items() if end == first or end < day]
            told[pk] = Due(goes, first)
    return told


def due_of_contracts(contracts: Iterable[Contract], until: date) -> dict[int, Due]:
    kept, told = privacy.kept().get("contract"), {}
    for one in contracts:
        end = ends_on(kept, one.last_day) if one.last_day is not None else None
        if end is not None and end <= until:
            told[one.pk] = Due(["contract"], end)
    return told


def due_of_vehicles(vehicles: Iterable[Vehicle], until: date) -> dict[int, Due]:
    kept, told = privacy.kept().get("vehicle"), {}
    for one in vehicles:
        end = ends_on(kept, one.until) if one.until is not None else None
        if end is not None and end <= until:
            told[one.pk] = Due(["vehicle"], end)
    return told


def due_of_authorities(letters: Iterable[Authority], until: date) -> dict[int, Due]:
    kept, told = privacy.kept().get("authority"), {}
    for one in letters:
        end = ends_on(kept, one.last_day)
        if end is not None and end <= until:
            told[one.pk] = Due(["authority"], end)
    return told


def left(persons: Any, until: date) -> Any:
    """Those of the persons who belong to no home after `until`, each with the last day they did."""
    lives = Occupancy.objects.filter(person=OuterRef("pk"))
    stays = lives.filter(Q(until__isnull=True) | Q(until__gt=until))
    went = lives.order_by().values("person").annotate(last=Max("until")).values("last")
    return persons.filter(~Exists(stays)).annotate(
        last=Coalesce(Subquery(went), TruncDate("created_at", tzinfo=timezone.get_default_timezone()))
    )


def over(contracts: Any, until: date) -> Any:
    """Those that end by then and were not erased."""
    ends = Least("until", "ended", "followed_by__since")  # what follows begins the day after
    known = contracts.filter(erased_at__isnull=True).select_related("followed_by")
    return known.annotate(ends=ends).filter(ends__lte=until + timedelta(days=1))


def parted(vehicles: Any, until: date) -> Any:
    """Those the home has no more by then, and that were not erased."""
    return vehicles.filter(erased_at__isnull=True, until__lte=until)


def lapsed(letters: Any, until: date) -> Any:
    """Those that hold no more after `until`, because it is over or was revoked, and that were not erased."""
    revoked = Q(revoked_at__lt=begins(until + timedelta(days=1)))
    return letters.filter(Q(valid_to__lte=until) | revoked, erased_at__isnull=True)


def of_whom_something_is_kept(persons: Any) -> Any:
    """Those of whom there is anything that may go."""
    former = FormerParticulars.objects.filter(person=OuterRef("pk"))
    pets = Pet.objects.filter(person=OuterRef("pk"))
    something = ~Q(phone_index="") | ~Q(id_index="") | ~Q(name=NOBODY) | Exists(former) | Exists(pets)
    return persons.filter(something)
