"""`load`: the whole year, from the first day to the given moment."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from django.db import connection
from django.utils import timezone

from banli.cases.models import Case
from banli.config.failures import say
from banli.estate.models import Estate
from banli.journal.seals import seal_days
from banli.messages import actions as messages
from banli.people.models import Staff

from . import arrivals, belongings, hours, keeping
from .care import keep_campaigns
from .carrying import GoodsRelease
from .homes import Home, People, settle
from .moves import keep_moving
from .parking import keep_parking
from .rounds import keep_rounds
from .services import Repair
from .till import keep_shifts
from .town import Town
from .visits import Call, Visitor
from .waiting import waiting

HOMES = 230  # are lived in, of a whole year
SEED = "翠湖花园"
DAYS = 365
DARK_DAY = 24  # workdays before the end of the year


def load(
    estate: Estate, posts: Mapping[str, str], begin: datetime, until: datetime, *, scale: float = 1.0,
    reliefs: Mapping[str, str] = MappingProxyType({}), lately: Any = (), told: Any = say,
) -> Town:  # fmt: skip
    """Drive the year through, or what is missing of it. ``posts``: post → user name; ``reliefs``: of those with two
    holders the second. ``scale``: how busy it is.

    ``lately``: pairs of a moment and what is done then, besides. Nothing waits for the disk meanwhile: what is lost
    when the machine stops is done again by the next call.
    """
    seed = f"{SEED} {hours.day_of(begin)}"
    town, people = Town(estate, dict(posts), seed, until, reliefs), People(seed)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
    try:
        homes = _plan(town, people, begin, until, scale)
        for moment, do in lately:
            town.at(moment, do)
        town.run(_Calendar(begin, told))
        belongings.take_in(town, homes, timezone.localdate(until))
        seal_days(estate.pk, timezone.localdate(until))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = on")
            cursor.execute("ANALYZE")
    return town


def _plan(town: Town, people: People, begin: datetime, until: datetime, scale: float) -> list[Home]:
    """Everything that is to come. The homes that are lived in."""
    desk = town.desk(town.posts["front_desk"])
    count = max(round(HOMES * min(scale, 1.0)), 60)
    homes = settle(town.estate, desk, people, count, begin, town.key("home"))
    used = homes[2:]  # the cast's own homes are not built on
    people.chance.shuffle(used)
    used.sort(
        key=lambda home: (home.new, home.tenant is None)
    )  # taken from the end: the building handed over last
    for moment, story in waiting(used, homes[2:], people, until):
        town.begin(moment, story)
    for moment, story in arrivals.renovations(used, people, begin, until, scale, town.seed):
        town.begin(moment, story)
    for moment, story in arrivals.outcries(homes, begin, until, town.seed):
        town.begin(moment, story)
    for moment, story in arrivals.everyday(homes, begin, until, scale, town.seed):
        town.begin(moment, story)
    _power_cut(town, homes, until)
    keep_moving(town, homes[2:], people, hours.day_of(begin), hours.day_of(until), scale)
    keep_campaigns(town, homes, hours.day_of(begin), hours.day_of(until), scale)
    keep_shifts(town, hours.day_of(begin) + timedelta(days=1), hours.day_of(until))
    keep_parking(town, homes[2:], begin, until, scale)
    keep_rounds(town, hours.day_of(until))
    keeping.keep(town, homes, hours.day_of(begin), hours.day_of(until), _dark_day(until))
    _read_notices(town, begin, until)
    return homes


def _dark_day(until: datetime) -> date:
    return hours.workday(hours.day_of(until), -DARK_DAY)


def _power_cut(town: Town, homes: list[Home], until: datetime) -> None:
    """One afternoon without power: what comes then, and what was under way, is done on paper and entered afterwards."""
    day = _dark_day(until)
    town.dark = hours.on(day, time(13, 40)), hours.on(day, time(16, 15))
    for number, story in enumerate(
        (
            GoodsRelease(homes[5]),
            Repair(homes[6], urgent=True),
            Call(homes[7], leads="nothing"),
            Visitor(homes[8]),
        )
    ):
        town.begin(hours.on(day, time(13, 52 + number * 2)), story)


def _read_notices(town: Town, begin: datetime, until: datetime) -> None:
    """Everybody reads once a week what is older than two days, and so at the end of the year."""

    def read(at: datetime) -> None:
        posted = Staff.objects.filter(holdings__estate=town.estate).distinct().order_by("pk")
        for username in posted.values_list("username", flat=True):
            desk = town.desk(username)
            old = messages.unread(desk).filter(at__lt=at - timedelta(days=2)).values_list("pk", flat=True)
            messages.mark_read(desk=desk, notice_ids=list(old), now=at)

    day = hours.day_of(begin) + timedelta(days=7)
    while day < hours.day_of(until):
        town.at(hours.on(day, time(8, 40)), read)
        day += timedelta(days=7)
    town.at(until, read)


class _Calendar:
    """Tells of each month as it begins, and has the tables' figures taken, so that what they grow to is planned for."""

    def __init__(self, begin: datetime, told: Any) -> None:
        self.month, self.told = begin.month, told

    def __call__(self, moment: datetime) -> None:
        if moment.month != self.month:
            self.month = moment.month
            self.told(
                f"演示：{moment:%Y-%m}，已有办件 {Case.objects.count()}",
                f"the demo: {moment:%Y-%m}, {Case.objects.count()} cases so far",
            )
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
