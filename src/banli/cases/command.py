"""`banli audit`: does everything still follow from the journal?"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from .audit import CHECKS

SHOWN = 20
PAUSE = 0.5  # seconds between two signs of life on a terminal


def main(argv: list[str]) -> int:
    """Run every check; print what is wrong, first row first. Exit status 1 if anything is."""
    with _one_moment():
        return audit()


def audit() -> int:
    """Run every check in this transaction and print what it finds; 1 if anything is wrong, else 0."""
    wrong = 0
    for title, check in CHECKS.items():
        progress, found = _Progress(title), 0
        for finding in check(progress.tick):
            found += 1
            if found <= SHOWN:
                progress.clear()
                print(f"  ✗ {finding}")
        wrong += found
        progress.clear()
        verdict = "✓" if not found else f"✗ {found}"
        print(f"{verdict} {title} ({progress.seconds:.1f} s)", flush=True)
    print(
        "全部相符 / everything agrees" if not wrong else f"有 {wrong} 处不符 / {wrong} do not agree",
        file=sys.stderr,
    )
    return 1 if wrong else 0


@contextmanager
def _one_moment() -> Iterator[None]:
    """Everything as it stood at one moment, so that whoever works meanwhile makes no row look wrong."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


class _Progress:
    """How many rows were looked at, on a terminal; nothing where nobody watches."""

    def __init__(self, title: str) -> None:
        self.title, self.rows = title, 0
        self.began = self.shown = time.monotonic()
        self.watched = sys.stderr.isatty()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def tick(self, rows: int) -> None:
        self.rows += rows
        if self.watched and time.monotonic() - self.shown >= PAUSE:
            self.shown = time.monotonic()
            sys.stderr.write(f"\r\033[K… {self.title}: {self.rows:,}")
            sys.stderr.flush()

    def clear(self) -> None:
        if self.watched:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
