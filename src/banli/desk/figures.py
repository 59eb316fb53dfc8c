"""A book month by month: how many rows, of which class and cause, and how often each clock was kept (P13).

Counted from the rows and from the clocks of their cases, as both stand now: a complaint that went on as a
communication counts in both, each under its own class.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone

from banli.cases import rules
from banli.engine.clocks import add_months
from banli.registers import queries
from banli.web.templatetags.say import say

from . import books

#: How many months stand side by side.
MONTHS = 12


@dataclass(frozen=True)
class Figure:
    """One line: what is counted, how often, of how many, and how often in the month before."""

    title: str
    number: int
    before: int
    share: int


@dataclass(frozen=True)
class Kept:
    """A clock: how often it began, was kept, ran out, and still runs within its time. ``rate``: of those decided."""

    title: str
    begun: int
    kept: int
    late: int
    running: int

    @property
    def rate(self) -> int | None:
        """Kept of those decided, in per cent; None where nothing is decided."""
        decided = self.kept + self.late
        return round(100 * self.kept / decided) if decided else None


@dataclass(frozen=True)
class Month:
    """A month of the trend. ``share``: of the greatest of them, in per cent."""

    day: date
    number: int
    share: int


@dataclass
class Figures:
    """What a month brought into a book. ``counts``: column title → its lines, the most frequent first."""

    month: date
    total: int
    before: int
    counts: dict[str, list[Figure]]
    clocks: list[Kept]
    trend: list[Month]


@dataclass
class _Tally:
    total: int = 0
    columns: dict[str, Counter[str]] = field(default_factory=dict)
    clocks: dict[str, Counter[str]] = field(default_factory=dict)


def figures(estate_id: int, book: books.OpenBook, month: date) -> Figures:
    """The figures of a month, beside those of the month before and the months that led to it. Three queries."""
    now, earlier = _tally(estate_id, book, month), _tally(estate_id, book, add_months(month, -1))
    counts = {}
    for name in book.book.counts:
        found, past = now.columns.get(name, Counter()), earlier.columns.get(name, Counter())
        lines = [
            Figure(title, found[title], past[title], _percent(found[title], now.total))
            for title in sorted(found | past, key=lambda one: (-found[one], one))
        ]
        if lines:
            counts[say(book.book.columns[name].title)] = lines
    return Figures(
        month, now.total, earlier.total, counts, _kept(now.clocks), list(_trend(estate_id, book, month))
    )


def _tally(estate_id: int, book: books.OpenBook, month: date) -> _Tally:
    told = _Tally()
    rows = queries.rows(estate_id=estate_id, book=book.name, start=_first(month), end=_first(_next(month)))
    found: Iterable[tuple[Mapping[str, Any], int, list[dict[str, Any]]]] = rows.values_list(
        "cells", "case__version_id", "case__clocks"
    )
    for cells, version, clocks in found:
        told.total += 1
        for name in book.book.counts:
            value = str(books.cell(cells.get(name)))
            if value:
                told.columns.setdefault(name, Counter())[value] += 1
        titles = rules.rulebook(version).procedure.clocks
        for clock in clocks:
            if clock["clock"] in titles:
                told.clocks.setdefault(say(titles[clock["clock"]].title), Counter())[_how(clock)] += 1
    return told


def _how(clock: Mapping[str, Any]) -> str:
    if clock["was_late"] or clock["state"] == "late":
        return "late"
    if clock["state"] == "stopped":
        return "kept"
    if clock["state"] == "paused":
        return "running"
    return "late" if datetime.fromisoformat(clock["due"]) < timezone.now() else "running"


def _kept(clocks: Mapping[str, Counter[str]]) -> list[Kept]:
    return [
        Kept(title, one.total(), one["kept"], one["late"], one["running"]) for title, one in clocks.items()
    ]


def _trend(estate_id: int, book: books.OpenBook, month: date) -> Iterator[Month]:
    """The months up to this one, also those in which nothing was entered."""
    since = add_months(month, 1 - MONTHS)
    rows = queries.rows(estate_id=estate_id, book=book.name, start=_first(since), end=_first(_next(month)))
    by_month = (
        rows.order_by().annotate(month=TruncMonth("entered_at")).values_list("month").annotate(Count("pk"))
    )
    found = {timezone.localtime(moment).date().replace(day=1): number for moment, number in by_month}
    most = max(found.values(), default=0)
    for back in range(MONTHS):
        day = add_months(since, back)
        yield Month(day, found.get(day, 0), _percent(found.get(day, 0), most))


def _percent(part: int, whole: int) -> int:
    return round(100 * part / whole) if whole else 0


def _first(month: date) -> datetime:
    return timezone.make_aware(datetime.combine(month, time()))


def _next(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)
