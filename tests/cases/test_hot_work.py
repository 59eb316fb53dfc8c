"""P5 through the office's own actions: both reviews in any order, approval and seal apart, red until checked."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from banli.cases import actions, attachments, jobs
from banli.cases.models import Attachment, Case
from banli.engine.refusals import Refusal
from banli.messages.models import Notice
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.cases.test_actions import do, key
from tests.desk.at_the_desk import picture
from tests.office import Office, identity

READY = {"ticked": ["posted_entrance", "posted_place", "certified", "watched", "equipped", "cleared"]}
AFTER = {"ticked": ["embers", "below", "power", "tidy"]}
CERTIFICATE, CARD = attachments.photo(picture("navy")), attachments.photo(picture("green"))


def tomorrow(hour: int) -> str:
    return f"{timezone.localtime() + timedelta(days=1):%Y-%m-%d}T{hour:02}:00"


def asked(office: Office, **change: Any) -> int:
    answers = {
        "place": "balcony", "spot": "北阳台护栏", "work": "焊接护栏", "way": "arc", "level_high": "second",
        "starts_at": tomorrow(9), "ends_at": tomorrow(11), "welder": "王师傅", "welder_id": identity(),
        "certificate": "T" + identity(), "certificate_until": tomorrow(9)[:10], "certificate_copy": CERTIFICATE.sha256,
        "identity_copy": CARD.sha256, "watcher": "李师傅", "watcher_phone": "13812345678", "extinguishers": 2,
        "measures": ["bucket"], "cleared": "yes", **change,
    }  # fmt: skip
    case = actions.open_case(
        by=office["xiaowang"], procedure="hot-work", unit=office.unit, applicant=office.owner,
        applicant_role="owner", answers=answers, key=key(), uploads=[CERTIFICATE, CARD],
    ).case_id  # fmt: skip
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    return case


def issued(office: Office, **change: Any) -> int:
    case = asked(office, **change)
    do(office, "laoma", case, "safety", "agreed", signature="paper", note="下方收走被褥")
    do(office, "zhao", case, "engineering", "agreed", signature="paper")
    do(office, "chen", case, "approve", "approved", signature="paper")
    do(office, "chen", case, "seal", "sealed")
    do(office, "xiaowang", case, "issue_form", "issued")
    do(office, "xiaowang", case, "issue", "issued")
    return case


def test_the_permit_is_issued_in_three_copies_good_until_the_work_ends(office: Office) -> None:
    case = issued(office)
    form, permit = Paper.objects.filter(case_id=case).order_by("id")
    assert (form.kind, permit.kind) == ("hot-work-form", "hot-work-permit")
    assert permit.copies == ["original", "stub", "notice"]
    ends = datetime.fromisoformat(tomorrow(11)).replace(tzinfo=timezone.get_default_timezone())
    assert permit.valid_until == ends
    assert form.snapshot["step.safety.note"] == "下方收走被褥"
    row = RegisterRow.objects.get(case_id=case, book="hot-work").cells
    assert (row["engineering"], row["safety"], row["approved"]) == ("赵工", "安全主管老马", "陈主任")
    assert row["level"]["zh"] == "二级" and row["certificate"]["mask"] == "T**"
    assert Attachment.objects.filter(case_id=case).count() == 2


def test_the_copies_must_have_come_with_the_application(office: Office) -> None:
    with pytest.raises(Refusal) as why:
        asked(office, identity_copy="a" * 64)
    assert {name: bad.code for name, bad in why.value.fields.items()} == {"identity_copy": "bad_file"}


def test_what_makes_a_fire_dangerous_is_refused_at_the_counter(office: Office) -> None:
    with pytest.raises(Refusal) as why:
        asked(
            office, watcher="王师傅", extinguishers=1, cleared="no",
            certificate_until=timezone.localdate().isoformat(),
        )  # fmt: skip
    assert {name: bad.code for name, bad in why.value.fields.items()} == {
        "watcher": "same_as_other",
        "extinguishers": "too_small",
        "cleared": "refused_answer",
        "certificate_until": "too_early",
    }
    assert "高层民用建筑消防安全管理规定" in why.value.fields["cleared"].say("zh")
    with pytest.raises(Refusal) as why:
        asked(office, ends_at=tomorrow(18))
    assert {name: bad.code for name, bad in why.value.fields.items()} == {"ends_at": "too_late"}
    assert not Case.objects.exists()


def test_a_permit_without_its_check_afterwards_stays_red(office: Office) -> None:
    case = issued(office)
    do(office, "laoma", case, "ready", "passed", extra=READY)
    an_hour_after = datetime.fromisoformat(tomorrow(12)).replace(tzinfo=timezone.get_default_timezone())
    assert jobs.wake(an_hour_after - timedelta(minutes=1)) == 1  # the warning
    assert {c["state"] for c in Case.objects.get(pk=case).clocks if c["clock"] == "after_fire"} == {"warned"}
    jobs.wake(an_hour_after)
    assert {c["state"] for c in Case.objects.get(pk=case).clocks if c["clock"] == "after_fire"} == {"late"}
    told = Notice.objects.filter(case_id=case, code="clock_late", about="after_fire")
    assert {one.post for one in told} == {"safety_supervisor", "duty_supervisor", "director"}
    with pytest.raises(Refusal, match="withdraw_late"):
        actions.withdraw(by=office["xiaowang"], case_id=case, reason="算了", key=key())
    later = {"now": an_hour_after + timedelta(hours=1)}
    do(office, "laoma", case, "after_check", "failed", note="楼下有焦味", **later)
    assert Case.objects.get(pk=case).status == "open"
    answers = {"stopped_at": tomorrow(10), "found": "已浇水，无余火"}
    do(office, "laoma", case, "after_check", "passed", answers=answers, extra=AFTER, **later)
    assert Case.objects.get(pk=case).status == "done"
    assert RegisterRow.objects.get(case_id=case).cells["found"] == "已浇水，无余火"
