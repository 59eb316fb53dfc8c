"""One running `bin/serve`, seen from outside: started, asked, searched for its processes, ended with all of them."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil

from banli.config.processes import begin_as_child

ROOT = Path(__file__).resolve().parents[3]
STOPPED_WITHIN = 60.0  # seconds; then everything is killed

ROLES: dict[str, Callable[[list[str]], bool]] = {
    "web worker": lambda words: words[0].startswith("banli-web worker"),
    "web server": lambda words: words[0].strip() == "banli-web",
    "worker": lambda words: words[-1] == "worker" and "banli.config.command" in words,
    "postmaster": lambda words: "-D" in words and words[0].endswith("/postgres"),
    "backend": lambda words: words[0].startswith("postgres: banli "),
    "supervisor": lambda words: "serve" in words and "banli.config.command" in words,
}


class HouseDown(Exception):
    """The house, or a part of it, is not there and does not come back."""


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class House:
    """A house of its own on a data folder. What it says goes to the file ``output``, beside the folder."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data, self.options = data, options
        self.port, self.output = free_port(), data.with_name("output")
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts it; nobody's DATABASE_URL or data folder but its own."""
        own = {
            name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BANLI_DATA")
        }
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [ROOT / "bin/serve", *self.options, "--port", str(self.port), "--data", self.data],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**own, "BANLI_VENV": sys.prefix},
                preexec_fn=partial(begin_as_child, os.getpid(), signal.SIGTERM),  # it outlives nobody
            )

    def status(self) -> int:
        """What /readyz answers; 0 when nobody does."""
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                status: int = answer.status
                return status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def await_ready(self, within: float = 240) -> None:
        """Until it is ready. Raises HouseDown with what it said when it ends, or is not in time (seconds)."""
        deadline = time.monotonic() + within
        while self.status() != 200:
            if self.process.poll() is not None:
                raise HouseDown(f"bin/serve ended with {self.process.returncode}\n{self.said()}")
            if time.monotonic() > deadline:
                raise HouseDown(f"not ready within {within:g} s\n{self.said()}")
            time.sleep(0.2)

    def all_of(self, role: str) -> list[psutil.Process]:
        """The processes of a role that are alive now."""
        found = []
        with contextlib.suppress(psutil.Error):
            for process in psutil.Process(self.process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    if (words := process.cmdline()) and ROLES[role](words):  # a zombie has no words
                        found.append(process)
        return found

    def find(self, role: str, within: float = 60) -> psutil.Process:
        """The process of a role; waits for it, since it may just be starting again. Raises HouseDown."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if found := self.all_of(role):
                return found[0]
            time.sleep(0.1)
        raise HouseDown(f"no {role} within {within:g} s\n{self.said()}")

    def said(self, most: int = 6000) -> str:
        """The end of what it said, at most so many characters."""
        return self.output.read_text(errors="replace")[-most:] if self.output.exists() else ""

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Asks it to stop; its exit status. Raises HouseDown when it does not."""
        self.process.send_signal(number)
        try:
            return self.process.wait(STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            raise HouseDown(f"does not stop within {STOPPED_WITHIN:g} s\n{self.said()}") from None

    def end(self) -> None:
        """Stops it if it runs; whatever of it is left then is killed."""
        left = [psutil.Process(self.process.pid)] if psutil.pid_exists(self.process.pid) else []
        with contextlib.suppress(psutil.Error):
            left += [child for process in left for child in process.children(recursive=True)]
        if self.process.poll() is None:
            with contextlib.suppress(HouseDown):
                self.stop()
        _, alive = psutil.wait_procs(left, timeout=2)
        for process in alive:
            with contextlib.suppress(psutil.Error):
                process.kill()
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
