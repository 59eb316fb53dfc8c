"""A renovation and what rests on it: the record (P0), workers' cards (P2), the extension (P3)."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from banli.estate.actions import Particulars

from . import hours, words
from .homes import Home, People, worker_id
from .story import WITHDRAW, Story, Told
from .visits import Call
from .works import Works

if TYPE_CHECKING:
    from .life import Life
    from .town import Town

UNTIL_START = 5  # days from the application to the first day of the works
Maker = Callable[[Works], Story]


class Renovation(Story):
    """From the application to the refund of the deposit. ``days``: how long it may take; ``over``: days beyond that.

    ``extension``: the step at which the extension waits, and how many workdays before the year's end it was asked for.
    """

    procedure = "renovation"
    odds = {
        "documents": (("returned", 0.08),),
        "review": (("returned", 0.08), ("rejected", 0.03)),
        "pay": ((WITHDRAW, 0.03),),
        "inspect": (("failed", 0.25),),
    }
    takes = {
        "review": (200, 900), "approve": (200, 700), "pay": (60, 1500), "documents": (5, 20), "inspect": (500, 1900),
        "cards": (60, 400), "refund": (60, 500), "extend": (60, 300),
    }  # fmt: skip
    notes = {
        "returned": ("缺水电走向图，请补齐", "平面图与房型不符"), "rejected": ("拟拆墙体为承重墙，不予批准",),
        WITHDRAW: ("业主推迟装修",),
    }  # fmt: skip

    def __init__(
        self, home: Home, lead: Particulars, *, days: int, over: int = 0, children: Sequence[Maker] = (),
        extension: tuple[str, int] | None = None, **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(home, **more)
        self.own = Works(home, lead)
        self.days, self.extra, self.children, self.begun = days, over, children, False
        self.extension = extension
        self.opened: datetime | None = None

    def opens(self, until: datetime) -> datetime | None:
        if self.opened is None:
            return super().opens(until)
        return hours.on(hours.day_of(self.opened), time(10, self.number % 50))

    def prepare(self, at: datetime) -> None:
        today = hours.day_of(at)
        self.first = today + timedelta(days=UNTIL_START)
        self.own.end = self.first + timedelta(days=self.days)
        last = self.own.end + timedelta(days=self.extra or -self.chance.randrange(0, 7))
        self.own.finish = hours.on(last, time(self.chance.randrange(9, 17), self.chance.randrange(60)))
        self.wet, self.firm = self.chance.random() < 0.4, self.chance.random() < 0.8
        self.deposit = self.chance.choice(("1000", "2000", "2000", "3000", "5000"))
        if self.stop or self.opened:
            self.odds = {}  # it has to come as far as that

    def at_apply(self, at: datetime) -> dict[str, Any]:
        lead = self.own.lead
        told: dict[str, Any] = {
            "kind": "firm" if self.firm else "own", "details": self.chance.choice(words.WORKS),
            "works": self.chance.sample(["walls", "electric", "tiles", "ceiling", "carpentry", "bathroom"], 3),
            "touches": ["waterproof"] if self.wet else [], "lead_name": lead.name, "lead_phone": lead.phone,
            "lead_id": lead.id_number, "workers": self.chance.randrange(2, 6), "hot_work": "no",
            "fire_officer": lead.name, "start_date": max(self.first, hours.day_of(at)).isoformat(),
            "end_date": self.own.end.isoformat(),
        }  # fmt: skip
        if self.firm:
            told |= {"firm": self.chance.choice(words.FIRMS), "licence": "建装 330199" if self.wet else ""}
        return told

    def at_documents(self, at: datetime) -> dict[str, Any] | Told:
        if not self.wet:
            return {}
        plan, licence = self.picture("waterproof_plan", at), self.picture("qualification", at)
        return Told({"waterproof_plan": plan.sha256, "qualification": licence.sha256}, (plan, licence))

    def at_approve(self, at: datetime) -> dict[str, Any]:
        return {"deposit": self.deposit}

    def at_inspect(self, at: datetime) -> dict[str, Any]:
        told: dict[str, Any] = {"found": self.chance.choice(("与批准的一致", "闭水试验合格", "公共部位完好"))}
        return told | ({"water_tested_at": hours.typed(at - timedelta(hours=50))} if self.wet else {})

    def reached(self, life: "Life", step: str, branch: int | None, at: datetime) -> None:
        if step == "extend":
            self.own.standing = False
        if step == "works":
            self.own.standing = True
            if not self.begun:
                self.begun = True
                plan_children(life.town, self, at)

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        if step == "works":
            return hours.at_work("front_desk", max(self.own.finish, at))
        return super().when(life, step, branch, at, tries)

    def ready(self, step: str, branch: int | None) -> bool:
        return step != "cards" or all(child.ended for child in self.own.resting)


def plan_children(town: "Town", renovation: Renovation, at: datetime) -> None:
    """The permit is out: the lead comes for the cards, in time for the extension, and for what else is asked for."""
    works, chance = renovation.own, renovation.chance
    cards = WorkerCards(works, workers=chance.randrange(2, 5))
    works.resting.append(cards)
    town.begin(_desk(at + timedelta(minutes=chance.uniform(20, 1500))), cards)
    if renovation.extra > 3:
        stop, back = renovation.extension or ("", None)
        extension = Extension(works, stop=stop, back=back)
        works.resting.append(extension)
        before = hours.on(works.end - timedelta(days=chance.randrange(3, 7)), time(9, chance.randrange(60)))
        asked = Call(works.home, works=works, leads="extension", begins=extension)
        moment = _desk(extension.opens(town.until) or max(before, at + timedelta(days=2)))
        town.begin(moment, asked if not stop and chance.random() < 0.3 else extension)
    span = max((min(works.finish, town.until) - at).days, 3)
    for make in renovation.children:
        child = make(works)
        if isinstance(child, WorkerCards):
            works.resting.append(child)
        later = at + timedelta(days=1 + chance.random() * (span - 2), minutes=chance.uniform(0, 300))
        town.begin(_desk(child.opens(town.until) or later), child)


def _desk(moment: datetime) -> datetime:
    return hours.at_work("front_desk", moment)


class WorkerCards(Story):
    """Cards for the workers of one works; back at its end, some lost, some altered."""

    procedure = "worker-card"
    takes = {
        "pay": (15, 120), "particulars": (3, 20), "card": (2, 10), "stamp": (10, 60), "hand_over": (5, 200),
        "back": (2, 8), "lost": (5, 20), "agree": (30, 400), "refund": (30, 400), "renew": (180, 900),
        "renew_fee": (30, 300), "old_card": (5, 20),
    }  # fmt: skip
    notes = {"lost": ("上下班路上遗失，书面报失",), "not_agreed": ("活干完了，不再来",)}

    def __init__(self, works: Works, *, workers: int = 3, **more: Any) -> None:
        super().__init__(works.home, works=works, **more)
        self.site, self.workers, self.lost, self.altered = works, workers, set[int](), set[int]()

    def prepare(self, at: datetime) -> None:
        names = [
            self.chance.choice(words.SURNAMES) + self.chance.choice(words.GIVEN) for _ in range(self.workers)
        ]
        trades = ("mason", "carpenter", "electrician", "painter", "helper")
        self.rows = [
            {"name": name, "trade": self.chance.choice(trades), "days": self.chance.choice((12, 20, 30, 45))}
            for name in names
        ]
        self.numbers = [worker_id(self.number, row) for row in range(self.workers)]
        odd = self.chance.random()
        if odd < 0.1:
            self.lost.add(0)
        elif odd < 0.2:
            self.altered.add(self.workers - 1)

    def at_apply(self, at: datetime) -> dict[str, Any]:
        return {"workers": self.rows}

    def at_particulars(self, at: datetime, branch: int) -> Told:
        face, copy = self.picture("portrait", at, branch), self.picture("identity_copy", at)
        return Told({
            "holder": self.rows[branch]["name"], "holder_id": self.numbers[branch],
            "holder_phone": f"1380057{self.number % 100:02}{branch:02}", "portrait": face.sha256,
            "identity_copy": copy.sha256, "valid_to": self.site.end.isoformat(),
        }, (face, copy))  # fmt: skip

    def at_back(self, at: datetime, branch: int) -> Told:
        if branch in self.altered:
            return self._kept_of("证件涂改", "50", at, branch, card_state="altered")
        return Told({"card_state": "good"})

    def at_lost(self, at: datetime, branch: int) -> Told:
        return self._kept_of("出入证遗失", "100", at, branch)

    def _kept_of(self, reason: str, yuan: str, at: datetime, branch: int, **more: str) -> Told:
        """What is kept of a card's deposit, with the photograph that the director signs by."""
        photo = self.picture("kept_photo", at, branch)
        kept = {"kept": [{"reason": reason, "amount": yuan}], "kept_photo": photo.sha256}
        return Told({**more, **kept}, (photo,))

    def kept(self, branch: int | None) -> int:
        return 10000 if branch in self.lost else 5000 if branch in self.altered else 0

    def outcome(self, life: "Life", step: str, branch: int | None, tries: int) -> str:
        if step == "in_use" and branch in self.lost:
            return "lost"
        if step == "renew" and branch == 0 and tries == 1 and 0 not in self.lost and self.workers > 2:
            return "not_agreed"
        return super().outcome(life, step, branch, tries)

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        if step == "in_use":
            after = timedelta(minutes=self.chance.uniform(10, 600))
            return hours.at_work("front_desk", max(self.site.finish + after, at))
        return super().when(life, step, branch, at, tries)

    def reached(self, life: "Life", step: str, branch: int | None, at: datetime) -> None:
        if step == "renew":
            self.site.changing.add((self.number, branch))
        elif step in ("in_use", "agree", "refund"):
            self.site.changing.discard((self.number, branch))

    def ready(self, step: str, branch: int | None) -> bool:
        return self.site.standing or step not in (
            "renew",
            "old_card",
            "renew_fee",
            "particulars",
            "card",
            "hand_over",
        )


