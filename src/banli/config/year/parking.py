"""Fixed places of the year (P20): given, paid for, asked about before their end; most go on, some are given up."""

import random
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from banli.engine.clocks import last_day

from . import hours
from .homes import Home, Resident
from .story import LEFT, Story

if TYPE_CHECKING:
    from .life import Life
    from .town import Town

#: The estate's places: A001~A120, B1-001~B1-900 (see the demo's settings).
GROUND, GARAGE = 120, 900
PLACES = 30  # are given in a whole year, renewals not counted
LOOKS = (
    "白色 大众",
    "黑色 丰田",
    "银灰 别克",
    "白色 比亚迪",
    "红色 本田",
    "深蓝 吉利",
    "绿牌 蔚来",
    "香槟 日产",
)
MONTHS = (1, 3, 3, 6, 6, 12)
NOT_ON = ("下月换车", "租约到期，要搬走", "公司给了车位")
LEAVING = ("moved", "sold", "other_place")


class Parking(Story):
    """One paid period of a vehicle's place. ``begins``: what it follows on; without, the day it is asked for."""

    procedure = "parking-place"
    odds = {
        "check": (("returned", 0.04),), "pay": ((LEFT, 0.03),),
        "ask": (("no_answer", 0.15), ("not_agreed", 0.2)),
    }  # fmt: skip
    notes = {"not_agreed": NOT_ON, "no_answer": ("没有接",)}

    def __init__(
        self, home: Home, number: int, *, begins: date | None = None, months: int = 0,
        resident: Resident | None = None,
    ) -> None:  # fmt: skip
        super().__init__(home, resident)
        self.vehicle, self.begins, self.months = number, begins, months

    def prepare(self, at: datetime) -> None:
        self.begins = self.begins or hours.day_of(at)
        self.months = self.months or self.chance.choice(MONTHS)
        self.gives_up = self.chance.random() < 0.1
        self.early = self.begins + timedelta(days=self.chance.randrange(12, 26))

    def _place(self) -> str:
        """Of those the estate lists: the first on the ground, what a call asked for in the garage."""
        if self.vehicle <= GROUND:
            return f"A{self.vehicle:03}"
        return f"B1-{self.vehicle % GARAGE + 1:03}"

    def at_apply(self, at: datetime) -> dict[str, Any]:
        assert self.begins is not None  # `prepare` has seen to it
        return {
            "kind": "rented", "plate": f"浙A{70000 + self.vehicle * 37}", "look": LOOKS[self.vehicle % len(LOOKS)],
            "place": self._place(), "begins": self.begins.isoformat(), "months": self.months,
        }  # fmt: skip

    def at_leave(self, at: datetime) -> dict[str, Any]:
        return {"last_day": hours.day_of(at).isoformat(), "leaving": self.chance.choice(LEAVING)}

    def outcome(self, life: "Life", step: str, branch: int | None, tries: int) -> str:
        if step == "using" and not self.gives_up:
            return LEFT  # it ends by itself
        return super().outcome(life, step, branch, tries)

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        if step != "using":
            return super().when(life, step, branch, at, tries)
        return hours.on(self.early, time(self.chance.randrange(9, 17), self.chance.randrange(60)))

    def child(self, procedure: str) -> Story:
        assert self.begins is not None
        after = last_day(self.begins, self.months) + timedelta(days=1)
        return Parking(self.home, self.vehicle, begins=after, months=self.months, resident=self.resident)


def keep_parking(town: "Town", homes: list[Home], begin: datetime, until: datetime, scale: float) -> None:
    """Vehicles get places all through the year, the first of them soon; each place is one vehicle's."""
    chance = random.Random(f"{town.seed} parking")
    first, days = hours.day_of(begin), (hours.day_of(until) - hours.day_of(begin)).days
    for number in range(1, max(round(PLACES * scale), 5) + 1):
        day = hours.workday(first + timedelta(days=1 + chance.randrange(max(days - 3, 1))))
        moment = hours.on(day, time(chance.choice((9, 10, 11, 14, 15, 16)), chance.randrange(60)))
        town.begin(moment, Parking(chance.choice(homes), number))
