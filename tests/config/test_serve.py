"""`bin/serve`, for real: what is killed comes back, what is stopped stays stopped, what cannot start says why."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from banli.torture.house import ROOT, House


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house") / "data", "--no-demo")
    house.start()
    try:
        house.await_ready()
        yield house
    finally:
        house.end()
    place = house.data / "postgres-place"
    if place.exists():
        subprocess.run(["rm", "-r", place.read_text().strip()], check=True)


@pytest.mark.parametrize("role", ["web worker", "web server", "worker", "postmaster", "supervisor"])
def test_what_is_killed_is_brought_back(house: House, role: str) -> None:
    victim = house.find(role)
    victim.kill()
    deadline = time.monotonic() + 60
    while house.find(role).pid == victim.pid and time.monotonic() < deadline:
        time.sleep(0.1)
    assert house.find(role).pid != victim.pid
    house.await_ready()


def test_a_stop_is_clean_and_a_new_start_finds_the_same_data(house: House) -> None:
    def made() -> list[bytes]:
        return [(house.data / name).read_bytes() for name in ("secrets/secret-key", "first-start")]

    before, children = made(), psutil.Process(house.process.pid).children(recursive=True)
    assert house.stop(signal.SIGTERM) == 0
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
    house.start()
    house.await_ready()
    assert made() == before
    assert house.stop(signal.SIGINT) == 0
    house.start()  # the other tests find it running, in whatever order they come
    house.await_ready()


def test_a_port_in_use_is_said_in_both_languages(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = subprocess.run(
            [ROOT / "bin/serve", "--port", str(port), "--data", tmp_path / "data"],
            capture_output=True,
            text=True,
            env={**os.environ, "BANLI_VENV": sys.prefix},
            timeout=120,
        )
    assert refused.returncode == 1
    assert f"无法监听 127.0.0.1:{port}" in refused.stderr
    assert f"Cannot listen on 127.0.0.1:{port}" in refused.stderr
    assert "Traceback" not in refused.stderr
