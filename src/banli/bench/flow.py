"""Whole cases per second through the actions, beside the limit, in one interleaved run."""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import Max

from banli.cases.models import Case
from banli.config.failures import say
from banli.config.postgres import Server

from . import limit
from .office import Office

CLIENTS = (1, 4)
LIMITS = {"a statement an action": limit.script, "a statement a row": limit.row_by_row}


@dataclass
class Pace:
    """Cases per second, round by round, by this many clients. ``python``: the milliseconds of a processor that a case
    takes in the client itself, whatever the database takes.
    """

    clients: int
    ours: list[float] = field(default_factory=list)
    python: list[float] = field(default_factory=list)
    limits: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in LIMITS})

    def ratio(self, limit: str) -> float:
        """The median over the rounds: what slows the machine for a round slows all of its parts."""
        return statistics.median(self._ratios(limit))

    def spread(self, limit: str) -> tuple[float, float]:
        return min(self._ratios(limit)), max(self._ratios(limit))

    def _ratios(self, limit: str) -> list[float]:
        return [a / b for a, b in zip(self.ours, self.limits[limit], strict=True)]


def recorded(folder: Path) -> dict[str, Path]:
    """The limits' scripts, from a case that is run for them. Reads every row there is, so in a small house only."""
    actions = limit.recorded(Office("recorded"))
    files = {}
    for number, (name, script) in enumerate(LIMITS.items()):
        files[name] = folder / f"limit-{number}.sql"
        files[name].write_text(script(actions))
    return files


def measure(server: Server, files: dict[str, Path], rounds: int, seconds: float) -> list[Pace]:
    """Rounds of: ours by one client, the limits by one, ours by four, the limits by four. ``files``: `recorded`."""
    paces = [Pace(clients) for clients in CLIENTS]
    with ExitStack() as stack:
        staff = [stack.enter_context(_client(f"c{number}")) for number in range(max(CLIENTS))]
        for file in files.values():
            _same_rows(server, file)
        for number in range(rounds):
            for pace in paces:
                rate, python = _run(staff[: pace.clients], seconds)
                pace.ours.append(rate)
                pace.python.append(python)
                for name, file in files.items():
                    pace.limits[name].append(limit.run(server, file, pace.clients, seconds))
                told = " / ".join(f"{of[-1]:.1f}" for of in (pace.ours, *pace.limits.values()))
                say(
                    f"第 {number + 1} 轮，{pace.clients} 个客户端，每秒办件 / 各极限：{told}",
                    f"round {number + 1}, {pace.clients} clients, cases a second / the limits: {told}",
                )
    return paces


def _same_rows(server: Server, file: Path) -> None:
    """Refuses to compare what is not the same work."""
    ours = [Office("compared").release()]
    last = Case.objects.aggregate(last=Max("pk"))["last"]
    limit.run(server, file, 1, 1)
    theirs = list(Case.objects.filter(pk__gt=last, status="done").values_list("pk", flat=True)[:100])
    if not theirs or limit.rows_per_case(ours) != limit.rows_per_case(theirs):
        raise RuntimeError(f"{limit.rows_per_case(ours)} is not {limit.rows_per_case(theirs)}")


@contextmanager
def _client(name: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "banli.bench.client", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env=os.environ,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    try:
        if process.stdout.readline().strip() != "ready":
            raise RuntimeError("a client of the bench did not start")
        yield process
    finally:
        process.stdin.close()
        process.wait(60)


def _run(staff: list["subprocess.Popen[str]"], seconds: float) -> tuple[float, float]:
    """Cases per second of some clients at once, and the milliseconds of a processor that each case took in a client."""
    for client in staff:
        assert client.stdin is not None
        client.stdin.write(f"{seconds}\n")
        client.stdin.flush()
    rate, done, worked = 0.0, 0, 0.0
    for client in staff:
        assert client.stdout is not None
        cases, took, processor = client.stdout.readline().split()
        rate, done, worked = rate + int(cases) / float(took), done + int(cases), worked + float(processor)
    return rate, 1000 * worked / done
