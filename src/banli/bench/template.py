"""A worked case made into a template: bytes with places, that a copy fills in and hashes.

Everything is reckoned once for each pattern: what the hashes cover and the lines that COPY reads. What a copy writes
otherwise (numbers, names, days, hashes) is a place, ``%(name)b``.
"""

import hashlib
import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import psycopg
from django.utils import timezone

from banli.cases import rules
from banli.cases.consequences import named
from banli.engine.paper import Number
from banli.journal import chain
from banli.journal.chain import GENESIS
from banli.papers.fingerprint import said as said_by_paper
from banli.papers.models import Paper
from banli.registers.actions import said as said_by_row

from . import columns
from .patterns import Worked

#: The tables in the order in which a copy is reckoned, and the order of its rows in each.
TABLES = {
    "papers_paper": "id",
    "registers_registerrow": "id",
    "journal_entry": "seq",
    "cases_task": "id",
    "cases_contact": "id",
    "messages_notice": "id",
    "cases_case": "id",
}
#: What a pattern may not have: the copies would have none.
NOT_COPIED = ("cases_attachment", "estate_authorityuse", "estate_heldplace")
_DATE = re.compile(r"20\d\d-\d\d-\d\d")
_PLACE = re.compile(r'"⟦#(\w+)⟧"|⟦#?(\w+)⟧')

Row = dict[str, str | None]
Places = dict[bytes, bytes]


@dataclass(frozen=True)
class Slip:
    """A paper of the pattern: what a copy's number and pass are reckoned from."""

    kind: str
    rule: Number
    issued: date
    valid_until: datetime | None
    passes: bool
    said: bytes

    def period(self, days: int) -> str:
        """The series that a copy, so many days earlier, is numbered in."""
        return self.rule.period_of(self.issued - timedelta(days=days))


class Template:
    """A pattern. ``rows`` is how many rows each table gets of a copy."""

    def __init__(self, connection: "psycopg.Connection[Any]", worked: Worked) -> None:
        self.words = worked.words
        rows = {table: _read(connection, table, worked.case) for table in TABLES}
        self.rows = {table: len(of_table) for table, of_table in rows.items()}
        self._names = _names(connection, worked, rows)
        self._cut = re.compile(
            "|".join(re.escape(text) for text in sorted(self._names, key=len, reverse=True))
        )
        self._lines_of_books = {
            named(str(row["book"]), _number(row["branch"])): f"⟦book{number}⟧"
            for number, row in enumerate(rows["registers_registerrow"])
        }
        self.days: list[date] = []
        body_of_first = json.loads(rows["journal_entry"][0]["body"] or "{}")
        body_of_first |= {"unit": "⟦#unit_id⟧", "applicant": "⟦#person_id⟧"}
        rows["journal_entry"][0]["body"] = json.dumps(body_of_first, ensure_ascii=False)
        rows["cases_case"][0] |= {"unit_id": "⟦unit_id⟧", "applicant_id": "⟦person_id⟧", "head": "⟦hash⟧"}
        for contact in rows["cases_contact"]:
            contact |= {"unit_id": "⟦unit_id⟧", "person_id": "⟦person_id⟧"}
        self.estate = int(rows["cases_case"][0]["estate_id"] or 0)
        self.slips = [self._slip(number, row) for number, row in enumerate(rows["papers_paper"])]
        self.books = [self._book(number, row) for number, row in enumerate(rows["registers_registerrow"])]
        self.entries = [self._entry(number, row) for number, row in enumerate(rows["journal_entry"])]
        self.lines = {table: b"".join(self._lines(table, of_table)) for table, of_table in rows.items()}

    def places(self, chance: random.Random, days: int) -> Places:
        """The words and days of a copy."""
        told = {b"day%d" % number: written(day.toordinal() - days) for number, day in enumerate(self.days)}
        for at, (_, instead) in enumerate(self.words):
            for n, word in enumerate(chance.choice(instead)):
                told[b"word%d_%d" % (at, n)] = word.encode()
        return told

    def fill(
        self, places: Places, write_pass: Callable[..., str], days: int, into: Mapping[str, list[bytes]]
    ) -> None:
        """Reckon the hashes of a copy whose other places are known, and append the lines for each table."""
        for number, slip in enumerate(self.slips):
            if slip.passes:
                until = slip.valid_until - timedelta(days=days) if slip.valid_until else None
                pk = int(places[b"papers_paper%d" % number])
                places[b"token%d" % number] = write_pass(
                    estate_id=self.estate, paper_id=pk, valid_until=until
                ).encode()
            places[b"digest%d" % number] = _hex(slip.said % places)
        for number, said in enumerate(self.books):
            places[b"book%d" % number] = _hex(said % places)
        prev = GENESIS
        for number, said in enumerate(self.entries):
            places[b"prev%d" % number] = prev.hex().encode()
            prev = hashlib.sha256(prev + said % places).digest()
            places[b"hash%d" % number] = prev.hex().encode()
        places[b"hash"] = prev.hex().encode()
        for table, lines in self.lines.items():
            if lines:
                into[table].append(lines % places)

    def _slip(self, number: int, row: Row) -> Slip:
        snapshot = json.loads(row["snapshot"] or "{}")
        if "case.number" in snapshot:
            snapshot["case.number"] = "⟦case⟧"
        row |= {
            "id": f"⟦papers_paper{number}⟧", "number": f"⟦number{number}⟧", "period": f"⟦period{number}⟧",
            "ordinal": f"⟦ordinal{number}⟧", "snapshot": json.dumps(snapshot, ensure_ascii=False),
            "token": f"⟦token{number}⟧" if row["token"] is not None else None,
        }  # fmt: skip
        issued, *valid = (_moment(row[name]) for name in ("issued_at", "valid_from", "valid_until"))
        assert issued is not None
        said: dict[str, Any] = {
            name: row[name] for name in ("kind", "number", "period", "form_id", "token", "private")
        }
        paper = Paper(
            id=f"⟦#papers_paper{number}⟧", estate_id=self.estate, ordinal=f"⟦#ordinal{number}⟧", snapshot=snapshot,
            valid_from=valid[0], valid_until=valid[1], copies=json.loads(row["copies"] or "[]"), **said,
        )  # fmt: skip
        rule = next(
            book.pack.papers[str(row["kind"])].number
            for book in rules.every_current().values()
            if row["kind"] in book.pack.papers
        )
        return Slip(
            str(row["kind"]), rule, timezone.localdate(issued), valid[1], row["token"] is not None,
            self._template(said_by_paper(paper)),
        )  # fmt: skip

    def _book(self, number: int, row: Row) -> bytes:
        return self._template(said_by_row(json.loads(row["cells"] or "{}"), row["found"] or ""))

    def _entry(self, number: int, row: Row) -> bytes:
        body = json.loads(row["body"] or "{}")
        if "books" in body:
            body["books"] = {name: self._lines_of_books[name] for name in body["books"]}
        row |= {
            "stream": "case/⟦case⟧", "key": f"load-⟦case⟧-{row['seq']}" if row["key"] is not None else None,
            "prev": f"⟦prev{number}⟧", "hash": f"⟦hash{number}⟧", "body": json.dumps(body, ensure_ascii=False),
        }  # fmt: skip
        at = _moment(row["at"])
        assert at is not None
        return self._template(chain.said(
            estate=self.estate, stream=str(row["stream"]), seq=int(row["seq"] or 0), kind=str(row["kind"]), at=at,
            actor=_number(row["actor_id"]), post=row["post"] or "", deputy_for=_number(row["deputy_for_id"]),
            key=row["key"], body=body,
        ))  # fmt: skip

    def _lines(self, table: str, rows: list[Row]) -> list[bytes]:
        """What COPY reads of these rows: hashes in hexadecimal, everything else as the database wrote it."""
        told = []
        for number, row in enumerate(rows):
            row["id"] = "⟦case⟧" if table == "cases_case" else f"⟦{table}{number}⟧"
            if "case_id" in row:
                row["case_id"] = "⟦case⟧"
            for name in ("prev", "hash", "head"):
                if name in row:
                    row[name] = f"\\x{row[name]}"
            told.append(self._template("\t".join(map(_cell, row.values())).encode() + b"\n"))
        return told

    def _template(self, said: bytes) -> bytes:
        """Days and words become places. A day's place is numbered as it is met."""
        text = said.decode().replace("%", "%%")
        text = self._cut.sub(lambda found: f"⟦{self._names[found[0]]}⟧", text)
        text = _DATE.sub(lambda found: f"⟦{self._day(found[0])}⟧", text)
        return _PLACE.sub(lambda found: f"%({found[1] or found[2]})b", text).encode()

    def _day(self, text: str) -> str:
        day = date.fromisoformat(text)
        if day not in self.days:
            self.days.append(day)
        return f"day{self.days.index(day)}"


