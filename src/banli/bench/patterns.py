"""The cases that the loader copies: worked here through the actions, at several times of a day, to several ends."""

import random
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from banli.cases import actions
from banli.config.demo_cases import OPENINGS, Morning
from banli.estate.models import Estate

PROBLEMS = [
    ("厨房水龙头漏水", "kitchen", "water", "陶瓷阀芯磨损，需更换", "已更换阀芯，试水正常"),
    ("卫生间灯不亮", "bathroom", "electric", "灯管烧坏", "已换灯管，点亮正常"),
    ("入户门锁芯转不动", "other", "door", "锁芯缺油", "已注油，开关顺畅"),
]
END = ("done", "expired", "withdrawn", "mismatch")


class Patterns:
    """Works cases at the demo estate; each method gives the id of one."""

    def __init__(self, estate: Estate, chance: random.Random) -> None:
        self.chance = chance
        noon = timezone.localtime().replace(hour=16, minute=0, second=0, microsecond=0)
        self.days = Morning(estate, noon - timedelta(days=2))
        self.days.number = 10_000  # its own idempotency keys

    def closed(self) -> list[int]:
        """Cases that came to an end, as often as it happens."""
        goods = [self._goods(end) for end in ("done",) * 12 + ("expired", "withdrawn")]
        return goods + [self._repaired() for _ in range(14)]

    def open(self) -> list[int]:
        """Cases that wait, each for somebody else."""
        return [self._goods(step) for step in ("sign", "confirm", "seal", "issue", "gate")] + [
            self._repair(sent) for sent in (False, True)
        ]

    def _goods(self, until: str) -> int:
        m, ago = self.days, self.chance.randrange(60, 420)
        goods = [{"name": name, "count": count} for name, count in self.chance.choice(OPENINGS)[1]]
        day = timezone.localdate(m.now).isoformat()
        form = {"carrier": "张女士", "carrier_id": "330199198503120021", "phone": "13800571500", "date": day}
        case = m.open("goods-release", "owner", ago, {**_checked(form), "goods": goods})
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
            desk = m.desk("xiaowang")
            actions.withdraw(by=desk, case_id=case, reason="不搬了", key=m.key(), now=m.at(ago - 45))
        if until == "expired":
            actions.tick(case_id=case, now=_midnight(m.now))
        return case

    def _repair(self, sent: bool) -> int:
        m, ago = self.days, self.chance.randrange(60, 420)
        problem, place, trade, _, _ = self.chance.choice(PROBLEMS)
        case = m.open("home-repair", "owner", ago, {
            "problem": problem, "place": place, "trade": trade, "urgency": "now", "phone": "13800210500",
        })  # fmt: skip
        if sent:
            zheng = m.desk("zheng").staff.pk
            m.do("xiaowang", case, "dispatch", "dispatched", ago - 2, extra={"assignee": zheng})
        return case

    def _repaired(self) -> int:
        m, ago = self.days, self.chance.randrange(120, 420)
        problem, place, trade, findings, result = self.chance.choice(PROBLEMS)
        case = m.open("home-repair", "owner", ago, {
            "problem": problem, "place": place, "trade": trade, "urgency": "now", "phone": "13800210500",
        })  # fmt: skip
        zheng = m.desk("zheng").staff.pk
        m.do("xiaowang", case, "dispatch", "dispatched", ago - 2, extra={"assignee": zheng})
        m.do("zheng", case, "arrive", "arrived", ago - 12)
        m.do(
            "zheng", case, "quote", "passed", ago - 16, extra={"ticked": ["identified", "told"]},
            answers={"findings": findings, "charge": "free"},
        )  # fmt: skip
        m.do("zheng", case, "work", "finished", ago - 40, answers={"result": result})
        m.do("zheng", case, "accept", "signed", ago - 42, signature="paper")
        m.do("xiaowang", case, "order", "issued", ago - 45)
        m.do("xiaowang", case, "follow_up", "satisfied", ago - 100, answers={"opinion": "师傅来得快"})
        return case


def _checked(form: dict[str, Any]) -> dict[str, Any]:
    from banli.engine.identity import check_digit

    number = form["carrier_id"][:17]
    return {**form, "carrier_id": number + check_digit(number)}


def _midnight(day: datetime) -> datetime:
    return timezone.localtime(day).replace(hour=0, minute=1) + timedelta(days=1)
