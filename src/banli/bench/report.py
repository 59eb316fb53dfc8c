"""What came out, as Markdown for docs/performance.md, with a chart beside it."""

import os
import platform
import re
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection

from .chart import bars
from .flow import Pace
from .pages import Timed

BEGIN, END = "<!-- figures: written by banli bench -->", "<!-- end of figures -->"
PAGE_LIMIT = 50.0  # milliseconds at p95


@dataclass
class Size:
    """The pages and the actions over HTTP, with so many cases in the estate. ``action``: with four screens at once."""

    cases: int
    pages: list[Timed]
    action: Timed
    actions_a_second: float
    load: str


@dataclass
class Report:
    """Every part that was measured; what was not asked for is left out."""

    command: str
    paces: list[Pace] = field(default_factory=list)
    pace_load: str = ""
    sizes: list[Size] = field(default_factory=list)
    workbook: list[Timed] = field(default_factory=list)
    rows: int = 0
    workbook_load: str = ""
    searches: list[Timed] = field(default_factory=list)
    people: int = 0
    search_load: str = ""
    papers: list[Timed] = field(default_factory=list)
    memory: dict[str, float] = field(default_factory=dict)

    def markdown(self) -> str:
        """All of it."""
        parts = [
            self._machine(),
            self._paces(),
            *map(self.of_size, self.sizes),
            self._workbook(),
            self._searches(),
            self._papers(),
            self._memory(),
        ]
        return "\n".join(part for part in parts if part)

    def write(self, file: Path) -> None:
        """Put the figures between the file's two marks, and the chart of the pages beside it."""
        text = file.read_text("utf-8")
        told = f"{BEGIN}\n\n{self.markdown()}\n{END}"
        file.write_text(re.sub(f"{BEGIN}.*?{END}", lambda _: told, text, flags=re.S), "utf-8")
        if self.sizes:
            rows = [(page.name, page.p95, f"{page.p95:.0f} ms") for page in self.sizes[-1].pages]
            title = f"p95 of each page, {self.sizes[-1].cases:,} cases"
            file.with_suffix(".svg").write_text(
                bars(title, rows, PAGE_LIMIT, f"{PAGE_LIMIT:.0f} ms"), "utf-8"
            )

    def _machine(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            postgres = cursor.fetchone()[0]
        return (
            f"`{self.command}`: {os.cpu_count()} cores, Linux {platform.release()}, "
            f"Python {platform.python_version()}, PostgreSQL {postgres}.\n"
        )

    def _paces(self) -> str:
        if not self.paces:
            return ""
        lines = [
            f"Whole goods releases, six actions each ({self.pace_load}):\n",
            "| clients | cases/s (median) | the limit | its cases/s | ratio (median of rounds) | lowest–highest |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        for pace in self.paces:
            for name, told in pace.limits.items():
                (low, high), ratio = pace.spread(name), pace.ratio(name)
                lines.append(
                    f"| {pace.clients} | {middle(pace.ours):.0f} | {name} | {middle(told):.0f} "
                    f"| **{ratio:.2f}** | {low:.2f}–{high:.2f} |"
                )
        python = ", ".join(f"{middle(one.python):.1f} ms by {one.clients}" for one in self.paces)
        itself = f"Processor time of a case in the clients themselves, without PostgreSQL: {python}."
        return "\n".join([*lines, "", itself, ""])

    def of_size(self, size: Size) -> str:
        """The pages of one size, beside those of the first."""
        first = {page.name: page for page in self.sizes[0].pages}
        larger = size is not self.sizes[0]
        lines = [
            f"Pages with {size.cases:,} cases in the estate ({size.load}):\n",
            f"| page | fastest ms | p50 ms | p95 ms |{' fastest, p95 to those of the first table |' if larger else ''}",
            f"| --- | --- | --- | --- |{' --- |' if larger else ''}",
        ]
        for page in [*size.pages, size.action]:
            ratio = _grown(page, first[page.name]) if larger and page.name in first else ""
            lines.append(f"| {page.name} | {page.fastest:.1f} | {page.p50:.1f} | {page.p95:.1f} |{ratio}")
        told = f"Actions over HTTP, four screens at once: {size.actions_a_second:.0f} a second."
        return "\n".join([*lines, "", told, ""])

    def _workbook(self) -> str:
        told = [
            f"A workbook of {self.rows:,} rows ({self.workbook_load}):\n",
            "| | s | rows a second |", "| --- | --- | --- |",
        ]  # fmt: skip
        told += [
            f"| {one.name} | {one.fastest / 1000:.1f} | {self.rows / one.fastest * 1000:.0f} |"
            for one in self.workbook
        ]
        return "\n".join([*told, ""]) if self.workbook else ""

    def _searches(self) -> str:
        told = f"The search box with {self.people:,} people in the estate ({self.search_load}):\n\n"
        return told + _table(self.searches, "search for") if self.searches else ""

    def _papers(self) -> str:
        return _table(self.papers, "a paper") if self.papers else ""

    def _memory(self) -> str:
        lines = [f"| {name} | {megabytes:.0f} |" for name, megabytes in self.memory.items()]
        return "\n".join(["| process | MB (PSS) |", "| --- | --- |", *lines, ""]) if lines else ""


def _grown(page: Timed, small: Timed) -> str:
    return f" {page.fastest / small.fastest:.2f}, {page.p95 / small.p95:.2f} |"


def _table(timed: list[Timed], what: str) -> str:
    lines = [f"| {one.name} | {one.fastest:.1f} | {one.p50:.1f} | {one.p95:.1f} |" for one in timed]
    return "\n".join([f"| {what} | fastest ms | p50 ms | p95 ms |", "| --- | --- | --- | --- |", *lines, ""])


def middle(told: list[float]) -> float:
    """The median of some rounds."""
    return sorted(told)[len(told) // 2]


def load_now() -> str:
    """How busy the machine is, with others' work too."""
    return f"load average {os.getloadavg()[0]:.1f}"
