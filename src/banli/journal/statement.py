"""One statement that writes rows of several tables: what an action does is all there, or not at all, in one round trip.

It is a WITH query. Its first part, ``moved``, is the row that the rest belongs to: where it did not move, because
somebody else was first, no other part writes anything either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class Part:
    """A query that writes, reading ``FROM moved``. Its parameters are named after it, so that no two parts clash."""

    name: str
    sql: str
    params: Mapping[str, Any]


def run(moved: Part, parts: Iterable[Part]) -> bool:
    """Run it; whether ``moved`` did move."""
    every = [moved, *parts]
    told = ",\n".join(f"{part.name} AS ({part.sql})" for part in every)
    params = {name: value for part in every for name, value in part.params.items()}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {told}\nSELECT count(*) FROM moved", params)
        return bool(cursor.fetchone()[0])
