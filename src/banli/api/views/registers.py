"""The books (登记本), row by row. Private cells are masked."""

from datetime import date, datetime, time, timedelta

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router

from banli.desk import books, paging
from banli.registers import queries

from .. import answers as a
from .. import pages, telling
from ..access import desk_at
from ..forms import RowsAsked

router = Router(tags=["registers"])


@router.get("/estates/{slug:estate}/registers", response=a.Page[a.Book])
def registers(request: HttpRequest, estate: str) -> a.Page[a.Book]:
    """The books the caller may read, with their columns."""
    desk = desk_at(request, estate)
    return a.Page(items=[_book(one) for one in books.readable(desk)])


@router.get("/estates/{slug:estate}/registers/{slug:book}", response=a.Page[a.Row])
def register(request: HttpRequest, estate: str, book: str, asked: Query[RowsAsked]) -> a.Page[a.Row]:
    """The rows of a book, the newest first."""
    desk = desk_at(request, estate)
    found = books.book_for(desk, book)
    rows = queries.rows(
        estate_id=desk.estate.pk,
        book=found.name,
        start=_midnight(asked.since) if asked.since else None,
        end=_midnight(asked.until + timedelta(days=1)) if asked.until else None,
        words=asked.q,
        status=asked.status,
        before=pages.moment_place(asked.after),
        limit=asked.limit + 1,
    )
    shown, following = pages.cut(
        request,
        list(rows),
        asked.limit,
        lambda row: paging.written(row.entered_at, row.pk),
    )
    return a.Page(
        items=[
            a.Row(
                id=row.pk,
                case=row.case_id,
                branch=row.branch,
                status=row.status,
                entered_at=row.entered_at,
                cells=telling.cells(row.cells),
            )
            for row in shown
        ],
        next=following,
    )


def _book(told: books.OpenBook) -> a.Book:
    return a.Book(
        name=told.name,
        title=told.book.title,
        columns=[
            a.BookColumn(name=name, title=column.title, private=column.private)
            for name, column in told.book.columns.items()
        ],
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
