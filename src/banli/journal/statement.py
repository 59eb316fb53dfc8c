"""Statements by hand, for what every action waits for: prepared once per connection, then only sent and run.

`write` is one statement for rows of several tables: what an action does is all there, or not at all, in one round
trip. It is a WITH query. Its first part, ``moved``, is the row that the rest belongs to: where it did not move,
because somebody else was first, no other part writes anything either.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache, partial
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from django.db.models.expressions import RawSQL

from . import prepared

M = TypeVar("M", bound=Model)
NO_ID = 2**63  # more than a bigint holds: no row has it, and PostgreSQL takes it for none
_NAME = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Part:
    """A query that writes, reading ``FROM moved``. Its parameters are named after it, so that no two parts clash."""

    name: str
    sql: str
    params: Mapping[str, Any]


def write(moved: Part, parts: Iterable[Part]) -> bool:
    """Run it; whether ``moved`` did move."""
    every = [moved, *parts]
    told = ",\n".join(f"{part.name} AS ({part.sql})" for part in every)
    params = {name: value for part in every for name, value in part.params.items()}
    return bool(row(f"WITH {told}\nSELECT count(*) FROM moved", params)[0])


def row(sql: str, params: Mapping[str, Any]) -> Sequence[Any]:
    """The first row that a statement gives; empty where it gives none. Its text should be one of few.

    Planning costs more than running here, so it is prepared; Django's own cursors prepare nothing. Parameters go as
    text of no stated type: the columns they meet say what they are, and one text is prepared once.
    """
    found = rows(sql, params)
    return found[0] if found else ()


def rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows that a statement gives, for one that gives few; prepared as for `row`."""
    numbered, names = _numbered(sql)
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    database.ensure_connection()
    raw: Any = database.connection
    watched = database.queries_logged or database.execute_wrappers
    if watched or raw.prepare_threshold is None:
        return _by_cursor(database, numbered, [params[name] for name in names])
    with database.wrap_database_errors:
        values = [_encoded(params[name]) for name in names]
        return prepared.of(raw).rows(numbered, values, autocommit=raw.autocommit)


def _by_cursor(database: Any, numbered: str, params: list[Any]) -> list[tuple[Any, ...]]:
    """For whoever watches statements (a test, a trace), and behind a pooler that keeps no statements apart."""
    raw: Any = _Bound(database.connection)
    with (database.make_debug_cursor if database.queries_logged else database.make_cursor)(raw) as cursor:
        cursor.execute(numbered, [_text(value) for value in params])
        return list(cursor.fetchall())


def ids(sql: str, params: Mapping[str, Any]) -> RawSQL:
    """The ids that a statement with named parameters gives, for a model's query to look in: ``pk__in=ids(…)``."""
    return RawSQL(_NAME.sub("%s", sql), tuple(params[name] for name in _NAME.findall(sql)))


def columns(model: type[Model], table: str = "") -> str:
    """SQL for all of a model's columns, for `loaded`; ``table`` is what the statement calls its table."""
    called = table or model._meta.db_table
    return ", ".join(f"{called}.{field.column}" for field in model._meta.concrete_fields)


def loaded(model: type[M], cells: Iterator[Any]) -> M | None:
    """The next cells of a row, asked for with `columns`, as a model; None where an outer join found none."""
    readers, names = _readers(model)
    values = [read(cell) if read else cell for read, cell in zip(readers, cells, strict=False)]
    return model.from_db(DEFAULT_DB_ALIAS, names, values) if values[0] is not None else None


@cache
def _readers(model: type[Model]) -> tuple[list[Callable[[Any], Any] | None], list[str]]:
    """What makes of each cell its field's value, and the fields' names."""
    fields = model._meta.concrete_fields
    readers: list[Callable[[Any], Any] | None] = [
        partial(field.from_db_value, expression=None, connection=None)
        if hasattr(field, "from_db_value")
        else None
        for field in fields
    ]
    return readers, [field.attname for field in fields]


@lru_cache(maxsize=512)
def _numbered(sql: str) -> tuple[str, tuple[str, ...]]:
    """The text with $1, $2 … in place of names, as the server wants it, and which name each number stands for."""
    names: dict[str, int] = {}
    numbered = _NAME.sub(lambda found: f"${names.setdefault(found[1], len(names) + 1)}", sql)
    return numbered, tuple(names)


class _Bound(psycopg.RawCursor[Any]):
    """A cursor whose parameters are bound by the server."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        # Cursors prepare nothing: one that rolls back would let go of every statement of its connection.
        return super().execute(query, params, prepare=False, **more)

    def _convert_query(self, query: Any, params: Any = None) -> Any:
        self._query = super()._convert_query(query, params)  # Django's log of statements reads it there
        return self._query


def _text(value: Any) -> Any:
    write = _TEXT.get(type(value))
    return write(value) if write else value


def _encoded(value: Any) -> bytes | None:
    """A parameter as libpq takes it: a text of no stated type."""
    told = _text(value)
    if told is None:
        return None
    if isinstance(told, bytes):
        return b"\\x" + told.hex().encode()
    return str.encode(told)


_TEXT: dict[type, Callable[[Any], str]] = {
    int: str,
    bool: lambda yes: "true" if yes else "false",
    datetime: datetime.isoformat,
    date: date.isoformat,
    list: lambda several: "{" + ",".join(map(_element, several)) + "}",
}


def _element(value: Any) -> str:
    """A number or a text of an array."""
    if isinstance(value, int):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