def _read(connection: "psycopg.Connection[Any]", table: str, case: int) -> list[Row]:
    """A pattern's rows, each cell as the database writes it."""
    names = columns.written(connection.cursor(), table)
    where = {"cases_case": f"id = {case}", "journal_entry": f"stream = 'case/{case}'"}
    told = ", ".join(f"{name}::text AS {name}" for name in names)
    with connection.cursor(row_factory=psycopg.rows.dict_row) as cursor:
        cursor.execute(
            f"SELECT {told} FROM {table} WHERE {where.get(table, f'case_id = {case}')} ORDER BY {table}.{TABLES[table]}"
        )
        return cursor.fetchall()


def _names(
    connection: "psycopg.Connection[Any]", worked: Worked, rows: dict[str, list[Row]]
) -> dict[str, str]:
    """What stands in the pattern's texts → the place it becomes."""
    for table in NOT_COPIED:
        found = connection.execute(
            f"SELECT count(*) FROM {table} WHERE case_id = %s", [worked.case]
        ).fetchone()
        assert found == (0,), f"case {worked.case} has rows in {table}"
    of = connection.execute(
        "SELECT u.key, p.name FROM cases_case c JOIN estate_unit u ON u.id = c.unit_id"
        " JOIN estate_person p ON p.id = c.applicant_id WHERE c.id = %s", [worked.case],
    ).fetchone()  # fmt: skip
    assert of is not None and rows["cases_case"][0]["parent_id"] is None
    told = {of[0]: "unit", of[1]: "person"}
    for at, (together, _) in enumerate(worked.words):
        told |= {word: f"word{at}_{n}" for n, word in enumerate(together)}
    events = [e for row in rows["journal_entry"] for e in json.loads(row["body"] or "{}").get("events", ())]
    for number, row in enumerate(rows["papers_paper"]):
        told[str(row["number"])] = f"number{number}"
        issued = next(e for e in events if e["event"] == "paper_issued" and e["number"] == row["number"])
        told[issued["digest"]] = f"digest{number}"
    return told


def _hex(said: bytes) -> bytes:
    return hashlib.sha256(said).hexdigest().encode()


def _cell(value: str | None) -> str:
    if value is None:
        return "\\N"
    return value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def _number(value: str | None) -> int | None:
    return int(value) if value is not None else None


def _moment(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value).astimezone(UTC) if value is not None else None


@cache
def written(ordinal: int) -> bytes:
    """A day, by its number, as everything writes it."""
    return date.fromordinal(ordinal).isoformat().encode()
