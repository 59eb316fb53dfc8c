"""Repairs and cleaning at home (P7, P8)."""

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from . import hours, words
from .complaints import Complaint
from .grievances import GRIEVANCES
from .homes import Home, Resident
from .story import JOIN, WITHDRAW, Story

if TYPE_CHECKING:
    from .life import Life

#: What residents say of the manner of whoever came.
MANNERS = ("good", "good", "good", "good", "fair")


class Served(Story):
    """Something done at home, of which somebody may complain when they are called."""

    def child(self, procedure: str) -> Story | None:
        like = next(
            one
            for one in GRIEVANCES
            if one.cause == ("repair" if self.procedure == "home-repair" else "cleaning")
        )
        return Complaint(self.home, resident=self.resident, grievance=like)


class Repair(Served):
    """A repair, at once or booked. ``fault``: what is broken, where it was told of before."""

    procedure = "home-repair"
    odds = {
        "dispatch": ((WITHDRAW, 0.02),),
        "arrive": (("no_access", 0.02),),
        "agree": (("refused", 0.05),),
        "work": (("unfinished", 0.04),),
        "follow_up": (
            ("no_answer", 0.12),
            ("fair", 0.13),
            ("dissatisfied", 0.03),
            ("complains", 0.012),
            ("later", 0.04),
            ("declined", 0.03),
        ),
        "declined": (("no_answer", 0.1), ("fair", 0.2)),
    }
    takes = {
        "request": (0.5, 2),  # somebody waits with water on the floor
        "dispatch": (0.5, 2),
        "take": (0.3, 1.5),
        "arrive": (3, 7),
        "quote": (3, 9),
        "price": (4, 14),
        "agree": (1, 3),
        "accept": (2, 6),
        "order": (10, 60),
        "declined": (30, 120),
    }
    notes = {
        "no_access": ("敲门无人，电话联系后改约",), "refused": ("业户想自己找人修",),
        "unfinished": ("缺配件，明天再来",),
        "dissatisfied": ("又漏了，要求返修", "修完地面没有擦干净"), WITHDRAW: ("自己修好了", "和家里人重复报修了"),
    }  # fmt: skip

    def __init__(
        self,
        home: Home,
        resident: Resident | None = None,
        *,
        fault: tuple[str, ...] | None = None,
        urgent: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(home, resident, **more)
        self.fault, self.urgent = fault, urgent
        self.twice = False  # reported a second time, by somebody else of the home

    def prepare(self, at: datetime) -> None:
        self.place, self.trade = self.chance.choice(list(words.REPAIRS))
        kinds = words.REPAIRS[self.place, self.trade]
        self.problem, self.findings, self.result = self.chance.choice(kinds)
        if self.fault is not None:
            self.place, self.trade, self.problem, self.findings, self.result = self.fault
        self.booked: datetime | None = None
        self.free = False
        if type(self) is Repair and self.back is None:
            self.twice = self.twice or self.chance.random() < 0.02
        if self.chance.random() < 0.3 and self.earlier is None and not self.urgent:
            day = at.date() + timedelta(days=self.chance.randrange(1, 4))
            self.booked = hours.on(day, time(self.chance.choice((9, 10, 14, 15, 16, 19)), 0))

    def at_request(self, at: datetime) -> dict[str, Any]:
        booked = (
            {"urgency": "booked", "booked_at": hours.typed(self.booked)}
            if self.booked
            else {"urgency": "now"}
        )
        return {
            "problem": self.problem, "place": self.place, "trade": self.trade, "phone": self.resident.phone, **booked,
            "reported_at": self.telephoned or None,
        }  # fmt: skip

    def reached(self, life: "Life", step: str, branch: int | None, at: datetime) -> None:
        if step == "arrive" and self.twice and life.case_id:
            self.twice = False
            fault = (self.place, self.trade, self.problem, self.findings, self.result)
            again = Again(self.home, self.home.owner, fault=fault)
            again.earlier = life
            life.town.begin(at + timedelta(minutes=self.chance.uniform(1, 4)), again)

    def outcome(self, life: "Life", step: str, branch: int | None, tries: int) -> str:
        if step == "dispatch" and self.refused == step:  # nobody is free at the time that was booked
            return WITHDRAW
        return super().outcome(life, step, branch, tries)

    def at_quote(self, at: datetime) -> dict[str, Any]:
        self.free = self.chance.random() < 0.35
        if self.free:
            return {"findings": self.findings, "charge": "free"}
        if self.chance.random() < 0.06:
            return {
                "findings": self.findings,
                "charge": "unlisted",
                "proposal": self.chance.choice(words.UNLISTED),
            }
        name, price = self.chance.choice(words.MATERIALS)
        count = self.chance.choice((1, 1, 1, 2))
        return {
            "findings": self.findings, "charge": "paid", "works": [self.chance.choice(words.LABOUR[self.trade])],
            "materials": [{"name": name, "count": count, "price": price}],
        }  # fmt: skip

    def at_price(self, at: datetime) -> dict[str, Any]:
        labour, supplies = self.chance.randrange(80, 241, 20), self.chance.randrange(20, 121, 10)
        return {"priced": str(labour + supplies), "priced_how": f"人工 {labour}、材料 {supplies}"}

    def at_work(self, at: datetime) -> dict[str, Any]:
        if self.free and self.chance.random() < 0.4:
            return {
                "result": self.result,
                "used": [{"name": self.chance.choice(words.MATERIALS)[0], "count": 1}],
            }
        return {"result": self.result}

    def at_follow_up(self, at: datetime) -> dict[str, Any]:
        told = {"opinion": self.chance.choice(words.OPINIONS), "manner": self.chance.choice(MANNERS)}
        repaired = "partly" if self.chance.random() < 0.08 else "repaired"
        return told | {"on_time": "late" if self.chance.random() < 0.06 else "in_time", "repaired": repaired}

    def at_declined(self, at: datetime) -> dict[str, Any]:
        return {"opinion": "价格可以理解，想再比较"}

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        if step == "arrive" and self.booked and self.booked > at:
            return self.booked + timedelta(minutes=self.chance.uniform(-12, -1))
        if step == "arrive" and self.chance.random() < 0.05:
            return at + timedelta(minutes=self.chance.uniform(17, 40))  # late
        if step == "follow_up" and tries == 1:  # the same day, if there is time for it
            moment = super().when(life, step, branch, at, tries)
            return (
                moment
                if moment.date() == at.date()
                else hours.at_work("front_desk", at + timedelta(minutes=9))
            )
        return super().when(life, step, branch, at, tries)


class Again(Repair):
    """The same fault, reported by somebody else of the home: joined to the ``earlier`` report."""

    notes = {**Repair.notes, JOIN: ("同一处，家里人已经报过", "和刚才电话里报的是一件事")}

    def outcome(self, life: "Life", step: str, branch: int | None, tries: int) -> str:
        if step == "dispatch" and self.earlier is not None and not self.earlier.ended:
            return JOIN
        return super().outcome(life, step, branch, tries)


class Cleaning(Served):
    """A cleaning: told, agreed, arranged, called back, done, followed up."""

    procedure = "home-cleaning"
    odds = {
        "agree": (("refused", 0.06),),
        "arrange": (("rejected", 0.04),),
        "call_back": (("not_agreed", 0.06), ("no_answer", 0.08)),
        "order": ((WITHDRAW, 0.03),),
        "follow_up": (
            ("no_answer", 0.1),
            ("fair", 0.12),
            ("dissatisfied", 0.03),
            ("complains", 0.01),
            ("later", 0.04),
        ),
    }
    takes = {
        "arrange": (10, 50),
        "call_back": (5, 30),
        "agree": (1, 5),
        "order": (2, 8),
        "follow_up": (30, 110),
    }
    notes = {
        "refused": ("想再比较一下", "价格高了"), "rejected": ("这几天人手排满",), "not_agreed": ("那天要出门，改周末",),
        "dissatisfied": ("窗框没有擦",), WITHDRAW: ("临时有事，不做了",),
    }  # fmt: skip
    KINDS = (
        ("daily", "厨房和卫生间", "160", "40 元 × 2 人 × 2 小时"),
        ("daily", "客厅和两间卧室", "240", "40 元 × 2 人 × 3 小时"),
        ("deep", "全屋约 110 平方米", "880", "8 元 × 110 平方米"),
        ("windows", "客厅和阳台，约 24 平方米", "240", "10 元 × 24 平方米"),
        ("floor", "客厅约 30 平方米", "360", "12 元 × 30 平方米"),
        ("hood", "厨房油烟机一台", "120", "120 元 × 1 台"),
    )

    def prepare(self, at: datetime) -> None:
        self.kind, self.area, self.quoted, self.reckoned = self.chance.choice(self.KINDS)
        self.visit = at

    def _some_day(self, at: datetime) -> datetime:
        day = at.date() + timedelta(days=self.chance.randrange(1, 6))
        return hours.on(day, time(self.chance.choice((9, 10, 13, 14)), 0))

    def at_price(self, at: datetime) -> dict[str, Any]:
        return {
            "kind": self.kind, "area": self.area, "supplies": self.chance.choice(("ours", "ours", "theirs")),
            "quoted": self.quoted, "reckoned": self.reckoned,
        }  # fmt: skip

    def at_request(self, at: datetime) -> dict[str, Any]:
        self.visit = self._some_day(at)
        remark = self.chance.choice(
            ("", "", "", "家里有猫，请关好阳台门", "请避开午睡时间", "老人在家，请先打电话")
        )
        return {
            "cleaners": self.chance.choice((1, 2, 2, 3)), "wished_at": hours.typed(self.visit),
            "phone": self.resident.phone, "remark": remark,
        }  # fmt: skip

    def at_arrange(self, at: datetime) -> dict[str, Any]:
        if self.visit < at + timedelta(hours=2) or self.chance.random() < 0.1:
            self.visit = self._some_day(at)
        return {"visit_at": hours.typed(self.visit), "sent": self.chance.choice(words.CLEANERS)}

    def at_finish(self, at: datetime) -> dict[str, Any]:
        finished = at - timedelta(minutes=self.chance.randrange(5, 25))
        return {"finished_at": hours.typed(finished), "result": self.chance.choice(words.CLEANED)}

    def at_follow_up(self, at: datetime) -> dict[str, Any]:
        clean = "fair" if self.chance.random() < 0.12 else "good"
        return {
            "opinion": self.chance.choice(words.OPINIONS), "manner": self.chance.choice(MANNERS), "cleanliness": clean,
        }  # fmt: skip

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        if step == "finish":
            return max(self.visit, at) + timedelta(minutes=self.chance.uniform(100, 220))
        return super().when(life, step, branch, at, tries)
