"""Prepared statements over libpq: what goes in comes out, transactions hold, and what the server forgets is noticed."""

from datetime import UTC, date, datetime
from threading import Thread
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.db.utils import IntegrityError, ProgrammingError
from django.test.utils import CaptureQueriesContext

from banli.journal import prepared, statement

WRITE = "INSERT INTO prepared_seen VALUES (%(said)s) RETURNING said"


WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)"


def kept() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements WHERE name LIKE 'banli%'")
        return sorted(name for (name,) in cursor.fetchall())


@pytest.fixture
def fresh(transactional_db: None):
    """A connection of its own, which no statement was prepared on, with a table to write in."""
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE prepared_seen (said text UNIQUE)")
    yield
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE prepared_seen")


@pytest.mark.django_db
@pytest.mark.parametrize("watched", [False, True])
def test_every_kind_of_value_comes_back_as_it_went_in(watched: bool):
    sent = {
        "number": 2**40, "text": "三人沙发 'x' \\ \"y\"", "bytes": b"\x00\xff", "none": None, "yes": True,
        "moment": datetime(2026, 5, 1, 14, 30, tzinfo=UTC), "day": date(2026, 5, 1), "many": ["a,b", 'c"d', "{}"],
        "ids": [1, 2],
    }  # fmt: skip
    asked = (
        "SELECT %(number)s::bigint, %(text)s::text, %(bytes)s::bytea, %(none)s::text, %(yes)s::bool,"
        " %(moment)s::timestamptz, %(day)s::date, %(many)s::text[], %(ids)s::bigint[]"
    )
    if watched:
        with CaptureQueriesContext(connection):
            told = statement.row(asked, sent)
    else:
        told = statement.row(asked, sent)
    assert [bytes(cell) if isinstance(cell, memoryview) else cell for cell in told] == list(sent.values())


def test_a_statement_is_prepared_once_and_the_least_used_is_let_go(fresh: None, monkeypatch):
    for _ in range(3):
        assert statement.row("SELECT 1", {}) == (1,)
    assert kept() == ["banli_1"]
    monkeypatch.setattr(prepared, "MOST", 2)
    for number in (2, 1, 3):  # the first is asked for again before the third comes
        assert statement.row(f"SELECT {number}", {}) == (number,)
    assert kept() == ["banli_1", "banli_3"]
    assert statement.row("SELECT 2", {}) == (2,)


def test_it_takes_part_in_the_callers_transaction(fresh: None):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        statement.row(WRITE, {"said": "gone"})
        raise ZeroDivisionError
    assert statement.rows("SELECT said FROM prepared_seen", {}) == []
    with transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            statement.row(WRITE, {"said": "half"})
            raise ZeroDivisionError
        statement.row(WRITE, {"said": "whole"})
    assert statement.rows("SELECT said FROM prepared_seen", {}) == [("whole",)]


def test_what_the_database_refuses_is_djangos_error_and_the_next_statement_is_answered(fresh: None):
    statement.row(WRITE, {"said": "once"})
    with pytest.raises(IntegrityError):
        statement.row(WRITE, {"said": "once"})
    with pytest.raises(ProgrammingError):
        statement.row("SELECT nothing FROM nowhere", {})
    assert statement.row(WRITE, {"said": "twice"}) == ("twice",)


def test_a_connection_that_was_cut_is_an_error_and_the_next_request_has_a_new_one(fresh: None):
    (mine,) = statement.row("SELECT pg_backend_pid()", {})
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [mine])
    finally:
        other.close()
    with pytest.raises(OperationalError):
        statement.row("SELECT pg_backend_pid()", {})
    connection.close_if_unusable_or_obsolete()
    assert statement.row("SELECT pg_backend_pid()", {}) != (mine,)


def test_who_waits_for_a_lock_holds_up_no_other_thread(fresh: None):
    def waiting() -> None:
        statement.row("SELECT pg_advisory_xact_lock(1)::text", {})
        connection.close()

    with transaction.atomic():
        statement.row("SELECT pg_advisory_xact_lock(1)::text", {})
        other = Thread(target=waiting)
        other.start()
        while not statement.row(WAITING, {})[0]:
            pass
        assert other.is_alive()
    other.join(30)
    assert not other.is_alive()


def test_a_statement_larger_than_the_socket_takes_at_once_is_sent_whole(fresh: None):
    sent = "长" * 10**6
    assert statement.row("SELECT %(said)s::text", {"said": sent}) == (sent,)


def test_whoever_stops_waiting_for_an_answer_leaves_nobody_elses_answer_behind(fresh: None, monkeypatch):
    statement.row("SELECT 1", {})
    monkeypatch.setattr(prepared.of(_raw()), "_libpq", _Interrupted(_raw().pgconn))
    with pytest.raises(KeyboardInterrupt):
        statement.row("SELECT 1", {})
    connection.close_if_unusable_or_obsolete()
    assert statement.row("SELECT 2", {}) == (2,)


def test_behind_a_pooler_that_keeps_nothing_apart_nothing_is_prepared(fresh: None):
    raw = _raw()
    raw.prepare_threshold = None
    assert statement.row("SELECT %(number)s::int", {"number": 7}) == (7,)
    assert kept() == []


@pytest.mark.django_db
def test_a_statement_that_is_watched_is_in_djangos_log():
    with CaptureQueriesContext(connection) as seen:
        statement.row("SELECT id FROM people_staff WHERE id = %(staff)s", {"staff": 0})
    assert [query["sql"] for query in seen] == ["SELECT id FROM people_staff WHERE id = $1"]


class _Interrupted:
    """libpq's connection, while somebody presses Ctrl-C as an answer is waited for."""

    def __init__(self, libpq: Any) -> None:
        self._libpq = libpq

    def __getattr__(self, name: str) -> Any:
        return getattr(self._libpq, name)

    def get_result(self) -> None:
        raise KeyboardInterrupt


def _raw() -> Any:
    connection.ensure_connection()
    return connection.connection
