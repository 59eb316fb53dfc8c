"""The audit by several processes, each reading the database as it stood at one and the same moment."""

import gc
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice, pairwise

from django.db import connection, connections, transaction

from . import CHECKS
from .cases import cases
from .finding import Finding

STEP = 2000  # cases that are one part
SHOWN = 20  # findings of a part that are told of; the rest are counted
_EVERY_SO_MANY = """
    SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM cases_case) every
     WHERE number %% %s = 0 ORDER BY id
"""
_SETTINGS = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    "SET LOCAL cursor_tuple_fraction = 1.0",  # every row is fetched: the quickest plan is the one that ends first
    "SET LOCAL work_mem = '64MB'",
    "SET LOCAL jit = off",
)


@dataclass
class Found:
    """What a check, or a part of one, found: the first findings, how many there are, and how many rows it saw."""

    title: str
    first: list[Finding] = field(default_factory=list)
    count: int = 0
    rows: int = 0


@contextmanager
def one_moment() -> Iterator[str]:
    """Everything as it stood at one moment, so that whoever works meanwhile makes no row look wrong; its name."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for setting in _SETTINGS:
                cursor.execute(setting)
            cursor.execute("SELECT pg_export_snapshot()")
            name: str = cursor.fetchone()[0]
        yield name


def every(processes: int | None = None) -> Iterator[tuple[Found, int]]:
    """What each part found, with how many parts of its check are still to come. The cases come last, in order."""
    connections.close_all()  # what is forked shares no connection
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes or os.cpu_count(), context, _begin) as pool:
        pool.submit(os.getpid).result()  # forked now, before there is one
        with one_moment() as name:
            whole = [(title, None) for title, check in CHECKS.items() if check is not cases]
            parts = [(_of_cases(), among) for among in _ranges()]
            told = [pool.submit(_part, name, title, among) for title, among in (*whole, *parts)]
            for number, part in enumerate(told, 1):
                yield part.result(), len(told) - number if number > len(whole) else 0


def alone() -> Iterator[tuple[Found, int]]:
    """The same by this process, in the transaction it is in."""
    for title in CHECKS:
        yield _found(title, None), 0


def _of_cases() -> str:
    return next(title for title, check in CHECKS.items() if check is cases)


def _ranges() -> list[range]:
    with connection.cursor() as cursor:
        cursor.execute(_EVERY_SO_MANY, [STEP])
        ends = [pk for (pk,) in cursor.fetchall()]
    return [range(*two) for two in pairwise((-(2**63), *ends, 2**63 - 1))]


def _begin() -> None:
    gc.freeze()
    gc.set_threshold(
        100_000, 20, 20
    )  # batches of plain values: looking for circles among them takes longer than they


def _part(snapshot: str, title: str, among: range | None) -> Found:
    """Run in a process of its own, in a transaction that sees what the others see."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_SETTINGS[0])
        cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        for setting in _SETTINGS[1:]:
            cursor.execute(setting)
        return _found(title, among)


def _found(title: str, among: range | None) -> Found:
    found = Found(title)

    def tick(rows: int) -> None:
        found.rows += rows

    findings = cases(tick, among) if among is not None else CHECKS[title](tick)
    found.first = list(islice(findings, SHOWN))
    found.count = len(found.first) + sum(1 for _ in findings)
    return found
