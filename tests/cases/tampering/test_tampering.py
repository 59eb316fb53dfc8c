"""Whatever one row is changed, deleted, added or exchanged in the database itself, the audit names it.

The tables and columns are those of the models: a new one is in here by itself, or stands with its reason in
`banli.cases.audit.uncovered`. BANLI_TAMPER_ALL=1 tries every row of each column, with several values, not one.
"""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import combinations
from operator import itemgetter
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from banli.cases.audit import CHECKS, Finding, uncovered
from banli.cases.audit.uncovered import why_not
from banli.cases.models import Case
from banli.messages.models import CONFLICT
from banli.routines.models import Round

from . import database
from .world import lived

pytestmark = pytest.mark.django_db  # each test within the module's own transaction
ALL = os.environ.get("BANLI_TAMPER_ALL") == "1"
#: What a copy of a row must say otherwise, or the database itself refuses it.
COPIED: dict[str, dict[str, Any]] = {
    "cases_attachment": {"sha256": "0" * 64},
    "cases_procedureversion": {"digest": "0" * 64, "current": False},
    "cashier_spend": {"unit": 99},
    "cases_reservation": {"seat": 99},
    "cases_task": {"state": "cancelled", "ended_at": lambda row: row["opened_at"]},
    "estate_authorityuse": {"authority_id": lambda row: row["authority_id"] + 1},
    "estate_contract": {"follows_id": None},
    "estate_contractpage": {"number": 99},
    "estate_contractparty": {"number": 99, "person_id": lambda row: row["person_id"] + 100},
    "estate_heldplace": {
        "since": lambda row: row["until"] + timedelta(days=9),
        "until": lambda row: row["until"] + timedelta(days=19),
    },
    "estate_letterscan": {"authority_id": lambda row: row["authority_id"] + 1},
    "estate_occupancy": {"role": "staff"},
    "journal_dayseal": {"day": lambda row: row["day"] + timedelta(days=9)},
    "journal_entry": {"seq": lambda row: row["seq"] + 1000, "key": None},
    "messages_mail": {"message": "<another@cuihu.banli>"},
    "papers_blankbatch": {"first": 999, "key": "another-key"},
    "papers_blanksheet": {"ordinal": 999, "serial": "KB-FX-0999"},
    "papers_numberseries": {"period": "1999"},
    "papers_paper": {"number": "FX-1999-000001", "ordinal": 999, "token": None},
    "papers_paperfile": {"print_number": 99},
    "papers_paperform": {"digest": "0" * 64},
    "papers_printing": {"number": 99, "key": "another-key"},
    "people_apitoken": {"digest": "0" * 64},
    "people_deputyship": {"post": "gate"},
    "people_holding": {"post": "director"},
    "registers_registerrow": {"branch": 9},
    "routines_logsignature": {"day": lambda row: row["day"] - timedelta(days=9)},
    "routines_round": {"due_at": lambda row: row["due_at"] - timedelta(days=9)},
    "routines_roundcase": {"line": "another", "case_id": lambda row: row["case_id"] - 1},
    "routines_roundphoto": {"sha256": "0" * 64},
    "routines_routineversion": {"digest": "0" * 64, "current": False},
}
#: Rows known by what they say, not by their number: exchanged is all that they say beside these columns.
KNOWN_BY: dict[str, tuple[str, ...]] = {
    "cases_attachment": ("case_id", "sha256"),
    "cases_procedureversion": ("pack", "procedure", "digest", "current"),
    "cases_reservation": ("case_id", "step", "pool"),
    "estate_authorityuse": ("authority_id", "case_id"),
    "estate_contractpage": ("contract_id", "number"),
    "estate_contractparty": ("contract_id", "number"),
    "estate_heldplace": ("case_id", "step"),
    "estate_letterscan": ("authority_id",),
    "journal_dayseal": ("estate_id", "day"),
    "messages_mail": ("message",),
    "papers_numberseries": ("estate_id", "kind", "period"),
    "papers_paperfile": ("paper_id", "copy", "print_number"),
    "papers_printing": ("paper_id", "copy", "number"),
    "people_staff": ("username",),
    "registers_registerrow": ("case_id", "book", "branch"),
    "routines_roundphoto": ("round_id", "sha256"),
    "routines_routineversion": ("pack", "routine", "digest", "current"),
}
#: Versions, and what goes by them.
USED: dict[str, Any] = {"cases_procedureversion": Case, "routines_routineversion": Round}
#: Rows that are counted together: of two groups the numbers of the rows say nothing of each other.
TOGETHER: dict[str, Callable[[database.Row], Any]] = {
    "cases_contact": itemgetter("case_id"),
    "cases_task": itemgetter("case_id"),
    "cashier_ledgerentry": lambda row: row["case_id"] or f"posting {row['posting_id']}",
    "cashier_spend": itemgetter("case_id"),
    "journal_entry": itemgetter("stream"),
    "messages_notice": lambda row: row["case_id"] or row["about"],
}
#: Rows in which a column means nothing: a salt by which nothing is sealed.
IDLE: dict[str, Callable[[database.Row], bool]] = {"papers_paper.vault_salt": lambda row: not row["private"]}
_found_by: dict[str, str] = {}  # which check knew of a table before: asked first the next time


