"""Statutory rest days of mainland China, for deadlines counted in days (Civil Code 203)."""

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=2048)
def rests(day: date) -> bool:
    """Whether ``day`` is a statutory rest day, make-up workdays counted as work. A year not yet published: weekends."""
    import chinese_calendar  # its table is large; most processes never count in days

    try:
        return bool(chinese_calendar.is_holiday(day))
    except NotImplementedError:
        return day.weekday() >= 5


class RestDays:
    """``day in REST_DAYS``."""

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and rests(day)


REST_DAYS = RestDays()
