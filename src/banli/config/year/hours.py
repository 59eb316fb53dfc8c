"""When the demo's people are at work: workdays and rest days of the mainland's calendar, each post its own hours."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from banli.cases.holidays import festival, rests

Span = tuple[time, time]
_OFFICE: tuple[Span, ...] = ((time(8, 45), time(12)), (time(13, 15), time(17, 20)))
_DAILY: tuple[Span, ...] = ((time(8, 30), time(12)), (time(13), time(17, 45)))
_LONG: tuple[Span, ...] = ((time(8), time(20)),)
_CALLED_IN: tuple[Span, ...] = ((time(9, 30), time(11, 30)),)
#: post → hours on a workday and on a rest day; a post without hours on rest days does not work then
HOURS: dict[str, tuple[tuple[Span, ...], tuple[Span, ...]]] = {
    "front_desk": (_DAILY, _DAILY),
    "duty_supervisor": (_DAILY, _DAILY),
    "director": (_OFFICE, _CALLED_IN),
    "engineering_supervisor": (_OFFICE, ()),
    "safety_supervisor": (_DAILY, _CALLED_IN),
    "finance": (((time(9, 10), time(11, 50)), (time(13, 20), time(16, 50))), ()),
    "gate": (((time(7), time(22)),), ((time(7), time(22)),)),
    "technician": (_LONG, _LONG),
    "cleaning_leader": (_LONG, _LONG),
    "lobby_assistant": (_LONG, _LONG),
    "duty_administrator": (_DAILY, _DAILY),
}
#: post → the days of the week (Monday is 0) and the hours of the day on which its second holder relieves the first
RELIEVED: dict[str, tuple[frozenset[int], tuple[Span, ...]]] = {
    "front_desk": (frozenset({2, 5}), ()),  # whose days off are Wednesday and Saturday
    "gate": (frozenset(), ((time(0), time(7)), (time(15), time.max))),  # from three o'clock through the night
}
FESTIVAL = "春节"
CLOSE = time(17, 30)  # by when something is promised for a day


def at_work(post: str, moment: datetime) -> datetime:
    """The same moment, or the next at which somebody in this post works."""
    workday, rest_day = HOURS.get(post, (_OFFICE, ()))
    local = timezone.localtime(moment)
    for ahead in range(30):
        day = local.date() + timedelta(days=ahead)
        for begin, end in rest_day if rests(day) else workday:
            if ahead == 0 and local.time() <= begin:
                return on(day, begin) + timedelta(minutes=local.minute % 11, seconds=local.second)
            if ahead == 0 and local.time() < end:
                return moment
            if ahead:
                return on(day, begin) + timedelta(minutes=local.minute % 11, seconds=local.second)
    return moment


def relieved(post: str, moment: datetime) -> bool:
    """Whether the second holder of a post works then, and not the first."""
    days, spans = RELIEVED.get(post, (frozenset(), ()))
    local = timezone.localtime(moment)
    return local.weekday() in days or any(begin <= local.time() < end for begin, end in spans)


def workday(day: date, after: int = 0) -> date:
    """The first workday that is ``after`` or more days later; negative: that many workdays before."""
    if after < 0:
        for _ in range(-after):
            day -= timedelta(days=1)
            while rests(day):
                day -= timedelta(days=1)
        return day
    day += timedelta(days=after)
    while rests(day):
        day += timedelta(days=1)
    return day


def weekday(day: date, after: int = 0) -> date:
    """As `workday`, and neither a Saturday nor a Sunday worked to make up for a holiday."""
    day = workday(day, after)
    while day.weekday() >= 5:
        day = workday(day, 1)
    return day


def festive(day: date) -> bool:
    """Whether it is Spring Festival, or the week before or the ten days after it, when few homes are worked on."""
    return any(festival(day + timedelta(days=away)) == FESTIVAL for away in range(-10, 8))


def on(day: date, clock: time) -> datetime:
    """A moment of a day by the office's clock."""
    return timezone.make_aware(datetime.combine(day, clock))


def typed(moment: datetime) -> str:
    """A moment as somebody types it: ``2026-05-01T14:30``."""
    return timezone.localtime(moment).replace(tzinfo=None).isoformat(timespec="minutes")


def day_of(moment: datetime) -> date:
    """The day by the office's clock."""
    return timezone.localdate(moment)
