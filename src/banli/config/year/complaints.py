"""Complaints and communications (P13): judged, seen on the spot, answered, dealt with, followed up."""

from abc import ABC, abstractmethod
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from banli.cases.holidays import rests

from . import hours
from .grievances import GRIEVANCES, HEARD, NOT_OURS, OURS, SOLVED, TALKS, TURNED, UNHEARD, Grievance, Talk
from .homes import Home
from .orders import Order
from .story import LEFT, Story, Told

if TYPE_CHECKING:
    from .life import Life

CHANNELS = ("phone", "phone", "phone", "visit", "visit", "online", "letter")
#: Departments whose head works on rest days too; of the others the duty supervisor sees to it then.
EVERY_DAY = ("duty_supervisor", "safety_supervisor", "cleaning_leader")


class Heard(Story, ABC):
    """What both kinds have: a department that answers, a follow-up on the same day."""

    takes = {
        "record": (3, 9), "judge": (8, 40), "classify": (6, 35), "speaker": (2, 8), "send": (2, 10), "visit": (10, 75),
        "answer": (8, 50), "handle": (40, 420), "follow_up": (40, 200), "file": (5, 40), "close": (60, 600),
        "turn": (30, 200),
    }  # fmt: skip
    ordered_work: Order | None = None
    notes = {
        "dissatisfied": UNHEARD, "unfinished": ("等配件，明天到", "业户不在家，改约晚上"), "not_agreed": TURNED,
        "no_access": ("业户临时出门，约好再去",), "returned": ("请写清发生的时间和地点", "再和业户谈一次"),
    }  # fmt: skip

    def _department(self, wanted: str, at: datetime) -> str:
        return "duty_supervisor" if rests(hours.day_of(at)) and wanted not in EVERY_DAY else wanted

    def _answered(self, measure: str, at: datetime) -> dict[str, Any]:
        """What was answered; now and then with a promise, and then with its date."""
        if self.chance.random() > 0.25:
            return {"measure": measure, "promise": "no"}
        days = self.chance.choice((1, 2, 3))
        self.promised = hours.on(hours.day_of(at) + timedelta(days=days), hours.CLOSE)
        return {
            "measure": measure, "promise": "yes", "promised": "办好并回电", "promised_at": hours.typed(self.promised),
        }  # fmt: skip

    def at_follow_up(self, at: datetime) -> dict[str, Any]:
        return {
            "solved": self.chance.choice(SOLVED), "manner": self.chance.choice(("good", "good", "good", "fair")),
            "opinion": self.chance.choice(HEARD),
        }  # fmt: skip

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        if (
            step == "follow_up" and tries == 1 and step not in self.agreed
        ):  # the same day, if there is time for it
            moment = super().when(life, step, branch, at, tries)
            soon = hours.at_work("front_desk", at + timedelta(minutes=self.chance.uniform(6, 20)))
            return moment if moment.date() == at.date() else soon
        return super().when(life, step, branch, at, tries)

    def child(self, procedure: str) -> Story | None:
        if procedure == "work-order":
            self.ordered_work = self.order()
            return self.ordered_work
        return None

    def ready(self, step: str, branch: int | None) -> bool:
        """Nothing is dealt with while the order written because of it is open."""
        return step != "handle" or self.ordered_work is None or bool(self.ordered_work.ended)

    @abstractmethod
    def order(self) -> Order:
        """The work order that is written because of it."""


