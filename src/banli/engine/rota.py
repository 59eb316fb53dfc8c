"""When rounds fall due: a routine and a calendar → the rounds of a period. Nothing is read or kept here."""

from collections.abc import Container, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from banli.engine.clocks import add_months, due, parse_duration
from banli.engine.hours import DAYS, day_names
from banli.engine.routine import Calendar, Routine
from banli.engine.text import Text

#: A day is moved over a stretch of rest days of at most so many.
LONGEST_REST = 60
_EVERY = {
    "day": Text(zh="每天", en="Every day"),
    "workday": Text(zh="每个工作日", en="Every working day"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_REST = {
    "skip": Text(zh="（遇休息日不做）", en=" (not on rest days)"),
    "next": Text(zh="（遇休息日顺延到下一个工作日）", en=" (moved to the next working day)"),
}


class Due(NamedTuple):
    """A round falls due at ``at``, and is to be done before ``until``."""

    at: datetime
    until: datetime


def rounds(
    routine: Routine, since: datetime, until: datetime, zone: ZoneInfo, rest_days: Container[date]
) -> list[Due]:
    """The rounds that fall due after ``since`` and no later than ``until``, in their order."""
    within = parse_duration(routine.within)
    told = []
    for day in sorted(
        set(_days(routine.when, since.astimezone(zone).date(), until.astimezone(zone).date(), rest_days))
    ):
        for written in routine.when.at:
            at = datetime.combine(day, time.fromisoformat(written), zone)
            if since < at <= until:
                told.append(Due(at, due(at, within, zone, rest_days)))
    return sorted(told)


def _days(when: Calendar, first: date, last: date, rest_days: Container[date]) -> Iterator[date]:
    """The days from ``first`` to ``last`` on which rounds fall due; one may come twice."""
    back = LONGEST_REST if when.rest_day == "next" else 0
    for number in range((last - first).days + back + 1):
        day = first + timedelta(days=number - back)
        if not _named(when, day, rest_days):
            continue
        if when.rest_day == "skip" and day in rest_days:
            continue
        while when.rest_day == "next" and day in rest_days:
            day += timedelta(days=1)
        if first <= day <= last:
            yield day


def _named(when: Calendar, day: date, rest_days: Container[date]) -> bool:
    """Whether the calendar names this day, before rest days move it."""
    if when.every == "day":
        return True
    if when.every == "workday":
        return day not in rest_days
    if when.every == "week":
        return DAYS[day.weekday()] in when.on
    if when.every == "year" and day.month not in when.months:
        return False
    end = add_months(day.replace(day=1), 1) - timedelta(days=1)
    return day.day == (end.day if when.day == "last" else min(int(when.day or 1), end.day))


def said(when: Calendar) -> Text:
    """In words: 每月 15 日 09:00（遇休息日顺延到下一个工作日）."""
    which, rest = _which(when), _REST.get(when.rest_day)
    zh, en = f"{which.zh} {'、'.join(when.at)}", f"{which.en} at {', '.join(when.at)}"
    return Text(zh=zh + rest.zh, en=en + rest.en) if rest else Text(zh=zh, en=en)


def _which(when: Calendar) -> Text:
    if when.every in _EVERY:
        return _EVERY[when.every]
    if when.every == "week":
        names = [day_names(day) for day in when.on]
        return Text(zh="每" + "、".join(n.zh for n in names), en="Every " + ", ".join(n.en for n in names))
    last = when.day == "last"
    zh, en = ("最后一天", "last day") if last else (f" {when.day} 日", f"day {when.day}")
    if when.every == "month":
        return Text(zh=f"每月{zh}", en=f"On the {en} of every month" if last else f"On {en} of every month")
    months = "、".join(map(str, when.months))
    called = ", ".join(_MONTHS[month - 1] for month in when.months)
    return Text(zh=f"每年 {months} 月{zh}", en=f"Every year in {called}, {en}")
