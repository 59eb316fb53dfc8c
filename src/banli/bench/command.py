"""`banli bench`: measures the house on this machine, in a house of its own, and writes what came out.

Nothing of an installation is touched. Only ratios out of one run are to be compared: they do not depend on the machine.
"""

import argparse
import os
from pathlib import Path

from banli.config.failures import say

from .house import PLACE, house


def main(argv: list[str]) -> int:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser("bench", description="测量 / measure", allow_abbrev=False)
    parser.add_argument(
        "--rounds", type=int, default=5, help="轮数 / rounds of the interleaved run (%(default)s)"
    )
    parser.add_argument("--seconds", type=float, default=5, help="每轮秒数 / seconds a round (%(default)s)")
    parser.add_argument(
        "--place", type=Path, default=PLACE, help="临时文件夹 / where its data goes (%(default)s)"
    )
    wanted = parser.parse_args(argv[1:])
    with house(wanted.place) as server:
        from . import flow

        folder = Path(os.environ["BANLI_DATA"])
        for pace in flow.measure(server, folder, wanted.rounds, wanted.seconds):
            low, high = pace.spread
            say(
                f"{pace.clients} 个客户端：极限的 {pace.ratio:.2f}（{low:.2f}–{high:.2f}）",
                f"{pace.clients} clients: {pace.ratio:.2f} of the limit ({low:.2f}-{high:.2f})",
            )
    return 0
