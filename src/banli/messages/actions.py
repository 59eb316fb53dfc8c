"""Telling people: notices are written in the transaction of what they are about."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from banli.people.access import Desk

from .models import Notice


def tell(
    *, estate_id: int, case_id: int | None, code: str, about: str, at: datetime,
    posts: Iterable[str] = (), staff_id: int | None = None,
) -> list[Notice]:  # fmt: skip
    """Lay a notice with each post, or with one person. Returns what was written."""
    told = [
        Notice(estate_id=estate_id, case_id=case_id, code=code, about=about, at=at, post=post)
        for post in posts
    ]
    if staff_id is not None:
        told.append(
            Notice(estate_id=estate_id, case_id=case_id, code=code, about=about, at=at, staff_id=staff_id)
        )
    return Notice.objects.bulk_create(told)


def unread(desk: Desk) -> QuerySet[Notice]:
    """What this desk has not read yet, newest first."""
    mine = Q(staff=desk.staff) | Q(post__in=list(desk.posts))
    return Notice.objects.filter(mine, estate=desk.estate, read_at__isnull=True).order_by("-id")


def mark_read(*, desk: Desk, notice_ids: Iterable[int]) -> int:
    """Take notices from the pile; those of others are left alone. Twice is harmless."""
    return unread(desk).filter(pk__in=list(notice_ids)).update(read_at=timezone.now(), read_by=desk.staff)
