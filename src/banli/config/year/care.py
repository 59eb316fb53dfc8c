"""Courtesy calls (P18): before a festival and every quarter residents are drawn, shared out and called."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from banli.cases.holidays import festival, rests
from banli.followup import actions
from banli.followup.actions import Wanted
from banli.journal.models import Entry

from . import errands, hours
from .complaints import Complaint
from .homes import Home
from .story import Story

if TYPE_CHECKING:
    from .life import Life
    from .town import Town

#: Festivals before which residents are called, while there is time.
FESTIVALS = ("春节", "中秋节", "国庆节")
QUARTERS = (1, 4, 7, 10)
#: How the first calls of every campaign end when they are tried for the first time.
SURE = {0: ("call", "no_answer"), 1: ("call", "later"), 2: ("call", "satisfied")}
LEFT = (3, 4)  # the calls of the last campaign that nobody has made when the year ends
RUNNING = 3  # days before the end of the year the last campaign began


class Care(Story):
    """One call of a campaign."""

    procedure = "resident-care"
    odds = {
        "call": (
            ("no_answer", 0.2), ("later", 0.08), ("fair", 0.14), ("declined", 0.05), ("dissatisfied", 0.03),
            ("complains", 0.02),
        ),
    }  # fmt: skip
    notes = {
        "complains": errands.CARE_COMPLAINTS,
        "dissatisfied": ("楼道堆物一直没有清", "停车收费没有说明白"),
    }

    def at_call(self, at: datetime) -> dict[str, Any]:
        opinion, service, cleaning, safety, repairs = self.chance.choice(errands.CARE)
        return {
            "service": service, "cleaning": cleaning, "safety": safety, "repairs": repairs, "opinion": opinion,
        }  # fmt: skip

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        if step in self.agreed or tries > 1:
            return super().when(life, step, branch, at, tries)
        day = hours.day_of(at) + timedelta(days=self.chance.choice((0, 1, 1, 2, 3, 4, 5, 6)))
        moment = hours.on(day, time(self.chance.choice((9, 10, 11, 14, 15, 16)), self.chance.randrange(60)))
        return hours.at_work("front_desk", max(moment, at + timedelta(minutes=20)))

    def child(self, procedure: str) -> Story | None:
        return Complaint(
            self.home, resident=self.resident, heard="关怀回访时说：" + errands.CARE_COMPLAINTS[0]
        )


def _shares(town: "Town") -> dict[int, int]:
    """Who calls, and how much of it: the first clerk twice as much as the one who relieves them."""
    shares = {town.posts["front_desk"]: 2, town.reliefs.get("front_desk", ""): 1}
    return {town.desk(username).staff.pk: share for username, share in shares.items() if username}


def keep_campaigns(town: "Town", homes: list[Home], begin: date, end: date, scale: float) -> None:
    """The year's campaigns, and one that is half worked through when it ends."""
    size = max(round(20 * scale), 6)
    planned = _planned(begin, end)
    for number, (name, occasion, day) in enumerate(planned, 1):
        wanted = Wanted(
            name=name, procedure="resident-care", occasion=occasion, roles=("owner", "tenant"), buildings=(), size=size,
            seed=int(f"{day:%Y%m%d}"), shares=_shares(town),
        )  # fmt: skip
        town.at(
            hours.on(day, time(9, 10)), _campaign(town, homes, wanted, number, running=number == len(planned))
        )


def _planned(begin: date, end: date) -> list[tuple[str, str, date]]:
    told: list[tuple[str, str, date]] = []
    day, last = begin + timedelta(days=20), end - timedelta(days=18)
    while day < last:
        coming = _holiday(day + timedelta(days=6))
        if coming in FESTIVALS and coming != _holiday(day + timedelta(days=5)):
            told.append((f"{day.year}年{coming}问候", "festival", day))
        if day.day == 11 and day.month in QUARTERS:
            told.append((f"{day.year}年第{1 + day.month // 3}季度回访", "periodic", day))
        day += timedelta(days=1)
    started = hours.workday(end, -RUNNING)
    return [*told, (f"{started:%Y}年{started.month}月定期回访", "periodic", started)]


def _holiday(day: date) -> str:
    """What a rest day is for; a day worked instead is none."""
    return festival(day) if rests(day) else ""


def _campaign(town: "Town", homes: list[Home], wanted: Wanted, number: int, *, running: bool) -> Any:
    """Begin it, open its calls, and let whoever has them make them; of the one still ``running`` some are left."""

    def begin(at: datetime) -> None:
        desk = town.desk(town.posts["duty_supervisor"])
        told: dict[str, Any] = {"by": desk, "now": at}
        campaign = actions.start(
            **told, acting=desk.posts["duty_supervisor"], wanted=wanted, key=town.key(f"campaign-{number}"),
            queued=False,
        )  # fmt: skip
        actions.open_calls(**told, campaign=campaign)
        of = {person.person.pk: (home, person) for home in homes for person in _people(home)}
        for order, entry in enumerate(_opened(campaign)):
            person = int((entry.key or "").split("-")[3])
            home, resident = of.get(person, (homes[0], homes[0].owner))
            left = "call" if running and order in LEFT else ""
            care = Care(home, resident, sure=SURE.get(order), stop=left)
            town.adopt(int(entry.stream.removeprefix("case/")), care, at)

    return begin


def _people(home: Home) -> list[Any]:
    return [one for one in (home.owner, home.tenant) if one is not None]


def _opened(campaign: Entry) -> list[Entry]:
    found = Entry.objects.filter(
        estate=campaign.estate, key__startswith=f"campaign-{campaign.estate_id}-{campaign.seq}-", seq=1
    )
    return list(found.order_by("pk"))
