"""Counting time the way an office and the Civil Code do.

Minutes and hours run in real time from the recorded moment. Days and months are counted by articles
201-203 of the Civil Code: the starting day is not counted, a month ends on the corresponding day (or the
month's last), and a period that would end on a statutory holiday ends on the next working day; it ends at
24:00.
"""

import calendar
import re
from collections.abc import Container
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

_DURATION = re.compile(r"^(\d{1,5}) ?(m|h|d|day|days|month|months)$")
SAME_DAY = "same day"


class Duration(NamedTuple):
    """``number`` of ``unit``: ``m`` minutes, ``h`` hours, ``d`` days, ``month`` months, or ``same day``."""

    number: int
    unit: str


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


def due(start: datetime, within: Duration, zone: ZoneInfo, holidays: Container[date] = ()) -> datetime:
    """When a period that began at ``start`` (aware) runs out. ``holidays`` are statutory rest days."""
    if within.unit == "m":
        return start + timedelta(minutes=within.number)
    if within.unit == "h":
        return start + timedelta(hours=within.number)
    first = start.astimezone(zone).date()
    if within.unit == SAME_DAY:
        return end_of_day(first, zone)
    days = within.unit == "d"
    last = first + timedelta(days=within.number) if days else add_months(first, within.number)
    while last in holidays:
        last += timedelta(days=1)
    return end_of_day(last, zone)


def earlier(moment: datetime, before: Duration) -> datetime:
    """``before`` (minutes or hours) ahead of ``moment``: when a clock warns."""
    hours = before.unit == "h"
    return moment - (timedelta(hours=before.number) if hours else timedelta(minutes=before.number))
