"""Who hears of a notice beside the screen: each who can act in its post, deputies too, by the channels they chose.

Looked at once for each notice, in one transaction with what follows from it, so that twice, or two at once, is
harmless. What lay too long (the worker stood still) goes by no channel: it is on the screen.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from banli.estate.models import Estate
from banli.people.models import Staff
from banli.people.queries import holding_at

from . import configured
from .kinds import KINDS, kind_of
from .models import Delivery, Notice, Reach

AT_ONCE = 200
STALE = timedelta(days=1)


def spread(now: datetime | None = None) -> int:
    """Lay what is to be told of new notices into the queue; how many that is."""
    now, laid = now or timezone.now(), 0
    while True:
        with transaction.atomic():
            waiting = Notice.objects.filter(spread_at=None).order_by("id").select_for_update(skip_locked=True)
            notices = list(waiting[:AT_ONCE])
            rows = _rows([one for one in notices if one.read_at is None and now - one.at < STALE], now)
            laid += len(Delivery.objects.bulk_create(rows, ignore_conflicts=True))
            Notice.objects.filter(pk__in=[one.pk for one in notices]).update(spread_at=now)
        if len(notices) < AT_ONCE:
            return laid


def key_of(notice: Notice, staff: Staff, channel: str) -> str:
    """The same for two notices that say the same at the same moment: to two posts that one person holds."""
    about = (notice.estate_id, notice.case_id, notice.code, notice.about, notice.at.isoformat())
    told = "\x1f".join(map(str, (*about, staff.pk, channel)))
    return hashlib.sha256(told.encode()).hexdigest()[:40]


def _rows(notices: Iterable[Notice], now: datetime) -> list[Delivery]:
    """Six queries for a batch and two more for each post that is told."""
    notices = list(notices)
    on = {
        estate.pk: configured.on(estate, timezone.localdate(now))
        for estate in Estate.objects.filter(pk__in={one.estate_id for one in notices})
    }
    notices = [one for one in notices if on[one.estate_id]]
    heard = _heard(notices, now)
    staff = {person.pk for people in heard.values() for person in people}
    reach = {one.staff_id: one for one in Reach.objects.filter(staff__in=staff)}
    rows: dict[str, Delivery] = {}
    for notice in notices:
        kind = kind_of(notice.code)
        for person in heard[notice.pk]:
            chosen = reach[person.pk].choice.get(kind, []) if person.pk in reach else []
            for channel in chosen:
                if channel in on[notice.estate_id]:
                    key = key_of(notice, person, channel)
                    rows.setdefault(key, Delivery(
                        estate_id=notice.estate_id, purpose="notice", channel=channel, key=key, notice=notice,
                        case_id=notice.case_id, staff=person, urgent=KINDS[kind].urgent, queued_at=now, next_at=now,
                    ))  # fmt: skip
    return list(rows.values())


def _heard(notices: Iterable[Notice], now: datetime) -> dict[int, list[Staff]]:
    """Notice → who is told."""
    posts: dict[tuple[int, str], list[Staff]] = {}
    told: dict[int, list[Staff]] = {}
    notices = list(notices)
    ids = {one.staff_id for one in notices if one.staff_id}
    people = {one.pk: one for one in Staff.objects.filter(pk__in=ids, is_active=True)}
    for notice in notices:
        if notice.staff_id:
            told[notice.pk] = [people[notice.staff_id]] if notice.staff_id in people else []
            continue
        place = (notice.estate_id, notice.post)
        if place not in posts:
            posts[place] = holding_at(*place, now)
        told[notice.pk] = posts[place]
    return told
