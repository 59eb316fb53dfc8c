"""Jobs of the follow-up room: the calls of a campaign are opened in the background."""

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from banli.journal.models import Entry
from banli.operation.jobs import WHEN_IT_IS_BACK
from banli.people.access import desk_of
from banli.people.models import Staff

from . import actions, recurring


@app.periodic(cron="25 0 * * *")
@app.task(name="banli.followup.nightly", queueing_lock="followup_nightly")
def nightly(timestamp: int) -> None:
    """Who moved in is called too, and what is periodic begins again. Safe to run twice."""
    if not settings.CLOCKS_STAND:
        recurring.nightly(timezone.now())


@app.task(name="banli.followup.open_calls", retry=WHEN_IT_IS_BACK)
def open_calls(staff_id: int, estate_id: int, number: int) -> None:
    """Open every call of a campaign that is not open yet, in the name of whoever started it. Safe to run twice."""
    campaign = Entry.objects.get(stream=actions.stream_of(estate_id), seq=number)
    by = desk_of(Staff.objects.get(pk=staff_id), estate_id, strict=True)
    actions.open_calls(by=by, campaign=campaign)
