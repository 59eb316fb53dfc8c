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


@dataclass
class Pace:
    """Cases per second, round by round, by this many clients."""

    clients: int
    ours: list[float] = field(default_factory=list)
    limit: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median over the rounds: what slows the machine for a round slows both of its halves."""
        return statistics.median(a / b for a, b in zip(self.ours, self.limit, strict=True))

    @property
    def spread(self) -> tuple[float, float]:
        told = [a / b for a, b in zip(self.ours, self.limit, strict=True)]
        return min(told), max(told)


def recorded(folder: Path) -> Path:
    """The script of the limit, from a case that is run for it. Reads every row there is, so in a small house only."""
    file = folder / "limit.sql"
    file.write_text(limit.script(limit.recorded(Office("recorded"))))
    return file


def measure(server: Server, file: Path, rounds: int, seconds: float) -> list[Pace]:
    """Rounds of: ours by one client, the limit by one, ours by four, the limit by four. ``file``: `recorded`."""
    paces = [Pace(clients) for clients in CLIENTS]
    with ExitStack() as stack:
        staff = [stack.enter_context(_client(f"c{number}")) for number in range(max(CLIENTS))]
        _same_rows(server, file)
        for number in range(rounds):
            for pace in paces:
                pace.ours.append(_run(staff[: pace.clients], seconds))
                pace.limit.append(limit.run(server, file, pace.clients, seconds))
                told = f"{pace.ours[-1]:.1f} / {pace.limit[-1]:.1f}"
                say(
                    f"第 {number + 1} 轮，{pace.clients} 个客户端，每秒办件 / 极限：{told}",
                    f"round {number + 1}, {pace.clients} clients, cases a second / the limit: {told}",
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


def _run(staff: list["subprocess.Popen[str]"], seconds: float) -> float:
    """Cases per second of some clients at once."""
    for client in staff:
        assert client.stdin is not None
        client.stdin.write(f"{seconds}\n")
        client.stdin.flush()
    told = 0.0
    for client in staff:
        assert client.stdout is not None
        cases, took = client.stdout.readline().split()
        told += int(cases) / float(took)
    return told
