"""Counting time the way an office and the Civil Code do.

Minutes and hours run in real time from the recorded moment, or, where a clock says ``during``, only in those hours of
the week. Days and months are counted by articles 201-203 of the Civil Code: the starting day is not counted, a month
ends on the corresponding day (or the month's last), and a period that would end on a statutory holiday ends on the next
working day; it ends at 24:00. While a clock is paused it does not count: minutes go on where they stopped, and a day
that ended in a pause is not counted.
"""

import calendar
import re
from collections.abc import Container, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from banli.engine.hours import Hours

_DURATION = re.compile(r"^(\d{1,5}) ?(m|h|d|day|days|month|months)$")
SAME_DAY = "same day"
#: So many days on end without an open hour, and nobody will ever open.
_SHUT_FOR_GOOD = 400
NOTHING = timedelta()

Pause = tuple[datetime, datetime]


class Duration(NamedTuple):
    """``number`` of ``unit``: ``m`` minutes, ``h`` hours, ``d`` days, ``month`` months, or ``same day``."""

    number: int
    unit: str


class Step(NamedTuple):
    """A stretch of a clock's time and why it counts, or does not.

    ``run``: it counts. ``shut``: outside the hours. ``paused``. Of whole days: ``out``, the day it began, not counted;
    ``day``, counted; ``rest``, a rest day on which it would have ended.
    """

    kind: Literal["run", "shut", "paused", "out", "day", "rest"]
    begin: datetime
    end: datetime

    @property
    def counted(self) -> timedelta:
        """How much of the period it uses up; a day is a day."""
        if self.kind == "day":
            return timedelta(days=1)
        return self.end - self.begin if self.kind == "run" else NOTHING


def parse_duration(text: str) -> Duration:
    """``15m``, ``2h``, ``2 days``, ``3 months``, ``same day``. Raises ValueError with advice."""
    text = text.strip()
    if text == SAME_DAY:
        return Duration(0, SAME_DAY)
    found = _DURATION.match(text)
    if not found:
        raise ValueError(
            f"“{text}”不是时间，写 15m、2h、2 days、3 months 或 same day"
            f" / “{text}” is not a time; write 15m, 2h, 2 days, 3 months or same day"
        )
    unit = found.group(2)
    return Duration(int(found.group(1)), {"day": "d", "days": "d", "months": "month"}.get(unit, unit))


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """24:00 of ``day`` in ``zone``: the first moment of the next day."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


def add_months(day: date, months: int) -> date:
    """The corresponding day ``months`` later, or the month's last day if there is none (Civil Code 202)."""
    whole = day.month - 1 + months
    year, month = day.year + whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def last_day(begins: date, months: int) -> date:
    """The last day of so many months that begin with ``begins``, which counts: the day before the corresponding one.

    A month without the corresponding day ends with its last (Civil Code 202): the next period begins on a first.
    What has been paid for is a right and nothing to be done: its last day does not move because of a holiday.
    """
    day = add_months(begins, months)
    return day - timedelta(days=1) if day.day == begins.day else day


def due(
    start: datetime, within: Duration, zone: ZoneInfo, holidays: Container[date] = (), hours: Hours | None = None,
    pauses: Sequence[Pause] = (),
) -> datetime:  # fmt: skip
    """When a period that began at ``start`` (aware) runs out. ``holidays`` are statutory rest days."""
    return count(start, within, zone, holidays, hours, pauses)[-1].end


def count(
    start: datetime, within: Duration, zone: ZoneInfo, holidays: Container[date] = (), hours: Hours | None = None,
    pauses: Sequence[Pause] = (),
) -> list[Step]:  # fmt: skip
    """The steps from ``start`` to when the period runs out, each beginning where the one before ends.

    ``pauses`` are over, in order, and none before ``start``. ``hours`` bear on minutes and hours only.
    """
    if within.unit not in ("m", "h"):
        return _days(start, within, zone, holidays, pauses)
    length = timedelta(hours=within.number) if within.unit == "h" else timedelta(minutes=within.number)
    if hours is None and not pauses:
        return [Step("run", start, start + length)]
    return _minutes(start.astimezone(UTC), length, zone, holidays, hours, pauses)


def earlier(moment: datetime, before: Duration) -> datetime:
    """``before`` (minutes or hours) ahead of ``moment``: when a clock warns."""
    hours = before.unit == "h"
    return moment - (timedelta(hours=before.number) if hours else timedelta(minutes=before.number))


def _minutes(
    start: datetime, left: timedelta, zone: ZoneInfo, holidays: Container[date], hours: Hours | None,
    pauses: Sequence[Pause],
) -> list[Step]:  # fmt: skip
    """From one pause to the next: what is open counts, until nothing is left."""
    steps: list[Step] = []
    for pause in (*pauses, None):
        for kind, begin, end in _open(start, zone, holidays, hours):
            ends = [one for one in (end, pause and pause[0]) if one is not None]
            ends += [begin + left] if kind == "run" else []
            until = min(ends)
            if until > begin or not left:
                steps.append(Step(kind, begin, max(until, begin)))
            left -= steps[-1].counted if until > begin else NOTHING
            if not left:
                return steps
            if pause is not None and until >= pause[0]:
                break
        if pause is not None:
            start = pause[1].astimezone(UTC)
            steps.append(Step("paused", pause[0].astimezone(UTC), start))
    return steps


def _open(
    start: datetime, zone: ZoneInfo, holidays: Container[date], hours: Hours | None
) -> Iterator[tuple[Literal["run", "shut"], datetime, datetime | None]]:
    """From ``start`` on, in turn: in the hours and outside them; without hours, for ever in them."""
    if hours is None:
        yield "run", start, None
        return
    at, day, idle = start, start.astimezone(zone).date(), 0
    while idle < _SHUT_FOR_GOOD:
        midnight = datetime.combine(day, time(), zone).astimezone(UTC)
        idle += 1
        for first, last in hours.spans_on(day, holidays):
            begin, end = max(midnight + timedelta(minutes=first), at), midnight + timedelta(minutes=last)
            if end <= begin:
                continue
            if begin > at:
                yield "shut", at, begin
            yield "run", begin, end
            at, idle = end, 0
        day += timedelta(days=1)
    raise ValueError("这些时段里从来不开放 / these hours are never open")


def _days(
    start: datetime, within: Duration, zone: ZoneInfo, holidays: Container[date], pauses: Sequence[Pause]
) -> list[Step]:  # fmt: skip
    """Day by day. Those that ended in a pause do not count; of the others the first is out, unless it is that day's."""
    day = start.astimezone(zone).date()
    paused = [(begin.astimezone(zone).date(), end.astimezone(zone).date()) for begin, end in pauses]
    same = within.unit == SAME_DAY
    left = within.number if within.unit == "d" else 1 if same else (add_months(day, within.number) - day).days
    steps: list[Step] = []
    began = same
    while True:
        kind: Literal["paused", "out", "day", "rest"] = "day"
        rest = not same and day in holidays
        if any(begin <= day < end for begin, end in paused):
            kind = "paused"
        elif not began:
            kind, began = "out", True
        elif rest and left <= 1:
            kind = "rest"
        else:
            left -= 1
        steps.append(Step(kind, steps[-1].end if steps else start, end_of_day(day, zone)))
        if left <= 0 and kind != "paused" and not rest:
            return steps
        day += timedelta(days=1)
