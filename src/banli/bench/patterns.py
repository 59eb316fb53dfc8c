"""The cases that the loader copies: worked here through the actions, at several times of a day, to several ends."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from banli.cases import actions
from banli.cases.models import Case
from banli.config.demo_cases import Morning, stages
from banli.config.year import words
from banli.engine.identity import check_digit
from banli.estate.models import Estate

from .office import CARRIER

RELEASES = ("done",) * 24 + ("expired", "withdrawn") * 2
REPAIRS = 4  # of each place
NOON = 16  # o'clock of the day that all of it is worked on, two days ago


@dataclass
class Worked:
    """A case, and which of its words a copy says otherwise: some that belong together, and all that may stand there."""

    case: int
    words: list[tuple[tuple[str, ...], Sequence[tuple[str, ...]]]] = field(default_factory=list)

    def said(self, word: str, instead: Sequence[str]) -> None:
        self.words.append(((word,), [(other,) for other in instead]))


class Patterns:
    """Works cases at the demo estate."""

    def __init__(self, estate: Estate, chance: random.Random) -> None:
        self.chance = chance
        noon = timezone.localtime().replace(hour=NOON, minute=0, second=0, microsecond=0)
        self.days = Morning(estate, noon - timedelta(days=2))
        last = Case.objects.latest("pk").pk
        self.days.number = 1000 * last  # its own idempotency keys, also when the house grows once more

    def work(self) -> tuple[list[Worked], list[Worked]]:
        """Those that came to an end, as often as it happens, and those that wait, each for somebody else."""
        closed = [self._goods(end) for end in RELEASES]
        closed += [self._repaired(*kind) for kind in words.REPAIRS for _ in range(REPAIRS)]
        waiting = [self._goods(step) for step in ("sign", "confirm", "seal", "issue", "gate")]
        waiting += [self._repair("kitchen", "water", sent) for sent in (False, True)]
        for one in self._demo():
            (waiting if Case.objects.get(pk=one.case).status == "open" else closed).append(one)
        return closed, waiting

    def _demo(self) -> Iterator[Worked]:
        """The demo's own morning: the procedures that are not worked here. Only what owners asked for is copied."""
        for stage in stages(self.days):
            stage()
            case = Case.objects.latest("pk")
            if case.applicant_role == "owner" and case.procedure not in ("goods-release", "home-repair"):
                yield Worked(case.pk)

    def _goods(self, until: str) -> Worked:
        m, ago = self.days, self.chance.randrange(60, 420)
        goods = [
            {"name": name, "count": self.chance.choice((1, 1, 1, 2, 4))}
            for name in self.chance.sample(words.GOODS, self.chance.randrange(1, 5))
        ]
        day = timezone.localdate(m.now).isoformat()
        case = m.open_now("goods-release", "owner", ago, {
            "carrier": words.CARRIERS[0], "carrier_id": checked(CARRIER), "phone": "13800571500", "date": day,
            "goods": goods,
        })  # fmt: skip
        acts: list[tuple[str, str, str, dict[str, Any]]] = [
            ("xiaowang", "sign", "signed", {"signature": "paper"}),
            ("laoli", "confirm", "approved", {"signature": "paper"}),
            ("chen", "seal", "sealed", {}),
            ("xiaowang", "issue", "issued", {}),
            ("zhou", "gate", "released", {"extra": {"ticked": list(range(len(goods)))}}),
        ]
        for place, (who, step, outcome, more) in enumerate(acts):
            if step == until or (until, step) in (("expired", "gate"), ("withdrawn", "issue")):
                break
            m.do(who, case, step, outcome, ago - 5 - 7 * place, **more)
        if until == "withdrawn":
            at = m.at(ago - 45)
            actions.withdraw(
                by=m.desk("xiaowang"), case_id=case, reason=words.REASONS[0], key=m.key(), now=at
            )
        if until == "expired":
            actions.tick(case_id=case, now=_midnight(m.now))
        told = Worked(case)
        for line in goods:
            told.said(str(line["name"]), words.GOODS)
        told.said(words.CARRIERS[0], words.CARRIERS)
        told.said(words.REASONS[0], words.REASONS)
        return told

    def _repair(self, place: str, trade: str, sent: bool) -> Worked:
        m, ago = self.days, self.chance.randrange(120, 420)
        kinds = words.REPAIRS[place, trade]
        case = m.open_now("home-repair", "owner", ago, {
            "problem": kinds[0][0], "place": place, "trade": trade, "urgency": "now", "phone": "13800210500",
        })  # fmt: skip
        if sent:
            zheng = m.desk("zheng").staff.pk
            m.do("xiaowang", case, "dispatch", "dispatched", ago - 2, extra={"assignee": zheng})
        return Worked(case, [(kinds[0], kinds)])

    def _repaired(self, place: str, trade: str) -> Worked:
        told = self._repair(place, trade, sent=True)
        m, case = self.days, told.case
        _, findings, result = words.REPAIRS[place, trade][0]
        opened = Case.objects.get(pk=case).opened_at
        ago = int((m.now - opened).total_seconds()) // 60
        m.do("zheng", case, "take", "taken", ago - 4)
        m.do("zheng", case, "arrive", "arrived", ago - 12)
        m.do(
            "zheng", case, "quote", "passed", ago - 16, extra={"ticked": ["identified", "told"]},
            answers={"findings": findings, "charge": "free"},
        )  # fmt: skip
        m.do("zheng", case, "work", "finished", ago - 40, answers={"result": result})
        m.do("zheng", case, "accept", "signed", ago - 42, signature="paper")
        m.do("xiaowang", case, "order", "issued", ago - 45)
        m.do(
            "xiaowang",
            case,
            "follow_up",
            "satisfied",
            ago - 100,
            answers={"opinion": words.OPINIONS[0]},
        )
        told.said(words.OPINIONS[0], words.OPINIONS)
        return told


def checked(number: str) -> str:
    """An identity number with its check digit."""
    return number + check_digit(number)


def _midnight(day: datetime) -> datetime:
    return timezone.localtime(day).replace(hour=0, minute=1) + timedelta(days=1)
