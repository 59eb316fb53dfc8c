"""The number of a paper, however it is written: FX-2026-000123, fx2026000123, ＦＸ 2026/123, FX123, FX-2O26-OOO123.

Pure. What is printed is the number's own business (:class:`banli.engine.paper.Number`); this reads it back.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from banli.engine.paper import Number

LONGEST = 60
#: What people write before a number.
_BEFORE = re.compile(r"^(?:№|NO[.:]|编号|单号|号码)[:.]?")
#: Every sign that is set or taken for a dash.
_GAP = re.compile(r"[‐‑‒–—―−_./·•・、,。-]+")
_YEAR = r"20\d\d"
_PERIODS = {
    "year": re.compile(rf"(?P<period>{_YEAR})-?(?P<ordinal>\d{{1,9}})"),
    "month": re.compile(rf"(?P<period>{_YEAR}-?(?:0[1-9]|1[0-2]))-?(?P<ordinal>\d{{1,9}})"),
}
_BARE = re.compile(r"\d{1,9}")
_ALIKE = str.maketrans("OIL", "011")


@dataclass(frozen=True)
class Reading:
    """The place in a series that a text may mean; ``period`` None: it was not said, and may be any."""

    period: str | None
    ordinal: int


def one_way(text: str) -> str:
    """Half-width, capitals, no spaces, one kind of dash, without what people write before it; "" if too long."""
    if len(text) > LONGEST or "\0" in text:
        return ""
    written = "".join(unicodedata.normalize("NFKC", text.replace("№", "")).upper().split())
    return _GAP.sub("-", _BEFORE.sub("", written)).strip("-")


def readings(written: str, number: Number) -> Iterator[Reading]:
    """What a text, written one way, may mean of the papers numbered so, the surest first."""
    if not written.startswith(number.prefix):
        return
    # There are no letters after the prefix: an O is a nought, an I or an L a one.
    rest = written.removeprefix(number.prefix).lstrip("-").translate(_ALIKE)
    whole = _PERIODS[number.period].fullmatch(rest) if number.period in _PERIODS else None
    if whole:
        period = whole["period"]
        if number.period == "month" and "-" not in period:
            period = f"{period[:4]}-{period[4:]}"
        yield Reading(period, int(whole["ordinal"]))
    if _BARE.fullmatch(rest):
        yield Reading(None if number.period != "none" else "", int(rest))
