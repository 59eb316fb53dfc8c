"""Telling people: notices are written in the transaction of what they are about."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from banli.engine import events as ev
from banli.journal import statement
from banli.journal.statement import Part
from banli.people.access import Desk

from .models import Notice

COUNTED = 100  # of more than these the badge says that there are more
_TOLD = """
    INSERT INTO messages_notice (estate_id, case_id, code, about, at, post, staff_id)
    SELECT %(told_estate)s, moved.id, told.code, told.about, %(told_at)s, told.post, told.staff
      FROM moved, jsonb_to_recordset(%(told_rows)s::jsonb) AS told(code text, about text, post text, staff bigint)
"""


# In the order of their indexes, which says which index to take: of what it does not know yet (a plan that is kept is
# made for any post), PostgreSQL believes that the first hundred lie at the beginning of the table.
_UNREAD = f"""
    SELECT count(*) FROM (
        (SELECT 1 FROM messages_notice
          WHERE estate_id = %(estate)s AND read_at IS NULL AND staff_id = %(staff)s ORDER BY id DESC LIMIT {COUNTED})
         UNION ALL
        (SELECT 1 FROM unnest(%(posts)s::varchar[]) AS held(post) CROSS JOIN LATERAL (
            SELECT 1 FROM messages_notice
             WHERE estate_id = %(estate)s AND read_at IS NULL AND post = held.post ORDER BY id DESC LIMIT {COUNTED}
         ) lain LIMIT {COUNTED})
         LIMIT {COUNTED}
    ) counted
"""
# Recipient by recipient along its index, newest first: of a pile that nobody read, no more than a page is looked at.
# BETWEEN and the order by recipient say which index to take. With = PostgreSQL, which does not know how much lies with
# a post, went past everybody's notices from the newest on until it had a page: past all, where the post has none.
_NEWEST = """
    SELECT id FROM (
        (SELECT id FROM messages_notice
          WHERE estate_id = %(estate)s AND read_at IS NULL AND id < %(before)s
            AND staff_id BETWEEN %(staff)s AND %(staff)s
          ORDER BY staff_id, id DESC LIMIT %(most)s)
         UNION ALL
        SELECT lain.id FROM unnest(%(posts)s::varchar[]) AS held(post) CROSS JOIN LATERAL (
            SELECT id FROM messages_notice
             WHERE estate_id = %(estate)s AND read_at IS NULL AND id < %(before)s
               AND post BETWEEN held.post AND held.post
             ORDER BY post, id DESC LIMIT %(most)s
        ) lain
    ) every ORDER BY id DESC LIMIT %(most)s
"""
_LAST = 2**63 - 1


def telling(*, estate_id: int, told: Iterable[ev.Told], at: datetime) -> Part:
    """Lay notices of a case with posts or people, as a part of the statement that brings the case up to date."""
    rows: list[dict[str, Any]] = []
    for one in told:
        said = {"code": one.code, "about": one.about}
        rows += [{**said, "post": post, "staff": None} for post in one.posts]
        rows += [{**said, "post": "", "staff": one.person}] if one.person is not None else []
    return Part("told", _TOLD, {"told_estate": estate_id, "told_at": at, "told_rows": json.dumps(rows)})


def unread(desk: Desk) -> QuerySet[Notice]:
    """What this desk has not read yet, newest first."""
    mine = Q(staff=desk.staff) | Q(post__in=list(desk.posts))
    return Notice.objects.filter(mine, estate=desk.estate, read_at__isnull=True).order_by("-id")


def newest_unread(desk: Desk, most: int, before: int | None = None) -> QuerySet[Notice]:
    """The ``most`` newest of what this desk has not read yet, of those ``before`` that one, newest first."""
    asked = {**_asked(desk), "most": most, "before": _LAST if before is None else before}
    return Notice.objects.filter(pk__in=statement.ids(_NEWEST, asked)).order_by("-id")


def count_unread(desk: Desk) -> int:
    """How many there are, up to COUNTED: on every page, so by hand."""
    return int(statement.row(_UNREAD, _asked(desk))[0])


def _asked(desk: Desk) -> dict[str, Any]:
    return {"estate": desk.estate.pk, "staff": desk.staff.pk, "posts": list(desk.posts)}


def mark_read(*, desk: Desk, notice_ids: Iterable[int], now: datetime | None = None) -> int:
    """Take notices from the pile; those of others are left alone. Twice is harmless."""
    mine = unread(desk).filter(pk__in=list(notice_ids))
    return mine.update(read_at=now or timezone.now(), read_by=desk.staff)
