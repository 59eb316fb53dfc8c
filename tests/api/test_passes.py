"""What a machine at the gate hears about a pass: the guard's own verdict."""

from datetime import timedelta

import pytest
from django.utils import timezone

from banli.papers.models import Paper
from tests.api.caller import Caller, Machines
from tests.api.test_cases import do, sealed
from tests.office import Office
from tests.office import _desk as appoint


@pytest.fixture
def slip(office: Office, machines: Machines) -> Paper:
    do(machines, "xiaowang", sealed(machines, office), "issue", "issued")
    return Paper.objects.get()


def verdict(machines: Machines, code: str) -> dict:
    told = machines["zhou"].get("passes/verdict", code=code)
    assert told.status_code == 200
    return told.json()


def test_a_pass_is_known_by_its_code_its_address_and_its_number(machines: Machines, slip: Paper):
    assert slip.token
    for code in (slip.token, f"https://office.example/G/{slip.token}", slip.token.lower(), slip.number):
        told = verdict(machines, code)
        assert (told["go"], told["kind"], told["number"], told["case"]) == (
            True,
            "go",
            slip.number,
            slip.case_id,
        )
        assert told["goods"][1] == {"row": 1, "name": "电视", "count": "2", "remark": ""}


def test_a_forged_an_altered_and_an_unknown_code_are_told_apart(machines: Machines, slip: Paper):
    assert slip.token
    altered = slip.token[:-2] + ("AA" if slip.token[-2:] != "AA" else "QA")
    assert verdict(machines, altered)["kind"] in ("forged", "unknown")
    swapped = slip.token[:40] + ("B" if slip.token[40] == "A" else "A") + slip.token[41:]
    assert verdict(machines, swapped)["kind"] == "forged"
    for code in ("FX-0000", "hello", "'; DROP TABLE", "😀" * 100):
        told = verdict(machines, code)
        assert (told["go"], told["kind"], told["goods"]) == (False, "unknown", [])


def test_asking_changes_nothing(machines: Machines, slip: Paper):
    for _ in range(2):
        assert verdict(machines, slip.number)["go"]
    slip.refresh_from_db()
    assert slip.state == "valid"


def test_a_pass_of_another_estate_is_foreign_and_says_nothing_more(
    office: Office, machines: Machines, slip: Paper
):
    desk = appoint(office.elsewhere, "amen", "门岗阿门", "gate")
    abroad = Caller(desk.staff, "songfeng")
    told = abroad.get("passes/verdict", code=slip.token).json()
    assert (told["go"], told["kind"], told["case"], told["number"], told["goods"]) == (
        False,
        "foreign",
        None,
        None,
        [],
    )
    assert abroad.get("passes/verdict", code=slip.number).json()["kind"] == "unknown"


def test_a_used_a_void_and_an_expired_pass_stop(machines: Machines, slip: Paper):
    Paper.objects.update(valid_until=timezone.now() - timedelta(minutes=1))
    assert verdict(machines, slip.number)["kind"] == "expired"
    Paper.objects.update(valid_until=timezone.now() + timedelta(hours=1))
    case = f"/api/estates/cuihu/cases/{slip.case_id}"
    do(machines, "zhou", case, "gate", "mismatch", note="多一台冰箱")
    assert verdict(machines, slip.number)["kind"] == "void"
