"""P7 home cleaning through the office's own actions: what its order, its register row and the visit record say."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from banli.cases import actions, jobs
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from banli.messages.models import Notice
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.cases.test_actions import do, key
from tests.office import Office

AGREED = {"kind": "daily", "area": "全屋约 90 平方米", "supplies": "ours", "quoted": "240",
          "reckoned": "40 元 × 2 人 × 3 小时"}  # fmt: skip


def tomorrow(hour: int) -> str:
    return f"{timezone.localtime() + timedelta(days=1):%Y-%m-%d}T{hour:02}:00"


def told(office: Office, **change: Any) -> int:
    """The price is told; whether the tenant agrees is open."""
    return actions.open_case(
        by=office["xiaowang"], procedure="home-cleaning", unit=office.unit, applicant=office.tenant,
        applicant_role="tenant", answers={**AGREED, **change}, key=key(),
    ).case_id  # fmt: skip


def booked(office: Office) -> int:
    """Agreed by telephone and booked; it waits for the cleaning leader."""
    case = told(office)
    do(office, "xiaowang", case, "agree", "signed", signature="call")
    do(office, "xiaowang", case, "request", "done", answers={
        "cleaners": 2, "wished_at": tomorrow(14), "phone": "13812345678", "remark": "家里有猫",
    })  # fmt: skip
    return case


def ordered(office: Office) -> int:
    """The time is fixed and told, the order is out."""
    case = booked(office)
    do(office, "wu", case, "arrange", "agreed", answers={"visit_at": tomorrow(15), "sent": "小何、小田"})
    do(office, "xiaowang", case, "call_back", "reached")
    do(office, "xiaowang", case, "order", "issued")
    return case


def service(case: int) -> dict[str, Any]:
    return RegisterRow.objects.get(case_id=case, book="home-service").cells


def test_the_order_is_numbered_printed_in_four_and_says_what_was_agreed(office: Office) -> None:
    paper = Paper.objects.get(case_id=ordered(office))
    assert paper.number.startswith("QJ-") and paper.kind == "cleaning-order"
    assert paper.copies == ["stub", "cleaner", "finance", "customer"]
    said = paper.snapshot
    assert (said["form.kind"], said["form.quoted"], said["form.cleaners"]) == ("日常保洁", "240.00", 2)
    assert said["form.visit_at"].replace(" ", "T") == tomorrow(15)
    assert said["step.agree.signature"] == "电话确认" and said["step.arrange.by"] == "保洁班长老吴"
    assert "13812345678" not in str(said)


def test_the_finishing_time_on_the_order_goes_into_the_register(office: Office) -> None:
    case = ordered(office)
    row = service(case)
    assert (row["technician"], row["cleaners"], row["finished_at"]) == ("小何、小田", 2, None)
    assert row["number"] == Paper.objects.get(case_id=case).number
    assert row["matter"]["zh"] == "家居清洁" and row["problem"]["zh"] == "日常保洁"
    assert row["called_at"] and row["booked_at"].replace(" ", "T") == tomorrow(15)
    ended: datetime = timezone.localtime() - timedelta(minutes=20)
    do(office, "wu", case, "finish", "finished", answers={"finished_at": f"{ended:%Y-%m-%dT%H:%M}"})
    assert service(case)["finished_at"] == f"{ended:%Y-%m-%d %H:%M}"


def test_the_follow_up_stands_in_both_books(office: Office) -> None:
    case = ordered(office)
    ended = f"{timezone.localtime():%Y-%m-%dT%H:%M}"
    do(office, "xiaowang", case, "finish", "finished", answers={"finished_at": ended})
    do(office, "xiaowang", case, "follow_up", "no_answer")
    do(office, "xiaowang", case, "follow_up", "fair", answers={"opinion": "窗台再擦擦"})
    assert Case.objects.get(pk=case).status == "done"
    assert service(case)["follow_up"]["zh"] == "较满意"
    visit = RegisterRow.objects.get(case_id=case, book="resident-visits").cells
    assert (visit["opinion"], visit["matter"]["zh"], visit["by"]) == ("窗台再擦擦", "家居清洁", "小王")


def test_who_was_not_called_back_in_two_hours_is_reported(office: Office) -> None:
    case = booked(office)
    jobs.wake(timezone.now() + timedelta(hours=2, minutes=1))
    late = Notice.objects.filter(case_id=case, code="clock_late", about="calling_back")
    assert set(late.values_list("post", flat=True)) == {"front_desk", "duty_supervisor", "cleaning_leader"}


def test_a_declined_price_books_nothing(office: Office) -> None:
    case = told(office)
    do(office, "xiaowang", case, "agree", "refused", note="想自己打扫")
    assert Case.objects.get(pk=case).status == "not_done"
    assert not RegisterRow.objects.filter(case_id=case).exists()
    with pytest.raises(Refusal, match="case_closed"):
        do(office, "xiaowang", case, "request", "done", answers={})


def test_a_time_that_does_not_suit_goes_back_to_the_leader_who_is_not_the_desk(office: Office) -> None:
    case = booked(office)
    do(office, "wu", case, "arrange", "agreed", answers={"visit_at": tomorrow(9), "sent": "小何"})
    do(office, "xiaowang", case, "call_back", "not_agreed", note="上午不在家")
    with pytest.raises(Refusal, match="wrong_post"):
        do(office, "xiaowang", case, "arrange", "agreed", answers={"visit_at": tomorrow(9), "sent": "小何"})
    do(office, "wu", case, "arrange", "agreed", answers={"visit_at": tomorrow(16), "sent": "小何"})
    do(office, "xiaowang", case, "call_back", "reached")
    assert not Paper.objects.filter(case_id=case).exists()
    do(office, "xiaowang", case, "order", "issued")
    assert Paper.objects.get(case_id=case).snapshot["form.visit_at"].replace(" ", "T") == tomorrow(16)
