"""Jobs of the routines room: rounds fall due, and are missed."""

from django.conf import settings
from procrastinate.contrib.django import app

from banli.operation.jobs import FIRST

from . import actions


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="plan_rounds", priority=FIRST)
def plan_rounds(timestamp: int) -> None:
    """Every minute: what fell due, then what is over. Not while what happened earlier is being entered."""
    if not settings.CLOCKS_STAND:
        actions.plan()
        actions.miss()
