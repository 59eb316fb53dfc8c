"""Reading the books: rows of one book, newest first, narrowed by days, words and how the case stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import StrIndex

from banli.estate import letters
from banli.journal import statement

from .models import RegisterRow

#: So many rows of a book are counted; of a larger one it is said that it has more.
COUNTED = 10_000
#: Of up to so many rows that say the words looked for, all are found first and then put in order.
FEW = 3_000
#: So many of the newest rows of a book are looked through for what is looked for of late.
LATELY = 1_000
#: Words that so many of those say are common.
OFTEN = 20

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

_NEWEST = f"""(
    SELECT id, letters FROM registers_registerrow
     WHERE estate_id = %(estate)s AND book = %(book)s ORDER BY entered_at DESC, id DESC LIMIT {LATELY}
) newest WHERE strpos(letters, %(apart)s) > 0"""
_OFTEN = f"SELECT count(*) >= %(often)s FROM {_NEWEST}"
_LATELY = f"SELECT id FROM {_NEWEST}"
_SAYING = """
    SELECT id FROM (
        SELECT id, entered_at FROM registers_registerrow
         WHERE estate_id = %(estate)s AND book = %(book)s AND letters LIKE %(words)s
           AND entered_at >= %(start)s::timestamptz AND entered_at < %(end)s::timestamptz
           AND (entered_at, id) < (%(moment)s::timestamptz, %(pk)s) AND %(status)s IN ('', status) LIMIT %(most)s
    ) those ORDER BY entered_at DESC, id DESC
"""
_THESE = "SELECT unnest(%(ids)s::bigint[])"

#: From one book to the next along the index, instead of past every row.
_WRITTEN = """
    WITH RECURSIVE step(book) AS (
        (SELECT book FROM registers_registerrow WHERE estate_id = %(estate)s ORDER BY book LIMIT 1)
         UNION ALL
        SELECT (SELECT book FROM registers_registerrow WHERE estate_id = %(estate)s AND book > step.book
                 ORDER BY book LIMIT 1)
          FROM step WHERE step.book IS NOT NULL
    ) SELECT book FROM step WHERE book IS NOT NULL
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


def written(estate_id: int) -> list[str]:
    """The names of the books in which something stands, in force or not, in order. One query, cheap in thick books."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, {"estate": estate_id})
        return [book for (book,) in cursor.fetchall()]


def newest_version(estate_id: int, book: str) -> int | None:
    """The version of the procedure whose case entered the book last; None where nothing stands in it."""
    newest = RegisterRow.objects.filter(estate_id=estate_id, book=book).order_by("-entered_at", "-id")
    return newest.values_list("case__version_id", flat=True).first()


def rows(
    *, estate_id: int, book: str, start: datetime | None = None, end: datetime | None = None, words: str = "",
    status: str = "", before: tuple[datetime, int] | None = None, limit: int | None = None,
) -> QuerySet[RegisterRow]:  # fmt: skip
    """Rows of a book, newest first: entered from ``start`` until before ``end``, saying ``words``.

    ``before``: the last row's (entered_at, id), to go on from there. ``limit``: so many, None for all.
    """
    found = RegisterRow.objects.filter(estate_id=estate_id, book=book).order_by("-entered_at", "-id")
    if start is not None:
        found = found.filter(entered_at__gte=start)
    if end is not None:
        found = found.filter(entered_at__lt=end)
    if status:
        found = found.filter(status=status)
    if before is not None:
        moment, pk = before
        earlier = Q(entered_at__lt=moment) | Q(entered_at=moment, pk__lt=pk)
        found = found.filter(earlier, entered_at__lte=moment)  # the second is what the index can begin at
    if words:
        last, last_pk = before or ("infinity", 0)
        found = _saying(found, words, limit, {
            "estate": estate_id, "book": book, "start": start or "-infinity", "end": end or "infinity",
            "moment": last, "pk": last_pk, "status": status,
        })  # fmt: skip
    return found if limit is None else found[:limit]


def lately(estate_id: int, book: str, words: str) -> QuerySet[RegisterRow]:
    """Those of the newest rows of a book (`LATELY`) that say ``words``, newest first. One query, at the same cost in
    a book of any thickness.
    """
    asked = {"estate": estate_id, "book": book, "apart": letters.apart(words)}
    return RegisterRow.objects.filter(pk__in=statement.ids(_LATELY, asked)).order_by("-entered_at", "-id")


def _saying(
    found: QuerySet[RegisterRow], words: str, limit: int | None, asked: dict[str, Any]
) -> QuerySet[RegisterRow]:
    """Those of them that say ``words``; by one or two more queries. ``asked``: what else narrows them.

    PostgreSQL does not know how rare some letters are together, and so not whether to walk down the book until a page
    is full, or to find every row that says them. So the newest rows are asked how common they are, then the index of
    letters for rows in any order; and it is told: walk (no index serves a position), or look at these.
    """
    apart = letters.apart(words)
    asked |= {"apart": apart, "often": OFTEN, "words": letters.like(words), "most": FEW + 1}
    with connection.cursor() as cursor:
        cursor.execute(_OFTEN, asked)
        walk = cursor.fetchone()[0]
        if not walk:
            cursor.execute(_SAYING, asked)
            some = [pk for (pk,) in cursor.fetchall()]
            walk = len(some) > FEW
    if walk:
        return found.alias(place=StrIndex("letters", Value(apart))).filter(place__gt=0)
    return found.filter(pk__in=statement.ids(_THESE, {"ids": some[:limit]}))
