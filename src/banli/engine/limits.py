"""Between which days or moments an answer must lie: ``today``, ``7d``, ``record.last_day``, ``form.begins + 3 months``.

A limit begins somewhere (``today``, ``now``, so many days from today, another answer of the form or of the record) and
may add a time. Where what it begins with was not answered, there is no limit.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from banli.engine.clocks import SAME_DAY, Duration, add_months, parse_duration

_LIMIT = re.compile(
    r"^(?P<base>today|now|(?:form|record)\.[a-z][a-z0-9_]*|[+-]?\d{1,4} ?(?:d|days?))"
    r"(?: ?\+ ?(?P<span>setting\.[a-z][a-z0-9_]*|\d{1,5} ?[a-z]+))?$"
)
_OFFSET = re.compile(r"^([+-]?\d{1,4}) ?(?:d|days?)$")


class Now(Protocol):
    """The moment an answer is judged at, on the office's clock."""

    @property
    def today(self) -> date: ...

    @property
    def wall(self) -> datetime: ...


class Limit(NamedTuple):
    """``base`` as written, and what is added to it: a duration's text, ``setting.<name>``, or nothing."""

    base: str
    span: str

    @property
    def name(self) -> str:
        """The answer it begins with: ``form.begins``; empty where it is reckoned from today."""
        return self.base if "." in self.base else ""


def parse_limit(written: str) -> Limit:
    """A limit as it stands in the file. ValueError with advice."""
    found = _LIMIT.match(written.strip())
    if found is None:
        raise ValueError(
            "写 today、now、距今天数如 7d、form.<字段> 或 record.<字段>，可加 + 3 months 或 + setting.<名>"
            " / write today, now, days from today such as 7d, form.<field> or record.<field>,"
            " with + 3 months or + setting.<name> behind it if need be"
        )
    span = found.group("span") or ""
    if span and not span.startswith("setting."):
        parse_duration(span)
    return Limit(found.group("base"), span)


def bound_of(
    written: str, kind: str, now: Now, values: Mapping[str, Any], *, first: bool = False
) -> str | None:
    """The limit of a ``date`` or ``datetime`` as a text like the answer (ISO texts sort as times do).

    ``values``: the answers by name. None where the answer it rests on is not there. ``first``: it is the earliest one,
    so that a whole day counts from its beginning; else to its end.
    """
    limit = parse_limit(written)
    begins, whole_day = _begins(limit, now, values)
    if begins is None:
        return None
    if limit.span:
        begins, whole_day = _later(begins, parse_duration(limit.span))
    if kind == "date":
        return begins.date().isoformat()
    if whole_day:
        return f"{begins.date()}T{'00:00' if first else '23:59'}"
    return begins.isoformat(timespec="minutes")


def _begins(limit: Limit, now: Now, values: Mapping[str, Any]) -> tuple[datetime | None, bool]:
    """The moment it begins with, and whether the whole of that day is meant."""
    if limit.name:
        answer = values.get(limit.name)
        return (datetime.fromisoformat(str(answer)), len(str(answer)) == 10) if answer else (None, False)
    if limit.base == "now":
        return now.wall, False
    offset = _OFFSET.match(limit.base)
    day = now.today + timedelta(days=int(offset.group(1)) if offset else 0)
    return datetime.combine(day, datetime.min.time()), offset is not None


def _later(begins: datetime, span: Duration) -> tuple[datetime, bool]:
    if span.unit in ("m", "h"):
        return begins + timedelta(**{"hours" if span.unit == "h" else "minutes": span.number}), False
    if span.unit == SAME_DAY:
        return begins, True
    day = begins.date()
    day = add_months(day, span.number) if span.unit == "month" else day + timedelta(days=span.number)
    return datetime.combine(day, datetime.min.time()), True
