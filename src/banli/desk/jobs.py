"""Jobs of the desk: what is told beside the screen, in the words in which the screen says it."""

from django.conf import settings
from procrastinate.contrib.django import app

from banli.messages import deliveries, spreading
from banli.operation.jobs import FIRST

from .delivered import note


@app.periodic(cron="* * * * * */5")
@app.task(queueing_lock="tell_people", pass_context=False, priority=FIRST)
def tell_people(timestamp: int) -> None:
    """Every five seconds: new notices, and what is due. Not while what happened earlier is being entered."""
    if not settings.CLOCKS_STAND:
        spreading.spread()
        deliveries.send_due(note)


@app.periodic(cron="* * * * * */30")
@app.task(queueing_lock="ask_arrived", pass_context=False)
def ask_arrived(timestamp: int) -> None:
    """Twice a minute: whether what the gateways took has arrived. Apart, so that asking holds up no telling."""
    if not settings.CLOCKS_STAND:
        deliveries.ask_arrived()
