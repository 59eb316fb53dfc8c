"""Slots of time: what is given, and giving one. The database itself lets no seat of a slot be given twice (P8)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

from django.db import connection
from django.db.models import Count

from banli.engine import events as ev
from banli.engine.rulebook import Rulebook
from banli.engine.slots import Given

from .models import Case, Reservation
from .store import Overtaken

DAY = timedelta(days=1)
#: The constraint that refuses a seat to the second of two who were both told that it was free.
GIVEN_ONCE = "slot_given_once"
_SEATED = """
    INSERT INTO cases_reservation (estate_id, case_id, step, branch, pool, person_id, slot, seat)
    SELECT %(estate)s, %(case)s, %(step)s, %(branch)s, %(pool)s, %(person)s, %(slot)s, free.seat
      FROM generate_series(1, %(most)s) AS free(seat)
     WHERE NOT EXISTS (SELECT FROM cases_reservation held
                        WHERE held.estate_id = %(estate)s AND held.pool = %(pool)s AND held.slot = %(slot)s
                          AND held.person_id IS NOT DISTINCT FROM %(person)s AND held.seat = free.seat)
     ORDER BY free.seat LIMIT %(units)s RETURNING seat
"""


class GivenNow(Mapping[str, Given]):
    """Pool → what other cases hold of it in slots that are not long over; asked only by a step that reserves."""

    def __init__(self, book: Rulebook, estate: int, case: int | None, now: datetime) -> None:
        self._book, self._estate, self._case, self._now = book, estate, case, now

    @cached_property
    def _pools(self) -> list[str]:
        return sorted({s.reserves.pool for s in self._book.flow.steps.values() if s.reserves})

    @cached_property
    def _told(self) -> dict[str, dict[tuple[int, str], int]]:
        since = self._now.replace(hour=0, minute=0, second=0, microsecond=0) - DAY
        held = Reservation.objects.filter(estate_id=self._estate, pool__in=self._pools, slot__gte=since)
        if self._case is not None:
            held = held.exclude(case_id=self._case)
        told: dict[str, dict[tuple[int, str], int]] = {pool: {} for pool in self._pools}
        counted = held.values_list("pool", "person_id", "slot").annotate(Count("pk")).order_by()
        for pool, person, slot, count in counted:
            told[pool][person or 0, slot.astimezone(UTC).isoformat()] = count
        return told

    def __getitem__(self, pool: str) -> Given:
        return self._told[pool]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pools)

    def __len__(self) -> int:
        return len(self._pools)


def give(event: ev.Reserved, case: Case) -> ev.Reserved:
    """Take seats for a reservation. Raises Overtaken where they went to somebody else meanwhile: decide again.

    Of two who take the same seat at once, the second is refused by the constraint ``GIVEN_ONCE``.
    """
    asked: dict[str, str | int | datetime | None] = {
        "estate": case.estate_id, "case": case.pk, "step": event.step, "branch": event.branch, "pool": event.pool,
        "person": event.person, "slot": datetime.fromisoformat(event.slot), "most": event.most, "units": event.units,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SEATED, asked)
        seats = tuple(seat for (seat,) in cursor.fetchall())
    if len(seats) < event.units:
        raise Overtaken
    return replace(event, seats=seats)


def free(event: ev.Freed, case: Case) -> None:
    """Give back what a step had reserved."""
    Reservation.objects.filter(case_id=case.pk, step=event.step, branch=event.branch).delete()
