"""A due time as the person at the counter reads it: how long still, or how long over.

The server writes it, so that it is right without a script; clock.js goes on counting with the same sentences and
limits.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from django.utils import timezone
from django.utils.dateformat import format as day_format
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

#: The office's clock. There is one, so nobody is asked which.
ZONE = timezone.get_default_timezone()

#: Without a start or a warning time, a clock turns amber so long before it is due.
WARN_BEFORE = timedelta(minutes=30)
#: With a start, when this share of its time is left.
WARN_SHARE = 4
#: So far away, hours say nothing any more.
FAR = timedelta(days=10)


@dataclass(frozen=True)
class Reading:
    """A clock at a moment. `state`: calm, amber (soon due), red (late), met or missed (stopped)."""

    due: datetime
    warn_at: datetime
    state: Literal["calm", "amber", "red", "met", "missed"]
    sentence: str
    due_told: str

    @property
    def running(self) -> bool:
        return self.state not in ("met", "missed")


def read(
    due: datetime | str,
    *,
    now: datetime,
    started: datetime | None = None,
    stopped: datetime | None = None,
    warn_at: datetime | None = None,
) -> Reading:
    """`stopped` is when what it measures was done: the clock then says only whether that was in time."""
    moment = parse_datetime(due) if isinstance(due, str) else due
    if moment is None:
        raise ValueError(f"not a time: {due!r}")
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    if warn_at is None:
        warn_at = moment - ((moment - started) / WARN_SHARE if started else WARN_BEFORE)
    if stopped is not None:
        late = stopped > moment
        sentence = _("超时 %(time)s") % {"time": away(stopped - moment)} if late else _("按时")
        return Reading(moment, warn_at, "missed" if late else "met", sentence, told_end(moment, now))
    left = moment - now
    if left < timedelta():
        return Reading(
            moment, warn_at, "red", _("超时 %(time)s") % {"time": away(-left)}, told_end(moment, now)
        )
    state: Literal["calm", "amber"] = "amber" if now >= warn_at else "calm"
    return Reading(moment, warn_at, state, _("还有 %(time)s") % {"time": away(left)}, told_end(moment, now))


def away(length: timedelta) -> str:
    """How far from now a clock's end is: as `span`, in whole days where it is far."""
    return span(timedelta(days=length.days) if length >= FAR else length)


def span(length: timedelta) -> str:
    """A length of time in one or two units, the way it is said: 40 秒, 12 分, 3 小时 5 分, 2 天 4 小时."""
    seconds = max(int(length.total_seconds()), 0)
    if seconds < 60:
        return _("%(seconds)s 秒") % {"seconds": seconds}
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 60:
        return _("%(minutes)s 分") % {"minutes": minutes}
    if hours < 24:
        rest = minutes % 60
        whole = _("%(hours)s 小时") % {"hours": hours}
        return f"{whole} {_('%(minutes)s 分') % {'minutes': rest}}" if rest else whole
    rest = hours % 24
    whole = _("%(days)s 天") % {"days": days}
    return f"{whole} {_('%(hours)s 小时') % {'hours': rest}}" if rest else whole


def told(moment: datetime, now: datetime) -> str:
    """今天 14:30, 明天 09:00, 昨天 17:05; another day of this year 5月1日 14:30; of another year the whole date."""
    local, today = moment.astimezone(ZONE), now.astimezone(ZONE).date()
    at = f"{local.hour:02}:{local.minute:02}"
    away = (local.date() - today).days
    if away == 0:
        return _("今天 %(at)s") % {"at": at}
    if away == 1:
        return _("明天 %(at)s") % {"at": at}
    if away == -1:
        return _("昨天 %(at)s") % {"at": at}
    if local.year == today.year:
        return f"{_told_day(local.date(), get_language() or '')} {at}"
    return f"{local.date().isoformat()} {at}"


@lru_cache(maxsize=1024)
def _told_day(day: date, language: str) -> str:
    """A day of this year in the reader's language: a list tells the same few over and over."""
    return day_format(day, _("n月j日"))


def iso(moment: datetime) -> str:
    """A moment on the office's clock, for the datetime attribute of <time>."""
    return moment.astimezone(ZONE).isoformat(timespec="seconds")


def written(moment: datetime) -> str:
    """A moment on the office's clock as paper has it, with the whole date: 2026-05-01 14:30."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}"


def written_end(moment: datetime) -> str:
    """The end of a time, as `written`: midnight belongs to the day that ends with it, as 24:00."""
    if moment.astimezone(ZONE).time() != time.min:
        return written(moment)
    return f"{moment.astimezone(ZONE) - timedelta(days=1):%Y-%m-%d} 24:00"


def told_end(moment: datetime, now: datetime) -> str:
    """The end of a time, as `told`: midnight belongs to the day that ends with it, as 24:00."""
    if moment.astimezone(ZONE).time() != time.min:
        return told(moment, now)
    return told(moment - timedelta(days=1), now).replace("00:00", "24:00")