@pytest.fixture(scope="module", autouse=True)
def office(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Built once: each change is taken back before the next."""
    with django_db_blocker.unblock(), transaction.atomic():
        lived()
        yield
        transaction.set_rollback(True)


def found() -> list[Finding]:
    return [finding for check in CHECKS.values() for finding in check()]


def audit_names(table: str, *rows: database.Row, missing: bool = False) -> bool:
    """Whether the audit has a finding about one of the rows. Stops at the first.

    What is missing may be told of by its table and owner: the journal keeps no number of every row.
    """
    for title in sorted(CHECKS, key=lambda title: title != _found_by.get(table)):
        for finding in CHECKS[title]():
            if any(names(finding, table, row) for row in rows) or (missing and f"{table} " in str(finding)):
                _found_by[table] = title
                return True
    return False


def names(finding: Finding, table: str, row: database.Row) -> bool:
    """Whether a finding is about the row: by its number, or as what is missing where it was."""
    told = f"{finding.row} "
    if table == "journal_entry":
        stream = row["stream"]
        owner = f"cases_case {stream.removeprefix('case/')} " if stream.startswith("case/") else f"{stream} "
        return f"journal_entry {row['id']} " in told or f"({stream} #" in told or owner in told
    if table == "journal_dayseal":
        return f"{table} {row['id']} " in told or f"seals/{row['estate_id']} " in told
    return f"{table} {row[database.key_of(table)]} " in told


def test_every_table_and_column_is_compared_or_says_why_not():
    tables = database.tables()
    assert set(uncovered.TABLES) <= set(tables)
    known = {f"{table}.{f.column}" for table, model in tables.items() for f in model._meta.concrete_fields}
    stale = [name for name in uncovered.COLUMNS if name not in known and not name.startswith("*.")]
    assert stale == []
    assert all(reason.strip() for reason in (*uncovered.TABLES.values(), *uncovered.COLUMNS.values()))


def test_nobody_is_accused_for_nothing():
    assert found() == []


def columns() -> list[Any]:
    told = []
    for table in database.compared():
        for field in database.columns_of(table):
            if why_not(table, field.column) is None:
                told.append(pytest.param(table, field.column, id=f"{table}.{field.column}"))
    return told


@pytest.mark.parametrize(("table", "column"), columns())
def test_a_changed_value_is_found_and_its_row_named(table: str, column: str):
    tried = 0
    idle = IDLE.get(f"{table}.{column}", lambda row: False)
    rows = [row for row in database.rows_of(table) if not idle(row)]
    assert rows, f"the office of this test has no row in {table} in which {column} means anything"
    for row in rows:
        for value in database.others(table, column, row, rows):
            with database.undone():
                try:
                    with transaction.atomic():
                        database.update(table, row, column, value)
                except DatabaseError:  # a constraint of the table: nobody can write that
                    continue
                tried += 1
                assert audit_names(table, row, {**row, column: value}), (
                    f"{table} {row[database.key_of(table)]}: {column} {row[column]!r} → {value!r} was not found"
                )
            if tried and not ALL:
                return
    assert tried, "the database refuses every other value; if it always does, say so here"


@pytest.mark.parametrize("table", database.compared())
def test_a_deleted_row_is_found(table: str):
    rows = database.rows_of(table)
    if table in USED:  # one that nothing goes by is made again from the packs folder
        used = set(USED[table].objects.values_list("version_id", flat=True))
        rows = [row for row in rows if row["id"] in used]
    for row in rows if ALL else (rows[0], rows[len(rows) // 2], rows[-1]):
        with database.undone():
            database.delete(table, row)
            assert audit_names(table, row, missing=True), f"{row} is gone, and nobody says so"


@pytest.mark.parametrize("table", [t for t in database.compared() if t not in uncovered.ADDED])
def test_a_copied_row_is_found_and_named(table: str):
    key, tried = database.key_of(table), 0
    for row in database.rows_of(table):
        changed = {name: v(row) if callable(v) else v for name, v in COPIED.get(table, {}).items()}
        copy = {**row, key: row[key] + 10**6 if isinstance(row[key], int) else f"{row[key]}9", **changed}
        with database.undone():
            try:
                with transaction.atomic():
                    database.insert(table, copy)
            except DatabaseError:
                continue
            assert audit_names(table, copy), f"{copy} was put in, and nobody says so"
            tried += 1
        if not ALL:
            break
    assert tried, "no copy was accepted by the database"


@pytest.mark.parametrize("table", database.compared())
def test_two_exchanged_rows_are_found(table: str):
    key, kept = database.key_of(table), KNOWN_BY.get(table, ())
    rows, tried = database.rows_of(table), 0
    for one, other in combinations(rows, 2):
        together = TOGETHER.get(table)
        if together and together(one) != together(other):
            continue
        fixed = {key, *kept}
        covered = [name for name in one if name not in fixed and why_not(table, name) is None]
        if all(one[name] == other[name] for name in covered):
            continue  # exchanging them changes nothing
        with database.undone():
            try:
                with transaction.atomic():
                    database.delete(table, one)
                    database.delete(table, other)
                    database.insert(table, {**other, **{name: one[name] for name in fixed}})
                    database.insert(table, {**one, **{name: other[name] for name in fixed}})
            except DatabaseError:
                continue
            tried += 1
            assert audit_names(table, one, other), f"{one} and {other} were exchanged, and nobody says so"
        if tried and not ALL:
            return
    assert tried, f"no two rows of {table} could be exchanged"


@pytest.mark.parametrize("column", ["post", "about", "at", "code"])
def test_a_changed_notice_of_what_a_phone_let_pass_is_found(column: str):
    row, *more = conflicts()
    for value in database.others("messages_notice", column, row, [row, *more]):
        with database.undone():
            database.update("messages_notice", row, column, value)
            assert audit_names("messages_notice", row, {**row, column: value}), f"{column}: {value!r}"


def test_a_notice_of_what_a_phone_let_pass_that_is_gone_or_put_in_is_found():
    for row in conflicts():
        with database.undone():
            database.delete("messages_notice", row)
            assert audit_names("messages_notice", row, missing=True), f"{row} is gone, and nobody says so"
        copy = {**row, "id": row["id"] + 10**6}
        with database.undone():
            database.insert("messages_notice", copy)
            assert audit_names("messages_notice", copy), f"{copy} was put in, and nobody says so"


def conflicts() -> list[database.Row]:
    """Who was told that a phone let pass what had been used: two posts, twice."""
    told = [row for row in database.rows_of("messages_notice") if row["code"] == CONFLICT]
    assert len(told) == 4
    return told
