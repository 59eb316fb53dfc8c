"""Campaigns that go on by themselves: each night whoever moved in is called too, and what is periodic begins again.

Everything follows from the campaign's own entry, so that a night that was missed or came twice changes nothing: the
next of a series has one key, its day is reckoned from the one before, and its draw from that one's number.
"""

import hashlib
import logging
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from banli.engine.clocks import add_months
from banli.engine.refusals import Refusal
from banli.estate.models import Estate
from banli.journal.actions import append, lock
from banli.journal.models import Entry
from banli.operation.happenings import action
from banli.people.access import Acting, Desk, desk_of

from . import actions

STOPPED = "campaign_stopped"
#: Months after which a campaign may begin again.
EVERY = (1, 3, 6, 12)
_NAME = 50  # characters that are kept of the first one's name
log = logging.getLogger("banli.followup")


def nightly(now: datetime) -> None:
    """See to every campaign that goes on, at every estate. One that cannot is told to the log; the others go on."""
    for estate in Estate.objects.order_by("pk"):
        for campaign in going_on(estate.pk, timezone.localdate(now)):
            try:
                _see_to(estate, campaign, now)
            except (Refusal, Http404) as why:
                log.warning("campaign %s of estate %s did not go on: %s", campaign.seq, estate.pk, why)


def going_on(estate: int, today: date) -> list[Entry]:
    """The campaigns that are neither over nor stopped, and which nothing has followed yet; the oldest first."""
    told = Entry.objects.filter(
        stream=actions.stream_of(estate), kind=actions.KIND, body__until__gte=today.isoformat()
    ).select_related("actor")
    stopped = set(
        Entry.objects.filter(stream=actions.stream_of(estate), kind=STOPPED).values_list(
            "body__campaign", flat=True
        )
    )
    left = [one for one in told.order_by("seq") if one.seq not in stopped]
    followed = set(Entry.objects.filter(key__in=[_again(one) for one in left]).values_list("key", flat=True))
    return [one for one in left if _again(one) not in followed]


@action("campaign_stop")
@transaction.atomic
def stop(*, by: Desk, acting: Acting, campaign: Entry) -> None:
    """Nobody more is added, and it does not begin again; what is open is called. Twice is once."""
    lock(actions.stream_of(by.estate.pk))
    if campaign in going_on(by.estate.pk, timezone.localdate()):
        append(
            estate_id=by.estate.pk, stream=actions.stream_of(by.estate.pk), kind=STOPPED, by=by.staff, post=acting.post,
            deputy_for=acting.deputy_for, body={"campaign": campaign.seq},
        )  # fmt: skip


def next_day(campaign: Entry, today: date) -> date | None:
    """The day on which it is to begin again, the latest that has come; None where that is not yet, or never."""
    wanted, own = actions.wanted_of(campaign), _day(campaign)
    if not wanted.every:
        return None
    last, found = min(today, date.fromisoformat(wanted.until)), None
    first = date.fromisoformat(wanted.since) if wanted.since else own
    due, number = first, 0
    while due <= last:
        found = due if due > own else found
        number += 1
        due = add_months(first, number * wanted.every)
    return found


def _day(campaign: Entry) -> date:
    """The day on which a campaign was due; of the first of a series, on which it was started."""
    told = campaign.body.get("day")
    return date.fromisoformat(told) if told else timezone.localdate(campaign.at)


def seed_of(seed: int, day: date) -> int:
    """The number of the draw of that day: another each time, the same whenever it is reckoned."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{day}".encode()).digest()[:4]) % 1_000_000_000


def _see_to(estate: Estate, campaign: Entry, now: datetime) -> None:
    staff = campaign.actor
    by = desk_of(staff, estate.pk, strict=True) if staff is not None and staff.is_active else None
    acting = by.acting_as(campaign.post) if by is not None else None
    if by is None or acting is None:
        raise Refusal("not_permitted")
    day = next_day(campaign, timezone.localdate(now))
    if day is None:
        if not campaign.body["size"]:
            actions.open_calls(by=by, campaign=campaign, now=now)
        return
    wanted = actions.wanted_of(campaign)
    first = wanted.series or wanted.name
    since = wanted.since or _day(campaign).isoformat()
    again = replace(
        wanted,
        name=f"{first[:_NAME]} {day:%Y-%m-%d}",
        series=first,
        since=since,
        seed=seed_of(wanted.seed, day),
    )
    begun = actions.start(
        by=by, acting=acting, wanted=again, key=_again(campaign), queued=False, day=day, now=now
    )
    actions.open_calls(by=by, campaign=begun, now=now)


def _again(campaign: Entry) -> str:
    return f"campaign-{campaign.estate_id}-{campaign.seq}-again"
