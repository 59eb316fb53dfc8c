"""`banli audit`: does everything still follow from the journal?"""

import sys
import time

from .audit import CHECKS

SHOWN = 20


def main(argv: list[str]) -> int:
    """Run every check; print what is wrong, first row first. Exit status 1 if anything is."""
    wrong = 0
    for title, check in CHECKS.items():
        started, found = time.monotonic(), 0
        for finding in check():
            found += 1
            if found <= SHOWN:
                print(f"  ✗ {finding}")
        wrong += found
        verdict = "✓" if not found else f"✗ {found}"
        print(f"{verdict} {title} ({time.monotonic() - started:.1f} s)", flush=True)
    print(
        "全部相符 / everything agrees" if not wrong else f"有 {wrong} 处不符 / {wrong} do not agree",
        file=sys.stderr,
    )
    return 1 if wrong else 0
