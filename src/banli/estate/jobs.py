"""Jobs of the estate room: workbooks, and forgetting those that nobody took in."""

from django.db import InterfaceError, OperationalError
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from .intake.actions import drop_forgotten
from .intake.work import go_on

#: A database that is away comes back: at once, then after 5, 10, 15 … seconds, as often as it takes.
WHEN_IT_IS_BACK = RetryStrategy(linear_wait=5, retry_exceptions=(OperationalError, InterfaceError))


@app.task(name="banli.estate.take_in", queueing_lock=None, retry=WHEN_IT_IS_BACK)
def take_in(intake_id: int) -> None:
    """Try a workbook, take it in or undo it, whichever it waits for. Safe to run twice."""
    go_on(intake_id)


@app.periodic(cron="35 3 * * *")
@app.task(name="banli.estate.drop_forgotten", queueing_lock="drop_forgotten_workbooks")
def forget_workbooks(timestamp: int) -> None:
    """At night: workbooks that were tried a week ago and never taken in."""
    drop_forgotten()
