"""A report becomes a PDF on A4: tables, and charts drawn as vectors from the tables' own numbers. Pure.

A report is no numbered paper and nobody's pass: it is reckoned anew each time, in the reader's language. What it says
goes to Typst as JSON, never as source.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from typing import Literal

import typst

from . import fonts
from .render import TYPST, printable


@dataclass(frozen=True)
class Series:
    """What is drawn in one tone: a number for each name of its chart."""

    name: str
    values: Sequence[float]


@dataclass(frozen=True)
class Chart:
    """``bars`` lie, one for each name; ``columns`` stand over days or months. ``unit`` stands behind a bar's number.

    ``tones``: the place of each series among the template's tones (dark, light, dotted amber, striped red, blue, pale).
    """

    kind: Literal["bars", "columns"]
    names: Sequence[str]
    series: Sequence[Series]
    stacked: bool = False
    unit: str = ""
    tones: Sequence[int] = ()


@dataclass(frozen=True)
class Table:
    """``heads``, a column's ``numbers`` stand right; ``foot`` is the line of sums, or empty."""

    heads: Sequence[str]
    numbers: Sequence[bool]
    rows: Sequence[Sequence[str]]
    foot: Sequence[str] = ()


@dataclass(frozen=True)
class Part:
    """A heading and what stands under it: figures at a glance, a chart, its table, a note; in this order."""

    title: str
    facts: Sequence[tuple[str, str]] = ()
    chart: Chart | None = None
    table: Table | None = None
    note: str = ""


@dataclass(frozen=True)
class Report:
    """``days`` it is about; ``made``: who made it, when; ``signs``: what is signed for at its end; ``lang``: zh, en."""

    title: str
    estate: str
    days: str
    made: str
    parts: Sequence[Part]
    signs: Sequence[str] = field(default=())
    lang: str = "zh"


def render(told: Report, at: datetime) -> bytes:
    """The report as a PDF, made ``at``. Refuses with ``font_missing``; a fault of the template is a RuntimeError."""
    made, warnings = typst.compile_with_warnings(
        _template(),
        font_paths=fonts.load(fonts.folder()),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(printable(asdict(told)), ensure_ascii=False)},
        format="pdf",
        timestamp=int(at.timestamp()),
    )
    if warnings:
        raise RuntimeError("; ".join(str(one) for one in warnings))
    return bytes(made)


@cache
def _template() -> bytes:
    return (TYPST / "report.typ").read_bytes()
