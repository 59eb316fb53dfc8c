"""How often something is asked for: by procedure, month and day of the week, fewer while it is Spring Festival."""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from banli.cases.holidays import rests

from . import hours
from .accounts import NetworkChange, NetworkOpening, Opening
from .carrying import Carrying, GoodsRelease
from .homes import Home, People
from .renovations import Renovation, WorkerCards, new_renovation
from .services import Cleaning, Repair
from .sites import AdditionalItem, HotWork
from .story import LEFT, WITHDRAW, Story
from .works import Works

#: By month, January first.
STEADY = (1.0,) * 12
WARM_HOUSES = (1.1, 0.9, 0.9, 0.9, 1.0, 1.1, 1.3, 1.2, 0.9, 0.9, 1.0, 1.1)
MOVING = (0.7, 0.5, 1.1, 1.0, 1.0, 1.3, 1.4, 1.2, 1.0, 1.0, 0.9, 0.8)
BUILDING = (0.6, 0.3, 1.5, 1.5, 1.2, 0.9, 0.7, 0.7, 1.2, 1.4, 1.1, 0.8)


@dataclass(frozen=True)
class Rate:
    """Cases a day: on a workday, how much of that on a rest day and during the festival, and how the months differ."""

    a_day: float
    story: Callable[[Home, random.Random], Story]
    rest_day: float = 1.0
    festival: float = 0.6
    months: tuple[float, ...] = STEADY

    def of(self, day: date) -> float:
        """What is to be expected of a day."""
        told = self.a_day * self.months[day.month - 1] * (self.rest_day if rests(day) else 1.0)
        return told * (self.festival if hours.festive(day) else 1.0)


def _asked(make: type[Story], tenants: float) -> Callable[[Home, random.Random], Story]:
    """A story asked for by the tenant so often, where there is one, else by the owner."""

    def story(home: Home, chance: random.Random) -> Story:
        return make(home, home.tenant if home.tenant and chance.random() < tenants else home.owner)

    return story


RATES: tuple[Rate, ...] = (
    Rate(1.25, _asked(Repair, 0.8), 1.1, 0.7, WARM_HOUSES),
    Rate(0.45, _asked(Cleaning, 0.4), 1.4, 1.3),
    Rate(0.85, _asked(GoodsRelease, 0.7), 0.6, 0.4, MOVING),
    Rate(0.3, lambda home, chance: Carrying(home, building=chance.random() < 0.2), 0.9, 0.2, MOVING),
    Rate(0.16, _asked(Opening, 0.4), 0.7, 0.2, MOVING),
    Rate(0.13, lambda home, chance: NetworkOpening(home), 0.5, 0.3, MOVING),
    Rate(0.17, lambda home, chance: NetworkChange(home), 0.5, 0.3),
    Rate(0.07, lambda home, chance: AdditionalItem(home), 0.3, 0.1, BUILDING),
    Rate(0.02, lambda home, chance: HotWork(home), 0.0, 0.0, BUILDING),
)
RENOVATIONS = Rate(0.11, lambda home, chance: Repair(home), 0.4, 0.0, BUILDING)


def everyday(
    homes: list[Home], begin: datetime, until: datetime, scale: float, seed: str
) -> Iterator[tuple[datetime, Story]]:
    """What comes to the counter from day to day."""
    for day in _days(begin, until):
        chance = random.Random(f"{seed} {day}")
        for rate in RATES:
            for _ in range(_drawn(rate.of(day) * scale, chance)):
                home = chance.choice(homes)
                yield _at_the_counter(day, chance), rate.story(home, chance)


def renovations(
    homes: list[Home], people: People, begin: datetime, until: datetime, scale: float, seed: str
) -> Iterator[tuple[datetime, Renovation]]:
    """Renovations of homes, each home once; the homes that are used are taken from the list."""
    for day in _days(begin, until - timedelta(days=12)):
        chance = random.Random(f"{seed} renovations {day}")
        for _ in range(_drawn(RENOVATIONS.of(day) * scale, chance)):
            if not homes:
                return
            over = chance.choice((0, 0, 2, chance.randrange(8, 25)))
            children = [_carrying] * chance.randrange(0, 3) + [_item] * chance.choice((0, 1, 1, 2))
            children += [_hot_work] * chance.choice((0, 0, 1, 1))
            made = new_renovation(
                homes.pop(), people, days=chance.randrange(30, 84), over=over, children=children
            )
            yield _at_the_counter(day, chance), made


