"""`banli audit`: does everything still follow from the journal?"""

import sys
import time
from collections.abc import Iterator

from django.db import connection

from .audit import CHECKS, several
from .audit.several import SHOWN, Found
from .models import Case

PAUSE = 0.5  # seconds between two signs of life on a terminal


def main(argv: list[str]) -> int:
    """Run every check; print what is wrong, first row first. Exit status 1 if anything is.

    By as many processes as there are processors, unless a transaction is open that only this one sees into.
    """
    parts = several.alone() if connection.in_atomic_block else several.every()
    wrong = sum(_tell(found) for found in _in_order(parts))
    print(
        "全部相符 / everything agrees" if not wrong else f"有 {wrong} 处不符 / {wrong} do not agree",
        file=sys.stderr,
    )
    return 1 if wrong else 0


def _in_order(parts: Iterator[tuple[Found, int]]) -> Iterator[Found]:
    """Each check's parts put together, in the order of the checks, as soon as those before it are done."""
    together = {title: Found(title) for title in CHECKS}
    waiting, done, progress = list(CHECKS), set(), _Progress()
    for part, left in parts:
        whole = together[part.title]
        whole.first += part.first[: SHOWN - len(whole.first)]
        whole.count += part.count
        whole.rows += part.rows
        progress.tick(whole, left)
        if left == 0:
            done.add(part.title)
        while waiting and waiting[0] in done:
            progress.clear()
            yield together[waiting.pop(0)]


def _tell(found: Found) -> int:
    for finding in found.first:
        print(f"  ✗ {finding}")
    verdict = "✓" if not found.count else f"✗ {found.count}"
    print(f"{verdict} {found.title}", flush=True)
    return found.count


class _Progress:
    """How many cases were looked at, how quickly, how long it will take yet; nothing where nobody watches."""

    def __init__(self) -> None:
        self.began = self.shown = time.monotonic()
        self.watched = sys.stderr.isatty()
        self.cases = 0

    def tick(self, found: Found, left: int) -> None:
        now = time.monotonic()
        if not self.watched or now - self.shown < PAUSE:
            return
        self.shown = now
        told = f"{found.title}: {found.rows:,}"
        if left:
            self.cases = self.cases or Case.objects.count()
            rate = found.rows / (now - self.began)
            told += f" / {self.cases:,}, {rate:,.0f}/s, {(self.cases - found.rows) / max(rate, 1):,.0f} s"
        sys.stderr.write(f"\r\033[K… {told}")
        sys.stderr.flush()

    def clear(self) -> None:
        if self.watched:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
