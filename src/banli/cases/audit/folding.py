"""What an estate's streams make of rows, and the rows beside it: for tables of which every change is an entry."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import Model

from banli.estate.models import Estate
from banli.journal.models import Entry

from .finding import CHUNK, UNSAYABLE, Finding, Ticker, differing, named, unwatched

#: A row's number → its columns as the journal says them.
Rows = dict[int, dict[str, Any]]
#: A kind of entry → what it does to the rows.
Handlers = Mapping[str, Callable[[Entry], None]]


def folded(handlers: Handlers, tick: Ticker, *streams: str) -> Iterator[Finding]:
    """Let every entry of the streams do what it does; one that says what no action can say is found."""
    entries = Entry.objects.filter(stream__in=streams, kind__in=handlers).order_by("stream", "seq")
    for entry in entries.iterator(CHUNK):
        try:
            handlers[entry.kind](entry)
        except UNSAYABLE:
            yield Finding(named(entry, str(entry)), "says what no action can say")
        tick(1)


def beside(rows: Any, table: type[Model], expected: Rows, tick: Ticker = unwatched) -> Iterator[Finding]:
    """Rows beside what the journals make of them; whatever is left of that has no row."""
    missing = set(expected)
    for row in rows if isinstance(rows, Iterator) else rows.order_by("pk").iterator(CHUNK):
        missing.discard(row.pk)
        if row.pk in expected:
            yield from differing(row, expected[row.pk])
        else:
            yield Finding(named(row), "the journal tells of no such row")
        tick(1)
    for pk in sorted(missing):
        yield Finding(f"{table._meta.db_table} {pk}", "is missing")


def of_estate(estate: Estate, table: type[Model], expected: Rows) -> Iterator[Finding]:
    """The same for all that a table has of an estate."""
    return beside(table._default_manager.filter(estate=estate), table, expected)


def of_no_estate(*tables: type[Any]) -> Iterator[Finding]:
    """Rows of an estate that is not there."""
    for table in tables:
        for row in table._default_manager.exclude(estate__in=Estate.objects.values("pk")).order_by("pk"):
            yield Finding(named(row), "is of no estate")
