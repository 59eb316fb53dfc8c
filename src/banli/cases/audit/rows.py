"""Rows as the audit reads them: a batch in one answer, plain values, none of a model's machinery.

A model's own way of reading took most of an audit's time. A row here has the model's columns as attributes, its ``pk``
and its ``_meta``; a moment that no clock shows (infinity) stays the text it is: it is like none that a journal says.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import BinaryField, DateField, DateTimeField, Model

Row = Any  # an instance of one of the classes that `_kind` makes


def read(
    model: type[Model], where: str, params: Iterable[Any] = (), *, leave: Iterable[str] = (),
    reckoned: Mapping[str, str] | None = None,
) -> list[Row]:  # fmt: skip
    """The rows that ``where`` (SQL, with its order and limit) asks for, without the columns in ``leave``.

    ``reckoned``: what the database reckons beside them, name → SQL that gives bytes.
    """
    kind = _kind(model, tuple(leave), tuple((reckoned or {}).items()))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT json_agg(told)::text FROM ({kind.sql} WHERE {where}) rows", list(params))
        told = cursor.fetchone()[0]
    return [kind(values) for values in json.loads(told)] if told else []


def by(rows: Iterable[Row], name: str) -> dict[Any, list[Row]]:
    """Rows that come in the order of a column, by its value."""
    return {key: list(same) for key, same in groupby(rows, key=lambda row: getattr(row, name))}


@cache
def _kind(model: type[Model], leave: tuple[str, ...], reckoned: tuple[tuple[str, str], ...]) -> Any:
    meta = model._meta
    fields = [field for field in meta.concrete_fields if field.attname not in leave and not field.generated]
    names = [field.attname for field in fields] + [name for name, _ in reckoned]
    columns = [str(field.column) for field in fields] + [sql for _, sql in reckoned]
    reading: list[tuple[str, Callable[[str], Any]]] = [
        (field.attname, _READ[type(field)]) for field in fields if type(field) in _READ
    ]
    reading += [(name, _bytes) for name, _ in reckoned]
    assert meta.pk is not None
    key = meta.pk.attname

    class Kind:
        _meta = meta
        sql = f"SELECT json_build_array({', '.join(columns)}) AS told FROM {meta.db_table}"

        def __init__(self, values: list[Any]) -> None:
            told = self.__dict__
            told.update(zip(names, values, strict=True))
            for name, read in reading:
                if told[name] is not None:
                    told[name] = read(told[name])
            told["pk"] = told[key]

    return Kind


@lru_cache(maxsize=10_000)
def _moment(text: str) -> Any:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return text


@lru_cache(maxsize=10_000)
def _day(text: str) -> Any:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])


_READ: dict[type, Callable[[str], Any]] = {DateTimeField: _moment, DateField: _day, BinaryField: _bytes}
