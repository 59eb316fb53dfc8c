"""The page of a case: where it stands, who has it, what it says, why it is late."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases import actions, jobs
from banli.cases.models import Case
from banli.journal.models import Entry
from tests.desk.at_the_desk import (
    TELEPHONE,
    acted,
    at,
    at_work,
    do,
    give_telephone,
    issued,
    key,
    open_goods,
    open_repair,
    picture,
    signed,
    text,
)  # fmt: skip
from tests.office import Office, identity


def page_of(office: Office, case: int, who: str = "xiaowang", **query: str) -> str:
    answer = at(office, who).get(f"/cases/{case}/", query)
    assert answer.status_code == 200
    return text(answer)


def visible(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_it_says_whose_turn_it_is_and_why_one_may_not_do_it(office: Office):
    page = visible(page_of(office, signed(office)))
    assert "等：值班主任签字" in page
    assert "值班主任（老李）" in page
    assert "须由值班主任办理，您没有这个岗位" in page


def test_the_one_whose_turn_it_is_gets_the_form(office: Office):
    page = page_of(office, signed(office), "laoli")
    assert 'name="act-step" value="confirm"' in page
    assert re.search(r'name="act-outcome"[^>]* value="approved"', page)
    assert 'name="act-note-returned"' in page
    assert 'name="act-note-rejected"' in page
    assert 'name="act-signature"' in page


def test_whoever_filed_it_gets_no_form_to_approve_it(office: Office):
    from banli.people.models import Holding

    case = signed(office)
    Holding.objects.create(
        staff=office.staff("xiaowang"), estate=office.estate, post="duty_supervisor", since="2020-01-01"
    )
    page = page_of(office, case)
    assert 'name="act-step"' not in page
    assert "不能由登记这件事的人办理" in page


def test_whoever_applies_at_the_counter_signs_there_or_on_paper_not_on_the_telephone(office: Office):
    page = page_of(office, open_goods(office))
    assert "act-signature-paper" in page and "act-signature-call" not in page


def test_private_answers_are_masked_everywhere(office: Office):
    give_telephone(office, office.owner)
    case = issued(office)
    for who in ("xiaowang", "laoli", "chen", "zhou"):
        page = page_of(office, case, who)
        assert identity() not in page
        assert TELEPHONE not in page
        assert identity()[-4:] in page


def test_a_look_at_a_private_answer_needs_a_reason_and_is_journalled(office: Office):
    case = open_goods(office)
    client, url = at(office, "xiaowang"), f"/cases/{case}/unmasking/"
    refused = client.post(url, {"field": "carrier_id", "reason": " "}, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert identity() not in text(refused)
    before = Case.objects.values("seq", "head").get(pk=case)
    shown = client.post(url, {"field": "carrier_id", "reason": "核对证件"}, headers={"HX-Request": "true"})
    assert identity() in text(shown)
    assert "no-store" in shown["Cache-Control"]
    entry = Entry.objects.filter(kind="unmask").get()
    assert entry.stream == f"estate/{office.estate.pk}"
    assert entry.body == {"case": case, "field": "carrier_id", "reason": "核对证件"}
    assert (entry.actor, entry.post) == (office.staff("xiaowang"), "front_desk")
    assert Case.objects.values("seq", "head").get(pk=case) == before


@pytest.mark.parametrize("field", ["carrier", "goods", "nothing", "", "carrier_id@3", "carrier_id\x00"])
def test_only_a_private_answer_that_is_there_can_be_unmasked(office: Office, field: str):
    url = f"/cases/{open_goods(office)}/unmasking/"
    assert at(office, "xiaowang").post(url, {"field": field, "reason": "核对"}).status_code == 404
    assert not Entry.objects.filter(kind="unmask").exists()


def test_a_reason_with_a_nul_byte_is_refused(office: Office):
    url = f"/cases/{open_goods(office)}/unmasking/"
    assert at(office, "xiaowang").post(url, {"field": "carrier_id", "reason": "a\x00b"}).status_code == 422
    assert at(office, "xiaowang").post(url, {"field": "carrier_id", "reason": "字" * 201}).status_code == 422


def test_the_technician_may_look_while_the_repair_is_theirs(office: Office):
    case = open_repair(office)
    url, posted = f"/cases/{case}/unmasking/", {"field": "phone", "reason": "联系住户"}
    assert at(office, "zheng").post(url, posted).status_code == 403
    do(office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": office.staff("zheng").pk})
    assert TELEPHONE in text(at(office, "zheng").post(url, posted))


def test_it_says_what_a_clock_counts_from_and_to(office: Office):
    page = visible(page_of(office, open_repair(office)))
    assert "从“登记报修”办完起算" in page
    assert "小王），到“到场”办完为止" in page


def test_it_says_that_it_is_late(office: Office):
    case = open_repair(office)
    later = timezone.now() + timedelta(minutes=20)
    jobs.wake(later)
    with time_machine.travel(later):
        page = page_of(office, case)
    assert "“到场”超时" in page
    assert "clock-red" in page


def test_what_was_done_is_told_with_what_follows(office: Office):
    case = open_goods(office)
    answer = acted(at(office, "xiaowang"), case, "sign", "signed", **{"act-signature-paper": "yes"})
    page = visible(text(at(office, "xiaowang").get(answer["Location"])))
    assert "办证人签名 · 签名" in page
    assert "接下来：值班主任签字 — 值班主任（老李）" in page


def test_what_somebody_else_did_is_not_told_as_ones_own(office: Office):
    assert "接下来：" not in page_of(office, signed(office), "laoli", done="2")


def test_a_case_that_was_sent_back_says_by_whom_and_why(office: Office):
    case = signed(office)
    do(office, "laoli", case, "confirm", "returned", note="冰箱有两台 <b>核对</b>")
    page = page_of(office, case)
    assert "冰箱有两台 &lt;b&gt;核对&lt;/b&gt;" in page
    assert "<b>核对</b>" not in page
    task = page[page.index("task-mine") :]
    assert "冰箱有两台" in task[: task.index("<form")]


def test_what_was_answered_is_in_the_form_when_it_comes_back_except_what_is_private(office: Office):
    case = signed(office)
    do(office, "laoli", case, "confirm", "returned", note="数量不对")
    page = page_of(office, case)
    assert 'name="goods-1-name" value="电视"' in page
    assert 'name="carrier" value="李师傅"' in re.sub(r"\s+", " ", page) or 'value="李师傅"' in page
    assert identity() not in page
    answer = acted(
        at(office, "xiaowang"), case, "fill", "done", carrier="李师傅", carrier_id="",
        date=Case.objects.get(pk=case).form["date"], **{"goods-0-name": "电视", "goods-0-count": "1"},
    )  # fmt: skip
    assert answer.status_code == 302
    after = Case.objects.get(pk=case)
    assert after.form["goods"] == [{"name": "电视", "count": 1, "class": "large", "remark": None}]
    from banli.cases.private import open_answer

    assert open_answer(after, "carrier_id", after.form["carrier_id"]) == identity()


def test_the_gates_check_leads_to_the_gate(office: Office):
    case = issued(office)
    paper = Case.objects.get(pk=case).papers.get()
    page = page_of(office, case, "zhou")
    assert f'href="/gate/passes/{paper.pk}/"' in page
    assert 'name="act-step"' not in page


def test_papers_lead_to_their_page_for_those_who_print_them(office: Office):
    case = issued(office)
    paper = Case.objects.get(pk=case).papers.get()
    assert f'href="/papers/{paper.pk}/"' in page_of(office, case)
    assert f'href="/papers/{paper.pk}/"' not in page_of(office, case, "zhou")


def test_the_chart_marks_what_was_done(office: Office):
    case = signed(office)
    answer = at(office, "xiaowang").get(f"/cases/{case}/chart.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert "值班主任签字" in text(answer)
    assert at(office, "xiaoqin").get(f"/cases/{case}/chart.svg").status_code == 404


def test_markup_in_answers_is_shown_as_text(office: Office):
    evil = "<script>alert(1)</script>"
    case = open_goods(
        office, carrier="李师傅", plate="<b>浙A</b>", goods=[{"name": evil, "count": 1, "remark": evil}]
    )
    page = page_of(office, case)
    assert evil not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2
    assert "<b>浙A</b>" not in page


def test_another_estates_case_is_not_there_and_other_posts_have_no_part(office: Office):
    case = open_repair(office)
    for path in ("", "chart.svg", f"attachments/{'a' * 64}"):
        assert at(office, "he").get(f"/cases/{case}/{path}").status_code == 404
    assert at(office, "xiaoliu").get(f"/cases/{case}/").status_code == 403
    for path in ("acts", "withdrawal", "intervention", "unmasking"):
        assert at(office, "he").post(f"/cases/{case}/{path}/", {}).status_code == 404
        assert at(office, "xiaoliu").post(f"/cases/{case}/{path}/", {}).status_code == 403
        assert at(office, "xiaowang").get(f"/cases/{case}/{path}/").status_code == 405
    assert at(office, "xiaowang").get("/cases/999999999999999999/").status_code == 404


def test_the_page_asks_no_more_with_a_longer_history_and_more_papers(office: Office):
    def asked(case: int) -> int:
        client = at(office, "laoli")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/cases/{case}/")
        return len(queries)

    once = issued(office)
    thrice = issued(office)
    for _ in range(2):
        actions.override(
            by=office["laoli"], case_id=thrice, what="send_back", step="fill", reason="写错了", key=key()
        )
        answers = {
            "carrier": "李师傅", "carrier_id": identity(), "date": Case.objects.get(pk=thrice).form["date"],
            "goods": [{"name": f"箱{n}", "count": 1} for n in range(9)],
        }  # fmt: skip
        do(office, "xiaowang", thrice, "fill", "done", answers=answers)
        do(office, "xiaowang", thrice, "sign", "signed", signature="paper")
        do(office, "laoli", thrice, "confirm", "approved", signature="paper")
        do(office, "chen", thrice, "seal", "sealed")
        do(office, "xiaowang", thrice, "issue", "issued")
    assert asked(thrice) == asked(once)


def test_a_photograph_is_shown_where_it_was_asked(office: Office):
    from django.core.files.uploadedfile import SimpleUploadedFile

    case = at_work(office)
    file = SimpleUploadedFile("a.png", picture())
    assert (
        acted(at(office, "zheng"), case, "work", "finished", result="换阀芯", photo=file).status_code == 302
    )
    sha256 = Case.objects.get(pk=case).form["photo"]
    assert f'src="/cases/{case}/attachments/{sha256}"' in page_of(office, case)
