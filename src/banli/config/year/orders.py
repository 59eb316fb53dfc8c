"""Work orders (P17): found on a round, reported, planned, or because of a complaint; followed to the end."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from banli.estate.models import Unit

from . import errands, hours
from .homes import Home, Resident
from .story import WITHDRAW, Story, Told

if TYPE_CHECKING:
    from .life import Life

Job = tuple[str, str, str, str, str, str, Sequence[tuple[str, int]]]
FOUND_BY = ("防火巡查，门岗老周", "电梯巡查，大堂助理小刘", "保洁班长老吴", "值班主任老李")


class Order(Story):
    """``job``: what there is to do. ``source``: where it comes from. ``reported``: the resident who is told."""

    procedure = "work-order"
    odds = {
        "send": ((WITHDRAW, 0.02),),
        "take": (("returned", 0.05),),
        "work": (("unfinished", 0.07),),
        "check": (("failed", 0.06),),
        "tell": (("no_answer", 0.1),),
    }
    takes = {
        "write": (3, 12), "order": (1, 5), "send": (3, 20), "take": (2, 18), "arrive": (8, 120), "work": (25, 240),
        "check": (20, 400), "tell": (10, 120),
    }  # fmt: skip
    notes = {
        "returned": errands.NOT_TAKEN, "unfinished": errands.UNFINISHED, "failed": errands.NOT_PASSED,
        WITHDRAW: ("与维保单位的计划重复",),
    }  # fmt: skip

    def __init__(
        self, home: Home, *, job: Job | None = None, source: str = "", reported: Resident | None = None,
        urgent: bool = False, **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(home, resident=reported, **more)
        self.job, self.source, self.reported, self.urgent = job, source, reported, urgent

    def about(self) -> Unit | None:
        return self.home.unit if self.reported else None

    def prepare(self, at: datetime) -> None:
        self.planned: datetime | None = None
        if not self.source:
            self.source = "own" if self.job is None and self.chance.random() < 0.18 else "inspection"
        if self.source == "own":
            self.job = self.chance.choice(errands.PLANS)
            day = hours.workday(hours.day_of(at), self.chance.randrange(3, 15))
            self.planned = hours.on(day, time(17, 0))
        elif self.job is None:
            self.job = self.chance.choice(errands.EMERGENCIES if self.urgent else errands.JOBS)
        self.building, self.floor = self.home.unit.building.code, self.home.unit.floor

    def at_write(self, at: datetime) -> dict[str, Any]:
        assert self.job is not None
        where, trade, place, problem = self.job[:4]
        told: dict[str, Any] = {
            "source": self.source, "where": where, "trade": trade, "problem": problem,
            "place": place.format(building=self.building, floor=self.floor),
            "urgency": "emergency" if self.urgent else "planned" if self.planned else "ordinary",
        }  # fmt: skip
        if self.planned:
            told["planned_at"] = hours.typed(self.planned)
        elif self.reported:
            told |= {"reported_by": self.reported.name, "phone": self.reported.phone}
            told |= {"reported_at": self.telephoned} if self.telephoned else {}
        else:
            told["reported_by"] = self.chance.choice(FOUND_BY)
        return told

    def at_arrive(self, at: datetime) -> dict[str, Any]:
        assert self.job is not None
        return {"found": self.job[4]}

    def at_work(self, at: datetime) -> Told:
        assert self.job is not None
        told: dict[str, Any] = {"result": self.job[5]}
        if self.job[6]:
            told["materials"] = [{"name": name, "count": count} for name, count in self.job[6]]
        if self.chance.random() > 0.3:
            return Told(told)
        photo = self.picture("done_photo", at)
        return Told({**told, "done_photo": photo.sha256}, (photo,))

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        if self.urgent and step in ("order", "send", "take", "arrive"):
            return at + timedelta(minutes=self.chance.uniform(0.5, 3))
        moment = super().when(life, step, branch, at, tries)
        if step == "arrive" and self.planned and tries == 1:
            before = self.planned - timedelta(hours=self.chance.choice((8, 7, 31, 55, -16)))
            return hours.at_work("technician", max(before, moment))
        if step == "arrive" and tries == 1 and self.chance.random() < 0.3:
            return hours.at_work("technician", moment + timedelta(days=1))
        return moment
