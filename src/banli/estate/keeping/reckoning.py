"""What has reached, or will soon reach, the end of its time by ``privacy.yaml`` (PIPL 47): reckoned anew each night."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from banli.engine.refusals import Refusal
from banli.journal.actions import lock

from ..models import Estate
from . import configured
from .matters import MATTERS
from .models import Expiry
from .spans import Due

BATCH = 500


def reckon(estate: Estate, now: datetime | None = None) -> int:
    """Bring an estate's list up to date; how many stand on it. Begun again where it was killed, it comes to the same.

    Each batch is a transaction of its own. What does not stand on the list any more (somebody moved in again) leaves
    it at the end.
    """
    now = now or timezone.now()
    day = timezone.localdate(now)
    until = day + timedelta(days=configured.ahead(estate, day))
    count = 0
    for name, matter in MATTERS.items():
        for rows in _batches(matter.over(matter.table.objects.filter(estate=estate), until)):
            due = matter.due(rows, until, day)
            count += _keep(estate, name, due, matter.hindrances(due, day), now)
    Expiry.objects.filter(estate=estate, erased_at__isnull=True, reckoned_at__lt=now).delete()
    return count


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
