"""Many cases, quickly: copies of worked ones, written with COPY, of which `banli audit` finds nothing to say.

A copy differs in its home and applicant, its day (all its dates are moved by as many days), its numbers and its
pass; its hashes are reckoned anew. Everything else is what the actions wrote. The seed makes two runs alike.
"""

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from django.utils import timezone

from banli.cases import rules
from banli.cases.consequences import named
from banli.config.failures import say
from banli.config.postgres import Server
from banli.engine.paper import PaperDefinition
from banli.estate.models import Estate, Person, Unit
from banli.journal import chain
from banli.journal.vault import Sealed
from banli.papers import passes
from banli.papers.fingerprint import fingerprint
from banli.papers.models import Paper
from banli.registers.actions import digest_of

from . import town
from .patterns import Patterns

SEED = 20260501
BATCH = 5000
CASES_A_HOME = 33
OPEN_SHARE = 0.005
YEARS = 5
TABLES = (
    "cases_case",
    "journal_entry",
    "cases_task",
    "papers_paper",
    "registers_registerrow",
    "messages_notice",
)
_DATE = r"20\d\d-\d\d-\d\d"

Row = dict[str, Any]


@dataclass(frozen=True)
class Kept:
    """A row of a worked case. ``cuts``: texts, cut so that the odd pieces are what a copy writes otherwise."""

    row: Row
    cuts: dict[str, list[str]]
    times: dict[str, datetime]


@dataclass(frozen=True)
class Pattern:
    """A worked case as rows. ``words``: what stands in their texts, and what it is."""

    rows: dict[str, list[Kept]]
    words: dict[str, str]


