"""P11 and P12 through the office's own actions: who must approve, what the papers and the register say."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from banli.cases import actions
from banli.cases.holidays import rests
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.cases.test_actions import do, key
from tests.office import Office

CHECKED = {"ticked": ["clean", "sound", "cleared"]}


def carried() -> dict[str, Any]:
    """When the carrying was over, and the moment at which it is looked at."""
    day = datetime.fromisoformat(workday(16))
    return {"answers": {"finished_at": workday(16)}, "now": timezone.make_aware(day) + timedelta(minutes=10)}


def workday(hour: int) -> str:
    """The next day on which bricks may be carried."""
    day: datetime = timezone.localtime() + timedelta(days=1)
    while rests(day.date()) or day.weekday() >= 5:
        day += timedelta(days=1)
    return f"{day:%Y-%m-%d}T{hour:02}:00"


def asked(office: Office, **change: Any) -> int:
    answers = {
        "material": "bulky", "route": "fire_lift", "direction": "in", "goods": [{"name": "三人沙发", "count": 1}],
        "load": 120, "height": 200, "width": 90, "starts_at": workday(15), "ends_at": workday(17),
        "carrier": "王师傅",
        "phone": "13812345678", "protection": ["floor", "wrapped"], **change,
    }  # fmt: skip
    return actions.open_case(
        by=office["xiaowang"], procedure="stairs-lift", unit=office.unit, applicant=office.owner,
        applicant_role="owner", answers=answers, key=key(),
    ).case_id  # fmt: skip


def bricks(office: Office, **change: Any) -> int:
    case = asked(office, material="building", material_route="fire_lift", protection=["bagged"], **change)
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    return case


def rule(office: Office, **settings: Any) -> None:
    """The estate's own settings, as everybody's desk has them at the next request."""
    for desk in office.desks.values():
        if desk.estate == office.estate:
            desk.estate.settings = settings
    office.estate.settings = settings
    office.estate.save()


def test_a_sofa_needs_no_approval_but_the_undertaking(office: Office) -> None:
    case = asked(office)
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "xiaowang", case, "undertake", "signed", signature="paper")
    do(office, "xiaowang", case, "issue_undertaking", "issued")
    do(office, "xiaowang", case, "issue_form", "issued")
    promise, form = Paper.objects.filter(case_id=case).order_by("id")
    assert (promise.kind, promise.copies) == ("carrying-undertaking", ["lobby"])
    assert (form.kind, form.copies) == ("stairs-lift-form", ["stub", "lobby"])
    assert promise.snapshot["setting.bulky_hours"] == "每天 08:00–12:00、14:00–20:00"
    assert promise.snapshot["step.undertake.by"] == "业主张女士"
    end = datetime.fromisoformat(workday(15)).date() + timedelta(days=1)
    assert timezone.localtime(form.valid_until).date() in (end, end - timedelta(days=1))
    row = RegisterRow.objects.get(case_id=case, book="stairs-lift").cells
    assert (row["number"], row["approved"], row["received"]) == (form.number, None, None)
    do(
        office,
        "xiaoliu",
        case,
        "hand_undertaking",
        "handed_over",
        signature="paper",
        extra={"ticked": ["signed", "padded"]},
    )
    do(office, "xiaoliu", case, "check", "failed", note="墙角磕掉一块")
    assert Case.objects.get(pk=case).status == "open"
    told = carried()
    for early in ("14:59", "15:01"):  # before the carrying, and before it can be over
        with pytest.raises(Refusal, match="form_invalid"):
            do(
                office, "xiaoliu", case, "check", "passed", extra=CHECKED,
                answers={"finished_at": workday(15)[:11] + early},
            )  # fmt: skip
    told["answers"]["found"] = "墙角已补好"
    do(office, "xiaoliu", case, "check", "passed", extra=CHECKED, **told)
    row = RegisterRow.objects.get(case_id=case, book="stairs-lift").cells
    assert (row["checked"], row["found"], row["goods"]) == ("大堂助理小刘", "墙角已补好", "三人沙发 × 1")
    assert row["received"] and Case.objects.get(pk=case).status == "done"


def test_bricks_are_reviewed_then_approved_then_taken_to_the_lobby(office: Office) -> None:
    case = bricks(office)
    with pytest.raises(Refusal, match="task_not_open"):
        do(office, "xiaowang", case, "issue_form", "issued")
    with pytest.raises(Refusal, match="wrong_post"):
        do(office, "yiqian", case, "review", "agreed", signature="paper")
    do(office, "zhao", case, "review", "agreed", signature="paper")
    do(office, "yiqian", case, "approve", "approved", signature="paper")
    do(office, "xiaowang", case, "issue_form", "issued")
    said = Paper.objects.get(case_id=case).snapshot
    assert (said["form.material_route"], said["step.review.by"]) == ("消防（货）梯", "赵工")
    assert said["setting.material_hours"] == "周一至周五 08:00–12:00、14:30–18:00"
    do(
        office,
        "xiaoliu",
        case,
        "hand_form",
        "handed_over",
        signature="paper",
        extra={"ticked": ["approved", "bagged"]},
    )
    do(office, "xiaoliu", case, "check", "passed", extra=CHECKED, **carried())
    row = RegisterRow.objects.get(case_id=case, book="stairs-lift").cells
    assert (row["reviewed"], row["approved"], row["found"]["zh"]) == ("赵工", "当值管理员小钱", "合格")


def test_the_limits_of_the_estate_hold_and_a_case_keeps_those_it_was_opened_under(office: Office) -> None:
    rule(office, lift_load=300, material_hours="Mo-Su 06:00-07:00")
    with pytest.raises(Refusal) as why:
        asked(office, load=301)
    assert {name: bad.code for name, bad in why.value.fields.items()} == {"load": "too_large"}
    assert "300" in why.value.fields["load"].say("zh")
    with pytest.raises(Refusal) as why:
        bricks(office, load=200)
    assert "每天 06:00–07:00" in why.value.fields["starts_at"].say("zh")
    case = asked(office, load=300)
    rule(office)
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "xiaowang", case, "undertake", "signed", signature="paper")
    do(office, "xiaowang", case, "issue_undertaking", "issued")
    assert Paper.objects.get(case_id=case).snapshot["setting.lift_load"] == 300


def test_a_tenant_cannot_apply(office: Office) -> None:
    with pytest.raises(Refusal, match="applicant_role"):
        actions.open_case(
            by=office["xiaowang"], procedure="stairs-lift", unit=office.unit, applicant=office.tenant,
            applicant_role="tenant", answers={}, key=key(),
        )  # fmt: skip