def _cards(works: Works, stop: str) -> Story:
    return WorkerCards(works, stop=stop, back=1 if stop == "pay" else 2)


def _carrying(works: Works) -> Story:
    return Carrying(works.home, works=works, building=True)


def _item(works: Works) -> Story:
    return AdditionalItem(works.home, works=works)


def _hot_work(works: Works) -> Story:
    return HotWork(works.home, works=works)


def waiting(homes: list[Home], people: People, until: datetime) -> Iterator[tuple[datetime, Story]]:
    """What waits at the end of the year: for every post something, some of it late, permits about to end."""
    stories: list[Story] = [*_renovations_now(homes, people, until)]
    for make, stop, back in (
        (AdditionalItem, "review", 1), (AdditionalItem, "approve", 2), (AdditionalItem, "issue", 3),
        (HotWork, "engineering", 1), (HotWork, "safety", 1), (HotWork, "approve", 1), (HotWork, "seal", 1),
        (HotWork, "issue", 1), (HotWork, "after_check", 4), (Opening, "connect", 3), (Opening, "connect", 9),
        (Opening, "activate", 5), (NetworkOpening, "pay", 1), (NetworkOpening, "issue", 1), (NetworkOpening, "mail", 1),
        (NetworkChange, "mail", 5), (NetworkChange, "issue", 1), (Cleaning, "finish", 4), (Repair, "follow_up", 1),
    ):  # fmt: skip
        stories.append(make(homes.pop(), stop=stop, back=back))
    for stop in ("review", "approve", "check"):
        stories.append(Carrying(homes.pop(), building=True, stop=stop, back=1 if stop != "check" else 3))
    for told, step, outcome in (
        (GoodsRelease, "seal", WITHDRAW), (GoodsRelease, "gate", LEFT), (AdditionalItem, "review", "rejected"),
        (AdditionalItem, "review", "agreed"), (Cleaning, "agree", "refused"), (HotWork, "safety", "rejected"),
        (HotWork, "ready", "passed"), (Opening, "connect", WITHDRAW),
    ):  # fmt: skip
        stories.append(told(homes.pop(), sure=(step, outcome), back=12))
    for story in stories:
        moment = story.opens(until)
        assert moment is not None
        yield moment, story


def _renovations_now(homes: list[Home], people: People, until: datetime) -> Iterator[Renovation]:
    """Renovations at each of their stages, and works whose time is nearly over, or over."""
    for stop, back in (
        ("documents", 1),
        ("review", 1),
        ("approve", 5),
        ("pay", 7),
        ("seal", 8),
        ("permit", 8),
    ):
        yield new_renovation(homes.pop(), people, days=60, stop=stop, back=back)
    cards = [partial(_cards, stop=stop) for stop in ("pay", "stamp", "hand_over")]
    for ends, over, stop, more in (
        (2, 3, "", cards),
        (-2, 3, "", []),
        (-1, 1, "inspect", []),
        (-9, 0, "refund", []),
    ):
        made = new_renovation(homes.pop(), people, days=50, over=over, stop=stop, children=more)
        made.opened = until + timedelta(days=ends - 55)
        yield made
    for stop, back in (("review", 1), ("approve", 3), ("pay", 5), ("", 8)):
        made = new_renovation(homes.pop(), people, days=40, over=20, extension=(stop, back))
        made.opened = until + timedelta(days=3 - 45)
        yield made


def _days(begin: datetime, until: datetime) -> Iterator[date]:
    day = hours.day_of(begin) + timedelta(days=1)
    while day <= hours.day_of(until):
        yield day
        day += timedelta(days=1)


def _drawn(expected: float, chance: random.Random) -> int:
    """A number of a Poisson distribution."""
    limit, number, product = math.exp(-expected), 0, chance.random()
    while product > limit:
        number, product = number + 1, product * chance.random()
    return number


def _at_the_counter(day: date, chance: random.Random) -> datetime:
    """When somebody comes: more in the morning than in the afternoon."""
    if chance.random() < 0.55:
        return hours.on(day, time(9, 0)) + timedelta(minutes=chance.triangular(-20, 165, 60))
    return hours.on(day, time(13, 10)) + timedelta(minutes=chance.triangular(0, 240, 90))
