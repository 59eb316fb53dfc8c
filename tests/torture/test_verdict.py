"""The judgement after the torture can be against the house: what was lost, doubled or left is named."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.models import Max
from procrastinate.contrib.django import app

from banli.journal.models import Entry
from banli.papers.jobs import make_files
from banli.papers.models import Paper, PaperFile
from banli.torture import verdict
from banli.torture.memory import Memory, Told, read
from tests.cases.test_actions import do, issued
from tests.cases.test_audit import tamper
from tests.office import Office

STEPS = ("", "sign", "confirm", "seal", "issue")


def finish_the_queue() -> None:
    """As the worker does: each job once, and then it is gone."""
    for paper in Paper.objects.all():
        make_files(paper.pk)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def told(office: Office) -> list[Told]:
    """One slip that was issued, as the client was told of it."""
    case = issued(office)
    finish_the_queue()
    entries = Entry.objects.filter(stream=f"case/{case}").order_by("seq")
    return [
        Told(entry.key or "", entry.kind, step, case, entry.seq)
        for entry, step in zip(entries, STEPS, strict=True)
    ]


def named(told: list[Told]) -> list[str]:
    return [str(one) for one in verdict.violations(told, 0)]


def test_nothing_is_wrong_with_an_honest_house(told: list[Told]):
    assert named(told) == []


def test_a_lost_action_is_named_by_its_key(told: list[Told]):
    last = told[-1]
    tamper("DELETE FROM journal_entry WHERE key = %s", last.key)
    assert named(told) == [
        f"key {last.key}: was acknowledged as case/{last.case} #5; the journal has no such entry"
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("stream = 'case/999999'", "it is case/999999 #2"),
        ("seq = 9", "#9"),
        ("kind = 'withdraw'", "says otherwise"),
        ("body = jsonb_set(body, '{events,0,step}', '\"seal\"')", "says otherwise"),
    ],
)
def test_an_action_that_is_not_what_was_acknowledged_is_named(told: list[Told], change: str, said: str):
    tamper(f"UPDATE journal_entry SET {change} WHERE key = %s", told[1].key)
    assert any(told[1].key in one and said in one for one in named(told)), named(told)


def test_an_action_that_was_done_again_is_named_under_whatever_key(told: list[Told]):
    """The same row once more: without the key's index, and as if a second key had been made up for it."""
    copy = (
        "INSERT INTO journal_entry"
        " (estate_id, stream, seq, kind, at, actor_id, post, deputy_for_id, key, body, prev, hash)"
        " SELECT estate_id, stream, seq + 10, kind, at, actor_id, post, deputy_for_id, {key}, body, prev, hash"
        " FROM journal_entry WHERE key = %s"
    )
    tamper(copy.format(key="'made-up-key'"), told[1].key)
    doubled = Entry.objects.aggregate(last=Max("pk"))["last"]
    row = f"journal_entry {doubled} (case/{told[1].case} #12)"
    assert named(told) == [
        f"{row}: was done, and nobody was told so (key made-up-key)",
        f"{row}: does the step sign a second time",
    ]
    tamper("DELETE FROM journal_entry WHERE id = %s", doubled)
    tamper("DROP INDEX entry_key_once")
    tamper(copy.format(key="key"), told[1].key)
    assert sum("is one of 2 with the key" in one for one in named(told)) == 2


def test_what_nobody_was_told_is_named(told: list[Told], office: Office):
    do(office, "zhou", told[0].case, "gate", "released", extra={"ticked": [0, 1]}, key="never-answered")
    assert [one.partition(": ")[2] for one in named(told)] == [
        "was done, and nobody was told so (key never-answered)"
    ]


def test_a_paper_that_is_not_there_and_the_gap_it_leaves_are_named(told: list[Told]):
    PaperFile.objects.all().delete()
    Paper.objects.all().delete()
    said = "\n".join(named(told))
    assert f"case/{told[0].case} #5: issued" in said
    assert "number 1 is missing" in said


@pytest.fixture
def left(told: list[Told]) -> Iterator[int]:
    """A job that is queued."""
    yield app.configure_task("banli.papers.make_files").defer(paper_id=Paper.objects.get().pk)


@pytest.mark.parametrize("status", ["todo", "doing", "failed"])
def test_a_job_that_was_not_done_is_named(told: list[Told], left: int, status: str):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = %s", [status])
    assert named(told) == [f"procrastinate_jobs {left} (banli.papers.make_files): is still {status}"]


def test_a_file_that_was_not_made_is_named(told: list[Told]):
    paper = Paper.objects.get()
    PaperFile.objects.filter(copy="stub").delete()
    assert named(told) == [f"papers_paper {paper.pk} ({paper.number}): its copy stub was not made by its job"]


def test_the_clients_memory_is_what_stands_in_its_file(tmp_path, told: list[Told]):
    memory = Memory(tmp_path / "acknowledged.jsonl")
    for one in told:
        memory.keep(one)
    assert read([memory.file]) == memory.told == told
