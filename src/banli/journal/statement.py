"""Statements by hand, for what every action waits for: prepared once per connection, then only sent and run.

`write` is one statement for rows of several tables: what an action does is all there, or not at all, in one round
trip. It is a WITH query. Its first part, ``moved``, is the row that the rest belongs to: where it did not move,
because somebody else was first, no other part writes anything either.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections


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
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    raw: Any = _Prepared(database.connection)
    with (database.make_debug_cursor if database.queries_logged else database.make_cursor)(raw) as cursor:
        cursor.execute(sql, {name: _text(value) for name, value in params.items()})
        return cursor.fetchone() or ()


class _Prepared(psycopg.Cursor[Any]):
    """A cursor whose parameters are bound by the server, under a plan that it keeps."""

    def execute(self, query: Any, params: Any = None, **more: Any) -> Any:
        return super().execute(query, params, prepare=True, **more)


def _text(value: Any) -> Any:
    write = _TEXT.get(type(value))
    return write(value) if write else value


_TEXT: dict[type, Callable[[Any], str]] = {
    int: str,
    datetime: datetime.isoformat,
    date: date.isoformat,
    list: lambda several: "{" + ",".join(map(str, several)) + "}",  # of numbers
}