class Extension(Story):
    """More time, before the old is over."""

    procedure = "renovation-extension"
    takes = {
        "review": (100, 500), "approve": (60, 500), "told": (20, 90), "pay": (60, 900), "exchange": (600, 1500),
        "form": (5, 30),
    }  # fmt: skip

    def __init__(self, works: Works, **more: Any) -> None:
        super().__init__(works.home, works=works, **more)
        self.site = works

    def prepare(self, at: datetime) -> None:
        self.to = max(self.site.end, hours.day_of(self.site.finish), hours.day_of(at)) + timedelta(days=4)
        self.fee = "300" if self.stop == "pay" else self.chance.choice(("0", "0", "300", "500"))

    def at_apply(self, at: datetime) -> dict[str, Any]:
        return {
            "until_now": self.site.end.isoformat(), "finished": "水电、泥瓦", "unfinished": "木作、油漆",
            "reason": self.chance.choice(words.TARDY), "extended_to": self.to.isoformat(), "remaining": 2,
        }  # fmt: skip

    def at_approve(self, at: datetime) -> dict[str, Any]:
        return {"fee": self.fee}

    def reached(self, life: "Life", step: str, branch: int | None, at: datetime) -> None:
        if step == "exchange":
            self.site.end = self.to

    def ready(self, step: str, branch: int | None) -> bool:
        return step != "exchange" or (self.site.standing and not self.site.changing)


def new_renovation(home: Home, people: People, **more: Any) -> Renovation:
    """A renovation with a lead from the pool of names."""
    return Renovation(home, people.particulars(), **more)
