"""Reading the books: rows of one book, newest first, narrowed by days, words and how the case stands."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from .models import RegisterRow


@dataclass(frozen=True)
class Tally:
    """How much is in a book, and since when nothing was entered."""

    rows: int
    last: datetime


def tallies(estate_id: int) -> dict[str, Tally]:
    """Every book of an estate in which something stands, in one query."""
    counted = RegisterRow.objects.filter(estate_id=estate_id).order_by().values("book")
    return {
        found["book"]: Tally(found["rows"], found["last"])
        for found in counted.annotate(rows=Count("id"), last=Max("entered_at"))
    }


def rows(
    *, estate_id: int, book: str, start: datetime | None = None, end: datetime | None = None, words: str = "",
    status: str = "", before: tuple[datetime, int] | None = None,
) -> QuerySet[RegisterRow]:  # fmt: skip
    """Rows of a book, newest first: entered from ``start`` until before ``end``, saying ``words``.

    ``before``: the last row's (entered_at, id), to go on from there.
    """
    found = RegisterRow.objects.filter(estate_id=estate_id, book=book).order_by("-entered_at", "-id")
    if start is not None:
        found = found.filter(entered_at__gte=start)
    if end is not None:
        found = found.filter(entered_at__lt=end)
    if words:
        found = found.filter(found__icontains=words)
    if status:
        found = found.filter(status=status)
    if before is not None:
        moment, pk = before
        found = found.filter(Q(entered_at__lt=moment) | Q(entered_at=moment, pk__lt=pk))
    return found
