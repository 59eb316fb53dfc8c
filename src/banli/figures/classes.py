"""What came into the books whose rows are counted, by class and month: valid complaints and communications (P13)."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from banli.engine.fields import YES_NO
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text

from .period import Period

_CLASSES = """
    SELECT entered.book, entered.cells->wanted.named,
           date_trunc('month', entered.entered_at AT TIME ZONE %(zone)s)::date, count(*)
      FROM unnest(%(books)s::text[], %(columns)s::text[]) AS wanted(book, named)
      JOIN registers_registerrow entered ON entered.book = wanted.book AND entered.estate_id = %(estate)s
       AND entered.entered_at >= %(start)s AND entered.entered_at < %(end)s
     GROUP BY 1, 2, 3 ORDER BY 1, 3
"""


_YES_NO = {*(text.zh for text in YES_NO.values()), "—"}


@dataclass(frozen=True)
class Classes:
    """A book month by month. ``names``: its classes, the most frequent first; ``months``: month → a number of each."""

    title: Text
    column: Text
    names: list[Mapping[str, str]]
    months: dict[date, list[int]]

    @property
    def of_one_month(self) -> bool:
        """Then its classes are drawn side by side, and the month is its own total."""
        return len(self.months) == 1

    @property
    def total(self) -> list[int]:
        return [sum(column) for column in zip(*self.months.values(), strict=True)]


def classes(estate_id: int, period: Period, books: Mapping[str, Rulebook]) -> list[Classes]:
    """Every book in force that counts, by the first column it counts; those into which nothing came are left out."""
    known = {
        name: book for rulebook in books.values() for name, book in rulebook.pack.books.items() if book.counts
    }
    found: dict[str, dict[date, Counter[tuple[str, str]]]] = defaultdict(lambda: defaultdict(Counter))
    for book, told, month, times in _rows(estate_id, period, {n: b.counts[0] for n, b in known.items()}):
        found[book][month][told] += times
    return [_of(known[name], months) for name, months in found.items()]


def _of(book: Any, months: Mapping[date, Counter[tuple[str, str]]]) -> Classes:
    every = sum(months.values(), Counter[tuple[str, str]]())
    names = [name for name, _times in sorted(every.items(), key=lambda one: (-one[1], one[0]))]
    return Classes(
        book.title,
        book.columns[book.counts[0]].title,
        [_called(name, names, book.columns[book.counts[0]].title) for name in names],
        {month: [number[name] for name in names] for month, number in months.items()},
    )


def _called(name: tuple[str, str], names: list[tuple[str, str]], column: Text) -> dict[str, str]:
    """A class by its name; a yes or a no says nothing without what was asked."""
    zh, en = name
    if {one for one, _ in names} <= _YES_NO:
        return {"zh": f"{column.zh}：{zh}", "en": f"{column.en}: {en}"}
    return {"zh": zh, "en": en}


def _rows(
    estate_id: int, period: Period, columns: Mapping[str, str]
) -> list[tuple[str, tuple[str, str], date, int]]:
    asked: dict[str, Any] = {
        "estate": estate_id, "start": period.start, "end": period.end, "zone": settings.TIME_ZONE,
        "books": list(columns), "columns": list(columns.values()),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_CLASSES, asked)
        return [(book, _named(cell), month, times) for book, cell, month, times in cursor.fetchall()]


def _named(cell: Any) -> tuple[str, str]:
    """A cell in both languages; a dash where nothing stands in it."""
    told = _json(cell)
    if isinstance(told, dict):
        return str(told.get("zh") or "—"), str(told.get("en") or told.get("zh") or "—")
    return (str(told), str(told)) if told else ("—", "—")


def _json(cell: Any) -> Any:
    """A JSON value as the driver gives it: Django leaves it as text."""
    return json.loads(cell) if isinstance(cell, str) else cell
