"""A morning's work for the demo estate: cases at every stage, made through the same actions that people use."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from banli.cases import actions
from banli.cases.holidays import rests
from banli.cases.models import Case
from banli.config.demo_visits import visits
from banli.estate.models import Estate, Occupancy
from banli.people.access import Desk, desk_of
from banli.people.models import Staff

#: The hours of the day from and until which a cleaning is begun, within the pack's.
BY_DAY = (8, 17)
OPENINGS: list[tuple[str, list[tuple[str, int]]]] = [
    ("沙发", [("三人沙发", 1), ("茶几", 1)]),
    ("冰箱", [("双门冰箱", 1)]),
    ("搬家", [("衣柜", 2), ("床垫", 1), ("纸箱", 14)]),
    ("钢琴", [("立式钢琴", 1), ("琴凳", 1)]),
    ("书", [("书架", 3), ("书籍（箱）", 9)]),
]


@dataclass
class Planned:
    """A case that is not there before its first act is done."""

    case_id: int = 0


Of = int | Planned


class Morning:
    """The demo's people at work. ``ago`` is how many minutes before now something happened."""

    def __init__(self, estate: Estate, now: datetime) -> None:
        self.estate, self.now = estate, now
        self.number = 0
        self.desks: dict[str, Desk] = {}

    def desk(self, username: str) -> Desk:
        if username not in self.desks:
            self.desks[username] = desk_of(Staff.objects.get(username=username), self.estate.pk, strict=True)
        return self.desks[username]

    def open(
        self, procedure: str, role: str, ago: int, answers: dict[str, Any], unit: str = "12-3-502"
    ) -> Of:
        lives = Occupancy.objects.select_related("unit", "person").get(
            unit__estate=self.estate, unit__key=unit, role=role, until__isnull=True
        )
        key, at = self.key(), self.at(ago)

        def act() -> int:
            return actions.open_case(
                by=self.desk("xiaowang"), procedure=procedure, unit=lives.unit, applicant=lives.person,
                applicant_role=role, answers=answers, key=key, now=at,
            ).case_id  # fmt: skip

        return self.opened(at, act)

    def open_now(self, procedure: str, role: str, ago: int, answers: dict[str, Any]) -> int:
        """The same, of a morning whose acts are done at once."""
        told = self.open(procedure, role, ago, answers)
        assert isinstance(told, int)
        return told

    def do(self, who: str, case: Of, step: str, outcome: str, ago: int, **more: Any) -> None:
        key, at = self.key(), self.at(ago)

        def act() -> None:
            pk = case.case_id if isinstance(case, Planned) else case
            actions.act(by=self.desk(who), case_id=pk, step=step, outcome=outcome, key=key, now=at, **more)

        self.done(at, act)

    def opened(self, at: datetime, act: Callable[[], int]) -> Of:
        """A case is opened: at once."""
        return act()

    def done(self, at: datetime, act: Callable[[], None]) -> None:
        """Something is done: at once."""
        act()

    def key(self) -> str:
        self.number += 1
        return f"demo-{self.estate.pk}-{self.number:05}"

    def at(self, ago: int) -> datetime:
        return self.now - timedelta(minutes=ago)

    def local(self, ago: int) -> str:
        """The same moment as somebody types it."""
        return timezone.localtime(self.at(ago)).replace(tzinfo=None).isoformat(timespec="minutes")


class Plan(Morning):
    """The same morning, written down act by act for somebody who does it in the order of time."""

    def __init__(self, estate: Estate, now: datetime) -> None:
        super().__init__(estate, now)
        self.acts: list[tuple[datetime, Callable[[], Any]]] = []

    def opened(self, at: datetime, act: Callable[[], int]) -> Of:
        planned = Planned()

        def do() -> None:
            planned.case_id = act()

        self.acts.append((at, do))
        return planned

    def done(self, at: datetime, act: Callable[[], None]) -> None:
        self.acts.append((at, act))


def plan(estate: Estate, now: datetime) -> list[tuple[datetime, Callable[[], Any]]]:
    """What is done on such a morning, with its moment; of one case in the right order."""
    planned = Plan(estate, now)
    for stage in stages(planned):
        stage()
    return planned.acts


