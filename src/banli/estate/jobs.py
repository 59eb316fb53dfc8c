"""Jobs of the estate room: workbooks, forgetting those that nobody took in, and what is kept no longer."""

from django.conf import settings
from procrastinate.contrib.django import app

from banli.operation.jobs import WHEN_IT_IS_BACK

from .intake.actions import drop_forgotten
from .intake.work import go_on
from .keeping.actions import erase_due
from .keeping.reckoning import reckon
from .models import Estate


@app.task(name="banli.estate.take_in", queueing_lock=None, retry=WHEN_IT_IS_BACK)
def take_in(intake_id: int) -> None:
    """Try a workbook, take it in or undo it, whichever it waits for. Safe to run twice."""
    go_on(intake_id)


@app.periodic(cron="35 3 * * *")
@app.task(name="banli.estate.drop_forgotten", queueing_lock="drop_forgotten_workbooks")
def forget_workbooks(timestamp: int) -> None:
    """At night: workbooks that were tried a week ago and never taken in."""
    drop_forgotten()


@app.periodic(cron="20 4 * * *")
@app.task(name="banli.estate.keep_to_time", queueing_lock="keep_to_time")
def keep_to_time(timestamp: int) -> None:
    """At night: what reached the end of its time is listed; what may go without a word, or was let go, is erased."""
    if settings.CLOCKS_STAND:
        return
    for estate in Estate.objects.order_by("pk"):
        reckon(estate)
        erase_due(estate)


@app.task(name="banli.estate.erase_due", retry=WHEN_IT_IS_BACK)
def erase_confirmed(estate_id: int) -> None:
    """Somebody let a list go. Safe to run twice."""
    erase_due(Estate.objects.get(pk=estate_id))
