"""P9 and P10 through the office's own actions: authority, consent, money taken for others, data sent in two days."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from banli.cases import actions, attachments, audit, jobs
from banli.cases.models import Case
from banli.cashier.actions import open_shift
from banli.engine.refusals import Refusal
from banli.estate.authority.actions import grant_authority
from banli.estate.scopes import scope_titles
from banli.messages.models import Notice
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.cases.test_actions import do, key
from tests.desk.at_the_desk import picture
from tests.office import Office, identity

CARD = attachments.photo(picture("green"))
SENT = {"sent_by": "secure", "receipt_of_company": "已收到"}


def told(**change: Any) -> dict[str, Any]:
    """What the applicant says."""
    return {
        "holder": "张小明", "holder_id": identity(), "phone": "13812345678", "identity_copy": CARD.sha256,
        "company": "云联网络", "company_contact": "95000", **change,
    }  # fmt: skip


def asked(office: Office, procedure: str = "network-opening", role: str = "owner", **change: Any) -> int:
    answers = told(**change)
    return actions.open_case(
        by=office["xiaowang"], procedure=procedure, unit=office.unit, key=key(), answers=answers, uploads=[CARD],
        applicant=office.owner if role == "owner" else office.tenant, applicant_role=role,
    ).case_id  # fmt: skip


def consented(office: Office, case: int) -> int:
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "xiaowang", case, "consent", "signed", signature="paper")
    return case


def paid(office: Office, case: int, fen: int) -> None:
    sun = office["sun"]
    open_shift(by=sun, acting=sun.posts["finance"], float_fen=0)
    with pytest.raises(Refusal, match="amount_differs"):
        do(office, "sun", case, "pay", "paid", extra={"fen": fen + 1, "method": "cash"})
    do(office, "sun", case, "pay", "paid", extra={"fen": fen, "method": "cash"})


def test_an_account_is_opened_paid_for_and_its_data_sent(office: Office) -> None:
    case = consented(office, asked(office, plan="monthly", install_fee=30000))
    with pytest.raises(Refusal, match="task_not_open"):
        do(office, "xiaowang", case, "issue", "issued")
    paid(office, case, 30000)
    do(office, "xiaowang", case, "issue", "issued")
    form = Paper.objects.get(case_id=case, kind="network-form")
    assert form.copies == ["white", "pink", "yellow"]
    assert form.snapshot["form.install_fee"] == "300.00"
    assert Paper.objects.filter(case_id=case, kind="receipt").count() == 1
    do(office, "xiaowang", case, "mail", "by_hand", note="邮箱停用", answers=SENT)
    row = RegisterRow.objects.get(case_id=case, book="network").cells
    assert (row["company"], row["acknowledged"], row["paid"]) == ("云联网络", "已收到", "孙会计")
    assert Case.objects.get(pk=case).status == "done"


def test_what_has_not_gone_after_two_days_is_red(office: Office) -> None:
    case = consented(office, asked(office, plan="monthly", install_fee=0))
    jobs.wake(timezone.now() + timedelta(days=3))
    notices = Notice.objects.filter(case_id=case, code="clock_late", about="sending")
    assert {one.post for one in notices} == {"front_desk", "duty_supervisor"}
    assert Case.objects.get(pk=case).status == "open"


def test_a_tenant_without_authority_needs_the_owner_and_nobody_without_consent(office: Office) -> None:
    case = asked(office, role="tenant", plan="monthly", install_fee=30000)
    with pytest.raises(Refusal, match="task_not_open"):
        do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "xiaowang", case, "authorise", "signed", signature="paper", extra={"reference": "委托书原件"})
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "xiaowang", case, "consent", "refused", note="自己去办")
    assert Case.objects.get(pk=case).status == "rejected"


def test_the_letter_a_tenant_came_with_stands_on_the_form_and_in_the_register(office: Office) -> None:
    """One letter for opening and changing an account, as its matter says; its number is on both papers."""
    assert scope_titles()["network"].zh == "网络变更、网络开通"
    day = timezone.localdate()
    letter = grant_authority(
        by=office["xiaowang"], unit=office.unit, principal=office.owner, delegate=office.tenant, scopes=["network"],
        valid_from=day, valid_to=day + timedelta(days=30), evidence_kind="signed_paper", evidence_note="一号柜",
    )  # fmt: skip
    case = consented(office, asked(office, role="tenant", plan="monthly", install_fee=30000))
    paid(office, case, 30000)
    do(office, "xiaowang", case, "issue", "issued")
    said = f"持业主张女士委托书（第 {letter.pk} 号）"
    assert Paper.objects.get(case_id=case, kind="network-form").snapshot["case.authority"] == said
    assert RegisterRow.objects.get(case_id=case, book="network").cells["authority"]["zh"] == said
    assert [str(finding) for check in audit.CHECKS.values() for finding in check()] == []


@pytest.mark.parametrize(
    ("change", "fen"),
    [
        ({"change": "resume"}, 2000),
        ({"change": "add_point", "plan": "monthly"}, 54000),
        ({"change": "add_point", "plan": "sixty_hours"}, 9000),
    ],
)
def test_a_change_costs_what_the_list_says(office: Office, change: dict[str, str], fen: int) -> None:
    day = timezone.localdate().isoformat()
    case = consented(
        office, asked(office, "network-change", account="yl0012", effective_on=day, **change)
    )  # fmt: skip
    paid(office, case, fen)
    do(office, "xiaowang", case, "issue", "issued")
    do(office, "xiaowang", case, "mail", "by_hand", note="邮箱停用", answers=SENT)
    row = RegisterRow.objects.get(case_id=case, book="network").cells
    assert row["change"]["zh"] and Case.objects.get(pk=case).status == "done"


def test_a_suspension_costs_nothing(office: Office) -> None:
    day = timezone.localdate().isoformat()
    case = asked(office, "network-change", account="yl0012", change="suspend", effective_on=day)
    consented(office, case)
    do(office, "xiaowang", case, "issue", "issued")
    kinds = Paper.objects.filter(case_id=case).values_list("kind", flat=True)
    assert set(kinds) == {"network-change-form", "network-change-data"}


def test_a_new_holder_signs_for_what_of_theirs_goes_to_the_company(office: Office) -> None:
    day = timezone.localdate().isoformat()
    case = asked(
        office, "network-change", account="yl0012", change="rename", effective_on=day, new_holder="租户刘先生",
        new_holder_id=identity("11010119850312002"),
    )  # fmt: skip
    consented(office, case)
    with pytest.raises(Refusal, match="task_not_open"):
        do(office, "xiaowang", case, "issue", "issued")
    assert not Paper.objects.filter(case_id=case).exists()
    do(office, "xiaowang", case, "holder_consent", "signed", signature="paper")
    do(office, "xiaowang", case, "issue", "issued")
    form = Paper.objects.get(case_id=case, kind="network-change-form")
    assert form.snapshot["step.holder_consent.by"] == "租户刘先生"
    assert form.snapshot["step.consent.by"] == "张小明", "whose data it is"


def test_a_new_holder_who_does_not_agree_is_told_of_to_nobody(office: Office) -> None:
    day = timezone.localdate().isoformat()
    case = asked(
        office, "network-change", account="yl0012", change="rename", effective_on=day, new_holder="租户刘先生",
        new_holder_id=identity("11010119850312002"),
    )  # fmt: skip
    consented(office, case)
    do(office, "xiaowang", case, "holder_consent", "refused", note="不愿提供证件号")
    assert Case.objects.get(pk=case).status == "rejected"
    assert not Paper.objects.filter(case_id=case).exists()
