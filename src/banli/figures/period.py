"""The days that figures are about: a month, a quarter, a year, or from one day to another."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

#: Up to so many days are told one by one; what is longer, month by month.
DAY_BY_DAY = 92
LONGEST = 5 * 366
_NAMED = re.compile(r"^(20\d\d)(?:-(0[1-9]|1[0-2])|-?Q([1-4]))?$")


@dataclass(frozen=True)
class Period:
    """From the first to the last day, both included. ``name``: ``2026-11``, ``2026Q4``, ``2026``; empty for others."""

    first: date
    last: date
    name: str = ""

    @property
    def start(self) -> datetime:
        """The first moment of the first day, on the office's clock."""
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after the last day."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def grain(self) -> str:
        """``day`` or ``month``: by what its course is told."""
        return "day" if (self.last - self.first).days < DAY_BY_DAY else "month"

    @property
    def is_month(self) -> bool:
        """Whether it is one calendar month: its report is the monthly one."""
        return len(self.name) == len("2026-11")

    @property
    def query(self) -> str:
        """The period as the end of an address."""
        return f"period={self.name}" if self.name else f"since={self.first}&until={self.last}"

    @property
    def slug(self) -> str:
        """The period in a file's name."""
        return self.name or f"{self.first}_{self.last}"


class BadPeriod(ValueError):
    """What was asked for is no period. Its text is for the reader."""


def month(year: int, number: int) -> Period:
    """A month of a year; ``number`` may go on below 1 and above 12."""
    year, number = year + (number - 1) // 12, (number - 1) % 12 + 1
    return _months(year, number, 1, f"{year}-{number:02}")


def quarter(year: int, number: int) -> Period:
    """A quarter, counted from 1."""
    return _months(year, 3 * number - 2, 3, f"{year}Q{number}")


def year(number: int) -> Period:
    """A calendar year."""
    return _months(number, 1, 12, str(number))


def lately(today: date) -> Period:
    """Today and the twenty-nine days before: what is shown unasked, so that no first of a month begins with nothing."""
    return Period(today - timedelta(days=29), today)


def usual(today: date) -> list[tuple[str, Period]]:
    """What is asked for most, with what it is called."""
    this = (today.month - 1) // 3 + 1
    before = quarter(today.year, this - 1) if this > 1 else quarter(today.year - 1, 4)
    return [
        (_("近三十天"), lately(today)),
        (_("本月"), month(today.year, today.month)),
        (_("上月"), month(today.year, today.month - 1)),
        (_("本季度"), quarter(today.year, this)),
        (_("上季度"), before),
        (_("今年"), year(today.year)),
        (_("去年"), year(today.year - 1)),
    ]


def months(today: date) -> list[Period]:
    """The month under way and the twelve before it, to choose one from."""
    return [month(today.year, today.month - back) for back in range(13)]


def asked(told: Mapping[str, str], today: date) -> Period:
    """The period an address names; the last thirty days where it names none. Raises BadPeriod with a sentence."""
    named, since, until = (told.get(name, "").strip() for name in ("period", "since", "until"))
    if since or until:
        first, last = _day(since or until), _day(until or since)
        if last < first:
            raise BadPeriod(_("止日不能早于起日。"))
        if (last - first).days >= LONGEST:
            raise BadPeriod(_("一次最多看五年。"))
        return Period(first, last)
    if not named:
        return lately(today)
    found = _NAMED.match(named)
    if found is None:
        raise BadPeriod(_("没有这样的期间，例如 2026-11、2026Q4、2026。"))
    in_year = int(found[1])
    if found[2]:
        return month(in_year, int(found[2]))
    return quarter(in_year, int(found[3])) if found[3] else year(in_year)


def asked_or_first(told: Mapping[str, str], today: date) -> tuple[Period, str]:
    """The period that was asked for; where it is none, the one that is shown unasked, and what was wrong."""
    try:
        return asked(told, today), ""
    except BadPeriod as why:
        return asked({}, today), str(why)


def _months(in_year: int, first: int, count: int, name: str) -> Period:
    after = in_year * 12 + first - 1 + count
    return Period(date(in_year, first, 1), date(after // 12, after % 12 + 1, 1) - timedelta(days=1), name)


def _day(told: str) -> date:
    try:
        found = date.fromisoformat(told)
    except ValueError:
        raise BadPeriod(_("请填写日期，例如 2026-05-01。")) from None
    if not 2000 <= found.year <= 2099:
        raise BadPeriod(_("请填写日期，例如 2026-05-01。"))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
