"""Rows with the rows that they point to: `select_related`, by a statement that is written and planned once.

For the lists that everybody opens all day: of the inbox's thirty tasks, with their cases, homes and people, PostgreSQL
planned for four times as long as it ran.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from django.db.models import Model

from . import statement

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class _Joined:
    """A row that is joined: to the one at place ``above`` (0 is the first) by its ``key``, a foreign key.

    Its columns are those ``at`` this place of the statement's row.
    """

    above: int
    key: Any
    model: type[Model]
    at: slice


def every(
    model: type[M], ids: str, params: Mapping[str, Any], *, joined: tuple[str, ...], order: str
) -> list[M]:
    """The rows whose ids the SQL ``ids`` gives, in ``order`` (columns of theirs), each with those it points to.

    ``joined``: paths as `select_related` takes them, each after the one it goes through. What several rows point to is
    one object. ``ids`` should say itself how many there are at most, and be one of few texts.
    """
    return where(model, f"t0.id IN ({ids})", params, joined=joined, order=order)


def where(
    model: type[M], condition: str, params: Mapping[str, Any], *, joined: tuple[str, ...], order: str
) -> list[M]:
    """The same of the rows that meet a condition, for one that few rows meet; it calls their table ``t0``."""
    text, keys = _written(model, condition, joined, order)
    known: dict[tuple[int, Any], Model] = {}
    return [_with_its_own(model, keys, cells, known) for cells in statement.rows(text, params)]


def _with_its_own(
    model: type[M], keys: Sequence[_Joined], cells: Sequence[Any], known: dict[tuple[int, Any], Model]
) -> M:
    first = statement.loaded(model, iter(cells))
    assert first is not None
    rows: list[Model | None] = [first]
    for one in keys:
        parent, found = rows[one.above], None
        pk = getattr(parent, one.key.attname) if parent is not None else None
        if parent is not None and pk is not None:
            place = len(rows), pk
            found = known.get(place) or statement.loaded(one.model, iter(cells[one.at]))
            if found is not None:
                known[place] = found
                one.key.set_cached_value(parent, found)
        rows.append(found)
    return first


@cache
def _written(
    model: type[Model], condition: str, joined: tuple[str, ...], order: str
) -> tuple[str, Sequence[_Joined]]:
    """The statement, and what it joins."""
    models, places, keys = [model], {"": 0}, []
    columns, width = [statement.columns(model, "t0")], len(model._meta.concrete_fields)
    tables = f"{model._meta.db_table} t0"
    for place, path in enumerate(joined, start=1):
        through, _, name = path.rpartition("__")
        key: Any = models[places[through]]._meta.get_field(name)
        of = key.related_model
        tables += f" LEFT JOIN {of._meta.db_table} t{place} ON t{place}.id = t{places[through]}.{key.column}"
        columns.append(statement.columns(of, f"t{place}"))
        end = width + len(of._meta.concrete_fields)
        keys.append(_Joined(places[through], key, of, slice(width, end)))
        models.append(of)
        places[path], width = place, end
    asked = ", ".join(f"t0.{column}" for column in order.split(", "))
    return f"SELECT {', '.join(columns)} FROM {tables} WHERE {condition} ORDER BY {asked}", keys
