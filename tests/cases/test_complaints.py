"""Complaints in the house: handed over with their history, seen to come back, kept from the one complained of (P13)."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from banli.cases import actions, audit, private, store
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.cases.complaints import TELEPHONE, communicate, complain, do, handled, key, said, sent
from tests.office import Office


def standing(case: int) -> dict[str, object]:
    return Case.objects.get(pk=case).standing


def test_a_complaint_goes_from_the_record_to_the_file(office: Office) -> None:
    case = complain(office)
    sent(office, case)
    handled(office, case)
    do(office, "xiaowang", case, "follow_up", "satisfied", answers={"opinion": "干净了"})
    do(office, "xiaowang", case, "file", "issued")
    told = Case.objects.get(pk=case)
    assert (told.status, told.due_at) == ("done", None)
    paper = Paper.objects.get(case_id=case)
    assert (paper.kind, paper.number[:2]) == ("complaint-record", "TS")
    row = RegisterRow.objects.get(case_id=case, book="complaints").cells
    assert row["department"]["zh"] == "保洁" and row["repeated"]["zh"] == "否"
    assert row["handled_by"] == "保洁班长老吴" and row["answered_at"] and row["result"] == "已清扫消毒"
    assert row["follow_up"]["zh"] == "满意"
    assert list(audit.cases()) == []


def test_a_communication_that_becomes_a_valid_complaint_is_handed_over_with_its_link(office: Office) -> None:
    first = communicate(office, complained_of="孙会计")
    do(office, "xiaowang", first, "speaker", "passed", answers={"standing": "owing"},
       extra={"ticked": ["speaker", "standing"]})  # fmt: skip
    do(office, "laoli", first, "classify", "rejected", note="确实多收了一个月")
    second = Case.objects.get(parent_id=first)
    assert (second.procedure, second.status) == ("complaint", "open")
    assert Case.objects.get(pk=first).status == "done"
    state = store.state_of(second)
    assert state.form["matter"] == "物业费为什么多了" and state.form["complained_of"] == "孙会计"
    assert state.form["received_at"] == Case.objects.get(pk=first).form["received_at"]
    assert private.open_answer(second, "phone", state.form["phone"]) == TELEPHONE
    assert [t.step for t in state.tokens] == ["record"]
    row = RegisterRow.objects.get(case_id=first, book="complaints").cells
    assert row["judged"]["zh"] == "不同意", "the first class and its review stay in the book"
    do(office, "xiaowang", second.pk, "record", "done", answers=said(
        received_at=state.form["received_at"], matter=state.form["matter"], cause="charging", complained_of="孙会计",
    ))  # fmt: skip
    told = store.state_of(Case.objects.get(pk=second.pk))
    assert told.facts["repeated"] == "no", (
        "what it was handed over from is the same matter, not an earlier one"
    )
    assert list(audit.cases()) == []


def test_the_time_to_answer_runs_from_when_it_was_received(office: Office) -> None:
    received = timezone.now() - timedelta(hours=3)
    case = complain(office, received_at=timezone.localtime(received).replace(tzinfo=None).isoformat()[:16])
    due = Case.objects.get(pk=case).due_at
    assert due is not None and abs(due - received - timedelta(hours=4)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("cause", "elsewhere", "repeated"),
    [("vehicles", False, "yes"), ("cleaning", True, "yes"), ("vehicles", True, "no")],
)
def test_the_same_matter_once_more_is_seen(
    office: Office, cause: str, elsewhere: bool, repeated: str
) -> None:
    earlier = complain(office)
    if elsewhere:
        other = Case.objects.get(pk=earlier)
        other.unit = None
        other.save(update_fields=["unit"])
    assert standing(earlier)["facts"]["repeated"] == "no"  # type: ignore[index]
    assert standing(complain(office, cause=cause))["facts"]["repeated"] == repeated  # type: ignore[index]


def test_what_lies_longer_back_or_belongs_to_another_estate_is_no_repetition(office: Office) -> None:
    old = complain(office)
    Case.objects.filter(pk=old).update(opened_at=timezone.now() - timedelta(days=92))
    far = complain(office)
    Case.objects.filter(pk=far).update(estate=office.elsewhere)
    assert standing(complain(office))["facts"]["repeated"] == "no"  # type: ignore[index]


def test_whoever_is_complained_of_neither_judges_nor_is_sent(office: Office) -> None:
    case = complain(office, complained_of="老 李", cause="manner")
    with pytest.raises(Refusal) as why:
        do(
            office,
            "laoli",
            case,
            "judge",
            "agreed",
            answers={"department": "cleaning_leader", "our_duty": "yes"},
        )
    assert why.value.code == "not_by" and "老李" in str(why.value)
    answers = {"department": "duty_supervisor", "our_duty": "yes"}
    do(office, "chen", case, "judge", "agreed", answers=answers)
    with pytest.raises(Refusal) as why:
        do(office, "chen", case, "send", "dispatched", extra={"assignee": office.staff("laoli").pk})
    assert why.value.code == "not_by"


def test_whoever_is_sent_is_of_the_department_that_was_named(office: Office) -> None:
    case = complain(office)
    do(office, "laoli", case, "judge", "agreed", answers={"department": "cleaning_leader", "our_duty": "yes"})
    with pytest.raises(Refusal) as why:
        do(office, "laoli", case, "send", "dispatched", extra={"assignee": office.staff("zhao").pk})
    assert why.value.code == "assignee_unknown"
    do(office, "laoli", case, "send", "dispatched", extra={"assignee": office.staff("wu").pk})
    actions.override(
        by=office["chen"], case_id=case, what="send_back", step="judge", reason="应由工程负责", key=key()
    )
    do(
        office,
        "laoli",
        case,
        "judge",
        "agreed",
        answers={"department": "engineering_supervisor", "our_duty": "yes"},
    )
    do(office, "laoli", case, "send", "dispatched", extra={"assignee": office.staff("zhao").pk})
    assert list(audit.cases()) == []


def test_a_time_that_was_agreed_for_the_call_is_kept_until_it_is_made(office: Office) -> None:
    case = complain(office)
    sent(office, case)
    handled(office, case)
    at = timezone.localtime(timezone.now() + timedelta(hours=2)).replace(tzinfo=None, microsecond=0)
    do(office, "xiaowang", case, "follow_up", "later", extra={"at": at.isoformat()})
    state = store.state_of(Case.objects.get(pk=case))
    kept = timezone.localtime(datetime.fromisoformat(state.call_at("follow_up", None)))
    assert kept.replace(tzinfo=None) == at
    assert list(audit.cases()) == []
    do(office, "xiaowang", case, "follow_up", "satisfied", answers={})
    assert "agreed" not in standing(case)
    assert list(audit.cases()) == []
