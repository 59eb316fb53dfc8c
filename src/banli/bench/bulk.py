"""Writing a great many rows: tables without their indexes for a while, and a server that waits for no disk."""

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from banli.config.failures import say
from banli.config.postgres import Server

TELL = 5.0  # seconds between two words of how far it is

#: What the server does otherwise while it loads. A crash meanwhile costs the bench's own house and nothing else.
RELAXED = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "1h",
    "maintenance_work_mem": "1GB",
}
_INDEXES = """
    SELECT c.relname, i.indexrelid::regclass::text, co.conname,
           coalesce(pg_get_constraintdef(co.oid), pg_get_indexdef(i.indexrelid))
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
      LEFT JOIN pg_constraint co ON co.conindid = i.indexrelid AND co.contype IN ('u', 'x')
     WHERE c.relname = ANY(%s) AND c.relnamespace = 'public'::regnamespace AND NOT i.indisprimary
       AND NOT EXISTS (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = i.indexrelid)
     ORDER BY c.relname, i.indexrelid
"""


@contextmanager
def relaxed(server: Server) -> Iterator[None]:
    """The server as it is quickest to load; afterwards everything is on the disk, and it is durable again."""
    with psycopg.connect(server.url("banli", "postgres"), autocommit=True) as connection:
        for name, value in RELAXED.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        connection.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            for name in RELAXED:
                connection.execute(f"ALTER SYSTEM RESET {name}")
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("CHECKPOINT")
            os.sync()  # what was written while fsync was off


def must_be_durable(server: Server) -> None:
    """Refuses to go on where an acknowledged action could be lost: nothing measured then would mean anything."""
    for _ in range(50):
        with psycopg.connect(
            server.url("banli")
        ) as connection:  # a new one: the postmaster has read its settings
            told = {
                name: (connection.execute(f"SHOW {name}").fetchone() or ("",))[0]
                for name in ("fsync", "synchronous_commit", "full_page_writes")
            }
        if set(told.values()) == {"on"}:
            return
        time.sleep(0.1)
    raise RuntimeError(f"the database is not durable: {told}")


@contextmanager
def without_indexes(connection: "psycopg.Connection[Any]", tables: Iterable[str]) -> Iterator[None]:
    """Drops what these tables are found by, but for what keys hang on, and makes it again, whatever happens."""
    indexes = connection.execute(_INDEXES, [list(tables)]).fetchall()
    for table, index, constraint, _ in indexes:
        connection.execute(
            f"ALTER TABLE {table} DROP CONSTRAINT {constraint}" if constraint else f"DROP INDEX {index}"
        )
    try:
        yield
    finally:
        for number, (table, index, constraint, definition) in enumerate(indexes, 1):
            began = time.monotonic()
            connection.execute(
                f"ALTER TABLE {table} ADD CONSTRAINT {constraint} {definition}" if constraint else definition
            )
            if time.monotonic() - began > 1:
                told = f"{number} / {len(indexes)}, {index}, {time.monotonic() - began:.0f} s"
                say(f"已建索引 {told}", f"index built {told}")


def one_number(connection: "psycopg.Connection[Any]", sql: str) -> int:
    """The one number that a query tells."""
    found = connection.execute(sql).fetchone()
    assert found is not None
    return int(found[0])


class Progress:
    """Tells how far it is, how quickly it goes and how long it will yet take. ``what``: of which things, zh and en."""

    def __init__(self, wanted: int, what: tuple[str, str]) -> None:
        self.wanted, self.what, self.done = wanted, what, 0
        self.began = self.told = time.monotonic()

    def tick(self, several: int) -> None:
        self.done += several
        now = time.monotonic()
        if now - self.told < TELL and self.done < self.wanted:
            return
        self.told = now
        rate = self.done / (now - self.began)
        left = (self.wanted - self.done) / rate
        say(
            f"已载入 {self.done} / {self.wanted} {self.what[0]}，每秒 {rate:.0f}，还要 {left:.0f} 秒",
            f"{self.done} of {self.wanted} {self.what[1]} loaded, {rate:.0f} a second, {left:.0f} s left",
        )
