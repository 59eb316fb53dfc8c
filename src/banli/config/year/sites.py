"""What is asked for while a home is worked on, and in daily life: additional items (P4), hot work (P5)."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from banli.cases.attachments import Upload

from . import hours, words
from .homes import Resident, worker_id
from .story import WITHDRAW, Story, Told

if TYPE_CHECKING:
    from .life import Life


class AdditionalItem(Story):
    """One more item, during works or, without them, in daily life."""

    procedure = "additional-item"
    odds = {
        "review": (("returned", 0.08), ("rejected", 0.05)),
        "approve": (("rejected", 0.03),),
        "issue": ((WITHDRAW, 0.03),),
        "water_test": (("failed", 0.2),),
    }
    takes = {"review": (60, 700), "approve": (60, 900), "issue": (5, 60)}
    notes = {"failed": ("楼下顶板有水印，重做防水",), WITHDRAW: ("业主改主意",)}

    def prepare(self, at: datetime) -> None:
        self.kind, self.work, self.position, self.material = self.chance.choice(words.ITEMS)
        self.wet = self.chance.random() < 0.2
        self.tested = at

    def at_apply(self, at: datetime) -> Told:
        first = hours.day_of(at) + timedelta(days=self.chance.randrange(3, 6))
        told: dict[str, Any] = dict.fromkeys(("prohibited", "load_bearing", "facade", "gas", "heating"), "no")
        told |= {
            "occasion": "renovation" if self.works else "daily", "kind": self.kind, "work": self.work,
            "position": self.position, "material": self.material, "builder": self.chance.choice(words.FIRMS),
            "phone": self.resident.phone, "starts_on": first.isoformat(), "waterproof": "yes" if self.wet else "no",
            "ends_on": (first + timedelta(days=self.chance.randrange(6, 15))).isoformat(),
        }  # fmt: skip
        pictures: list[Upload] = []
        for name in ("waterproof_plan", "qualification") if self.wet else ():
            pictures.append(self.picture(name, at))
            told[name] = pictures[-1].sha256
        return Told(told, tuple(pictures))

    def at_water_test(self, at: datetime) -> dict[str, Any]:
        return {"tested_at": hours.typed(at - timedelta(hours=49)), "found": "蓄水 48 小时，楼下无渗漏"}

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        if step == "water_test":
            return hours.at_work(life.post(step), at + timedelta(days=self.chance.randrange(4, 8)))
        return super().when(life, step, branch, at, tries)


class HotWork(Story):
    """One day's fire."""

    procedure = "hot-work"
    odds = {
        "engineering": (("returned", 0.06), ("rejected", 0.03)),
        "safety": (("returned", 0.06), ("rejected", 0.03)),
        "approve": (("rejected", 0.02),),
        "ready": (("failed", 0.12), (WITHDRAW, 0.04)),
        "after_check": (("failed", 0.05),),
    }
    takes = {
        "engineering": (20, 120), "safety": (20, 120), "approve": (20, 100), "seal": (5, 30), "issue_form": (2, 8),
        "ready": (5, 15), "after_check": (10, 25),
    }  # fmt: skip
    notes = {
        "returned": ("看火人电话写错", "灭火器数量不足"), "rejected": ("周边可燃物多，改用冷切割",),
        "failed": ("单元门公告没有贴", "灭火器压力不足，已更换"), WITHDRAW: ("改用螺栓连接，不动火",),
    }  # fmt: skip

    def prepare(self, at: datetime) -> None:
        self.spot, self.work = self.chance.choice(words.HOT_WORK)
        self.names = self.chance.sample(words.SURNAMES, 2)
        self.starts = self.ends = at
        self.day = hours.workday(hours.workday(hours.day_of(at), 1), 1)

    def applicant(self) -> Resident | None:
        soon = self.day <= hours.day_of(self.starts) + timedelta(days=7)
        return super().applicant() if soon else None  # before a long holiday nobody asks

    def at_apply(self, at: datetime) -> Told:
        self.starts = hours.on(self._day(at), time(self.chance.choice((9, 10, 14)), 30))
        self.ends = self.starts + timedelta(hours=self.chance.choice((1, 2, 2)))
        certificate, copy = self.picture("certificate_copy", at), self.picture("identity_copy", at)
        number = worker_id(self.number, 15)
        watcher = f"{self.names[1]}师傅"
        return Told({
            "place": "indoors", "spot": self.spot, "work": self.work, "level": "third",
            "way": self.chance.choice(("arc", "arc", "grinding")),
            "starts_at": hours.typed(self.starts), "ends_at": hours.typed(self.ends),
            "welder": f"{self.names[0]}师傅", "welder_id": number, "certificate": f"T{number}",
            "certificate_until": (self.day + timedelta(days=500)).isoformat(), "certificate_copy": certificate.sha256,
            "identity_copy": copy.sha256, "watcher": watcher, "watcher_phone": self.resident.phone,
            "extinguishers": self.chance.choice((2, 2, 3)), "measures": ["bucket", "screened"], "cleared": "yes",
        }, (certificate, copy))  # fmt: skip

    def _day(self, at: datetime) -> date:
        """The second workday from now; the form may come back, and is filled in anew then."""
        self.day = hours.workday(hours.workday(hours.day_of(at), 1), 1)
        return self.day

    def at_after_check(self, at: datetime) -> dict[str, Any]:
        stopped = min(self.ends, at) - timedelta(minutes=5)
        return {"stopped_at": hours.typed(max(stopped, self.starts)), "found": "无余火，下方已查看"}

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        moment = super().when(life, step, branch, at, tries)
        if step == "ready" and tries == 1:
            return max(moment, self.starts - timedelta(minutes=self.chance.uniform(5, 40)))
        if step == "after_check" and tries == 1:
            return max(at, self.ends) + timedelta(minutes=self.chance.uniform(30, 55))
        return moment
