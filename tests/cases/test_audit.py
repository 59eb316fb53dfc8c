"""The audit finds what somebody with the database changed, and names the row."""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from banli.cases import audit
from banli.cases.audit.cases import strays
from banli.cases.audit.chains import chains
from banli.cases.models import Case, Task
from banli.journal.models import DaySeal, Entry
from banli.journal.seals import seal_days
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.cases.test_actions import do, issued, open_goods
from tests.office import Office, today


def everything() -> list[str]:
    return [str(finding) for check in audit.CHECKS.values() for finding in check()]


def tamper(sql: str, *params: object) -> None:
    """Change the journal as somebody with the database could: with its triggers off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("journal_entry", "journal_dayseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, params)
        for table in ("journal_entry", "journal_dayseal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def lived(office: Office) -> Office:
    """An office in which a slip was used, another voided, and a case is open."""
    used = issued(office)
    do(office, "zhou", used, "gate", "released", extra={"ticked": [0, 1]})
    voided = issued(office)
    do(office, "zhou", voided, "gate", "mismatch", note="多一台冰箱")
    open_goods(office)
    return office


def test_an_honest_journal_agrees_with_everything(lived: Office):
    assert everything() == []


def cases_read() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'cases_case'"
        )
        return int(cursor.fetchone()[0])


def test_no_entry_is_held_against_every_case(office: Office):
    """Even where the database knows nothing of its tables yet, as after a restore."""
    for _ in range(30):
        open_goods(office)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # as it decides where there are more than thirty
    entries, before = Entry.objects.filter(stream__startswith="case/").count(), cases_read()
    assert list(chains()) == []
    assert cases_read() - before <= entries
    before = cases_read()
    assert list(strays()) == []
    assert cases_read() - before <= 3 * entries


@pytest.mark.parametrize(
    "sql", ["UPDATE journal_entry SET kind = 'x'", "DELETE FROM journal_entry", "TRUNCATE journal_entry"]
)
def test_the_database_refuses_to_change_the_journal(lived: Office, sql: str):
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("change", "row"),
    [
        (
            "UPDATE journal_entry SET body = jsonb_set(body, '{events,0,note}', '\"x\"') WHERE id = %s",
            "journal_entry",
        ),
        ("UPDATE journal_entry SET at = at + interval '1 second' WHERE id = %s", "journal_entry"),
        ("UPDATE journal_entry SET post = 'gate' WHERE id = %s", "journal_entry"),
        ("UPDATE journal_entry SET actor_id = NULL WHERE id = %s", "journal_entry"),
        ("UPDATE journal_entry SET key = 'another-key' WHERE id = %s", "journal_entry"),
        ("UPDATE journal_entry SET hash = decode(repeat('00', 32), 'hex') WHERE id = %s", "journal_entry"),
        ("DELETE FROM journal_entry WHERE id = %s", "#"),
    ],
)
def test_a_changed_or_missing_entry_is_found(lived: Office, change: str, row: str):
    second = Entry.objects.filter(stream__startswith="case/", seq=2).order_by("pk").first()
    assert second is not None
    tamper(change, second.pk)
    found = everything()
    assert found
    assert row in found[0]


def test_a_case_that_was_cut_off_is_found(lived: Office):
    last = Entry.objects.filter(stream__startswith="case/").order_by("-seq").first()
    assert last is not None
    tamper("DELETE FROM journal_entry WHERE id = %s", last.pk)
    case = Case.objects.get(pk=int(last.stream.removeprefix("case/")))
    assert any(f"cases_case {case.pk}: " in line for line in everything())


@pytest.mark.parametrize(
    "change",
    [
        {"status": "withdrawn", "ended_at": timezone.now() + timedelta(days=1), "wake_at": None},
        {"seq": 99},
        {"applicant_role": "tenant"},
        {"opened_at": timezone.now() - timedelta(days=3)},
        {"due_at": timezone.now()},
        {"form": {}},
        {"clocks": [{"clock": "x"}]},
        {"parent_id": None, "unit_id": None},
    ],
)
def test_a_changed_case_is_found_and_named(lived: Office, change: dict):
    case = Case.objects.filter(status="open").order_by("-pk").first()
    assert case is not None
    Case.objects.filter(pk=case.pk).update(**change)
    assert any(line.startswith(f"cases_case {case.pk}: ") for line in everything())


def test_a_changed_removed_or_invented_task_is_found(lived: Office):
    task = Task.objects.filter(state="done").order_by("pk").first()
    assert task is not None
    Task.objects.filter(pk=task.pk).update(outcome="rejected")
    assert f"cases_task {task.pk} " in everything()[0]
    Task.objects.filter(pk=task.pk).delete()
    assert any("cases_task of cases_case" in line and "is missing" in line for line in everything())


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"number": "FX-2026-009999"}, "no such row"),
        ({"state": "valid", "used_at": None, "used_by": None}, "state, used_at, used_by_id"),
        ({"valid_until": timezone.now() + timedelta(days=9)}, "digest: not what"),
        ({"snapshot": {"form.goods": []}}, "digest: not what"),
    ],
)
def test_a_changed_paper_is_found(lived: Office, change: dict, what: str):
    paper = Paper.objects.get(state="used")
    Paper.objects.filter(pk=paper.pk).update(**change)
    assert any(f"papers_paper {paper.pk} " in line and what in line for line in everything())


def test_a_missing_number_is_found(lived: Office):
    tamper("DELETE FROM papers_paper WHERE state = 'used'")
    assert any("is missing" in line for line in everything())


def test_a_changed_or_missing_row_of_a_book_is_found(lived: Office):
    row = RegisterRow.objects.order_by("pk").first()
    assert row is not None
    RegisterRow.objects.filter(pk=row.pk).update(cells={**row.cells, "carrier": "别人"})
    assert f"registers_registerrow {row.pk} " in everything()[0]
    RegisterRow.objects.filter(pk=row.pk).delete()
    assert any("registers_registerrow" in line and "is missing" in line for line in everything())


def test_a_sealed_day_cannot_be_rewritten_even_with_its_hashes(lived: Office):
    tomorrow = today() + timedelta(days=1)
    seals = seal_days(lived.estate.pk, tomorrow)
    assert [seal.day for seal in seals] == [today()]
    assert seal_days(lived.estate.pk, tomorrow) == []
    assert everything() == []
    last = Entry.objects.filter(stream__startswith="case/").order_by("-pk").first()
    assert last is not None
    last.body["events"][-1]["step"] = "confirm"
    tamper(
        "UPDATE journal_entry SET body = %s::jsonb, hash = %s WHERE id = %s",
        json.dumps(last.body), audit.hash_of(last), last.pk,
    )  # fmt: skip
    assert any("not those that were sealed" in line for line in everything())


def test_a_forged_seal_is_found(lived: Office):
    seal_days(lived.estate.pk, today() + timedelta(days=1))
    seal = DaySeal.objects.get(estate=lived.estate)
    tamper("UPDATE journal_dayseal SET signature = decode(repeat('00', 64), 'hex') WHERE id = %s", seal.pk)
    assert any("signature is not ours" in line for line in everything())
