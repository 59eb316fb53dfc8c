"""A complaint is not dealt with while the order that was written because of it is open (P13, P17)."""

import pytest

from banli.cases import actions, audit
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from tests.cases.complaints import complain, do, key, photograph, sent
from tests.office import Office

ORDER = {
    "where": "hall",
    "place": "一号楼大堂",
    "trade": "building",
    "urgency": "ordinary",
    "reported_by": "张女士",
}


@pytest.fixture
def ordered(office: Office) -> tuple[int, int]:
    """A complaint that is answered, and the order that is written because of it."""
    case = complain(office, cause="equipment", happened="一号楼大堂")
    sent(office, case, "zhao", "engineering_supervisor")
    seen = photograph()
    do(
        office,
        "zhao",
        case,
        "visit",
        "arrived",
        answers={"found": "门合页坏了", "site_photo": seen.sha256},
        uploads=[seen],
    )
    do(
        office,
        "zhao",
        case,
        "answer",
        "reached",
        answers={"measure": "换合页", "promise": "no", "order": "yes"},
    )
    return case, Case.objects.get(parent_id=case).pk


def deal_with(office: Office, case: int) -> None:
    do(office, "zhao", case, "handle", "finished", answers={"result": "门已修好"})


def test_it_waits_for_its_order(office: Office, ordered: tuple[int, int]) -> None:
    case, order = ordered
    with pytest.raises(Refusal) as why:
        deal_with(office, case)
    assert why.value.code == "cases_resting" and "工程单" in why.value.say()
    do(office, "zhao", case, "handle", "unfinished", note="等工程单")
    actions.withdraw(by=office["zhao"], case_id=order, reason="另有计划", key=key())
    deal_with(office, case)
    assert [task.step for task in Case.objects.get(pk=case).tasks.filter(state="open")] == ["follow_up"]
    assert list(audit.cases()) == []


def test_it_waits_for_the_order_its_own_was_joined_to(office: Office, ordered: tuple[int, int]) -> None:
    case, order = ordered
    told = {"source": "inspection", "problem": "门合页坏了", **ORDER}
    first = actions.open_case(
        by=office["xiaowang"], procedure="work-order", unit=None, applicant=None, applicant_role="staff",
        answers=told, key=key(),
    ).case_id  # fmt: skip
    actions.join(by=office["xiaowang"], case_id=order, main_id=first, note="同一扇门", key=key())
    with pytest.raises(Refusal) as why:
        deal_with(office, case)
    assert why.value.code == "cases_resting"
    actions.withdraw(by=office["zhao"], case_id=first, reason="已修好", key=key())
    deal_with(office, case)
