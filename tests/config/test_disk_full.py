"""The disk is full: what cannot be written is refused in a clear sentence, nothing is half done, and room is enough."""

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from banli.config.postgres import Server, place_of_cluster
from banli.torture.api import Caller, Request
from banli.torture.house import ROOT, House
from banli.torture.work import Ground, opening

SIZE = "220m"  # a database with the demo, static files, and the first segments of its log
WITHIN = 120.0  # seconds for anything that is waited for


@pytest.fixture
def small() -> Iterator[Path]:
    """A disk that is soon full: a tmpfs, which takes somebody who may mount one."""
    folder = Path(tempfile.mkdtemp(prefix="banli-small-", dir="/tmp"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", folder],
        capture_output=True,
        text=True,
    )
    if mounted.returncode != 0:
        folder.rmdir()
        pytest.skip(f"nobody may mount here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True, timeout=30)
        folder.rmdir()


@pytest.fixture
def house(small: Path, tmp_path: Path) -> Iterator[House]:
    house = House(small / "data", "--short-demo")
    house.output = tmp_path / "output"  # not on the small disk
    try:
        house.start()
        house.await_ready()
        yield house
    finally:
        house.end()


def banli(house: House, *words: str) -> str:
    own = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BANLI_DATA")}
    told = subprocess.run(
        [ROOT / "bin/banli", "--data", house.data, *words], capture_output=True, text=True, timeout=WITHIN,
        env={**own, "BANLI_VENV": sys.prefix}, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    return told.stdout


def fill(disk: Path) -> Path:
    """Everything that is left, to the last byte."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    return ballast


class Counter:
    """The front desk, opening cases by the API. ``opened``: key → the case it was told."""

    def __init__(self, house: House) -> None:
        token = banli(house, "token", "create", "--user", "xiaowang", "--label", "small").strip()
        self.caller = Caller(house.address, {"xiaowang": token}, random.Random(1), within=WITHIN)
        unit = self.caller.get("xiaowang", "units", q="12栋3单元502")["items"][0]["id"]
        people = self.caller.get("xiaowang", f"units/{unit}")["people"]
        owner = next(one["id"] for one in people if one["role"] == "owner")
        self.form = opening("goods-release", Ground(unit, owner, 0))
        self.opened: dict[str, int] = {}

    def once(self, key: str) -> tuple[int, Any]:
        """Send it once."""
        status, told, _ = self.caller._call(
            "xiaowang", "POST", "cases", self.form, {"Idempotency-Key": key, "Accept-Language": "en"}, 20
        )
        if status == 201:
            self.opened[key] = told["case"]
        return status, told

    def until_refused(self) -> tuple[str, Any]:
        """The first key that is refused, and how."""
        for number in range(2000):
            status, told = self.once(key := f"small-{number:06}")
            if status != 201:
                return key, {**told, "status": status}
        raise AssertionError("the disk is never full")

    def insist(self, key: str) -> bool:
        """Send it until it is done; whether it had been done before."""
        answer = self.caller.do(Request("xiaowang", "cases", self.form, key))
        self.opened[key] = answer.case
        return answer.again


def test_a_full_disk_is_said_and_is_forgotten_when_there_is_room(house: House, small: Path) -> None:
    counter = Counter(house)
    status, told = counter.once("before-it-is-full")
    assert status == 201, told
    ballast = fill(small)

    key, refused = counter.until_refused()
    assert (refused["status"], refused["code"]) == (503, "disk_full")
    assert "disk is full; nothing was done" in refused["detail"]
    assert counter.caller.get("xiaowang", f"cases/{told['case']}")["status"] == "open", "it can still be read"
    assert "No space left on device" in (house.data / "logs/postgres.log").read_text() + house.said(10**6)

    break_the_log(house)  # also the database's own log finds no room: it dies, and cannot get up
    ballast.unlink()
    house.await_ready(WITHIN)
    assert counter.insist(key) is False, "what was refused had not been done"
    assert counter.insist("after-it-was-full") is False
    assert counter.insist("before-it-is-full") is True
    banli(house, "audit")
    keys = banli(
        house, "manage", "shell", "-v", "0", "-c",
        "from banli.journal.models import Entry; print(*Entry.objects.filter(stream__startswith='case/')"
        ".exclude(key__startswith='demo-').exclude(key=None).order_by('key').values_list('key', flat=True))",
    ).split()  # fmt: skip
    assert keys == sorted(counter.opened)
    assert house.stop() == 0


def break_the_log(house: House) -> None:
    """Uses up the log's segments until the server is down. Its own words of that may find no room any more."""
    server = Server(place_of_cluster(house.data), house.data / "logs/postgres.log")
    deadline = time.monotonic() + WITHIN
    while still_up(server):
        assert time.monotonic() < deadline, f"the log always finds room\n{server.log.read_text()[-3000:]}"
        time.sleep(0.05)


def still_up(server: Server) -> bool:
    """Takes a new segment of the log; whether the server answers, be it by refusing that."""
    try:
        with psycopg.connect(
            server.url("postgres", "postgres"), autocommit=True, connect_timeout=2
        ) as connection:
            connection.execute("SELECT pg_logical_emit_message(false, 'small', repeat('x', 1000000))")
            connection.execute("SELECT pg_switch_wal()")
    except psycopg.OperationalError as down:  # a panic, a connection that broke, or none at all
        return down.diag.severity_nonlocalized == "ERROR"
    return True
