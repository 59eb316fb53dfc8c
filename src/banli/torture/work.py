"""The clients' work: whole cases of two procedures over the API, by the people of the demo estate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from banli.engine.fields import OFFICE_ZONE
from banli.engine.identity import check_digit

from .api import Caller

CARRIER = "33019919850312002"  # of an area that does not exist
CAST = ("xiaowang", "laoli", "chen", "zhou", "zheng")
PAPER = {"signature": "paper"}


@dataclass(frozen=True)
class Doing:
    """A step of a case: who does it, how it ends, and what else is sent."""

    who: str
    step: str
    outcome: str
    more: Mapping[str, Any]


@dataclass(frozen=True)
class Ground:
    """The home all cases are about, its owner, and the technician who is sent."""

    unit: int
    owner: int
    technician: int


def ground(caller: Caller) -> Ground:
    """Asked of the API, as any machine would."""
    unit = caller.get("xiaowang", "units", q="12栋3单元502")["items"][0]["id"]
    people = caller.get("xiaowang", f"units/{unit}")["people"]
    technicians = caller.get("xiaowang", "posts/technician/staff")["items"]
    owner = next(person["id"] for person in people if person["role"] == "owner")
    return Ground(unit, owner, technicians[0]["id"])


def opening(procedure: str, at: Ground) -> dict[str, Any]:
    """What opens a case of a procedure."""
    answers = _goods() if procedure == "goods-release" else _request()
    return {
        "procedure": procedure, "unit": at.unit, "applicant": at.owner, "applicant_role": "owner",
        "answers": answers,
    }  # fmt: skip


def steps(procedure: str, at: Ground) -> list[Doing]:
    """Everything that is done after that, to the end of the case."""
    return _release() if procedure == "goods-release" else _repair(at)


PROCEDURES = ("goods-release", "home-repair")


def _goods() -> dict[str, Any]:
    return {
        "carrier": "李师傅", "carrier_id": CARRIER + check_digit(CARRIER), "phone": "13800571500",
        "date": datetime.now(OFFICE_ZONE).date().isoformat(),
        "goods": [{"name": "三人沙发", "count": 1}, {"name": "双门冰箱", "count": 1}],
    }  # fmt: skip


def _release() -> list[Doing]:
    return [
        Doing("xiaowang", "sign", "signed", PAPER),
        Doing("laoli", "confirm", "approved", PAPER),
        Doing("chen", "seal", "sealed", {}),
        Doing("xiaowang", "issue", "issued", {}),
        Doing("zhou", "gate", "released", {"ticked": [0, 1]}),
    ]


def _request() -> dict[str, Any]:
    return {
        "problem": "厨房水槽下面漏水", "place": "kitchen", "trade": "water", "urgency": "now", "phone": "13800571500",
    }  # fmt: skip


def _repair(at: Ground) -> list[Doing]:
    price = {
        "findings": "陶瓷阀芯磨损", "charge": "paid", "works": [{"item": "repair-tap-drip", "count": 1, "price": "20"}],
        "materials": [{"name": "陶瓷阀芯", "count": 1, "price": "15.50"}],
    }  # fmt: skip
    return [
        Doing("xiaowang", "dispatch", "dispatched", {"assignee": at.technician}),
        Doing("zheng", "take", "taken", {}),
        Doing("zheng", "arrive", "arrived", {}),
        Doing("zheng", "quote", "passed", {"ticked": ["identified", "told"], "answers": price}),
        Doing("zheng", "agree", "signed", PAPER),
        Doing("zheng", "work", "finished", {"answers": {"result": "已更换阀芯，试水正常"}}),
        Doing("zheng", "accept", "signed", PAPER),
        Doing("xiaowang", "order", "issued", {}),
        Doing("xiaowang", "follow_up", "satisfied", {"answers": {"opinion": "师傅来得快"}}),
    ]
