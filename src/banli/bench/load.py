"""Many cases, quickly: copies of worked ones, written with COPY, of which `banli audit` finds nothing to say.

A copy differs in its home and applicant, its day (all its dates are moved by as many days), its words, its numbers and
its pass; its hashes are reckoned anew. Everything else is what the actions wrote. The seed makes two runs alike.
"""

import multiprocessing
import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from banli.config.postgres import Server
from banli.estate.models import Estate
from banli.papers import passes

from . import town
from .bulk import Progress, one_number, without_indexes
from .patterns import Patterns
from .template import TABLES, Places, Template

SEED = 20260501
BATCH = 1000  # cases of one transaction, about 15 MB
CASES_A_HOME = 33
OPEN_SHARE = 0.005
YEARS = 5

#: (which pattern, so many days earlier, which home)
Planned = tuple[int, int, int]
Series = tuple[str, str]


@dataclass(frozen=True)
class Batch:
    """Some copies: which of them all, and the ids and numbers that they begin with."""

    first: int
    cases: int
    ids: dict[str, int]
    numbers: dict[Series, int]


@dataclass(frozen=True)
class Plan:
    """What is copied: ``closed`` and after them ``waiting``, ``wanted`` copies, for the people of these homes."""

    closed: list[Template]
    waiting: list[Template]
    homes: list[town.Home]
    wanted: int

    @property
    def templates(self) -> list[Template]:
        return self.closed + self.waiting

    def of(self, first: int, cases: int) -> list[Planned]:
        """The copies from this one on, the same whoever asks: the oldest first, what waits is of the last days."""
        chance = random.Random(f"{SEED} {self.wanted} {first}")
        still, told = round(self.wanted * OPEN_SHARE), []
        for number in range(first, first + cases):
            left, home = self.wanted - number, chance.randrange(len(self.homes))
            if left <= still:
                which = len(self.closed) + chance.randrange(len(self.waiting))
                told.append((which, chance.randrange(0, 2), home))
            else:
                days = 3 + int((YEARS * 365 - 3) * left / self.wanted)
                told.append((chance.randrange(len(self.closed)), days, home))
        return told


def load(server: Server, estate: Estate, until: int) -> None:
    """Bring the estate to ``until`` cases. Tells how far it is, how quickly it goes and how long it will yet take."""
    chance = random.Random(SEED + until)
    address = server.url("banli", "postgres")
    with psycopg.connect(address, autocommit=True, options="-c timezone=UTC") as connection:
        have = one_number(connection, "SELECT count(*) FROM cases_case")
        if have >= until:
            return
        homes = town.build(estate, max(1, (until - have) // CASES_A_HOME), chance)
        closed, waiting = (
            [Template(connection, worked) for worked in several]
            for several in Patterns(estate, chance).work()
        )
        plan = Plan(closed, waiting, homes, until - one_number(connection, "SELECT count(*) FROM cases_case"))
        counting = _Counting(connection, estate, plan)
        with without_indexes(connection, TABLES):
            _write(address, plan, counting)
        counting.finish()
        connection.execute("VACUUM (ANALYZE)")


def _write(address: str, plan: Plan, counting: "_Counting") -> None:
    """By as many processes as there are processors: each fills in, hashes and sends a batch at a time."""
    global _work
    _work = _Work(address, plan, passes.Writer())
    progress = Progress(plan.wanted, ("件", "cases"))
    # Forked, so that they have what is copied; none touches a connection that was made before.
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        for cases in pool.imap_unordered(_one_batch, counting.batches()):
            progress.tick(cases)


@dataclass(frozen=True)
class _Work:
    address: str
    plan: Plan
    passes: passes.Writer


_work: _Work


def _one_batch(batch: Batch) -> int:
    """Write a batch in a transaction; how many cases it was.

    Triggers are off: the journal's refuse nothing that is added, the rest are foreign keys.
    """
    lines = _filled(batch)
    with (
        psycopg.connect(
            _work.address, options="-c session_replication_role=replica -c synchronous_commit=off"
        ) as connection,
        connection.cursor() as cursor,
    ):
        for table, of_table in lines.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(b"".join(of_table))
    return batch.cases


def _filled(batch: Batch) -> dict[str, list[bytes]]:
    plan, ids, numbers = _work.plan, dict(batch.ids), dict(batch.numbers)
    templates = plan.templates
    lines: dict[str, list[bytes]] = {table: [] for table in TABLES}
    chance = random.Random(f"{SEED} words {batch.first}")
    for which, days, home in plan.of(batch.first, batch.cases):
        template = templates[which]
        places = template.places(chance, days)
        places.update(plan.homes[home].places)
        _number_rows(template, places, ids)
        for number, slip in enumerate(template.slips):
            period = slip.period(days)
            ordinal = numbers[slip.kind, period]
            numbers[slip.kind, period] += 1
            places[b"period%d" % number] = period.encode()
            places[b"ordinal%d" % number] = b"%d" % ordinal
            places[b"number%d" % number] = slip.rule.write(period, ordinal).encode()
        template.fill(places, _work.passes.write, days, lines)
    return lines


def _number_rows(template: Template, places: Places, ids: dict[str, int]) -> None:
    for table, rows in template.rows.items():
        first = ids[table]
        ids[table] = first + rows
        if table == "cases_case":
            places[b"case"] = b"%d" % first
        else:
            for number in range(rows):
                places[b"%s%d" % (table.encode(), number)] = b"%d" % (first + number)


class _Counting:
    """Gives each batch its ids and numbers, from those on that the database has reached: none is left out."""

    def __init__(self, connection: "psycopg.Connection[Any]", estate: Estate, plan: Plan) -> None:
        self.connection, self.estate, self.plan = connection, estate, plan
        self.ids = {
            table: one_number(connection, f"SELECT coalesce(max(id), 0) + 1 FROM {table}") for table in TABLES
        }
        series = connection.execute(
            "SELECT kind, period, last + 1 FROM papers_numberseries WHERE estate_id = %s", [estate.pk]
        )
        self.numbers: Counter[Series] = Counter(
            {(kind, period): following for kind, period, following in series}
        )

    def batches(self) -> Iterator[Batch]:
        """All of them, in order."""
        templates = self.plan.templates
        for first in range(0, self.plan.wanted, BATCH):
            cases = min(BATCH, self.plan.wanted - first)
            ids, planned = dict(self.ids), self.plan.of(first, cases)
            used: Counter[Series] = Counter()
            for (which, days), times in Counter((which, days) for which, days, _ in planned).items():
                for table, rows in templates[which].rows.items():
                    self.ids[table] += rows * times
                for slip in templates[which].slips:
                    used[slip.kind, slip.period(days)] += times
            numbers = {series: self.numbers[series] or 1 for series in used}
            for series, times in used.items():
                self.numbers[series] = numbers[series] + times
            yield Batch(first, cases, ids, numbers)

    def finish(self) -> None:
        """Sequences and number series go on from here."""
        for table, following in self.ids.items():
            self.connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {following}, false)"
            )
        for (kind, period), following in self.numbers.items():
            self.connection.execute(
                "INSERT INTO papers_numberseries (estate_id, kind, period, last) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (estate_id, kind, period) DO UPDATE SET last = excluded.last",
                [self.estate.pk, kind, period, following - 1],
            )
