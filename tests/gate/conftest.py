"""A goods slip on its way to the gate, in the office of the tests."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from banli.cases import actions
from banli.papers.models import Paper
from tests.gate.phones import phone, yard
from tests.office import Office, identity, today

__all__ = ["phone", "yard"]  # fixtures

GOODS = [{"name": "双开门冰箱", "count": 1, "remark": "右门有划痕"}, {"name": "餐椅", "count": 6}]


def at_the_gate(office: Office, **answers: Any) -> Paper:
    """业主张女士 moves out: the slip is filled in, signed, sealed and handed over."""
    asked = {
        "carrier": "王龑", "carrier_id": identity(), "date": today().isoformat(), "plate": "浙A12345", "goods": GOODS,
        **answers,
    }  # fmt: skip
    case = actions.open_case(
        by=office["xiaowang"], procedure="goods-release", unit=office.unit, applicant=office.owner,
        applicant_role="owner", answers=asked, key=str(uuid4()),
    ).case_id  # fmt: skip
    for who, step, outcome, signature in (
        ("xiaowang", "sign", "signed", "paper"),
        ("laoli", "confirm", "approved", "paper"),
        ("chen", "seal", "sealed", ""),
        ("xiaowang", "issue", "issued", ""),
    ):
        actions.act(
            by=office[who], case_id=case, step=step, outcome=outcome, signature=signature, key=str(uuid4())
        )
    return Paper.objects.get(case_id=case)


@pytest.fixture
def slip(office: Office) -> Paper:
    return at_the_gate(office)


@pytest.fixture
def guard(office: Office, client: Any) -> Any:
    """门岗老周, signed in on his phone."""
    client.force_login(office.staff("zhou"))
    return client


@pytest.fixture
def signed_in(office: Office) -> Callable[[str], Any]:
    from django.test import Client

    def sign_in(who: str) -> Any:
        client = Client()
        client.force_login(office.staff(who))
        return client

    return sign_in
