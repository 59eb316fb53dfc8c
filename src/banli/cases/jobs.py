"""Jobs of the cases room: clocks and day seals."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from banli.estate.models import Estate
from banli.journal.seals import seal_days

from .actions import tick
from .models import Case

BATCH = 200


def wake(now: datetime | None = None) -> int:
    """Let time pass on every case that a clock waits for. Each is its own transaction; twice is harmless."""
    now = now or timezone.now()
    woken = 0
    while True:
        with transaction.atomic():
            due = list(
                Case.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
                .filter(wake_at__lte=now)
                .order_by("wake_at")
                .values_list("pk", flat=True)[:BATCH]
            )
            for case_id in due:
                with transaction.atomic():
                    tick(case_id=case_id, now=now)
        woken += len(due)
        if len(due) < BATCH:
            return woken


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="wake_cases", pass_context=False)
def wake_cases(timestamp: int) -> None:
    """Every five seconds: warnings and clocks that ran out."""
    wake()


@app.periodic(cron="5 0 * * *")
@app.task(queueing_lock="seal_days")
def seal_all_days(timestamp: int) -> None:
    """After midnight: seal the days before today, of every estate."""
    for estate_id in Estate.objects.values_list("pk", flat=True):
        seal_days(estate_id, timezone.localdate())
