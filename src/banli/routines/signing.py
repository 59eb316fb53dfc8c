"""The day's shift log is read and signed by the supervisor of its post, once, when the day is over (P19).

A day is to be signed when anybody was on watch at the post on it. Whoever was on watch themselves does not sign it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal import actions as journal
from banli.operation.happenings import action
from banli.people.access import Acting, Desk
from banli.people.titles import post_definitions

from .actions import ZONE
from .models import LogSignature, Watch
from .watches import check, record, stream_of

declare(
    {
        "log_day_running": Text(zh="这一天还没有过完。", en="That day is not over yet."),
        "log_day_empty": Text(zh="这一天没有人当班。", en="Nobody was on watch that day."),
        "log_day_signed": Text(zh="{who} 已经签阅。", en="{who} has signed it already."),
        "log_sign_self": Text(
            zh="这一天您自己当过班，由另一位主管签阅。",
            en="You were on watch that day yourself: another supervisor signs.",
        ),
    }
)  # fmt: skip
#: So many days back a day is asked for: what is older shows in the figures of its month.
LOOKED_BACK = timedelta(days=31)
_DAYS = """
    WITH watched AS (
        SELECT DISTINCT watch.post, day::date AS day
          FROM routines_watch watch
         CROSS JOIN LATERAL generate_series(
               date_trunc('day', greatest(watch.began_at, %(start)s) AT TIME ZONE %(zone)s),
               least(coalesce(watch.ended_at - interval '1 microsecond', %(end)s), %(end)s - interval '1 microsecond')
                   AT TIME ZONE %(zone)s, interval '1 day') AS day
         WHERE watch.estate_id = %(estate)s AND watch.began_at < %(end)s
           AND (watch.ended_at IS NULL OR watch.ended_at > %(start)s)
    )
    SELECT watched.post, watched.day, signed.id IS NOT NULL
      FROM watched LEFT JOIN routines_logsignature signed
        ON signed.estate_id = %(estate)s AND signed.post = watched.post AND signed.day = watched.day
     ORDER BY watched.day, watched.post
"""


@dataclass(frozen=True, order=True)
class Day:
    """One day of a post's log."""

    day: date
    post: str
    signed: bool


def days(estate_id: int, first: date, last: date) -> list[Day]:
    """The days, both included, on which anybody was on watch at a post, oldest first. One query."""
    asked: dict[str, Any] = {
        "estate": estate_id, "start": _midnight(first), "end": _midnight(last + timedelta(days=1)), "zone": str(ZONE),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, asked)
        return [Day(day, post, signed) for post, day, signed in cursor.fetchall()]


def unsigned(estate_id: int, first: date, today: date) -> list[Day]:
    """Those of the days that are over and that nobody has signed."""
    yesterday = today - timedelta(days=1)
    return [one for one in days(estate_id, first, yesterday) if not one.signed] if first <= yesterday else []


def owed(estate_id: int, today: date) -> list[Day]:
    """What the supervisors have still to read and sign."""
    return unsigned(estate_id, today - LOOKED_BACK, today)


def watches_of(estate_id: int, post: str, day: date) -> QuerySet[Watch]:
    """Who was on watch at a post on a day, in order."""
    running = Q(ended_at=None) | Q(ended_at__gt=_midnight(day))
    found = Watch.objects.filter(running, estate_id=estate_id, post=post)
    return found.filter(began_at__lt=_midnight(day + timedelta(days=1))).order_by("began_at", "pk")


def span_of(day: date) -> tuple[datetime, datetime]:
    """A day's first moment, and the first after it."""
    return _midnight(day), _midnight(day + timedelta(days=1))


def superiors(post: str) -> Iterator[str]:
    """The posts above a post, the nearest first."""
    known, seen = post_definitions(), {post}
    while (one := known.get(post)) is not None and one.superior and one.superior not in seen:
        post = one.superior
        seen.add(post)
        yield post


@action("sign_log")
def sign(
    *, by: Desk, acting: Acting, post: str, day: date, remark: str = "", now: datetime | None = None
) -> LogSignature:
    """The supervisor has read the day's log. Refuses with ``log_day_running``, ``log_day_empty``, ``log_day_signed``,
    ``log_sign_self``.
    """
    now, remark = now or timezone.now(), remark.strip()
    check(remark=remark)
    if day >= timezone.localdate(now):
        raise Refusal("log_day_running")
    with transaction.atomic():
        journal.lock(stream_of(by.estate.pk))
        mine = LogSignature.objects.filter(estate=by.estate, post=post, day=day)
        before = mine.select_related("by").first()
        if before is not None:
            raise Refusal("log_day_signed", who=before.by.name)
        keepers = set(watches_of(by.estate.pk, post, day).values_list("keeper_id", flat=True))
        if not keepers:
            raise Refusal("log_day_empty")
        if by.staff.pk in keepers:
            raise Refusal("log_sign_self")
        row = LogSignature.objects.create(
            estate=by.estate, post=post, day=day, by=by.staff, at=now, remark=remark
        )
        record(by, acting, "log_signed", now, row=row.pk, post=post, day=day.isoformat(), remark=remark)
        return row


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
