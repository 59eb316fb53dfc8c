"""Work orders in the house: from whatever source, linked to it, followed to their end (P17)."""

from itertools import count
from typing import Any

import pytest

from banli.cases import actions, audit, private, store
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.cases.complaints import TELEPHONE, complain, photograph
from tests.cases.complaints import do as complaint_act
from tests.office import Office

_keys = count(1)


def key() -> str:
    return f"work-order-{next(_keys):06}"


def said(**change: Any) -> dict[str, Any]:
    return {
        "source": "inspection", "where": "lift", "place": "3单元1号梯", "problem": "开门到一半停住", "trade": "lift",
        "urgency": "emergency", "reported_by": "门岗老周", **change,
    }  # fmt: skip


def write(office: Office, who: str = "xiaowang", **change: Any) -> int:
    return actions.open_case(
        by=office[who], procedure="work-order", unit=None, applicant=None, applicant_role="staff",
        answers=said(**change), key=key(),
    ).case_id  # fmt: skip


def do(office: Office, who: str, case: int, step: str, outcome: str, **more: Any) -> None:
    actions.act(by=office[who], case_id=case, step=step, outcome=outcome, key=key(), **more)


def to_the_end(office: Office, case: int) -> None:
    """From the numbered order to whoever reported it being told."""
    do(office, "xiaowang", case, "order", "issued")
    do(office, "xiaowang", case, "send", "dispatched", extra={"assignee": office.staff("zheng").pk})
    do(office, "zheng", case, "take", "taken")
    do(office, "zheng", case, "arrive", "arrived", answers={"found": "门机皮带松"})
    done = {"result": "换皮带，试运行正常", "materials": [{"name": "皮带", "count": 1}]}
    do(office, "zheng", case, "work", "finished", answers=done)
    do(office, "zhao", case, "check", "passed", extra={"ticked": ["works", "clean", "safe"]})
    do(office, "xiaowang", case, "tell", "reached")


def test_an_order_of_the_estate_goes_from_the_desk_to_its_end(office: Office) -> None:
    case = write(office)
    to_the_end(office, case)
    told = Case.objects.get(pk=case)
    assert (told.status, told.unit_id, told.applicant_id, told.due_at) == ("done", None, None, None)
    paper = Paper.objects.get(case_id=case)
    assert (paper.kind, paper.number[:2]) == ("work-order", "GC")
    row = RegisterRow.objects.get(case_id=case, book="work-orders").cells
    assert (
        row["number"] == paper.number and row["source"]["zh"] == "巡查发现" and row["where"]["zh"] == "电梯"
    )
    assert (
        row["sent"] == "维修工老郑" and row["checked_by"] == "赵工" and row["result"] == "换皮带，试运行正常"
    )
    assert row["status"]["zh"] == "已办结" and row["told_at"]
    assert list(audit.cases()) == []


def test_a_complaint_that_needs_engineering_starts_an_order_that_is_linked_to_it(office: Office) -> None:
    first = complain(office, cause="equipment", happened="三单元门厅", matter="门禁三天打不开")
    judged = {"department": "engineering_supervisor", "our_duty": "yes"}
    complaint_act(office, "laoli", first, "judge", "agreed", answers=judged)
    complaint_act(office, "laoli", first, "send", "dispatched", extra={"assignee": office.staff("zhao").pk})
    seen = photograph()
    found = {"found": "门禁主机断电", "site_photo": seen.sha256}
    complaint_act(office, "zhao", first, "visit", "arrived", answers=found, uploads=[seen])
    answer = {"measure": "今天修好", "promise": "no", "order": "yes"}
    complaint_act(office, "zhao", first, "answer", "reached", answers=answer)
    order = Case.objects.get(parent_id=first)
    assert (order.procedure, order.status, order.unit) == ("work-order", "open", office.unit)
    state = store.state_of(order)
    assert (state.form["source"], state.form["problem"], state.form["place"]) == (
        "complaint", "门禁三天打不开", "三单元门厅",
    )  # fmt: skip
    assert private.open_answer(order, "phone", state.form["phone"]) == TELEPHONE
    assert [token.step for token in state.tokens] == ["write"]
    do(office, "xiaowang", order.pk, "write", "done",
       answers=said(source="complaint", problem="门禁三天打不开", reported_by="业主张女士"))  # fmt: skip
    to_the_end(office, order.pk)
    assert Case.objects.get(pk=order.pk).status == "done"
    assert Case.objects.get(pk=first).status == "open", "the complaint has its own end: it is followed up"
    assert list(audit.cases()) == []


def test_without_that_answer_no_order_is_started(office: Office) -> None:
    first = complain(office)
    complaint_act(office, "laoli", first, "judge", "agreed",
                  answers={"department": "cleaning_leader", "our_duty": "yes"})  # fmt: skip
    complaint_act(office, "laoli", first, "send", "dispatched", extra={"assignee": office.staff("wu").pk})
    seen = photograph()
    found = {"found": "二楼地面有污渍", "site_photo": seen.sha256}
    complaint_act(office, "wu", first, "visit", "arrived", answers=found, uploads=[seen])
    complaint_act(
        office, "wu", first, "answer", "reached", answers={"measure": "清扫", "promise": "no", "order": "no"}
    )
    assert not Case.objects.filter(parent_id=first).exists()


@pytest.mark.parametrize(
    ("who", "step", "outcome", "code"),
    [
        ("zheng", "order", "issued", "wrong_post"),
        ("zheng", "take", "taken", "task_not_open"),
        ("zheng", "work", "finished", "task_not_open"),
    ],
)
def test_an_order_is_not_skipped_ahead_of(
    office: Office, who: str, step: str, outcome: str, code: str
) -> None:
    case = write(office)
    with pytest.raises(Refusal) as why:
        do(office, who, case, step, outcome, answers={"result": "好了"} if step == "work" else {})
    assert why.value.code == code


def test_a_second_report_of_the_same_lift_is_joined_to_the_order_in_hand(office: Office) -> None:
    first, second = write(office), write(office)
    actions.join(by=office["xiaowang"], case_id=second, main_id=first, note="同一部电梯", key=key())
    assert Case.objects.get(pk=second).status == "withdrawn"
    assert Case.objects.get(pk=first).status == "open"
    assert list(audit.cases()) == []
