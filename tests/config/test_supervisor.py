"""The database dies again and again while the supervisor makes everything ready: it begins anew, or says why."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.db import OperationalError, connections

from banli.config import prepare
from banli.config.failures import StartFailure
from banli.config.postgres import Server, place_of_cluster
from banli.config.supervisor import PREPARED_IN, House


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    data = Path(tmp_path_factory.mktemp("supervisor"))
    server = Server(place_of_cluster(data), data / "log", durable=False)
    server.start()
    monkeypatch.setenv("DATABASE_URL", server.url())
    try:
        yield server
    finally:
        server.stop()
        if not server.cluster.is_relative_to(data):
            shutil.rmtree(server.cluster.parent)


def killing(server: Server, times: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Lets the next preparations fail as they do when the postmaster is killed in their middle; who was killed."""
    killed: list[int] = []

    def prepared(with_demo: bool, a_year: bool) -> None:
        with psycopg.connect(server.url()) as connection:
            if len(killed) < times:
                assert server.process is not None
                killed.append(server.process.pid)
                server.process.kill()
                server.process.wait(10)
                raise OperationalError(*_last_words(connection))
            connection.execute("SELECT 1")

    monkeypatch.setattr(prepare, "prepare", prepared)
    monkeypatch.setattr(prepare, "demo_sign_ins", list)
    return killed


def _last_words(connection: psycopg.Connection) -> tuple[object, ...]:
    """What a connection says when its backend has noticed that the postmaster is gone: a moment later, not at once."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            connection.execute("SELECT 1")
        except psycopg.OperationalError as why:
            return why.args
        time.sleep(0.02)
    raise AssertionError("the backend outlived its postmaster by 30 s")


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Notes that Django's connections were closed: what was open before a crash stays broken for ever."""
    noted: list[str] = []
    monkeypatch.setattr(connections, "close_all", lambda: noted.append("closed"))
    return noted


def house(server: Server) -> Callable[[], object]:
    return lambda: House._prepare(SimpleNamespace(a_year=False), server, with_demo=False)  # type: ignore[arg-type]


def test_it_begins_anew_as_often_as_the_database_dies(
    server: Server, monkeypatch: pytest.MonkeyPatch, closed: list[str]
) -> None:
    killed = killing(server, PREPARED_IN - 1, monkeypatch)
    assert house(server)() == []
    assert len(set(killed)) == len(closed) == PREPARED_IN - 1


def test_one_that_always_dies_is_told_in_one_sentence(
    server: Server, monkeypatch: pytest.MonkeyPatch, closed: list[str]
) -> None:
    killing(server, PREPARED_IN, monkeypatch)
    with pytest.raises(StartFailure, match="The database failed while everything was made ready: "):
        house(server)()
