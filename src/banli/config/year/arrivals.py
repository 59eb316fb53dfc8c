"""How often something is asked for: by procedure, month and day of the week, fewer while it is Spring Festival."""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from banli.cases.holidays import rests

from . import hours
from .accounts import NetworkChange, NetworkOpening, Opening
from .carrying import Carrying, GoodsRelease
from .complaints import Communication, Complaint
from .grievances import GRIEVANCES
from .homes import Home, People
from .orders import Order
from .renovations import Renovation, new_renovation
from .services import Cleaning, Repair
from .sites import AdditionalItem, HotWork
from .story import Story
from .violations import Violation
from .visits import Call, Visitor
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
        told = make(home)
        told.tenant_asks = chance.random() < tenants
        return told

    return story


RATES: tuple[Rate, ...] = (
    Rate(0.9, _asked(Repair, 0.8), 1.1, 0.7, WARM_HOUSES),
    Rate(0.45, _asked(Cleaning, 0.4), 1.4, 1.3),
    Rate(0.85, _asked(GoodsRelease, 0.7), 0.6, 0.4, MOVING),
    Rate(0.3, lambda home, chance: Carrying(home, building=chance.random() < 0.2), 0.9, 0.2, MOVING),
    Rate(0.16, _asked(Opening, 0.4), 0.7, 0.2, MOVING),
    Rate(0.13, lambda home, chance: NetworkOpening(home), 0.5, 0.3, MOVING),
    Rate(0.17, lambda home, chance: NetworkChange(home), 0.5, 0.3),
    Rate(0.07, lambda home, chance: AdditionalItem(home), 0.3, 0.1, BUILDING),
    Rate(0.02, lambda home, chance: HotWork(home), 0.0, 0.0, BUILDING),
    Rate(0.9, _asked(Call, 0.4), 0.8, 0.7),
    Rate(0.12, lambda home, chance: Call(home, stranger=True), 0.3, 0.4),
    Rate(0.5, _asked(Visitor, 0.4), 1.9, 1.6),
    Rate(0.09, _asked(Complaint, 0.4), 0.4, 0.5, WARM_HOUSES),
    Rate(0.13, _asked(Communication, 0.4), 0.5, 0.6),
    Rate(0.24, lambda home, chance: Order(home), 0.5, 0.4, WARM_HOUSES),
    Rate(0.012, lambda home, chance: Order(home, urgent=True), 1.0, 1.0),
    Rate(0.05, lambda home, chance: Violation(home), 0.6, 0.2, BUILDING),
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


def outcries(
    homes: list[Home], begin: datetime, until: datetime, seed: str
) -> Iterator[tuple[datetime, Story]]:
    """A lift that stands still, noise at noon: several homes of a building complain of one cause within days."""
    chance = random.Random(f"{seed} outcries")
    days = list(_days(begin, until))[8:-6]
    for day in sorted(chance.sample(days, max(len(days) // 60, 1))):
        told = chance.choice(
            [one for one in GRIEVANCES if one.cause in ("equipment", "noise", "vehicles", "cleaning")]
        )
        building = chance.choice(homes).unit.building.code
        near = [home for home in homes if home.unit.building.code == building]
        for number, home in enumerate(chance.sample(near, min(len(near), chance.choice((3, 4))))):
            after = day + timedelta(days=number * chance.choice((0, 1, 1, 2)))
            yield _at_the_counter(hours.workday(after), chance), Complaint(home, grievance=told)


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


def _carrying(works: Works) -> Story:
    return Carrying(works.home, works=works, building=True)


def _item(works: Works) -> Story:
    return AdditionalItem(works.home, works=works)


def _hot_work(works: Works) -> Story:
    return HotWork(works.home, works=works)


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