def load(estate: Estate) -> int:
    """Fill the estate with a morning's cases, once. Returns how many there are."""
    if Case.objects.filter(estate=estate).exists():
        return Case.objects.filter(estate=estate).count()
    for stage in stages(Morning(estate, timezone.now())):
        stage()
    return Case.objects.filter(estate=estate).count()


def stages(morning: Morning) -> Iterator[Callable[[], Any]]:
    """Every case of a morning, each worked up to where it stands by calling it."""
    yield from (*_goods(morning), *_repairs(morning), *_cleanings(morning), *_carryings(morning))
    yield from visits(morning)


def _goods(m: Morning) -> list[Callable[[], Any]]:
    resident = Occupancy.objects.get(unit__estate=m.estate, unit__key="12-3-502", role="tenant").person

    def form(which: int, carried: int) -> dict[str, Any]:
        """``carried``: how many minutes ago; after midnight that may have been yesterday."""
        day = timezone.localdate(m.at(carried)).isoformat()
        rows = [{"name": name, "count": count} for name, count in OPENINGS[which][1]]
        return {
            "carrier": resident.name, "carrier_id": resident.id_number, "phone": resident.phone, "date": day,
            "goods": rows,
        }  # fmt: skip

    def signed(which: int, role: str, ago: int, unit: str = "12-3-502", carried: int = 0) -> Of:
        case = m.open("goods-release", role, ago, form(which, carried), unit)
        if role == "tenant":
            paper = {"reference": "业主同意书，前台一号文件夹"}
            m.do("xiaowang", case, "consent", "signed", ago - 2, signature="paper", extra=paper)
        m.do("xiaowang", case, "sign", "signed", ago - 3, signature="paper")
        return case

    def sealed(which: int, role: str, ago: int, unit: str = "12-3-502", carried: int = 0) -> Of:
        case = signed(which, role, ago, unit, carried)
        m.do("laoli", case, "confirm", "approved", ago - 6, signature="paper")
        m.do("chen", case, "seal", "sealed", ago - 10)
        return case

    def released(which: int, role: str, ago: int, unit: str = "12-3-502") -> None:
        case = sealed(which, role, ago, unit, carried=ago - 25)
        m.do("xiaowang", case, "issue", "issued", ago - 12)
        m.do(
            "zhou", case, "gate", "released", ago - 25, extra={"ticked": list(range(len(OPENINGS[which][1])))}
        )

    def returned() -> None:
        case = signed(1, "owner", 70)
        m.do("laoli", case, "confirm", "returned", 60, note="冰箱有两台，请核对数量")

    def issued() -> None:
        m.do("xiaowang", sealed(3, "owner", 40, "12-3-501"), "issue", "issued", 22)

    return [
        lambda: released(0, "owner", 190),
        lambda: released(4, "owner", 150, "12-3-501"),
        returned,
        issued,
        lambda: sealed(2, "tenant", 50),
        lambda: signed(0, "owner", 20),
    ]


def _repairs(m: Morning) -> list[Callable[[], Any]]:
    def asked(
        problem: str, place: str, trade: str, ago: int, role: str = "tenant", unit: str = "12-3-502"
    ) -> Of:
        return m.open("home-repair", role, ago, {
            "problem": problem, "place": place, "trade": trade, "urgency": "now", "phone": "13800210500",
        }, unit)  # fmt: skip

    def sent(problem: str, place: str, trade: str, *, ago: int, **more: str) -> Of:
        case = asked(problem, place, trade, ago, **more)
        m.do(
            "xiaowang", case, "dispatch", "dispatched", ago - 2, extra={"assignee": m.desk("zheng").staff.pk}
        )
        return case

    def finished(ago: int) -> Of:
        case = sent("厨房水龙头漏水", "kitchen", "water", ago=ago)
        m.do("zheng", case, "take", "taken", ago - 4)
        m.do("zheng", case, "arrive", "arrived", ago - 11)
        m.do("zheng", case, "quote", "passed", ago - 15, extra={"ticked": ["identified", "told"]}, answers={
            "findings": "陶瓷阀芯磨损，需更换", "charge": "paid",
            "works": [{"item": "repair-tap-drip", "count": 1, "price": "20"}],
            "materials": [{"name": "陶瓷阀芯", "count": 1, "price": "15.50"}],
        })  # fmt: skip
        m.do("zheng", case, "agree", "signed", ago - 16, signature="paper")
        m.do("zheng", case, "work", "finished", ago - 35, answers={"result": "已更换阀芯，试水正常"})
        m.do("zheng", case, "accept", "signed", ago - 36, signature="paper")
        m.do("xiaowang", case, "order", "issued", ago - 40)
        return case

    def followed_up() -> None:
        case = finished(240)
        m.do("xiaowang", case, "follow_up", "satisfied", 90, answers={"opinion": "师傅来得快，收费明白"})

    def unanswered() -> None:
        m.do("xiaowang", finished(120), "follow_up", "no_answer", 30)

    return [
        followed_up,
        unanswered,
        lambda: sent("卫生间灯不亮", "bathroom", "electric", ago=24, role="owner", unit="12-3-501"),
        lambda: asked("入户门锁芯转不动", "other", "door", ago=4),
    ]


