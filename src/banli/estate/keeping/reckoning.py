"""What has reached, or will soon reach, the end of its time by ``privacy.yaml`` (PIPL 47): reckoned anew each night."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Least, TruncDate
from django.utils import timezone

from banli.engine.clocks import add_months, parse_duration
from banli.engine.privacy import Kept
from banli.engine.refusals import Refusal
from banli.journal.actions import lock

from .. import erasing, privacy
from ..belongings import FormerParticulars, Vehicle
from ..contracts.models import Contract
from ..models import NOBODY, Estate, Occupancy, Person
from ..pets.models import Pet
from . import configured, hindrances
from .models import Expiry

BATCH = 500


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


def reckon(estate: Estate, now: datetime | None = None) -> int:
    """Bring an estate's list up to date; how many stand on it. Begun again where it was killed, it comes to the same.

    Each batch is a transaction of its own. What does not stand on the list any more (somebody moved in again) leaves
    it at the end.
    """
    now = now or timezone.now()
    day = timezone.localdate(now)
    until = day + timedelta(days=configured.ahead(estate, day))
    count = 0
    for persons in _batches(_left(estate, until)):
        due = due_of_persons(persons, until, day)
        count += _keep(estate, "person", due, hindrances.of_persons(due, day), now)
    for contracts in _batches(over(Contract.objects.filter(estate=estate), until)):
        due = due_of_contracts(contracts, until)
        count += _keep(estate, "contract", due, hindrances.of_contracts(due, day), now)
    for vehicles in _batches(parted(Vehicle.objects.filter(estate=estate), until)):
        due = due_of_vehicles(vehicles, until)
        count += _keep(estate, "vehicle", due, hindrances.of_vehicles(due, day), now)
    Expiry.objects.filter(estate=estate, erased_at__isnull=True, reckoned_at__lt=now).delete()
    return count


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


def _left(estate: Estate, until: date) -> Any:
    """Whoever left, and of whom there is anything that may go."""
    former = FormerParticulars.objects.filter(person=OuterRef("pk"))
    pets = Pet.objects.filter(person=OuterRef("pk"))
    something = ~Q(phone_index="") | ~Q(id_index="") | ~Q(name=NOBODY) | Exists(former) | Exists(pets)
    return left(Person.objects.filter(something, estate=estate), until)


def _batches(rows: Any) -> Iterator[list[Any]]:
    after = 0
    while batch := list(rows.filter(pk__gt=after).order_by("pk")[:BATCH]):
        after = batch[-1].pk
        yield batch


def _keep(
    estate: Estate, what: str, due: Mapping[int, Due], held: Mapping[int, Refusal], now: datetime
) -> int:
    """Write a batch down; how many. A confirmation stands for what was confirmed: it lapses where more would go, or
    something stands in the way."""
    named = {f"{what}_id__in": list(due)}
    with transaction.atomic():
        lock(f"keeping/{estate.pk}")
        waiting = Expiry.objects.select_for_update().filter(erased_at__isnull=True, **named)
        rows: dict[int, Expiry] = {getattr(one, f"{what}_id"): one for one in waiting}
        new = [Expiry(estate=estate, **{f"{what}_id": pk}) for pk in due if pk not in rows]
        changed = []
        for row in (*rows.values(), *new):
            stood = (row.goes, row.ends_on, row.hindrance, row.confirmation)
            one = due[getattr(row, f"{what}_id")]
            row.hindrance = told(held.get(getattr(row, f"{what}_id")), one.ends_on, timezone.localdate(now))
            if row.hindrance or set(one.goes) - set(row.goes):
                row.confirmation = None
            row.goes, row.ends_on, row.reckoned_at = one.goes, one.ends_on, now
            if row.pk and stood != (row.goes, row.ends_on, row.hindrance, row.confirmation):
                changed.append(row)
        # Most of a night's list stands as it stood the night before: that it still holds is one statement for all.
        Expiry.objects.filter(pk__in=[row.pk for row in rows.values()]).update(reckoned_at=now)
        Expiry.objects.bulk_update(changed, ["goes", "ends_on", "hindrance", "confirmation"])
        Expiry.objects.bulk_create(new)
    return len(due)


def told(why: Refusal | None, ends_on: date, day: date) -> dict[str, Any]:
    """A hindrance as the list keeps it: without the name, which the person's row has. That somebody who will leave has
    not left yet is none."""
    if why is None or (why.code == "still_belongs" and ends_on >= day):
        return {}
    return {"code": why.code, "values": {name: value for name, value in why.params.items() if name != "name"}}
