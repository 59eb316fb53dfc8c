"""Closing a month of a book: it is counted and sealed; what is dated in it afterwards is marked as entered late.

Only a month that is over is closed, by one person with a reason; it is opened again by two: one asks, another does it.
Each is a row of its own that nothing changes (migration 0004); the newest says how the month stands. The database
itself marks a row that comes into a closed month, whoever writes it. A row that was there goes on with its case, as a
card that is given back in spring does: the hash taken at the closing tells that the month has moved since.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from banli.engine.clocks import add_months
from banli.engine.fields import printable
from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal import actions as journal
from banli.operation.happenings import action
from banli.people.access import Acting, Desk

from .models import MonthClosing

declare(
    {
        "month_not_over": Text(zh="这个月还没有过完，不能封账。", en="This month is not over and cannot be closed."),
        "month_closed": Text(zh="这个月已经封账。", en="This month is closed already."),
        "month_open": Text(zh="这个月没有封账。", en="This month is not closed."),
        "month_asked": Text(zh="已经有人申请解封，等另一人批准。", en="It was asked for already; another decides."),
        "month_not_asked": Text(zh="还没有人申请解封。", en="Nobody has asked to open it again."),
        "month_second": Text(
            zh="解封要两个人：申请的人不能自己批准。",
            en="Opening it again takes two: whoever asked cannot decide.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Month:
    """A month of a book that is over: its rows now, how it stands, and whether it has moved since it was closed."""

    first: date
    rows: int
    late: int
    steps: list[MonthClosing]
    moved: bool

    @property
    def closed(self) -> bool:
        return bool(self.steps) and self.steps[0].kind != MonthClosing.Kind.OPENED

    @property
    def asked(self) -> MonthClosing | None:
        """Who asked to open it again, where that waits for another."""
        return self.steps[0] if self.steps and self.steps[0].kind == MonthClosing.Kind.ASKED else None


#: By month: its rows, those entered late, and of a closed month the SHA-256 over what the others say, in their order.
_COUNTED = """
    SELECT month, count(*), count(*) FILTER (WHERE late), count(*) FILTER (WHERE NOT late),
           encode(sha256(convert_to(coalesce(string_agg(
               encode(sha256(convert_to(cells::text || chr(31) || found, 'UTF8')), 'hex'), '' ORDER BY entered_at, id
           ) FILTER (WHERE NOT late AND month = ANY(%(told)s::date[])), ''), 'UTF8')), 'hex')
      FROM (SELECT *, date_trunc('month', entered_at AT TIME ZONE %(zone)s)::date AS month
              FROM registers_registerrow
             WHERE estate_id = %(estate)s AND book = %(book)s AND entered_at >= %(since)s AND entered_at < %(until)s
           ) AS dated
     GROUP BY month
"""


@dataclass(frozen=True)
class _Count:
    rows: int = 0
    late: int = 0
    kept: int = 0
    digest: str = hashlib.sha256(b"").hexdigest()


def _counted(
    estate_id: int, book: str, since: date, until: date, told: Collection[date]
) -> dict[date, _Count]:
    """The months from ``since`` until before ``until``; ``told``: those of which the hash is wanted. One query."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, {
            "zone": settings.TIME_ZONE, "estate": estate_id, "book": book, "since": midnight(since),
            "until": midnight(until), "told": list(told),
        })  # fmt: skip
        return {month: _Count(*rest) for month, *rest in cursor.fetchall()}


def months(estate_id: int, book: str, *, now: datetime | None = None, back: int = 24) -> list[Month]:
    """The last ``back`` months that are over and in which something stands or that were closed, newest first.

    Two queries, however many months there are.
    """
    this = timezone.localdate(now).replace(day=1)
    first = add_months(this, -back)
    steps: dict[date, list[MonthClosing]] = {}
    told = MonthClosing.objects.filter(estate_id=estate_id, book=book, month__gte=first)
    for one in told.select_related("by", "asked_by").order_by("-pk"):
        steps.setdefault(one.month, []).append(one)
    counted = _counted(estate_id, book, first, this, steps)
    found = []
    for month in sorted({*counted, *steps}, reverse=True):
        count, taken = counted.get(month, _Count()), steps.get(month, [])
        found.append(Month(month, count.rows, count.late, taken, _moved(count, taken)))
    return found


