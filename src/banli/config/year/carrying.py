"""What is carried in and out: goods release (P1), stairs and lift (P11, P12)."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from banli.cases.holidays import rests
from banli.engine.identity import check_digit

from . import hours, words
from .homes import Home
from .story import LEFT, WITHDRAW, Story

if TYPE_CHECKING:
    from .life import Life


class GoodsRelease(Story):
    """Things that leave the estate on a slip."""

    procedure = "goods-release"
    odds = {
        "confirm": (("returned", 0.04),),
        "seal": (("returned", 0.01), (WITHDRAW, 0.02)),
        "gate": ((LEFT, 0.05), ("mismatch", 0.015)),
    }
    takes = {"confirm": (5, 35), "seal": (8, 50), "issue": (2, 12)}
    notes = {"mismatch": ("车上多了一台空调，单上没有", "数量不符，回前台更正")}

    def prepare(self, at: datetime) -> None:
        self.goods = [
            {"name": name, "count": self.chance.choice((1, 1, 1, 2, 4))}
            for name in self.chance.sample(words.GOODS, self.chance.randrange(1, 6))
        ]
        self.helped = self.chance.choice(words.CARRIERS) if self.chance.random() < 0.4 else ""
        self.day = at.date()

    def at_fill(self, at: datetime) -> dict[str, Any]:
        today, ahead = hours.day_of(at), self.chance.random() < 0.15
        late = clock_hour(at) >= (10 if rests(today) else 15)
        self.day = today + timedelta(days=1 if late or ahead else 0)
        carrier = self.helped or self.resident.name
        return {
            "carrier": carrier, "carrier_id": _helper_id(carrier) if self.helped else self.resident.id_number,
            "phone": self.resident.phone, "date": self.day.isoformat(), "goods": self.goods,
        }  # fmt: skip

    def outcome(self, life: "Life", step: str, branch: int | None, tries: int) -> str:
        told = super().outcome(life, step, branch, tries)
        return WITHDRAW if told == "issued" and hours.day_of(life.now) > self.day else told

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        moment = super().when(life, step, branch, at, tries)
        if step == "gate" and moment.date() < self.day:
            return hours.on(self.day, time(self.chance.randrange(8, 18), self.chance.randrange(60)))
        return moment


class OfficeGoods(GoodsRelease):
    """Things of the office itself that go out to be repaired; the head of their department signs."""

    def about(self) -> None:
        return None

    def prepare(self, at: datetime) -> None:
        super().prepare(at)
        self.goods = [
            {"name": self.chance.choice(("增压水泵", "手持对讲机", "洗地机")), "count": 1, "remark": "外修"}
        ]
        self.helped = self.chance.choice(words.CARRIERS)

    def at_fill(self, at: datetime) -> dict[str, Any]:
        told = super().at_fill(at)
        return told | {"colleague": "维修工老郑", "department": "engineering_supervisor", "phone": ""}


class Carrying(Story):
    """Large things or building materials by stairs and lift."""

    procedure = "stairs-lift"
    odds = {
        "review": (("returned", 0.05), ("rejected", 0.04)),
        "approve": (("returned", 0.02),),
        "undertake": ((WITHDRAW, 0.02),),
        "hand_undertaking": ((WITHDRAW, 0.03),),
        "check": (("failed", 0.06),),
    }
    takes = {"review": (20, 110), "approve": (10, 60), "check": (60, 150)}
    BULKY = (
        ("三人沙发", "2.2 米"),
        ("双门冰箱", "高 1.9 米"),
        ("衣柜", "拆开"),
        ("床垫", "1.8 米"),
        ("立式钢琴", "230 公斤"),
    )
    BUILDING = (
        ("红砖", 600, ""),
        ("袋装沙", 40, "25 公斤一袋"),
        ("瓷砖（箱）", 30, "30 公斤一箱"),
        ("水泥", 20, "50 公斤一袋"),
    )

    def __init__(self, home: Home, *, building: bool = False, **more: Any) -> None:
        super().__init__(home, **more)
        self.building = building

    def prepare(self, at: datetime) -> None:
        self.starts, today = at, hours.day_of(at)
        if hours.weekday(today, 2) > today + timedelta(days=7):
            self.building = False  # a holiday is coming; nobody may carry bricks before it is over

    def at_apply(self, at: datetime) -> dict[str, Any]:
        clock = time(self.chance.choice((9, 10, 15, 16)), 0)
        today = hours.day_of(at)
        day = today + timedelta(days=self.chance.choice((1, 1, 2)))
        if self.building:
            day = hours.weekday(today, self.chance.choice((1, 1, 2)))
        self.starts = hours.on(day, clock)
        if self.building:
            name, count, size = self.chance.choice(self.BUILDING)
            way = self.chance.choice(("fire_lift", "fire_lift", "fire_stairs"))
            told = {
                "material": "building", "material_route": way, "direction": "in", "protection": ["floor", "bagged"],
                "goods": [{"name": name, "count": count, "size": size}],
            }  # fmt: skip
            lift = way == "fire_lift"
        else:
            way = self.chance.choice(("stairs", "passenger_lift", "fire_lift"))
            name, size = self.chance.choice(self.BULKY)
            told = {
                "material": "bulky", "route": way, "direction": self.chance.choice(("in", "in", "out")),
                "protection": ["floor", "wrapped"], "goods": [{"name": name, "count": 1, "size": size}],
            }  # fmt: skip
            lift = way != "stairs"
        sizes = {
            "load": self.chance.randrange(80, 380, 20),
            "height": self.chance.randrange(60, 205, 5),
            "width": 90,
        }
        return {
            **told, **(sizes if lift else {}), "starts_at": hours.typed(self.starts),
            "ends_at": hours.typed(self.starts + timedelta(hours=2)),
            "carrier": self.chance.choice(words.CARRIERS), "phone": self.resident.phone,
        }  # fmt: skip

    def at_check(self, at: datetime) -> dict[str, Any]:
        return {"finished_at": hours.typed(at), "found": self.chance.choice(("已清扫，无损坏", "完好", ""))}

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        moment = super().when(life, step, branch, at, tries)
        if step.startswith("hand_"):
            return max(at, self.starts - timedelta(minutes=self.chance.uniform(3, 25)))
        if step == "check" and tries == 1:
            return max(moment, self.starts + timedelta(minutes=self.chance.uniform(70, 140)))
        return moment


def clock_hour(at: datetime) -> int:
    """The hour by the office's clock."""
    return int(hours.typed(at)[11:13])


def _helper_id(name: str) -> str:
    """Somebody's number, of an area that does not exist; the same for the same helper."""
    order = 1 + words.CARRIERS.index(name)
    first = f"33019919850312{order:03}"
    return first + check_digit(first)
