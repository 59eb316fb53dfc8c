"""Fixed places (P20): who holds what, giving one, ending it. The database itself gives no place twice for a day."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import Q

from banli.engine import plates
from banli.engine.places import Held, one_way

from .belongings import HeldPlace, Vehicle
from .models import Person, Unit

DAY = timedelta(days=1)
#: Of one vehicle's periods so many are shown, the newest: years of them.
PERIODS = 24
V = TypeVar("V", bound=Iterable[Vehicle])
#: The constraints that refuse the second of two who were both told that a place or a plate was free.
ONCE = ("place_held_once", "vehicle_in_one_place", "vehicle_once_at_a_time")


def held(
    estate: int, home: int | None, place: str, plate: str, since: date, leave: int | None = None
) -> list[Held]:
    """What is held of a place or by a vehicle the day before ``since`` or later, but not by case ``leave``. 3 queries.

    A vehicle that is entered under another home than ``home`` is told too, and a place that a vehicle was entered with
    before any was given for days.
    """
    asked = HeldPlace.objects.filter(
        Q(place=place) | Q(vehicle__plate=plate), estate=estate, until__gte=since - DAY
    )
    rows = asked.exclude(case=leave).values_list("place", "vehicle__plate", "since", "until")
    told = [Held(*row) for row in rows]
    entered = Vehicle.objects.filter(estate=estate).exclude(until__lt=since)
    elsewhere = entered.filter(plate=plate).exclude(unit=home) if home is not None else entered.none()
    for one in elsewhere.select_related("unit"):
        told.append(Held("", plate, one.since, one.until, home=one.unit.key))
    noted = entered.filter(place=place, held_places=None).exclude(plate=plate)
    told += [Held(place, one.plate, one.since, one.until, free_of_case=True) for one in noted]
    return told


def hold(
    *, unit: Unit, person: Person | None, case: int, step: str, branch: int | None, place: str, plate: str, look: str,
    since: date, until: date,
) -> HeldPlace:  # fmt: skip
    """Give a vehicle a place; a vehicle that is not yet in the home's file is entered there (P20)."""
    of_plate = Vehicle.objects.filter(estate=unit.estate_id, plate=plate).exclude(until__lt=since)
    vehicle = of_plate.filter(unit=unit, since__lte=until).order_by("-since").first()
    entered = vehicle is None
    if vehicle is None:
        later = of_plate.filter(since__gt=until).order_by("since").first()
        vehicle = Vehicle.objects.create(
            unit=unit,
            person=person,
            plate=plate,
            look=look,
            since=since,
            until=later.since - DAY if later else None,
        )
    return HeldPlace.objects.create(
        estate_id=unit.estate_id, vehicle=vehicle, case_id=case, step=step, branch=branch, place=place, since=since,
        until=until, entered=entered,
    )  # fmt: skip


def let_go(*, case: int, step: str, branch: int | None, until: date | None) -> None:
    """A place is held no longer than ``until``; without it, it never was, nor was the vehicle entered with it."""
    of_case = HeldPlace.objects.filter(case=case, step=step, branch=branch)
    if until is not None:
        of_case.update(until=until)
        return
    for one in of_case:
        one.delete()
        if one.entered:
            Vehicle.objects.filter(pk=one.vehicle_id, held_places=None).delete()


def with_periods(vehicles: V, day: date | None = None) -> V:
    """The vehicles, each with its ``periods`` at fixed places, the newest first; from ``day`` on, or all. One query."""
    rows = {one.pk: one for one in vehicles}
    for one in rows.values():
        one.__dict__["periods"] = []
    asked = HeldPlace.objects.filter(vehicle__in=list(rows)) if rows else HeldPlace.objects.none()
    if day is not None:
        asked = asked.filter(until__gte=day)
    for period in asked.order_by("-since", "-pk"):
        told = rows[period.vehicle_id].__dict__["periods"]
        if len(told) < PERIODS:
            told.append(period)
    return vehicles


def periods(
    estate: int,
    *,
    today: date,
    ended: bool,
    words: str = "",
    after: tuple[date, int] | None = None,
    limit: int,
) -> list[HeldPlace]:
    """Places that are held, those whose end is nearest first; or, ``ended``, those that were, the last first.

    ``words``: a place or what it begins with, a plate or a part of it.
    """
    asked = HeldPlace.objects.filter(estate=estate)
    asked = asked.filter(until__lt=today) if ended else asked.filter(until__gte=today)
    if words:
        part = plates.part_of_plate(words)
        named = Q(place__startswith=one_way(words))
        asked = asked.filter(named | plated(part, "vehicle__") if part else named)
    if after is not None:
        day, pk = after
        on = (
            Q(until__lt=day) | Q(until=day, pk__lt=pk)
            if ended
            else Q(until__gt=day) | Q(until=day, pk__gt=pk)
        )
        asked = asked.filter(on)
    asked = asked.order_by("-until", "-pk") if ended else asked.order_by("until", "pk")
    return list(asked.select_related("vehicle__unit__building", "vehicle__person", "case")[:limit])


def plated(part: str, of: str = "") -> Q:
    """The vehicles with that part of a plate; a letter O or I may be a digit, or as it was once written down."""
    written = Q(**{f"{of}plate__contains": part})
    as_digits = plates.with_digits(part)
    return written if as_digits == part else written | Q(**{f"{of}plate__contains": as_digits})


def held_on(estate: int, day: date) -> set[str]:
    """Every place that is held that day: no more than the estate has."""
    asked = HeldPlace.objects.filter(estate=estate, since__lte=day, until__gte=day)
    noted = (
        Vehicle.objects.filter(estate=estate, since__lte=day, held_places=None)
        .exclude(place="")
        .exclude(until__lt=day)
    )
    return {*asked.values_list("place", flat=True), *noted.values_list("place", flat=True)}
