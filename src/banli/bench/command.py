"""`banli bench`: measures the house on this machine, in a house of its own, and writes what came out.

Nothing of an installation is touched. Only ratios out of one run are to be compared: they do not depend on the machine.
"""

import argparse
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

from banli.config.failures import say
from banli.config.postgres import Server

from .house import PLACE, house

if TYPE_CHECKING:  # it needs Django, which is not set up yet
    from .report import Report

PARTS = ("flow", "pages", "workbook", "search", "paper")


def main(argv: list[str]) -> int:
    """Run the parts that were asked for, print the figures, and put them into a file."""
    wanted = _asked(argv)
    parts = wanted.parts or PARTS
    with house(wanted.place) as server:
        from . import flow, papers
        from .report import Report, load_now

        report, folder = Report(" ".join(["bin/banli", *argv])), Path(os.environ["BANLI_DATA"])
        # While the house is small: it reads all of it.
        limits = flow.recorded(folder) if "flow" in parts else None
        if "paper" in parts:
            report.papers = papers.measure(wanted.samples)
        if "pages" in parts:
            _pages(server, report, wanted)
        if "workbook" in parts:
            _workbook(report, wanted)
        if "search" in parts:
            _search(server, report, wanted)
        if limits is not None:  # last: what pgbench writes is rows, not cases anybody could go on with
            report.paces = flow.measure(server, limits, wanted.rounds, wanted.seconds)
            report.pace_load = load_now()
        print(report.markdown())
        if wanted.write is not None:
            report.write(wanted.write)
    return 0


def _pages(server: Server, report: "Report", wanted: argparse.Namespace) -> None:
    """The pages at each size, the smallest first: the same house grows."""
    from banli.estate.models import Estate

    from . import browser, load, memory, pages
    from .bulk import must_be_durable, relaxed
    from .report import Size, load_now

    estate = Estate.objects.get(code="cuihu")
    for cases in sorted(wanted.cases or [100_000]):
        with relaxed(server):
            load.load(server, estate, cases)
        must_be_durable(server)
        with browser.web() as (port, process):
            say("测量页面", "Measuring the pages")
            timed = pages.measure(port, random.Random(cases).randrange(10**6), wanted.samples)
            alone = pages.create(port, wanted.samples)
            rate, action = pages.act(port, wanted.seconds)
            report.sizes.append(Size(cases, [*timed, *alone], action, rate, load_now()))
            print(report.of_size(report.sizes[-1]), flush=True)
            report.memory = memory.measure(process, server)


def _workbook(report: "Report", wanted: argparse.Namespace) -> None:
    """A workbook of a whole estate, by the worker's code."""
    from banli.estate.models import Estate

    from . import workbook
    from .report import load_now

    say("测量导入", "Measuring a workbook")
    report.rows, report.workbook = workbook.measure(Estate.objects.get(code="cuihu"), wanted.rows)
    report.workbook_load = load_now()


def _search(server: Server, report: "Report", wanted: argparse.Namespace) -> None:
    """The search box in the same house with a great many people more."""
    from banli.estate.models import Estate, Person

    from . import browser, crowd, searches
    from .bulk import must_be_durable, relaxed
    from .report import load_now

    estate = Estate.objects.get(code="cuihu")
    say(f"建立 {wanted.people} 名人员", f"Making {wanted.people} people")
    with relaxed(server):
        crowd.crowd(server, estate, wanted.people)
    must_be_durable(server)
    with browser.web() as (port, _):
        say("测量查找", "Measuring the searches")
        report.searches = searches.measure(
            port, random.Random(wanted.people).randrange(10**6), wanted.samples
        )
    report.people, report.search_load = Person.objects.filter(estate=estate).count(), load_now()


def _asked(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("bench", description="测量 / measure", allow_abbrev=False)
    parser.add_argument(
        "parts",
        nargs="*",
        choices=[*PARTS, []],
        metavar="PART",
        help=f"{', '.join(PARTS)} (全部 / all)",
    )
    parser.add_argument(
        "--rounds", type=int, default=5, help="轮数 / rounds of the interleaved run (%(default)s)"
    )
    parser.add_argument("--seconds", type=float, default=5, help="每轮秒数 / seconds a round (%(default)s)")
    parser.add_argument(
        "--samples", type=int, default=60, help="每页次数 / requests of each page (%(default)s)"
    )
    parser.add_argument(
        "--cases", type=int, action="append", metavar="N",
        help="小区里的办件数，可多次 / cases in the estate, may be given several times (100000)",
    )  # fmt: skip
    parser.add_argument(
        "--rows", type=int, default=50_000, help="导入的行数 / rows of the workbook (%(default)s)"
    )
    parser.add_argument(
        "--people",
        type=int,
        default=1_000_000,
        help="查找时小区里的人数 / people to search among (%(default)s)",
    )
    parser.add_argument(
        "--write", type=Path, metavar="FILE", help="写入文件 / the file that gets the figures"
    )
    parser.add_argument(
        "--place", type=Path, default=PLACE, help="临时文件夹 / where its data goes (%(default)s)"
    )
    return parser.parse_args(argv[1:])