def _by_day(m: Morning, ago: int) -> int:
    """Minutes since the latest moment, at least ``ago`` minutes away, at which somebody may come to clean: by day."""
    at = timezone.localtime(m.at(ago))
    if BY_DAY[0] <= at.hour < BY_DAY[1]:
        return ago
    day = at if at.hour >= BY_DAY[1] else at - timedelta(days=1)
    return int((m.now - day.replace(hour=BY_DAY[1], minute=0)).total_seconds() // 60)


def _cleanings(m: Morning) -> list[Callable[[], Any]]:
    def day_at(days: int, hour: int) -> str:
        """A visit is agreed for a whole hour: ``days`` from today, or the hour that has begun already."""
        day = timezone.localtime(m.now) + timedelta(days=days)
        return day.replace(hour=hour, minute=0, tzinfo=None).isoformat(timespec="minutes")

    def told(kind: str, area: str, quoted: str, reckoned: str, ago: int, unit: str = "12-3-502") -> Of:
        return m.open("home-cleaning", "owner", ago, {
            "kind": kind, "area": area, "supplies": "ours", "quoted": quoted, "reckoned": reckoned,
        }, unit)  # fmt: skip

    def asked(case: Of, ago: int, days: int, cleaners: int, remark: str = "") -> Of:
        m.do("xiaowang", case, "agree", "signed", ago, signature="call")
        m.do("xiaowang", case, "request", "done", ago - 2, answers={
            "cleaners": cleaners, "wished_at": day_at(days, 14), "phone": "13800571500", "remark": remark,
        })  # fmt: skip
        return case

    def ordered(case: Of, ago: int, visit_at: str, sent: str) -> Of:
        m.do("wu", case, "arrange", "agreed", ago, answers={"visit_at": visit_at, "sent": sent})
        m.do("xiaowang", case, "call_back", "reached", ago - 8)
        m.do("xiaowang", case, "order", "issued", ago - 10)
        return case

    def finished() -> None:
        visit = _by_day(m, 330)
        case = told("windows", "客厅和阳台，约 24 平方米", "240", "10 元 × 24 平方米", visit + 90)
        ordered(asked(case, visit + 88, 1, 1), visit + 70, m.local(visit), "小何")
        finished = {"finished_at": m.local(visit - 170), "result": "阳台外侧玻璃也擦了"}
        m.do("wu", case, "finish", "finished", visit - 180, answers=finished)
        m.do("xiaowang", case, "follow_up", "no_answer", 60)

    def declined() -> None:
        case = told("hood", "厨房油烟机一台", "120", "120 元 × 1 台", 130, "12-3-501")
        m.do("xiaowang", case, "agree", "refused", 128, note="想再比较一下，过两天再说")

    def another_time() -> None:
        case = asked(
            told("deep", "全屋约 110 平方米", "880", "8 元 × 110 平方米", 95),
            93,
            2,
            3,
            "家里有猫，请关好阳台门",
        )
        m.do(
            "wu",
            case,
            "arrange",
            "agreed",
            70,
            answers={"visit_at": day_at(4, 9), "sent": "小何、小田、小马"},
        )
        m.do("xiaowang", case, "call_back", "not_agreed", 55, note="那天要出门，希望周末")

    return [
        finished,
        declined,
        another_time,
        lambda: ordered(
            asked(told("daily", "厨房和卫生间", "160", "40 元 × 2 人 × 2 小时", 200), 198, 1, 2),
            170,
            day_at(1, 14),
            "小何、小田",
        ),
        lambda: asked(
            told("floor", "客厅约 30 平方米", "360", "12 元 × 30 平方米", 75, "12-3-501"), 73, 3, 1
        ),
    ]


def _carryings(m: Morning) -> list[Callable[[], Any]]:
    def workday(hour: int) -> str:
        """The next day after today on which bricks may be carried, as somebody types it."""
        day = timezone.localtime(m.now) + timedelta(days=1)
        while rests(day.date()) or day.weekday() >= 5:
            day += timedelta(days=1)
        return day.replace(hour=hour, minute=0, tzinfo=None).isoformat(timespec="minutes")

    def asked(ago: int, unit: str = "12-3-502", **more: Any) -> Of:
        case = m.open("stairs-lift", "owner", ago, {
            "material": "bulky", "route": "stairs", "direction": "in", "starts_at": workday(15),
            "ends_at": workday(17), "carrier": "王师傅", "phone": "13800571500",
            "protection": ["floor", "wrapped"], **more,
        }, unit)  # fmt: skip
        m.do("xiaowang", case, "sign", "signed", ago - 2, signature="paper")
        return case

    def bricks(ago: int, unit: str = "12-3-502") -> Of:
        return asked(
            ago, unit, material="building", material_route="fire_lift", load=360, height=60, width=50,
            goods=[{"name": "红砖", "count": 600}, {"name": "袋装沙", "count": 40, "size": "25 公斤一袋"}],
            protection=["floor", "bagged"],
        )  # fmt: skip

    def promised(case: Of, ago: int) -> Of:
        m.do("xiaowang", case, "undertake", "signed", ago, signature="paper")
        m.do("xiaowang", case, "issue_undertaking", "issued", ago - 1)
        m.do("xiaowang", case, "issue_form", "issued", ago - 2)
        return case

    def carried() -> None:
        """Yesterday afternoon, whatever time it is now: nothing is checked before it was carried."""
        begun = timezone.localtime(m.now).replace(hour=15, minute=0, second=0, microsecond=0) - timedelta(
            days=1
        )
        ago = (m.now - begun) // timedelta(minutes=1)
        case = promised(
            asked(
                ago + 80, goods=[{"name": "三人沙发", "count": 1, "size": "2.2 米"}], starts_at=m.local(ago),
                ends_at=m.local(ago - 120),
            ), ago + 76,
        )  # fmt: skip
        m.do(
            "xiaoliu",
            case,
            "hand_undertaking",
            "handed_over",
            ago + 10,
            signature="paper",
            extra={"ticked": ["signed", "padded"]},
        )
        m.do("xiaoliu", case, "check", "failed", ago - 100, note="三楼楼道还有包装纸")
        m.do(
            "xiaoliu", case, "check", "passed", ago - 120,
            answers={"finished_at": m.local(ago - 90), "found": "已清扫，无损坏"},
            extra={"ticked": ["clean", "sound", "cleared"]},
        )  # fmt: skip

    def approved() -> None:
        case = bricks(210)
        m.do("zhao", case, "review", "agreed", 190, signature="paper")
        m.do("yiqian", case, "approve", "approved", 170, signature="paper")
        m.do("xiaowang", case, "issue_form", "issued", 165)

    def returned() -> None:
        m.do("zhao", bricks(140, "12-3-501"), "review", "returned", 120, note="消防梯明天检修，请另选时间")

    def reviewed() -> None:
        m.do("zhao", bricks(62), "review", "agreed", 35, signature="paper")

    return [
        carried,
        approved,
        returned,
        reviewed,
        lambda: promised(
            asked(90, "12-3-501", route="fire_lift", load=120, height=200, width=90, direction="out",
                  goods=[{"name": "双门冰箱", "count": 1, "size": "高 1.9 米"}]), 85,
        ),
    ]  # fmt: skip