class Complaint(Heard):
    """A failing of ours. ``heard``: what was said, where it began as something else."""

    procedure = "complaint"
    odds = {
        "judge": (("rejected", 0.06), ("returned", 0.03)),
        "visit": (("no_access", 0.04),),
        "answer": (("no_answer", 0.06),),
        "handle": (("unfinished", 0.07),),
        "follow_up": (("no_answer", 0.12), ("fair", 0.16), ("dissatisfied", 0.09), ("later", 0.04)),
        "close": (("returned", 0.05),),
    }
    notes = {**Heard.notes, "rejected": NOT_OURS}

    def __init__(
        self, home: Home, *, grievance: Grievance | None = None, heard: str = "", **more: Any
    ) -> None:
        super().__init__(home, **more)
        self.grievance, self.heard, self.ordered = grievance, heard, False

    def prepare(self, at: datetime) -> None:
        self.told_of = self.grievance or self.chance.choice(GRIEVANCES)
        odd = self.chance.random()
        self.severity = (
            "major" if odd < 0.05 or self.stop == "close" else "minor" if odd < 0.35 else "important"
        )
        self.promised = at

    def at_record(self, at: datetime) -> dict[str, Any]:
        one = self.told_of
        told = {
            "received_at": hours.typed(at - timedelta(minutes=self.chance.randrange(2, 8))),
            "channel": self.chance.choice(CHANNELS), "cause": one.cause, "happened": one.happened,
            "matter": self.heard or one.matter, "wanted": one.wanted, "severity": self.severity, "why": one.why,
            "phone": self.resident.phone,
        }  # fmt: skip
        return told | ({"complained_of": one.of} if one.of else {})

    def at_judge(self, at: datetime) -> dict[str, Any]:
        return {"department": self._department(self.told_of.department, at), "our_duty": "yes"}

    def at_visit(self, at: datetime) -> Told:
        photo = self.picture("site_photo", at)
        return Told({"found": self.told_of.found, "site_photo": photo.sha256}, (photo,))

    def at_answer(self, at: datetime) -> dict[str, Any]:
        wants = bool(self.told_of.order) and not self.ordered  # once, however often it is dealt with
        self.ordered = self.ordered or wants
        return self._answered(self.told_of.measure, at) | {"order": "yes" if wants else "no"}

    def at_handle(self, at: datetime) -> dict[str, Any]:
        return {"result": self.told_of.result}

    def reached(self, life: "Life", step: str, branch: int | None, at: datetime) -> None:
        if step == "handle" and self.stop == "paused":
            later = hours.at_work("duty_supervisor", at + timedelta(minutes=25))
            life.town.at(later, lambda now: life.pause("closing", "等厂家发配件，已告诉业户", now))

    def outcome(self, life: "Life", step: str, branch: int | None, tries: int) -> str:
        if self.stop == "paused" and step == "handle":
            return LEFT
        return super().outcome(life, step, branch, tries)

    def child(self, procedure: str) -> Story | None:
        if procedure == "communication":
            return Communication(self.home, resident=self.resident, of=self.told_of)
        return super().child(procedure)

    def order(self) -> Order:
        one = self.told_of
        where, trade = one.order or ("hall", "other")
        job = (where, trade, one.happened, one.matter, one.found, one.result, ())
        return Order(self.home, job=job, source="complaint", reported=self.resident)


class Communication(Heard):
    """Help, a question, venting. ``of``: it was taken for a complaint at first."""

    procedure = "communication"
    odds = {
        "classify": (("rejected", 0.06), ("returned", 0.02)),
        "answer": (("no_answer", 0.08), ("not_agreed", 0.04)),
        "handle": (("unfinished", 0.05),),
        "follow_up": (
            ("no_answer", 0.12), ("fair", 0.14), ("dissatisfied", 0.05), ("declined", 0.05), ("later", 0.03),
        ),
        "turn": (("returned", 0.4),),
    }  # fmt: skip
    notes = {**Heard.notes, "rejected": OURS, "complains": UNHEARD}

    def __init__(
        self, home: Home, *, talk: Talk | None = None, of: Grievance | None = None, **more: Any
    ) -> None:
        super().__init__(home, **more)
        self.talk, self.of = talk, of

    def prepare(self, at: datetime) -> None:
        self.told_of, self.promised = self.talk or self.chance.choice(TALKS), at
        if self.of is not None:
            one = self.of
            self.told_of = Talk(
                "venting", one.cause, one.department, one.matter, "复核后不是我们的过失", one.measure
            )

    def at_record(self, at: datetime) -> dict[str, Any]:
        one = self.told_of
        return {
            "received_at": hours.typed(at - timedelta(minutes=self.chance.randrange(2, 8))),
            "channel": self.chance.choice(CHANNELS), "kind": one.kind, "cause": one.cause, "matter": one.matter,
            "why": one.why, "phone": self.resident.phone,
        }  # fmt: skip

    def at_speaker(self, at: datetime) -> dict[str, Any]:
        return {"standing": self.chance.choice(("paid", "paid", "paid", "owing", "unknown"))}

    def at_classify(self, at: datetime) -> dict[str, Any]:
        return {"department": self._department(self.told_of.department, at)}

    def at_answer(self, at: datetime) -> dict[str, Any]:
        if not self.told_of.result:
            return {"measure": self.told_of.measure, "more": "no", "order": "no"}
        wants = "yes" if self.told_of.order else "no"
        return self._answered(self.told_of.measure, at) | {"more": "yes", "order": wants}

    def at_handle(self, at: datetime) -> dict[str, Any]:
        return {"result": self.told_of.result}

    def child(self, procedure: str) -> Story | None:
        if procedure != "complaint":
            return super().child(procedure)
        like = [one for one in GRIEVANCES if one.cause == self.told_of.cause]
        return Complaint(
            self.home, resident=self.resident, grievance=self.chance.choice(like), heard=self.told_of.matter
        )

    def order(self) -> Order:
        one = self.told_of
        where, trade = one.order or ("hall", "other")
        job = (where, trade, "业户报的位置", one.matter, "现场与业户说的一致", one.result, ())
        return Order(self.home, job=job, source="complaint", reported=self.resident)