def load(server: Server, estate: Estate, until: int) -> None:
    """Bring the estate to ``until`` cases. Tells how far it is."""
    chance = random.Random(SEED + until)
    with psycopg.connect(server.url("banli", "postgres"), autocommit=True) as connection:
        have = connection.execute("SELECT count(*) FROM cases_case").fetchone()
        assert have is not None
        wanted = until - have[0]
        if wanted <= 0:
            return
        homes = town.build(estate, max(1, wanted // CASES_A_HOME), chance)
        patterns = Patterns(estate, chance)
        closed = [_pattern(connection, case) for case in patterns.closed()]
        waiting = [_pattern(connection, case) for case in patterns.open()]
        wanted -= len(closed) + len(waiting)
        copier = _Copier(connection, estate, chance)
        began, done = time.monotonic(), 0
        for batch in _batches(_planned(wanted, closed, waiting, homes, chance)):
            copier.write(batch)
            done += len(batch)
            say(
                f"已载入 {done} / {wanted} 件，每秒 {done / (time.monotonic() - began):.0f}",
                f"{done} of {wanted} cases loaded, {done / (time.monotonic() - began):.0f} a second",
            )
        copier.finish()
        connection.execute("VACUUM ANALYZE")


def _planned(
    wanted: int, closed: list[Pattern], waiting: list[Pattern], homes: list[tuple[Unit, Person]], chance: random.Random
) -> Iterator[tuple[Pattern, int, Unit, Person]]:  # fmt: skip
    """Which pattern, so many days earlier, for whom: the oldest first, what waits is of the last days."""
    still = round(wanted * OPEN_SHARE)
    for number in range(wanted):
        left = wanted - number
        days = 3 + int((YEARS * 365 - 3) * left / wanted)
        unit, person = chance.choice(homes)
        if left <= still:
            yield chance.choice(waiting), chance.randrange(0, 2), unit, person
        else:
            yield chance.choice(closed), days, unit, person


def _batches(planned: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for one in planned:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _pattern(connection: "psycopg.Connection[Any]", case: int) -> Pattern:
    where = {"cases_case": f"id = {case}", "journal_entry": f"stream = 'case/{case}' ORDER BY seq"}
    rows: dict[str, list[Row]] = {}
    for table in TABLES:
        told = connection.execute(f"SELECT * FROM {table} LIMIT 0").description or []
        # JSON as its text: it is cut, and written again as it was
        names = [f"{c.name}::text AS {c.name}" if c.type_code in (114, 3802) else c.name for c in told]
        with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            cursor.execute(
                f"SELECT {', '.join(names)} FROM {table} WHERE {where.get(table, f'case_id = {case} ORDER BY id')}"
            )
            rows[table] = cursor.fetchall()
    unit = connection.execute(
        "SELECT u.key, p.name FROM cases_case c JOIN estate_unit u ON u.id = c.unit_id"
        " JOIN estate_person p ON p.id = c.applicant_id WHERE c.id = %s", [case],
    ).fetchone()  # fmt: skip
    assert unit is not None and len(rows["papers_paper"]) <= 1
    words = {unit[0]: "unit", unit[1]: "person"}
    for paper in rows["papers_paper"]:
        issued = next(
            event for entry in rows["journal_entry"] for event in json.loads(entry["body"])["events"]
            if event["event"] == "paper_issued"
        )  # fmt: skip
        words |= {paper["number"]: "number", issued["digest"]: "digest"}
    cut = re.compile(f"({_DATE}|{'|'.join(re.escape(word) for word in words)})")
    return Pattern({table: [_kept(row, cut) for row in of_table] for table, of_table in rows.items()}, words)


def _kept(row: Row, cut: "re.Pattern[str]") -> Kept:
    texts = {name: cut.split(cell) for name, cell in row.items() if isinstance(cell, str)}
    times = {name: at for name, at in row.items() if isinstance(at, datetime) and at.year < 9000}
    return Kept(row, {name: pieces for name, pieces in texts.items() if len(pieces) > 1}, times)


class _Copier:
    """Writes copies. Goes on from the ids and numbers that the database has reached."""

    def __init__(self, connection: "psycopg.Connection[Any]", estate: Estate, chance: random.Random) -> None:
        self.connection, self.estate, self.chance = connection, estate, chance
        self.next = {table: self._last(f"SELECT coalesce(max(id), 0) FROM {table}") + 1 for table in TABLES}
        series = connection.execute(
            "SELECT kind, period, last FROM papers_numberseries WHERE estate_id = %s", [estate.pk]
        )
        self.numbers = {(kind, period): last for kind, period, last in series}
        self.books = list(rules.every_current().values())
        self.shifted: dict[tuple[str, int], str] = {}

    def write(self, batch: list[tuple[Pattern, int, Unit, Person]]) -> None:
        """One transaction. Triggers are off: the journal's refuse nothing that is added, the rest are foreign keys."""
        written: dict[str, list[Row]] = {table: [] for table in TABLES}
        for pattern, days, unit, person in batch:
            for table, rows in self._copy(pattern, days, unit, person).items():
                written[table] += rows
        with ExitStack() as stack:
            stack.enter_context(self.connection.transaction())
            self.connection.execute("SET LOCAL session_replication_role = replica")
            for table, rows in written.items():
                if rows:
                    self._send(table, rows)

    def _send(self, table: str, rows: list[Row]) -> None:
        names = list(rows[0])
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row([row[name] for name in names])

    def _copy(self, pattern: Pattern, days: int, unit: Unit, person: Person) -> dict[str, list[Row]]:
        case = self._id("cases_case")
        words = {"unit": unit.key, "person": person.name}
        move = self._mover(pattern, days, words)
        told: dict[str, list[Row]] = {table: [] for table in TABLES}
        for paper in pattern.rows["papers_paper"]:
            told["papers_paper"] = [self._paper(paper, case, days, words, move)]
        for table in ("cases_task", "registers_registerrow", "messages_notice"):
            told[table] = [
                {**move(row), "id": self._id(table), "case_id": case} for row in pattern.rows[table]
            ]
        books = {
            named(row["book"], row["branch"]): digest_of(json.loads(row["cells"]), row["found"])
            for row in told["registers_registerrow"]
        }
        prev = chain.GENESIS
        for row in pattern.rows["journal_entry"]:
            entry = self._entry(move(row), case, unit, person, prev, books)
            prev = entry["hash"]
            told["journal_entry"].append(entry)
        known = {"id": case, "unit_id": unit.pk, "applicant_id": person.pk, "head": prev}
        told["cases_case"] = [{**move(pattern.rows["cases_case"][0]), **known}]
        return told

    def _mover(self, pattern: Pattern, days: int, words: dict[str, str]) -> Callable[[Kept], Row]:
        earlier, known = timedelta(days=days), pattern.words

        def piece(text: str) -> str:
            return words[known[text]] if text in known else self._shift(text, days)

        def move(kept: Kept) -> Row:
            row = dict(kept.row)
            for name, cut in kept.cuts.items():
                row[name] = "".join(piece(text) if place % 2 else text for place, text in enumerate(cut))
            for name, at in kept.times.items():
                row[name] = at - earlier
            return row

        return move

    def _shift(self, day: str, days: int) -> str:
        if (day, days) not in self.shifted:
            self.shifted[day, days] = (date.fromisoformat(day) - timedelta(days=days)).isoformat()
        return self.shifted[day, days]

    def _paper(
        self, kept: Kept, case: int, days: int, words: dict[str, str], move: Callable[[Kept], Row]
    ) -> Row:
        kind = kept.row["kind"]
        definition = self._definition(kind)
        issued = kept.times["issued_at"] - timedelta(days=days)
        period = definition.number.period_of(timezone.localdate(issued))
        ordinal = self.numbers[kind, period] = self.numbers.get((kind, period), 0) + 1
        words["number"], words["digest"] = definition.number.write(period, ordinal), ""
        row = move(kept)
        row |= {"id": self._id("papers_paper"), "case_id": case, "period": period, "ordinal": ordinal}
        if row["token"] is not None:
            row["token"] = passes.new_token(
                estate_id=self.estate.pk, paper_id=row["id"], valid_until=row["valid_until"]
            )
        read: Row = {name: json.loads(row[name]) for name in ("copies", "snapshot")}
        read["private"] = Sealed(row["private"]) if row["private"] else ""
        words["digest"] = fingerprint(
            Paper(
                id=row["id"], estate_id=row["estate_id"], kind=kind, number=row["number"], period=period,
                ordinal=ordinal, form_id=row["form_id"], valid_from=row["valid_from"],
                valid_until=row["valid_until"], token=row["token"],
                **read,
            )
        )  # fmt: skip
        return row

    def _definition(self, kind: str) -> PaperDefinition:
        return next(book.pack.papers[kind] for book in self.books if kind in book.pack.papers)

    def _entry(
        self, row: Row, case: int, unit: Unit, person: Person, prev: bytes, books: dict[str, str]
    ) -> Row:
        body = json.loads(row["body"])
        if "books" in body:
            body["books"] = {name: books[name] for name in body["books"]}
        if row["seq"] == 1:
            body |= {"unit": unit.pk, "applicant": person.pk}
        key = f"load-{case}-{row['seq']}" if row["key"] is not None else None
        row |= {"id": self._id("journal_entry"), "stream": f"case/{case}", "key": key, "prev": prev}
        row["hash"] = chain.digest(
            prev=prev, estate=row["estate_id"], stream=row["stream"], seq=row["seq"], kind=row["kind"], at=row["at"],
            actor=row["actor_id"], post=row["post"], deputy_for=row["deputy_for_id"], key=key, body=body,
        )  # fmt: skip
        row["body"] = json.dumps(body, ensure_ascii=False)
        return row

    def _id(self, table: str) -> int:
        self.next[table] += 1
        return self.next[table] - 1

    def _last(self, sql: str) -> int:
        found = self.connection.execute(sql).fetchone()
        return int(found[0]) if found else 0

    def finish(self) -> None:
        """Sequences and number series go on from here."""
        for table, following in self.next.items():
            self.connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {following})")
        for (kind, period), last in self.numbers.items():
            self.connection.execute(
                "INSERT INTO papers_numberseries (estate_id, kind, period, last) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (estate_id, kind, period) DO UPDATE SET last = excluded.last",
                [self.estate.pk, kind, period, last],
            )