def _moved(count: _Count, steps: list[MonthClosing]) -> bool:
    closed = next((one for one in steps if one.kind == MonthClosing.Kind.CLOSED), None)
    if closed is None or steps[0].kind == MonthClosing.Kind.OPENED:
        return False
    return (count.kept, count.digest) != (closed.rows, closed.digest)


def midnight(day: date) -> datetime:
    """The first moment of a day on the office's clock."""
    return timezone.make_aware(datetime.combine(day, time()))


@action("closing")
def close(
    *, by: Desk, acting: Acting, book: str, month: date, reason: str, now: datetime | None = None
) -> MonthClosing:
    """Close a month that is over. Refuses with ``month_not_over``, ``month_closed``, ``reason_required``."""
    now = now or timezone.now()
    if add_months(month, 1) > timezone.localdate(now):
        raise Refusal("month_not_over")
    with transaction.atomic():
        last = _newest(by, book, month)
        if last is not None and last.kind != MonthClosing.Kind.OPENED:
            raise Refusal("month_closed")
        count = _counted(by.estate.pk, book, month, add_months(month, 1), {month}).get(month, _Count())
        return _step(by, acting, book, month, "closed", reason, now, rows=count.kept, digest=count.digest)


@action("closing")
def ask_to_open(
    *, by: Desk, acting: Acting, book: str, month: date, reason: str, now: datetime | None = None
) -> MonthClosing:
    """Ask to open a closed month again. It stays closed until another does so."""
    with transaction.atomic():
        last = _closed(by, book, month)
        if last.kind == MonthClosing.Kind.ASKED:
            raise Refusal("month_asked")
        return _step(by, acting, book, month, "asked", reason, now or timezone.now())


@action("closing")
def open_again(
    *, by: Desk, acting: Acting, book: str, month: date, reason: str, now: datetime | None = None
) -> MonthClosing:
    """Open a closed month again, as another has asked. Refuses with ``month_not_asked``, ``month_second``."""
    with transaction.atomic():
        last = _closed(by, book, month)
        if last.kind != MonthClosing.Kind.ASKED:
            raise Refusal("month_not_asked")
        if last.by_id == by.staff.pk:
            raise Refusal("month_second")
        return _step(by, acting, book, month, "opened", reason, now or timezone.now(), asked_by_id=last.by_id)


def _closed(by: Desk, book: str, month: date) -> MonthClosing:
    last = _newest(by, book, month)
    if last is None or last.kind == MonthClosing.Kind.OPENED:
        raise Refusal("month_open")
    return last


def _newest(by: Desk, book: str, month: date) -> MonthClosing | None:
    """How the month stands, with the month's lock held until the transaction ends."""
    with connection.cursor() as cursor:
        name = f"closing/{by.estate.pk}/{book}/{month:%Y-%m}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    steps = MonthClosing.objects.filter(estate=by.estate, book=book, month=month)
    return steps.order_by("-pk").first()


def _step(
    by: Desk, acting: Acting, book: str, month: date, kind: str, reason: str, now: datetime, **more: Any
) -> MonthClosing:
    reason = reason.strip()
    if not reason:
        raise Refusal("reason_required")
    if len(reason) > 200 or not printable(reason):
        raise Refusal("bad_characters")
    row = MonthClosing.objects.create(
        estate=by.estate, book=book, month=month, kind=kind, reason=reason, at=now, by=by.staff, **more
    )
    body = {
        "closing": row.pk, "book": book, "month": month.isoformat(), "kind": kind, "reason": reason,
        "rows": row.rows, "digest": row.digest, "asked_by": row.asked_by_id, "at": now.isoformat(),
    }  # fmt: skip
    journal.append(
        estate_id=by.estate.pk, stream=f"books/{by.estate.pk}", kind="closing", body=body, by=by.staff,
        post=acting.post, deputy_for=acting.deputy_for, at=now,
    )  # fmt: skip
    return row
