"""Reading the books: rows of one book, newest first, narrowed by days, words and how the case stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from .models import RegisterRow

#: So many rows of a book are counted; of a larger one it is said that it has more.
COUNTED = 10_000

_TALLIES = """
    SELECT wanted.book, counted.rows, newest.entered_at
      FROM unnest(%(books)s::text[]) AS wanted(book)
     CROSS JOIN LATERAL (
            SELECT entered_at FROM registers_registerrow
             WHERE estate_id = %(estate)s AND book = wanted.book ORDER BY entered_at DESC, id DESC LIMIT 1
           ) AS newest
     CROSS JOIN LATERAL (
            SELECT count(*) AS rows FROM (
                SELECT 1 FROM registers_registerrow WHERE estate_id = %(estate)s AND book = wanted.book LIMIT %(most)s
            ) AS some_of_them
           ) AS counted
"""


@dataclass(frozen=True)
class Tally:
    """How much is in a book, and since when nothing was entered. ``more``: it has more rows than were counted."""

    rows: int
    last: datetime
    more: bool


def tallies(estate_id: int, books: Iterable[str]) -> dict[str, Tally]:
    """Those of some books of an estate in which something stands. One query, that costs no more in a thick book."""
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES, {"estate": estate_id, "books": list(books), "most": COUNTED + 1})
        return {
            book: Tally(min(rows, COUNTED), last, rows > COUNTED) for book, rows, last in cursor.fetchall()
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
