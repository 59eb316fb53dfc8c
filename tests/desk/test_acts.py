"""Doing a step from the case's page, and everything it may be refused for."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases import actions
from banli.cases.models import Attachment, Case, Task
from banli.journal.models import Entry
from tests.desk.at_the_desk import (
    TELEPHONE,
    acted,
    at,
    at_work,
    do,
    issued,
    key,
    marked,
    open_goods,
    open_repair,
    signature_url,
    signed,
    text,
)  # fmt: skip
from tests.office import Office, today


def open_steps(case: int) -> set[str]:
    return set(Task.objects.filter(case_id=case, state="open").values_list("step", flat=True))


def test_a_drawn_signature_is_kept_with_the_case(office: Office):
    case = signed(office)
    answer = acted(at(office, "laoli"), case, "confirm", "approved", **{"act-signature": signature_url()})
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case}/?done=3")
    assert open_steps(case) == {"seal"}
    mark = next(m for m in Case.objects.get(pk=case).standing["marks"] if m["step"] == "confirm")
    assert Attachment.objects.get(case_id=case).sha256 == mark["signature"]


@pytest.mark.django_db(transaction=True)
def test_an_act_is_five_statements_with_knowing_who_sends_it(office: Office):
    case, client = signed(office), at(office, "laoli")
    sign = {"act-signature": signature_url()}
    acted(client, signed(office), "confirm", "approved", **sign)  # the rulebook is known from now on
    with CaptureQueriesContext(connection) as seen:
        assert acted(client, case, "confirm", "approved", **sign).status_code == 302
    # the session; the person with their posts; the case to be shown, the case to be decided upon; what was decided
    assert len(seen) == 5


def test_without_a_signature_it_is_not_approved(office: Office):
    case = signed(office)
    answer = acted(at(office, "laoli"), case, "confirm", "approved")
    assert answer.status_code == 422
    assert marked(answer) == {"act-signature"}
    assert open_steps(case) == {"confirm"}


@pytest.mark.parametrize(
    "sent", ["data:image/png;base64,AAAA", "data:image/svg+xml;base64,AAAA", "x\x00", "paper", "a" * 64]
)
def test_what_is_no_drawn_signature_is_none(office: Office, sent: str):
    case = signed(office)
    answer = acted(at(office, "laoli"), case, "confirm", "approved", **{"act-signature": sent})
    assert answer.status_code == 422
    assert open_steps(case) == {"confirm"}


def test_staff_do_not_sign_by_telephone(office: Office):
    case = signed(office)
    answer = acted(at(office, "laoli"), case, "confirm", "approved", **{"act-signature-call": "yes"})
    assert marked(answer) == {"act-signature"}


def test_a_missing_answer_is_marked_and_the_signature_is_held(office: Office):
    case = open_goods(office, office.tenant)
    client = at(office, "xiaowang")
    refused = acted(
        client, case, "consent", "signed", **{"act-signature": signature_url(), "act-owner": office.tenant.pk}
    )
    assert refused.status_code == 422
    assert "请选定是哪位业主同意" in text(refused)
    page = text(refused)
    held = page[page.index('name="act-signature-kept" value="') :].split('"')[3]
    assert client.get(f"/held/{held}")["Content-Type"] == "image/png"
    answer = acted(
        client, case, "consent", "signed", **{"act-owner": office.owner.pk, "act-signature-kept": held}
    )
    assert answer.status_code == 302
    mark = next(m for m in Case.objects.get(pk=case).standing["marks"] if m["step"] == "consent")
    assert mark["signature"] == held


def test_sending_back_needs_a_reason_beside_its_own_button(office: Office):
    case = signed(office)
    client = at(office, "laoli")
    refused = acted(client, case, "confirm", "returned", **{"act-note-rejected": "错了"})
    assert refused.status_code == 422
    assert "请写明原因" in text(refused)
    answer = acted(client, case, "confirm", "returned", **{"act-note-returned": "数量不对"})
    assert answer.status_code == 302
    assert open_steps(case) == {"fill"}


def test_what_was_typed_as_a_reason_is_kept_when_it_is_refused(office: Office):
    case = signed(office)
    answer = acted(at(office, "laoli"), case, "confirm", "rejected", **{"act-note-rejected": "长" * 1001})
    assert answer.status_code == 422
    assert "长" * 1001 in text(answer)
    assert "最多 1000 个字" in text(answer)


def test_rejecting_asks_for_nothing_but_the_reason(office: Office):
    case = signed(office)
    answer = acted(at(office, "laoli"), case, "confirm", "rejected", **{"act-note-rejected": "不是本户物品"})
    assert answer.status_code == 302
    assert Case.objects.get(pk=case).status == "rejected"


def test_sent_twice_it_is_done_once(office: Office):
    case, same = signed(office), key()
    client = at(office, "laoli")
    first = acted(client, case, "confirm", "approved", key=same, **{"act-signature": signature_url()})
    second = acted(client, case, "confirm", "approved", key=same, **{"act-signature": signature_url()})
    assert first["Location"] == second["Location"]
    assert Entry.objects.filter(stream=f"case/{case}").count() == 3


def test_a_form_with_a_private_answer_sent_twice_is_done_once(office: Office):
    case, same = signed(office), key()
    do(office, "laoli", case, "confirm", "returned", note="数量不对")
    posted = {
        "carrier": "李师傅", "carrier_id": "", "date": Case.objects.get(pk=case).form["date"],
        "goods-0-name": "电视", "goods-0-count": "1",
    }  # fmt: skip
    client = at(office, "xiaowang")
    first = acted(client, case, "fill", "done", key=same, **posted)
    second = acted(client, case, "fill", "done", key=same, **posted)
    assert (first.status_code, first["Location"]) == (302, second["Location"])


def test_what_somebody_else_has_done_says_who_and_when(office: Office):
    case = signed(office)
    do(office, "laoli", case, "confirm", "approved", signature="paper")
    answer = acted(at(office, "laoli"), case, "confirm", "approved", **{"act-signature-paper": "yes"})
    assert answer.status_code == 409
    assert "已由 老李 于" in text(answer)


def test_another_post_is_refused(office: Office):
    case = signed(office)
    answer = acted(at(office, "xiaowang"), case, "confirm", "approved", **{"act-signature-paper": "yes"})
    assert answer.status_code == 403
    assert "须由值班主任办理" in text(answer)
    assert open_steps(case) == {"confirm"}


def test_a_closed_case_takes_no_more(office: Office):
    case = signed(office)
    do(office, "laoli", case, "confirm", "rejected", note="不是本户物品")
    answer = acted(at(office, "laoli"), case, "confirm", "approved", **{"act-signature-paper": "yes"})
    assert answer.status_code == 409
    assert "已经办结" in text(answer)


@pytest.mark.parametrize("step", ["", "nothing", "fill\x00", "<b>", "x" * 500])
def test_a_step_that_there_is_not_is_refused(office: Office, step: str):
    answer = acted(at(office, "laoli"), signed(office), step, "approved")
    assert answer.status_code == 422
    assert "<b>" not in text(answer)


@pytest.mark.parametrize("branch", ["x", "-1", "99999", "1\x00", "²"])
def test_a_row_that_is_no_number_is_not_there(office: Office, branch: str):
    answer = acted(at(office, "laoli"), signed(office), "confirm", "approved", **{"act-branch": branch})
    assert answer.status_code == 404


@pytest.mark.parametrize("outcome", ["", "nothing", "expired", "approved\x00"])
def test_an_outcome_that_is_not_offered_is_refused(office: Office, outcome: str):
    case = signed(office)
    answer = acted(at(office, "laoli"), case, "confirm", outcome, **{"act-signature-paper": "yes"})
    assert answer.status_code == 422
    assert open_steps(case) == {"confirm"}


def test_a_technician_is_chosen_from_those_on_the_post(office: Office):
    case = open_repair(office)
    client, zheng = at(office, "xiaowang"), office.staff("zheng")
    assert f'name="act-assignee" value="{zheng.pk}" checked' in text(client.get(f"/cases/{case}/"))
    for other in ("", str(office.staff("chen").pk), "0", "x", "9" * 30):
        refused = acted(client, case, "dispatch", "dispatched", **{"act-assignee": other})
        assert marked(refused) == {"act-assignee"}
    assert acted(client, case, "dispatch", "dispatched", **{"act-assignee": zheng.pk}).status_code == 302
    assert Task.objects.get(case_id=case, step="take").person == zheng


def test_how_much_a_technician_has_in_hand_is_shown(office: Office):
    at_work(office)
    page = text(at(office, "xiaowang").get(f"/cases/{open_repair(office)}/"))
    assert "维修工老郑（手上 1 件）" in page


def test_every_item_of_a_checklist_must_be_ticked(office: Office):
    case = open_repair(office)
    do(office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": office.staff("zheng").pk})
    do(office, "zheng", case, "take", "taken")
    do(office, "zheng", case, "arrive", "arrived")
    client, told = at(office, "zheng"), {"findings": "阀芯磨损", "charge": "free"}
    refused = acted(client, case, "quote", "passed", **told, **{"act-tick": ["identified", "made-up"]})
    assert marked(refused) == {"act-tick"}
    page = text(refused)
    assert 'name="act-tick" value="identified" checked' in page
    assert "阀芯磨损" in page
    answer = acted(client, case, "quote", "passed", **told, **{"act-tick": ["identified", "told"]})
    assert answer.status_code == 302


def test_all_that_is_wrong_in_a_quote_is_told_at_once_each_beside_its_field(office: Office):
    case = open_repair(office)
    do(office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": office.staff("zheng").pk})
    do(office, "zheng", case, "take", "taken")
    do(office, "zheng", case, "arrive", "arrived")
    told = {
        "findings": "", "charge": "paid", "act-tick": ["told"],
        "works-0-item": "repair-hose", "works-0-count": "1", "works-0-price": "30",  # the list says 10
        "works-1-item": "repair-tap-drip", "works-1-count": "1", "works-1-price": "",  # of a range, none agreed
        "materials-0-name": "软管", "materials-0-count": "0", "materials-0-price": "15.505",
    }  # fmt: skip
    refused = acted(at(office, "zheng"), case, "quote", "passed", **told)
    assert refused.status_code == 422
    assert marked(refused) == {"findings", "works", "materials", "act-tick"}
    page = text(refused)
    for field, rows in (("works", ("第 1 行", "第 2 行")), ("materials", ("第 1 行“数量”", "第 1 行“单价"))):
        beside = page.split(f'id="f-{field}-error"')[1].split("</")[0]
        assert all(row in beside for row in rows), (field, beside)
    assert 'value="15.505"' in page and open_steps(case) == {"quote"}


def test_wrong_answers_and_a_missing_signature_are_told_together(office: Office):
    answers = {
        "service": "cable_tv", "identity_seen": "id_card", "operator": "广电", "points": 1, "phone": TELEPHONE,
    }  # fmt: skip
    case = actions.open_case(
        by=office["xiaowang"], procedure="opening", unit=office.unit, applicant=office.owner,
        applicant_role="owner", answers=answers, key=key(),
    ).case_id  # fmt: skip
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "xiaowang", case, "issue", "issued")
    do(office, "xiaowang", case, "connect", "finished", answers={"line_no": "TV-7", "installer": "小林"})
    later = (today() + timedelta(days=1)).isoformat()
    refused = acted(at(office, "xiaowang"), case, "activate", "signed", works="no", opened_on=later)
    assert marked(refused) == {"works", "opened_on", "act-signature"}
    assert open_steps(case) == {"activate"}


def test_money_is_typed_in_yuan_and_kept_in_fen(office: Office):
    case = open_repair(office)
    do(office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": office.staff("zheng").pk})
    do(office, "zheng", case, "take", "taken")
    do(office, "zheng", case, "arrive", "arrived")
    told = {
        "findings": "阀芯磨损", "charge": "paid", "works-0-item": "repair-tap-drip",
        "works-0-count": "1", "works-0-price": "20", "materials-0-name": "阀芯",
        "materials-0-count": "1", "materials-0-price": "15.5", "act-tick": ["identified", "told"],
    }  # fmt: skip
    assert acted(at(office, "zheng"), case, "quote", "passed", **told).status_code == 302
    form = Case.objects.get(pk=case).form
    assert (form["labour"], form["materials"][0]["price"], form["total"]) == (2000, 1550, 3550)


def test_an_attempt_without_an_answer_leaves_the_step_open(office: Office):
    case = at_work(office)
    do(office, "zheng", case, "work", "finished", answers={"result": "换阀芯"})
    do(office, "zheng", case, "accept", "signed", signature="paper")
    do(office, "xiaowang", case, "order", "issued")
    answer = acted(at(office, "xiaowang"), case, "follow_up", "no_answer")
    assert answer.status_code == 302
    assert open_steps(case) == {"follow_up"}
    assert "无人接听" in text(at(office, "xiaowang").get(f"/cases/{case}/"))


def test_goods_are_not_released_past_the_gates_own_page(office: Office):
    case = issued(office)
    answer = acted(at(office, "zhou"), case, "gate", "released")
    assert answer.status_code == 422
    assert open_steps(case) == {"gate"}


def test_a_remark_is_kept_with_a_good_outcome(office: Office):
    case = signed(office)
    acted(
        at(office, "laoli"),
        case,
        "confirm",
        "approved",
        **{"act-signature-paper": "yes", "act-note": "已看过实物"},
    )
    assert "已看过实物" in text(at(office, "xiaowang").get(f"/cases/{case}/"))


# --- taking it back, and a supervisor's means ---------------------------------------------------------------------


def test_a_case_is_withdrawn_with_a_reason(office: Office):
    case = open_goods(office)
    client = at(office, "xiaowang")
    refused = client.post(f"/cases/{case}/withdrawal/", {"key": key(), "withdraw-reason": " "})
    assert refused.status_code == 422
    assert "请写明原因" in text(refused)
    answer = client.post(f"/cases/{case}/withdrawal/", {"key": key(), "withdraw-reason": "不搬了"})
    assert answer.status_code == 302
    assert Case.objects.get(pk=case).status == "withdrawn"


def test_only_some_posts_withdraw_a_case(office: Office):
    case = open_goods(office)
    assert "withdraw-reason" not in text(at(office, "chen").get(f"/cases/{case}/"))
    answer = at(office, "chen").post(
        f"/cases/{case}/withdrawal/", {"key": key(), "withdraw-reason": "不搬了"}
    )
    assert answer.status_code == 403
    assert Case.objects.get(pk=case).status == "open"


def test_a_supervisor_sends_a_case_back_and_the_clerk_does_not(office: Office):
    case = signed(office)
    posted = {"key": key(), "what": "send_back", "back-to": "fill", "back-reason": "房号错了"}
    assert "back-reason" not in text(at(office, "xiaowang").get(f"/cases/{case}/"))
    assert at(office, "xiaowang").post(f"/cases/{case}/intervention/", posted).status_code == 403
    assert "back-reason" in text(at(office, "laoli").get(f"/cases/{case}/"))
    assert at(office, "laoli").post(f"/cases/{case}/intervention/", posted).status_code == 302
    assert open_steps(case) == {"fill"}


def test_a_supervisor_opens_a_closed_case_again(office: Office):
    case = signed(office)
    do(office, "laoli", case, "confirm", "rejected", note="不是本户物品")
    page = text(at(office, "chen").get(f"/cases/{case}/"))
    assert 'name="what" value="reopen"' in page
    posted = {"key": key(), "what": "reopen", "back-to": "fill", "back-reason": "已查明"}
    assert at(office, "chen").post(f"/cases/{case}/intervention/", posted).status_code == 302
    assert open_steps(case) == {"fill"}


def test_a_supervisor_sends_another_technician(office: Office):
    from banli.people.models import Holding, Staff

    other = Staff.objects.create(username="qian", name="维修工老钱", password="!")
    Holding.objects.create(staff=other, estate=office.estate, post="technician", since="2020-01-01")
    case = open_repair(office)
    do(office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": office.staff("zheng").pk})
    page = text(at(office, "zhao").get(f"/cases/{case}/"))
    assert f'value="dispatch:{other.pk}"' in page
    assert f'value="dispatch:{office.staff("zheng").pk}"' not in page
    posted = {
        "key": key(),
        "what": "reassign",
        "reassign-to": f"dispatch:{other.pk}",
        "reassign-reason": "老郑在别处",
    }
    assert at(office, "zhao").post(f"/cases/{case}/intervention/", posted).status_code == 302
    assert Task.objects.get(case_id=case, step="take", state="open").person == other


@pytest.mark.parametrize(
    "posted",
    [
        {"what": "explode", "back-to": "fill"},
        {"what": "send_back", "back-to": "gate"},
        {"what": "send_back", "back-to": "\x00"},
        {"what": "send_back"},
        {"what": "reopen", "back-to": "fill"},
        {"what": "reassign", "reassign-to": "dispatch"},
        {"what": "reassign", "reassign-to": "confirm:1"},
        {"what": "reassign", "reassign-to": "dispatch:x"},
        {"what": "reassign", "reassign-to": "dispatch:" + "9" * 40},
        {},
    ],
)
def test_an_intervention_that_makes_no_sense_is_refused(office: Office, posted: dict[str, str]):
    case = signed(office)
    told = {"key": key(), "back-reason": "原因", "reassign-reason": "原因", **posted}
    answer = at(office, "laoli").post(f"/cases/{case}/intervention/", told)
    assert 400 <= answer.status_code < 500
    assert open_steps(case) == {"confirm"}


def test_the_reason_of_a_refused_intervention_is_kept(office: Office):
    case = signed(office)
    posted = {"key": key(), "what": "send_back", "back-to": "gate", "back-reason": "写错了房号 <i>"}
    page = text(at(office, "laoli").post(f"/cases/{case}/intervention/", posted))
    assert "写错了房号 &lt;i&gt;" in page
