"""How much memory each process holds: its own, and its share of what it shares (PSS, from /proc)."""

import os
import subprocess
import sys
import time
from pathlib import Path

from banli.config.postgres import Server

SETTLED = 5.0  # seconds a worker needs to be at work


def measure(web: "subprocess.Popen[bytes]", server: Server) -> dict[str, float]:
    """Megabytes of the web server with its workers, of the worker for jobs, and of PostgreSQL with its backends."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "banli.config.command", "worker"], env=os.environ, stdin=subprocess.DEVNULL
    )
    try:
        time.sleep(SETTLED)
        assert server.process is not None
        told = {f"web {n}": _held(pid) for n, pid in enumerate(_family(web.pid))}
        return {
            **told,
            "worker": _held(worker.pid),
            "PostgreSQL": sum(map(_held, _family(server.process.pid))),
        }
    finally:
        worker.terminate()
        worker.wait(60)


def _family(pid: int) -> list[int]:
    told = [pid]
    for tasks in Path(f"/proc/{pid}/task").iterdir():
        for child in (tasks / "children").read_text().split():
            told += _family(int(child))
    return told


def _held(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0
