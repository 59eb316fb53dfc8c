"""Work for the lists to show: cases opened and taken so far as a test needs, through the actions people use."""

from datetime import date, datetime
from itertools import count
from typing import Any

from django.test import Client

from banli.cases import actions
from banli.estate.models import Person, Unit
from tests.office import Office, identity, today

_keys = count(1)


def key() -> str:
    return f"desk-work-{next(_keys):06}"


def signed_in(office: Office, who: str) -> Client:
    client = Client()
    client.force_login(office.staff(who))
    return client


def goods(
    office: Office, *items: str, by: str = "xiaowang", unit: Unit | None = None, applicant: Person | None = None,
    carrier: str = "租户刘先生", now: datetime | None = None,
) -> int:  # fmt: skip
    """A goods pass the owner has asked for; it waits for the owner's signature."""
    unit = unit or office.unit
    answers: dict[str, Any] = {
        "carrier": carrier, "carrier_id": identity(), "date": today().isoformat(),
        "goods": [{"name": item, "count": 1} for item in items or ("沙发",)],
    }  # fmt: skip
    return actions.open_case(
        by=office[by], procedure="goods-release", unit=unit, applicant=applicant or office.owner,
        applicant_role="owner", answers=answers, key=key(), now=now,
    ).case_id  # fmt: skip


def do(office: Office, who: str, case: int, step: str, outcome: str, **more: Any) -> None:
    actions.act(by=office[who], case_id=case, step=step, outcome=outcome, key=key(), **more)


def signed(office: Office, *items: str, **more: Any) -> int:
    """It waits for the duty supervisor."""
    case = goods(office, *items, **more)
    do(office, more.get("by", "xiaowang"), case, "sign", "signed", signature="paper", now=more.get("now"))
    return case


def issued(office: Office, *items: str, **more: Any) -> int:
    """It stands in the register and waits at the gate."""
    case = signed(office, *items, **more)
    now = more.get("now")
    do(office, "laoli", case, "confirm", "approved", signature="paper", now=now)
    do(office, "chen", case, "seal", "sealed", now=now)
    do(office, "xiaowang", case, "issue", "issued", now=now)
    return case


def repair(office: Office, problem: str = "厨房水龙头漏水", now: datetime | None = None) -> int:
    """A repair at once; it waits for somebody to be sent, its arrival due in fifteen minutes."""
    answers = {
        "problem": problem,
        "place": "kitchen",
        "trade": "water",
        "urgency": "now",
        "phone": "13812345678",
    }
    return actions.open_case(
        by=office["xiaowang"], procedure="home-repair", unit=office.unit, applicant=office.tenant,
        applicant_role="tenant", answers=answers, key=key(), now=now,
    ).case_id  # fmt: skip


def sent(office: Office, case: int) -> None:
    """老郑 is sent."""
    do(office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": office.staff("zheng").pk})


def elsewhere(office: Office) -> int:
    """The same work at the other estate, which must never be seen from this one."""
    unit = Unit.objects.get(estate=office.elsewhere)
    person = Person.objects.create(estate=office.elsewhere, name="别处的人")
    return actions.open_case(
        by=office["xiaoqin"], procedure="goods-release", unit=unit, applicant=person, applicant_role="owner",
        answers={
            "carrier": "别处的人", "carrier_id": identity(), "date": date.today().isoformat(),
            "goods": [{"name": "别处的钢琴", "count": 1}],
        },
        key=key(),
    ).case_id  # fmt: skip
