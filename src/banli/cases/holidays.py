"""Rest days, for deadlines counted in days (Civil Code 203) and for hours of the week: the national ones, and an
estate's own.

The national calendar is the State Council's yearly notice, as `chinesecalendar` has it; of a year that is not yet
published only the weekends are known (:func:`published`).
"""

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache

from banli.estate.models import Estate
from banli.estate.own import own_days


@lru_cache(maxsize=2048)
def rests(day: date) -> bool:
    """Whether ``day`` is a national rest day, make-up workdays counted as work. A year not yet published: weekends."""
    import chinese_calendar  # its table is large; most processes never count in days

    try:
        return bool(chinese_calendar.is_holiday(day))
    except NotImplementedError:
        return day.weekday() >= 5


@lru_cache(maxsize=2048)
def festival(day: date) -> str:
    """What a national rest day or a make-up workday is for, in Chinese; empty for an ordinary day."""
    import chinese_calendar

    try:
        _rests, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return ""
    return next((one.chinese for one in chinese_calendar.Holiday if one.value == name), name or "")


@cache
def published() -> int:
    """The last year whose national rest days are known."""
    from chinese_calendar import constants

    return max(constants.holidays).year


class RestDays:
    """``day in RestDays(own)``: as an estate counts. ``own``: ISO day → ``rest`` or ``work``."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        self._own = own or {}

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date):
            return False
        own = self._own.get(day.isoformat()) if self._own else None
        return rests(day) if own is None else own == "rest"


def rest_days(estate: Estate) -> RestDays:
    """The rest days of an estate."""
    return RestDays(own_days(estate))
