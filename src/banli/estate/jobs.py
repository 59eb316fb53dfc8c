"""Jobs of the estate room: workbooks, and forgetting those that nobody took in."""

from procrastinate.contrib.django import app

from banli.operation.jobs import WHEN_IT_IS_BACK

from .intake.actions import drop_forgotten
from .intake.work import go_on


@app.task(name="banli.estate.take_in", queueing_lock=None, retry=WHEN_IT_IS_BACK)
def take_in(intake_id: int) -> None:
    """Try a workbook, take it in or undo it, whichever it waits for. Safe to run twice."""
    go_on(intake_id)


@app.periodic(cron="35 3 * * *")
@app.task(name="banli.estate.drop_forgotten", queueing_lock="drop_forgotten_workbooks")
def forget_workbooks(timestamp: int) -> None:
    """At night: workbooks that were tried a week ago and never taken in."""
    drop_forgotten()
