"""Changing rows as somebody with the whole database could: no trigger asks, only what every table itself refuses."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models, transaction
from django.utils import timezone

from banli.cases.audit import uncovered

Row = dict[str, Any]
HEX = set("0123456789abcdef")


def tables() -> dict[str, type[models.Model]]:
    """Every table of ours by name."""
    ours = [model for model in apps.get_models() if model.__module__.startswith("banli.")]
    return {model._meta.db_table: model for model in ours}


def compared() -> list[str]:
    """The tables that the audit compares."""
    return sorted(set(tables()) - set(uncovered.TABLES))


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens here to the database has not happened afterwards; triggers and references do not see it."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
        yield
        transaction.set_rollback(True)


def rows_of(table: str) -> list[Row]:
    with connection.cursor() as cursor:
        names = [str(field.column) for field in columns_of(table)]
        cursor.execute(f"SELECT {', '.join(names)} FROM {table} ORDER BY {key_of(table)}")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def columns_of(table: str) -> list[models.Field]:
    """Its columns, but for those that the database reckons itself: nobody can write them."""
    return [field for field in tables()[table]._meta.concrete_fields if not field.generated]


def key_of(table: str) -> str:
    return str(tables()[table]._meta.pk.column)


def update(table: str, row: Row, column: str, value: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {column} = %s WHERE {key_of(table)} = %s", [value, row[key_of(table)]]
        )


def delete(table: str, row: Row) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE {key_of(table)} = %s", [row[key_of(table)]])


def insert(table: str, row: Row) -> None:
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(row))
        cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", list(row.values()))


def others(table: str, column: str, row: Row, rows: list[Row]) -> list[Any]:
    """Values the column might have instead: a few of other rows first, then made-up ones."""
    field = next(f for f in columns_of(table) if f.column == column)
    now = row[column]
    of_others = list({repr(r[column]): r[column] for r in rows if r[column] != now}.values())
    told = [*of_others[:2], *of_others[-1:]]
    if field.is_relation:
        ids = field.related_model._default_manager.exclude(pk=now).order_by("pk").values_list("pk", flat=True)
        told += list(ids[:3])
    else:
        told.append(_made_up(field, now))
        told += [value for value, _ in field.choices or () if value != now]
    if field.null and now is not None:
        told.append(None)
    unique = {repr(value): value for value in told}
    return list(unique.values())


def _made_up(field: models.Field, now: Any) -> Any:
    if isinstance(field, models.JSONField):
        told = json.loads(now) if now is not None else None
        if isinstance(told, list):
            return json.dumps([*told, "x"])
        return json.dumps({**told, "x": "x"} if isinstance(told, dict) else [told])
    if isinstance(field, ArrayField):
        return [*now, "x"]
    if isinstance(field, models.BinaryField):
        return bytes([*bytes(now or b"")[:-1], (bytes(now or b"\0")[-1] + 1) % 256])
    if isinstance(field, models.BooleanField):
        return not now
    if isinstance(field, models.IntegerField):
        return 1 if now is None else now + 1
    if isinstance(field, models.DateTimeField):
        return (now or timezone.now()) + timedelta(seconds=1)
    if isinstance(field, models.DateField):
        return (now or timezone.localdate()) + timedelta(days=1)
    if now and set(now) <= HEX:
        return now[:-1] + ("0" if now[-1] != "0" else "1")
    return (now or "")[: (field.max_length or 99) - 1] + "x"
