"""Breaches of the renovation rules: stopped, put right, or reported to the authority (Order 110 art. 17)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from banli.cases.models import Case

from . import hours
from .homes import Resident
from .story import Story, Told

if TYPE_CHECKING:
    from .life import Life

#: (which, where, what was seen, what is demanded, whether harm is done)
SEEN = (
    ("undeclared", "厨房", "没有申报，工人正在敲墙砖", "停工，到前台申报后再做", False),
    ("hours", "客厅", "中午还在用电锤打孔", "午间和晚上停止有噪声的作业", False),
    ("waste", "12 层电梯厅", "水泥、瓷砖堆在电梯厅", "当天清走，沙石装袋", False),
    ("facade", "北阳台", "正在外墙装伸出的护栏", "停工，按本小区统一式样改装", False),
    ("structure", "客厅与阳台之间", "连接阳台的墙已拆掉一半", "立即停工，由原设计单位出方案恢复", True),
)


class Violation(Story):
    """What the engineering supervisor, or whoever passes by, finds at a home that has declared nothing."""

    procedure = "violation"
    odds = {
        "serve": (("refused", 0.2),),
        "correct": (("failed", 0.15),),
        "settle": (("unfinished", 0.3),),
    }
    takes = {"notice": (2, 15), "serve": (5, 60), "report": (20, 400), "settle": (2000, 9000)}
    notes = {
        "refused": ("业主不签，继续施工",),
        "failed": ("只停了工，没有恢复",),
        "unfinished": ("主管部门约了下周来看",),
    }

    def applicant(self) -> Resident | None:
        """Nobody where a renovation is under way: that one would wait for the end of it."""
        declared = Case.objects.filter(unit=self.home.unit, procedure="renovation", status="open").exists()
        return None if declared else super().applicant()

    def prepare(self, at: datetime) -> None:
        self.kind, self.place, self.seen, self.demanded, self.harm = self.chance.choice(SEEN)
        self.until = hours.workday(hours.day_of(at), self.chance.randrange(2, 6))

    def at_record(self, at: datetime) -> Told:
        photo = self.picture("site_photo", at)
        told = {
            "found_at": hours.typed(at - timedelta(minutes=self.chance.randrange(5, 40))), "kind": [self.kind],
            "position": self.place, "matter": self.seen, "site_photo": photo.sha256,
            "harm": "yes" if self.harm else "no", "demanded": self.demanded, "until": self.until.isoformat(),
        }  # fmt: skip
        return Told(told, (photo,))

    def at_correct(self, at: datetime) -> dict[str, Any]:
        return {"found": "已停工，已按要求改正"}

    def at_report(self, at: datetime) -> dict[str, Any]:
        return {
            "reported_to": self.chance.choice(("street", "enforcement", "housing")),
            "reported_at": hours.typed(at - timedelta(minutes=2)),
            "reported_as": f"受理 {self.chance.randrange(1000, 9999)} 号",
        }

    def at_settle(self, at: datetime) -> dict[str, Any]:
        return {"result": "主管部门到场责令改正，已恢复"}

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        if step == "correct":
            last = hours.on(self.until, hours.CLOSE) - timedelta(minutes=self.chance.uniform(30, 400))
            return hours.at_work(life.post(step), max(last, at + timedelta(minutes=20)))
        return super().when(life, step, branch, at, tries)
