"""The embedded PostgreSQL, for real."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from banli.config.binaries import REACHABLE
from banli.config.failures import StartFailure
from banli.config.postgres import Server, check_chinese_search, place_of_cluster


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder in a place of mode 700, as a copy of Banli under /root has; what it made elsewhere is removed."""
    yield tmp_path
    record = tmp_path / "postgres-place"
    if record.exists():
        place = Path(record.read_text().strip())
        assert place.parent == REACHABLE
        subprocess.run(["rm", "-r", place], check=True)


def ask(server: Server, query: str) -> object:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        cursor = connection.execute(query)
        return cursor.fetchone()[0] if cursor.description else None  # type: ignore[index]


def test_data_outlives_stop_kill_and_start(data: Path) -> None:
    server = Server(place_of_cluster(data), data / "log")
    server.start()
    try:
        ask(server, "CREATE TABLE book (line text)")
        server.stop()
        server.start()
        ask(server, "INSERT INTO book VALUES ('放行条')")
        assert server.process
        server.process.kill()
        server.process.wait()
        server.start()
        assert ask(server, "SELECT line FROM book") == "放行条"
        assert place_of_cluster(data) == server.cluster
    finally:
        server.stop()
    assert not server.running()


def test_it_searches_chinese_and_the_application_is_no_superuser(data: Path) -> None:
    server = Server(place_of_cluster(data), data / "log", durable=False)
    server.start()
    try:
        check_chinese_search(server.url())
        assert ask(server, "SELECT count(*) FROM unnest(show_trgm('电梯'))")
        assert ask(server, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
        assert ask(server, "SHOW data_checksums") == "on"
        assert ask(server, "SHOW listen_addresses") == ""
    finally:
        server.stop()


def test_the_leftover_of_a_killed_supervisor_is_ended(data: Path) -> None:
    """A postmaster that nobody stopped (here: one whose starter did not take it along) gives way."""
    server = Server(place_of_cluster(data), data / "log", durable=False)
    server.start()
    leftover = server.process
    assert leftover
    successor = Server(server.cluster, data / "log", durable=False)
    successor.start()
    try:
        assert leftover.wait(10) == 0
        assert ask(successor, "SELECT 1") == 1
    finally:
        successor.stop()


def test_a_data_folder_moved_out_of_reach_takes_its_database_along(data: Path) -> None:
    open_place = Path(tempfile.mkdtemp(dir="/tmp"))
    open_place.chmod(0o755)
    server = Server(place_of_cluster(open_place), data / "log", durable=False)
    try:
        server.start()
        ask(server, "CREATE TABLE book AS SELECT '放行条' AS line")
        if os.geteuid() == 0:
            with pytest.raises(StartFailure, match="still running"):
                open_place.chmod(0o700)
                place_of_cluster(open_place)
            open_place.chmod(0o755)
        server.stop()
        open_place.rename(data / "moved")
        there = Server(place_of_cluster(data / "moved"), data / "log", durable=False)
        there.start()
        try:
            assert ask(there, "SELECT line FROM book") == "放行条"
            assert place_of_cluster(data / "moved") == there.cluster
        finally:
            there.stop()
    finally:
        server.stop()
        record = data / "moved" / "postgres-place"
        if record.exists():
            assert not (data / "moved" / "postgres").exists()
            shutil.rmtree(record.read_text().strip())
        shutil.rmtree(open_place, ignore_errors=True)


def test_a_path_too_long_for_a_socket_still_works(data: Path) -> None:
    reach = Path(tempfile.mkdtemp(dir="/tmp"))
    reach.chmod(0o755)
    deep = reach / ("长" * 60)
    deep.mkdir(mode=0o755)
    server = Server(deep / "postgres", data / "log", durable=False)
    server.start()
    try:
        assert ask(server, "SELECT 1") == 1
        assert str(server.cluster) not in server.url()
    finally:
        server.stop()
        shutil.rmtree(reach)


def test_postgres_dies_with_whoever_started_it(data: Path) -> None:
    code = (
        "import sys, pathlib; from banli.config.postgres import Server;"
        "s = Server(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), durable=False); s.start();"
        "print(s.process.pid, flush=True); sys.stdin.read()"
    )
    cluster = place_of_cluster(data)
    starter = subprocess.Popen(
        [sys.executable, "-c", code, cluster, data / "log"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": "src"},
    )
    assert starter.stdout
    postmaster = int(starter.stdout.readline())
    starter.send_signal(signal.SIGKILL)
    starter.wait(60)
    deadline = time.monotonic() + 10
    while os.path.exists(f"/proc/{postmaster}/cwd") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not os.path.exists(f"/proc/{postmaster}/cwd")


def test_data_of_another_major_version_is_refused(data: Path) -> None:
    server = Server(place_of_cluster(data), data / "log", durable=False)
    server.prepare()
    (server.cluster / "PG_VERSION").write_text("12\n")
    with pytest.raises(StartFailure, match="written by PostgreSQL 12"):
        server.start()


def test_a_lost_cluster_is_not_replaced_by_an_empty_one(data: Path) -> None:
    (data / "postgres-place").write_text(f"{data}/gone\n")
    with pytest.raises(StartFailure, match="does not exist"):
        place_of_cluster(data)
    (data / "postgres-place").unlink()
