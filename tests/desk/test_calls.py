"""The call screen: what was done beside what is asked, the number for one press, and where an answer leads (P18)."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from banli.cases import actions
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from banli.estate.models import Estate
from banli.journal.models import Entry
from tests.cases.complaints import complain, do, handled, sent
from tests.cases.test_home_cleaning import ordered
from tests.desk.at_the_desk import at, key, text
from tests.office import Office


def night() -> datetime:
    """Eleven o'clock in the evening of tomorrow."""
    return timezone.localtime(timezone.now() + timedelta(days=1)).replace(hour=23, minute=0)


@pytest.fixture
def complaint(office: Office) -> int:
    """A complaint whose follow-up is owed."""
    case = complain(office)
    sent(office, case)
    handled(office, case)
    return case


def call_url(case: int) -> str:
    return f"/cases/{case}/?task=follow_up&next=calls"


def answered(office: Office, case: int, outcome: str, **more: str) -> dict[str, str]:
    return {
        "key": key(), "act-step": "follow_up", "act-branch": "", "act-outcome": outcome, "next": "calls", **more,
    }  # fmt: skip


def test_the_call_has_the_case_beside_it(office: Office, complaint: int) -> None:
    page = text(at(office, "xiaowang").get(call_url(complaint)))
    assert "做了什么" in page and "保洁班长老吴" in page and "已清扫消毒" in page
    assert "问题解决了没有" in page and "服务态度" in page, "the questionnaire"
    assert "13800571500" not in page and "显示号码拨打" in page


def test_the_number_is_shown_for_dialling_and_the_look_is_journalled(office: Office, complaint: int) -> None:
    client = at(office, "xiaowang")
    told = {"field": "phone", "reason": "回访"}
    shown = text(client.post(f"/cases/{complaint}/unmasking/", told, HTTP_HX_REQUEST="true"))
    assert 'href="tel:' in shown and "13800571500" in shown
    look = Entry.objects.get(kind="unmask")
    assert look.body["case"] == complaint and "13800571500" not in str(look.body)


def test_after_a_call_one_is_back_at_the_list(office: Office, complaint: int) -> None:
    client = at(office, "xiaowang")
    told = client.post(f"/cases/{complaint}/acts/", answered(office, complaint, "no_answer"))
    assert told.status_code == 302 and told["Location"] == "/follow-ups/"
    page = text(client.get(call_url(complaint)))
    assert "打过的电话" in page and "无人接听" in page
    told = client.post(
        f"/cases/{complaint}/acts/",
        answered(office, complaint, "satisfied", solved="solved", manner="good", opinion="很快"),
    )
    assert told["Location"] == "/follow-ups/"
    assert Case.objects.get(pk=complaint).form["solved"] == "solved"


def test_what_is_wrong_is_said_on_the_call_screen(office: Office, complaint: int) -> None:
    page = at(office, "xiaowang").post(f"/cases/{complaint}/acts/", answered(office, complaint, "later"))
    assert page.status_code == 422 and "做了什么" in text(page) and "约好再打的时间" in text(page)


def test_a_dissatisfied_resident_is_heard_again_with_what_they_said(office: Office, complaint: int) -> None:
    told = answered(office, complaint, "dissatisfied", opinion="还是很脏", solved="unsolved")
    at(office, "xiaowang").post(f"/cases/{complaint}/acts/", told | {"act-note-dissatisfied": "没有扫干净"})
    case = Case.objects.get(pk=complaint)
    assert {token["step"] for token in case.standing["tokens"]} == {"send"}
    assert (case.form["opinion"], case.form["solved"]) == ("还是很脏", "unsolved")


def test_one_press_makes_a_complaint_of_a_bad_cleaning_with_what_was_said(office: Office) -> None:
    cleaning = ordered(office)
    ended = f"{timezone.localtime() - timedelta(minutes=20):%Y-%m-%dT%H:%M}"
    do(office, "wu", cleaning, "finish", "finished", answers={"finished_at": ended})
    told = answered(office, cleaning, "complains", opinion="打碎了花瓶")
    answer = at(office, "xiaowang").post(
        f"/cases/{cleaning}/acts/", told | {"act-note-complains": "打碎了花瓶不认"}
    )
    complaint = Case.objects.get(procedure="complaint")
    assert answer["Location"] == f"/cases/{complaint.pk}/"
    assert complaint.parent_id == cleaning and complaint.form["matter"] == "打碎了花瓶"
    assert complaint.form["cause"] == "cleaning"
    assert "打碎了花瓶" in text(at(office, "xiaowang").get(answer["Location"]))


def test_a_call_in_the_residents_rest_hours_is_not_taken_down(office: Office, complaint: int) -> None:
    Estate.objects.filter(pk=office.estate.pk).update(settings={})
    when = night()
    with pytest.raises(Refusal) as why:
        do(office, "xiaowang", complaint, "follow_up", "satisfied", now=when)
    assert why.value.code == "rest_hours"
    do(office, "xiaowang", complaint, "follow_up", "no_answer", now=when.replace(hour=20))


def test_at_night_the_screen_says_when_one_may_call_again(office: Office, complaint: int) -> None:
    Estate.objects.filter(pk=office.estate.pk).update(settings={})
    with time_machine.travel(night(), tick=False):
        for page in (call_url(complaint), "/follow-ups/"):
            told = text(at(office, "xiaowang").get(page))
            assert "现在是业户休息时间" in told and "明天" in told, page


def test_whoever_is_complained_of_stays_away_under_another_name(office: Office) -> None:
    case = complain(office, complained_of="小王")
    sent(office, case)
    handled(office, case)
    staff = office.staff("xiaowang")
    staff.name = "王小明"
    staff.save()
    with pytest.raises(Refusal) as why:
        actions.act(
            by=office["xiaowang"], case_id=case, step="follow_up", outcome="satisfied", key=key(),
        )  # fmt: skip
    assert why.value.code == "not_by"


def test_not_solved_and_satisfied_do_not_go_together(office: Office, complaint: int) -> None:
    client = at(office, "xiaowang")
    told = client.post(
        f"/cases/{complaint}/acts/", answered(office, complaint, "satisfied", solved="unsolved")
    )
    assert told.status_code == 422 and "就不能记“满意”" in text(told)
    assert Case.objects.get(pk=complaint).standing["tokens"][0]["step"] == "follow_up"
    more = {"solved": "unsolved", "act-note-dissatisfied": "还是脏"}
    client.post(f"/cases/{complaint}/acts/", answered(office, complaint, "dissatisfied", **more))
    assert Case.objects.get(pk=complaint).standing["tokens"][0]["step"] == "send"
