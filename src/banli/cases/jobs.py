"""Jobs of the cases room: clocks, messages, day seals, copies that are purged."""

import logging
from datetime import UTC, datetime

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app

from banli.estate.models import Estate
from banli.journal.seals import seal_days
from banli.operation.jobs import FIRST

from .actions import tick
from .mailing import empty_outbox
from .models import Case
from .purging import purge_all
from .recount import recount_all

BATCH = 200
log = logging.getLogger("banli.clocks")


def wake(now: datetime | None = None) -> int:
    """Let time pass on every case that a clock waits for; how many it was. Twice, or at once, is harmless.

    Each case is its own transaction: one that cannot be read is reported and holds up no other.
    """
    now = now or timezone.now()
    woken, last = 0, (datetime.min.replace(tzinfo=UTC), 0)
    while batch := _due(now, last):
        for wake_at, case_id in batch:
            last = (wake_at, case_id)
            try:
                woken += tick(case_id=case_id, now=now) is not None
            except Exception:
                log.exception("case %s cannot be woken", case_id)
    return woken


def _due(now: datetime, after: tuple[datetime, int]) -> list[tuple[datetime, int]]:
    waiting = Case.objects.filter(
        Q(wake_at__gt=after[0]) | Q(wake_at=after[0], pk__gt=after[1]), wake_at__lte=now
    )
    rows = waiting.order_by("wake_at", "pk").values_list("wake_at", "pk")[:BATCH]
    return [(wake_at, case_id) for wake_at, case_id in rows if wake_at is not None]


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="wake_cases", pass_context=False, priority=FIRST)
def wake_cases(timestamp: int) -> None:
    """Every five seconds: warnings and clocks that ran out. Not while what happened earlier is being entered."""
    if not settings.CLOCKS_STAND:
        wake()


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="empty_outbox", pass_context=False, priority=FIRST)
def send_mails(timestamp: int) -> None:
    """Every five seconds: messages that are due. Not while what became of earlier ones is being entered."""
    if not settings.CLOCKS_STAND:
        empty_outbox()


@app.periodic(cron="10 0 * * *")
@app.task(queueing_lock="recount_clocks")
def recount_clocks(timestamp: int) -> None:
    """After midnight: clocks by the calendar as it is now. A new year's rest days may have come with an update."""
    if settings.CLOCKS_STAND:
        return
    for estate in Estate.objects.order_by("pk"):
        recount_all(estate)


@app.task(name="banli.cases.recount")
def recount_estate(estate_id: int) -> None:
    """An estate changed its calendar."""
    recount_all(Estate.objects.get(pk=estate_id))


@app.periodic(cron="40 3 * * *")
@app.task(queueing_lock="purge_copies")
def purge_copies(timestamp: int) -> None:
    """At night: copies of identity papers whose purpose has been over for long enough."""
    if not settings.CLOCKS_STAND:
        purge_all()


@app.periodic(cron="5 0 * * *")
@app.task(queueing_lock="seal_days")
def seal_all_days(timestamp: int) -> None:
    """After midnight: seal the days before today, of every estate. Not while anything is still entered in them."""
    if settings.CLOCKS_STAND:
        return
    for estate_id in Estate.objects.values_list("pk", flat=True):
        seal_days(estate_id, timezone.localdate())
