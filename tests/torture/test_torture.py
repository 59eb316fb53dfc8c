"""`bin/banli torture` for real, shortly; docs/operating.md tells of long runs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from banli.torture.house import ROOT

LONGEST = 360  # seconds; a quiet machine takes a tenth of that


def test_ten_kills_lose_nothing(tmp_path: Path) -> None:
    """Each part is killed at least once. What it says goes to a file: nobody waits at a pipe for orphans."""
    output = tmp_path / "output"
    with output.open("wb") as said:
        run = subprocess.Popen(
            [ROOT / "bin/banli", "torture", "--kills", "10", "--clients", "2", "--seed", "7"],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={**os.environ, "BANLI_VENV": sys.prefix},
            start_new_session=True,
        )
    try:
        status = run.wait(LONGEST)
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)  # its house stops by itself when it is gone
            run.wait(10)
    told = output.read_text()
    assert status == 0, told
    assert "10 kills: " in told
    assert all(
        f"{role} 0" not in told for role in ("worker", "server", "postmaster", "backend", "supervisor")
    )
    assert "everything agrees" in told
