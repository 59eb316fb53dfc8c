"""A year of an estate's calendar, month by month, as its clocks count it."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from banli.cases.holidays import festival, published, rest_days, rests
from banli.estate.models import Estate
from banli.estate.own import OwnDay, own_days

from .setting_forms import in_english

_ENGLISH = {
    "元旦": "New Year's Day", "春节": "Spring Festival", "清明": "Tomb-sweeping Day", "劳动节": "Labour Day",
    "端午": "Dragon Boat Festival", "国庆节": "National Day", "中秋": "Mid-autumn Festival",
}  # fmt: skip


@dataclass(frozen=True)
class Day:
    """A day of a month. ``look``: rest, work (a weekend day that is worked), own-rest, own-work, or nothing special."""

    day: date
    look: str
    mark: str
    told: str


@dataclass(frozen=True)
class Month:
    first: date
    weeks: list[list[Day | None]]


@dataclass(frozen=True)
class Stretch:
    """Days on end that are one festival's, or that are worked for one. ``own``: the estate's, not the nation's."""

    first: date
    last: date
    title: str
    rest: bool


def months(estate: Estate, year: int) -> list[Month]:
    """The twelve months of a year; no query, as the estate's row carries its days."""
    own, rest = own_days(estate), rest_days(estate)
    told = []
    for month in range(1, 13):
        weeks = calendar.Calendar().monthdatescalendar(year, month)
        days = [
            [_day(day, own.get(day.isoformat()), day in rest) if day.month == month else None for day in week]
            for week in weeks
        ]
        told.append(Month(date(year, month, 1), days))
    return told


def _day(day: date, own: str | None, rest: bool) -> Day:
    if own is not None:
        told = _("本小区定为休息日") if rest else _("本小区定为工作日")
        return Day(day, f"own-{own}", _mark(rest), told)
    weekend, name = day.weekday() >= 5, festival(day)
    if rest and (name or not weekend):
        return Day(day, "rest", _mark(rest), in_words(name))
    if weekend and not rest:
        return Day(day, "work", _mark(rest), _("%(name)s调休上班") % {"name": in_words(name)})
    return Day(day, "weekend" if rest else "", "", "")


def _mark(rest: bool) -> str:
    return pgettext("calendar", "休") if rest else pgettext("calendar", "班")


def weekdays() -> list[str]:
    """The heads of a month's columns, from Monday."""
    return [
        pgettext("weekday", "一"), pgettext("weekday", "二"), pgettext("weekday", "三"), pgettext("weekday", "四"),
        pgettext("weekday", "五"), pgettext("weekday", "六"), pgettext("weekday", "日"),
    ]  # fmt: skip


def stretches(year: int) -> list[Stretch]:
    """The national festivals of a year and the weekend days worked for them; of a year not published, none."""
    told: list[Stretch] = []
    day = date(year, 1, 1)
    while day.year == year and year <= published():
        name, rest = festival(day), rests(day)
        if name and (rest or day.weekday() >= 5):
            before = told[-1] if told else None
            if (
                before
                and before.last == day - timedelta(days=1)
                and (before.title, before.rest) == (in_words(name), rest)
            ):
                told[-1] = Stretch(before.first, day, before.title, rest)
            else:
                told.append(Stretch(day, day, in_words(name), rest))
        day += timedelta(days=1)
    return told


def in_words(name: str) -> str:
    """A festival in the reader's language."""
    return _ENGLISH.get(name, name) if in_english() else name


def changes(estate: Estate, year: int) -> list[OwnDay]:
    """What the estate has changed in a year, newest first; one query."""
    rows = OwnDay.objects.filter(estate=estate, day__year=year).select_related("set_by")
    return list(rows.order_by("-pk"))
