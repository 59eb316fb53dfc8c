"""`bin/serve`, for real: what is killed comes back, what is stopped stays stopped, what cannot start says why."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class House:
    """One running `bin/serve`."""

    def __init__(self, data: Path) -> None:
        self.data, self.port, self.output = data, free_port(), data.with_name("output")

    def start(self) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [ROOT / "bin/serve", "--no-demo", "--port", str(self.port), "--data", self.data],
                stdout=output,
                stderr=output,
                env={**environment, "BANLI_VENV": sys.prefix},
            )

    def status(self) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                status: int = answer.status
                return status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def await_ready(self, within: float = 240) -> None:
        deadline = time.monotonic() + within
        while self.status() != 200:
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < deadline, self.output.read_text()
            time.sleep(0.2)

    def find(self, role: str) -> psutil.Process:
        """The process of a role; waits for it, since it may just be starting again."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for process in psutil.Process(self.process.pid).children(recursive=True):
                try:
                    if (words := process.cmdline()) and ROLES[role](words):  # a zombie has no words
                        return process
                except psutil.Error:
                    continue
            time.sleep(0.1)
        raise AssertionError(f"no {role}\n{self.output.read_text()}")

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(60)


ROLES: dict[str, Callable[[list[str]], bool]] = {
    "supervisor": lambda words: "serve" in words and "banli.config.command" in words,
    "postmaster": lambda words: "-D" in words and words[0].endswith("/postgres"),
    "web server": lambda words: words[0].strip() == "banli-web",
    "web worker": lambda words: words[0].startswith("banli-web worker"),
    "worker": lambda words: words[-1] == "worker" and "banli.config.command" in words,
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    house = House(tmp_path_factory.mktemp("house") / "data")
    house.start()
    try:
        house.await_ready()
        yield house
    finally:
        if house.process.poll() is None:
            house.stop()
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
