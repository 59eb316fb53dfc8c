"""Who telephones (P15) and who comes to see a resident (P16)."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from banli.estate.models import Unit

from . import errands, hours, words
from .accounts import Opening
from .carrying import Carrying, GoodsRelease
from .complaints import Communication, Complaint
from .grievances import GRIEVANCES, TALKS
from .homes import Home
from .orders import Job, Order
from .parking import Parking
from .services import Cleaning, Repair
from .sites import AdditionalItem
from .story import LEFT, WITHDRAW, Story

if TYPE_CHECKING:
    from .life import Life

#: What a call leads to, of so many.
LEADS = {
    "nothing": 48, "repair": 18, "communication": 11, "order": 7, "complaint": 5, "cleaning": 4, "visitor": 3,
    "goods": 2, "parking": 1, "carrying": 1, "opening": 1, "item": 1,
}  # fmt: skip
#: What only an owner, or the lead of a renovation, can begin.
OF_OWNERS = ("carrying", "item")
#: Places that are asked for on the telephone have numbers of their own.
FIRST_PLACE = 2000


class Call(Story):
    """A telephone call, now and then the beginning of another case. ``leads``: of which, else by chance.

    ``begins``: that case itself, where it is known.
    """

    procedure = "call"

    def __init__(
        self, home: Home, *, leads: str = "", stranger: bool = False, begins: Story | None = None, **more: Any
    ) -> None:
        super().__init__(home, **more)
        self.leads, self.stranger, self.begins = leads, stranger, begins

    def about(self) -> Unit | None:
        return None if self.stranger else self.home.unit

    def prepare(self, at: datetime) -> None:
        known = {name: odds for name, odds in LEADS.items() if self._owner() or name not in OF_OWNERS}
        self.leads = self.leads or self.chance.choices(list(known), list(known.values()))[0]
        if self.stranger:
            self.leads = "nothing"
        self.answered = "已记下，马上安排"
        if self.leads == "nothing":
            self.said, self.answered = self.chance.choice(errands.CALLS)
        elif self.leads == "repair":
            self.fault = self.chance.choice(list(words.REPAIRS.items()))
            self.row = self.chance.choice(self.fault[1])
            self.said = self.row[0]
        elif self.leads in errands.SAID:
            self.said = self.chance.choice(errands.SAID[self.leads])
        elif self.leads == "communication":
            self.talk = self.chance.choice([one for one in TALKS if one.kind != "venting"])
            self.said = self.talk.matter
        elif self.leads == "complaint":
            self.grievance = self.chance.choice(GRIEVANCES)
            self.said, self.answered = self.grievance.matter, "先道歉，记下，值班主任马上处理"
        else:
            self.job: Job = self.chance.choice(errands.JOBS)
            self.said = self.job[3]

    def _owner(self) -> bool:
        return self.resident.role == "owner"

    def at_take(self, at: datetime) -> dict[str, Any]:
        began = self.telephoned = hours.typed(at - timedelta(minutes=self.chance.randrange(1, 5)))
        if self.stranger:
            caller, said, answered = self.chance.choice(errands.STRANGERS)
            return {"at": began, "caller": caller, "said": said, "answered": answered, "leads_to": "nothing"}
        return {
            "at": began, "caller": self.resident.name, "phone": self.resident.phone, "said": self.said,
            "answered": self.answered, "leads_to": self.leads,
        }  # fmt: skip

    def child(self, procedure: str) -> Story | None:
        begun = self.begins or self._begun(procedure)
        begun.telephoned = self.telephoned
        return begun

    def _begun(self, procedure: str) -> Story:
        if procedure == "parking-place":
            return Parking(self.home, FIRST_PLACE + self.number, resident=self.resident)
        simple: type[Story] | None = BEGUN.get(procedure)
        if simple is not None:
            return simple(self.home, resident=self.resident)
        if procedure == "home-repair":
            return Repair(self.home, self.resident, fault=(*self.fault[0], *self.row))
        if procedure == "communication":
            return Communication(self.home, resident=self.resident, talk=self.talk)
        if procedure == "complaint":
            return Complaint(self.home, resident=self.resident, grievance=self.grievance)
        return Order(self.home, job=self.job, source="repair", reported=self.resident)


class Visitor(Story):
    """Somebody comes, today or on a day that was named; some never come, a few are never seen to leave."""

    procedure = "visitor"
    odds = {
        "confirm": (("no_answer", 0.08), ("not_agreed", 0.05)),
        "pass": ((WITHDRAW, 0.02),),
        "come_in": ((LEFT, 0.06),),
        "go_out": ((LEFT, 0.03),),
    }
    takes = {"receive": (1, 4), "confirm": (1, 6), "pass": (1, 3)}
    notes = {"not_agreed": errands.NOT_WELCOME, WITHDRAW: ("不进去了，在大堂等住户下来",)}

    def prepare(self, at: datetime) -> None:
        kinds = errands.PURPOSES
        self.purpose = self.chance.choices(list(kinds), list(kinds.values()))[0]
        self.name = self.chance.choice(words.SURNAMES) + self.chance.choice(words.GIVEN)
        self.day: date = hours.day_of(at) + timedelta(days=1 if self.chance.random() < 0.12 else 0)

    def at_receive(self, at: datetime) -> dict[str, Any]:
        told: dict[str, Any] = {
            "visitor": self.name, "persons": self.chance.choice((1, 1, 1, 2, 3)), "purpose": self.purpose,
            "identity": self.chance.choice(("seen", "seen", "seen", "known", "none")), "day": self.day.isoformat(),
            "how": "link" if self.stop == "agree" else "call",
        }  # fmt: skip
        carried = self.chance.choice(errands.CARRIED.get(self.purpose, ("",)))
        if carried:
            told["carries"] = carried
        if self.chance.random() < 0.4:
            told["plate"] = f"浙A{self.chance.choice('BCDEFGHK')}{self.chance.randrange(10000, 99999)}"
        return told

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        moment = super().when(life, step, branch, at, tries)
        if step == "come_in" and hours.day_of(moment) < self.day:
            return hours.on(self.day, time(self.chance.randrange(9, 18), self.chance.randrange(60)))
        if step == "go_out":
            last = hours.on(hours.day_of(at), time(21, self.chance.randrange(20, 58)))
            stays = (
                self.chance.uniform(15, 90) if self.purpose == "delivery" else self.chance.uniform(40, 330)
            )
            return max(min(at + timedelta(minutes=stays), last), at + timedelta(minutes=3))
        return moment


#: What a call begins that needs nothing more to be known.
BEGUN: dict[str, type[Story]] = {
    story.procedure: story for story in (Cleaning, Visitor, GoodsRelease, Carrying, Opening, AdditionalItem)
}
