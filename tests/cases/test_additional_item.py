"""P4 and P6 through the office's own actions: the legal gate with its pictures; the register a resident signs."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.utils import timezone

from banli.cases import actions, attachments
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.cases.test_actions import do, key
from tests.cases.test_renovation import permitted, shift  # noqa: F401 - a fixture
from tests.desk.at_the_desk import at, occupancy, opening_url, picture, text
from tests.office import Office

PLAN, FIRM = attachments.photo(picture("navy")), attachments.photo(picture("green"))


def day(ahead: int) -> str:
    return (timezone.localdate() + timedelta(days=ahead)).isoformat()


def item(office: Office, uploads: Any = (), **change: Any) -> int:
    answers = {
        "occasion": "daily", "kind": "screen", "work": "加防蚊纱窗", "position": "主卧南窗", "material": "白色",
        "builder": "宏达门窗", "phone": "13812345678", "starts_on": day(1), "ends_on": day(2), "prohibited": "no",
        **dict.fromkeys(("load_bearing", "facade", "gas", "heating", "waterproof"), "no"), **change,
    }  # fmt: skip
    return actions.open_case(
        by=office["xiaowang"], procedure="additional-item", unit=office.unit, applicant=office.owner,
        applicant_role="owner", answers=answers, key=key(), uploads=uploads,
    ).case_id  # fmt: skip


def approved(office: Office, case: int) -> None:
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "zhao", case, "review", "agreed", signature="paper")
    do(office, "chen", case, "approve", "approved", signature="paper")
    do(office, "xiaowang", case, "issue", "issued")


def test_a_screen_goes_to_engineering_then_the_director_and_is_handed_over_in_the_original(
    office: Office,
) -> None:
    case = item(office)
    approved(office, case)
    assert Case.objects.get(pk=case).status == "done"
    assert Paper.objects.get(case_id=case).copies == ["original", "file"]
    row = RegisterRow.objects.get(case_id=case, book="additional-item").cells
    assert (row["reviewed"], row["approved"], row["facade"]["zh"]) == ("赵工", "陈主任", "否")


def test_during_a_renovation_the_permits_number_is_the_records_and_nobody_types_it(
    office: Office,
    shift: Any,  # noqa: F811
) -> None:
    record = permitted(office)
    page = text(
        at(office, "xiaowang").get(
            opening_url(office, "additional-item"), {"applicant": occupancy(office, office.owner)}
        )
    )
    case = item(office, occasion="renovation")
    approved(office, case)
    permit = Paper.objects.get(kind="renovation-permit")
    number = permit.number
    assert number in page and '"fact.record": "yes"' in unescape(page)
    assert Paper.objects.get(case_id=case).snapshot["form.permit"] == number
    assert RegisterRow.objects.get(case_id=case, book="additional-item").cells["permit_no"] == number
    leads_to = f'href="/cases/{record}/"'  # where the drawings are
    assert leads_to in text(at(office, "zhao").get(f"/cases/{case}/"))
    assert leads_to in text(at(office, "zhao").get(f"/papers/{permit.pk}/"))


def test_without_a_record_the_number_of_a_permit_that_was_issued_elsewhere_is_typed(office: Office) -> None:
    with pytest.raises(Refusal) as why:
        item(office, occasion="renovation")
    assert {name: bad.code for name, bad in why.value.fields.items()} == {"permit_no": "required"}
    case = item(office, occasion="renovation", permit_no="旧证 12 号")
    approved(office, case)
    assert RegisterRow.objects.get(case_id=case, book="additional-item").cells["permit_no"] == "旧证 12 号"


def test_what_touches_the_waterproofing_needs_its_plan_and_a_qualified_firm(office: Office) -> None:
    with pytest.raises(Refusal) as why:
        item(office, waterproof="yes")
    assert {name: bad.code for name, bad in why.value.fields.items()} == dict.fromkeys(
        ("waterproof_plan", "qualification"), "required"
    )
    given = {"waterproof_plan": PLAN.sha256, "qualification": FIRM.sha256}
    case = item(office, [PLAN, FIRM], waterproof="yes", starts_on=day(0), **given)
    approved(office, case)
    assert Case.objects.get(pk=case).status == "open"
    answers = {"tested_at": f"{day(0)}T00:01", "found": "不渗不漏"}
    with pytest.raises(Refusal, match="checklist_open"):
        do(office, "zhao", case, "water_test", "passed", answers=answers, extra={"ticked": ["held"]})
    do(office, "zhao", case, "water_test", "passed", answers=answers, extra={"ticked": ["held", "dry"]})
    assert RegisterRow.objects.get(case_id=case).cells["tested"]["zh"] == "合格"


def test_what_the_order_forbids_is_refused_with_its_article(office: Office) -> None:
    with pytest.raises(Refusal) as why:
        item(office, kind="wall", prohibited="yes")
    assert "第五条" in why.value.fields["prohibited"].say("zh")
    assert "art. 5" in why.value.fields["prohibited"].say("en")


def test_an_account_is_open_when_the_resident_has_signed_that_it_works(office: Office) -> None:
    case = actions.open_case(
        by=office["xiaowang"], procedure="opening", unit=office.unit, applicant=office.tenant,
        applicant_role="tenant", key=key(), answers={
            "service": "cable_tv", "identity_seen": "id_card", "operator": "华数", "points": 1, "phone": "13812345678",
        },
    ).case_id  # fmt: skip
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "xiaowang", case, "issue", "issued")
    row = RegisterRow.objects.get(case_id=case, book="opening").cells
    assert (row["signed"], row["phone"]["mask"]) == (None, "138****5678")
    do(office, "xiaowang", case, "connect", "unfinished", note="家里没人")
    do(office, "xiaowang", case, "connect", "finished", answers={"line_no": "HS-1", "installer": "小陈"})
    done = {"works": "yes", "opened_on": day(0)}
    with pytest.raises(Refusal) as why:
        do(
            office,
            "xiaowang",
            case,
            "activate",
            "signed",
            signature="paper",
            answers={**done, "works": "no"},
        )
    assert why.value.fields["works"].code == "refused_answer"
    do(office, "xiaowang", case, "activate", "signed", signature="paper", answers=done)
    row = RegisterRow.objects.get(case_id=case, book="opening").cells
    assert row["signed"] == "租户刘先生" and Case.objects.get(pk=case).status == "done"
