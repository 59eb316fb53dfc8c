"""A worker killed in the middle of a job: the job is taken up again, and its work is done once."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app, connector_params

from banli.cases.jobs import send_mails, wake_cases
from banli.config.jobs import rescue_stalled_jobs
from banli.config.worker import STALLED_AFTER
from banli.papers.models import Paper, PaperFile
from tests.cases.test_actions import issued
from tests.office import Office, build, load_packs

pytestmark = pytest.mark.django_db(transaction=True)
WITHIN = 60.0  # seconds for anything that is waited for


@pytest.fixture
def busy() -> Iterator[Office]:
    """The office in committed rows, and no job or worker of another test."""
    for table in ("procrastinate_jobs", "procrastinate_workers"):
        ask(f"DELETE FROM {table}")
    load_packs()
    yield build()
    ask("DELETE FROM procrastinate_jobs")


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Starts `banli worker` on the tests' database; whatever still runs at the end is killed."""
    with ExitStack() as stack:

        def start() -> "subprocess.Popen[bytes]":
            with (tmp_path / "output").open("ab") as output:
                process = subprocess.Popen(
                    [sys.executable, "-m", "banli.config.command", "worker"],
                    stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                    env={
                        **os.environ, "PYTHONPATH": str(settings.ROOT / "src"), "DATABASE_URL": address(),
                        "BANLI_DATA": str(tmp_path / "data"),
                    },
                )  # fmt: skip
            stack.callback(end, process)
            return process

        yield start


def end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait(10)


def address() -> str:
    told = connection.settings_dict
    host = quote(told["HOST"], safe="")
    return f"postgres://{told['USER']}@/{told['NAME']}?host={host}&port={told['PORT'] or 5432}"


def ask(sql: str, *params: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


def until(what: str, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not within {WITHIN:g} s"
        time.sleep(0.1)


def jobs(task: str = "banli.papers.make_files") -> list[Any]:
    return ask("SELECT status, attempts FROM procrastinate_jobs WHERE task_name = %s", task)


def test_a_paper_whose_worker_was_killed_is_made_by_the_next(busy: Office, worker: Any):
    issued(busy)
    with psycopg.connect(address().replace("postgres://", "postgresql://")) as other:
        other.execute(
            "LOCK TABLE papers_paperfile IN ACCESS EXCLUSIVE MODE"
        )  # in the middle of the job it waits here
        first = worker()
        until("the job is taken", lambda: jobs() == [("doing", 0)])
        first.kill()
        first.wait(10)
    assert jobs() == [("doing", 0)], "nobody knows yet"
    assert not PaperFile.objects.exists()
    ask(
        "UPDATE procrastinate_workers SET last_heartbeat = now() - make_interval(secs => %s)",
        STALLED_AFTER + 1,
    )
    worker()
    until("the job is done", lambda: jobs() == [])
    paper = Paper.objects.get()
    assert sorted(paper.files.values_list("copy", flat=True)) == sorted(paper.copies)


def test_a_paper_whose_connection_broke_is_made_later_by_the_same_worker(busy: Office, worker: Any):
    issued(busy)
    with psycopg.connect(address().replace("postgres://", "postgresql://")) as other:
        other.execute("LOCK TABLE papers_paperfile IN ACCESS EXCLUSIVE MODE")
        process = worker()
        until("the job waits", lambda: bool(waiting()))
        ask("SELECT pg_terminate_backend(%s)", waiting()[0][0])
        until("the job is to be done again", lambda: jobs() != [("doing", 0)])
    until("the job is done", lambda: jobs() == [])
    assert process.poll() is None
    assert PaperFile.objects.count() == 2


def waiting() -> list[Any]:
    return ask(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        " AND query LIKE '%%papers_paperfile%%'"
    )


def test_a_stalled_job_that_comes_back_by_the_clock_holds_up_no_other(busy: Office):
    """Its next is queued already: it is dropped, and what stalled behind it is queued again."""
    wake = app.configure_task("banli.cases.jobs.wake_cases", queueing_lock="wake_cases")
    wake.defer(timestamp=1)  # the first that is found
    issued(busy)
    ask("UPDATE procrastinate_jobs SET status = 'doing'")  # by a worker that is not there any more
    following = wake.defer(timestamp=2)

    async def rescue() -> None:
        connector = PsycopgConnector(kwargs=connector_params())
        with app.replace_connector(connector) as working:
            async with working.open_async():
                await rescue_stalled_jobs(SimpleNamespace(app=working), 1)

    asyncio.run(rescue())
    assert jobs() == [("todo", 1)]
    assert ask("SELECT id, status FROM procrastinate_jobs WHERE queueing_lock = 'wake_cases'") == [
        (following, "todo")
    ]


def test_what_comes_back_by_the_clock_goes_before_papers_that_wait(busy: Office):
    issued(busy)
    by_the_clock = [wake_cases, send_mails, rescue_stalled_jobs]
    for task in by_the_clock:
        task.defer(timestamp=1)

    async def in_turn() -> list[str]:
        connector = PsycopgConnector(kwargs=connector_params())
        with app.replace_connector(connector) as working:
            async with working.open_async():
                worker = await working.job_manager.register_worker()
                found = [await working.job_manager.fetch_job(None, worker) for _ in range(4)]
        return [job.task_name for job in found if job]

    told = asyncio.run(in_turn())
    assert sorted(told[:3]) == sorted(task.name for task in by_the_clock)
    assert told[3:] == ["banli.papers.make_files"]
