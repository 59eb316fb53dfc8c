"""What has not left the office, on one page: why it waits, what mends it, and sending it again."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases import mailing
from banli.messages.models import Mail
from banli.messages.smtp import Answer
from tests.cases.tampering.world import Postbox, account
from tests.cases.test_mailing import set_up
from tests.desk.at_the_desk import at, key, text
from tests.office import Office

LATER = timedelta(minutes=5)


def queries(office: Office) -> int:
    client = at(office, "xiaowang")
    client.get("/outgoing/")
    with CaptureQueriesContext(connection) as told:
        assert client.get("/outgoing/").status_code == 200
    return len(told)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            Answer("never", "refused", "550 no such mailbox"),
            "对方不收：550 no such mailbox（data@net.example）",
        ),
        (Answer("later", "not_now", "450 greylisted"), "对方暂时不收：450 greylisted"),
        (Answer("later", "unreachable", "Connection refused"), "连不上邮件服务器：Connection refused"),
    ],
)
def test_the_page_and_the_case_say_why_it_has_not_gone(office: Office, answer: Answer, why: str) -> None:
    set_up(office)
    case = account(office)
    mailing.empty_outbox(timezone.now() + timedelta(seconds=5), Postbox(answer))
    for path in ("/outgoing/", f"/cases/{case}/"):
        assert why in text(at(office, "xiaowang").get(path))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"network_company_mail": ""}, "还没有设置“网络公司收资料的邮箱”"),
        ({"network_company_password": ""}, "还没有设置“发网络公司的附件口令”"),
        ({"network_company": "别家网络"}, "同意书写的是“云联网络”"),
    ],
)
def test_what_is_not_set_is_named(office: Office, change: dict[str, str], why: str) -> None:
    set_up(office, **change)
    account(office)
    mailing.empty_outbox(timezone.now() + timedelta(seconds=5), Postbox(Answer("taken", said="250 OK")))
    assert why in text(at(office, "laoli").get("/outgoing/"))


def test_without_a_server_the_page_says_so(office: Office) -> None:
    account(office)
    mailing.empty_outbox(timezone.now() + timedelta(seconds=5))
    assert "没有配置邮件服务器" in text(at(office, "chen").get("/outgoing/"))


def test_the_desk_sends_again_and_a_supervisor_only_looks(office: Office) -> None:
    set_up(office)
    case = account(office)
    mailing.empty_outbox(timezone.now() + timedelta(seconds=5), Postbox(Answer("never", "refused", "550 no")))
    again = 'value="again"'
    assert again in text(at(office, "xiaowang").get("/outgoing/"))
    assert again not in text(at(office, "laoli").get("/outgoing/"))
    told = {"key": key(), "act-step": "mail", "act-branch": "", "act-outcome": "again"}
    assert at(office, "xiaowang").post(f"/cases/{case}/acts/", told).status_code == 302
    assert Mail.objects.get().state == "queued"
    assert mailing.empty_outbox(timezone.now() + LATER, Postbox(Answer("taken", said="250 OK"))) == 1
    assert "都发出去了" in text(at(office, "xiaowang").get("/outgoing/"))
    assert "对方服务器已收" in text(at(office, "xiaowang").get(f"/cases/{case}/"))


def test_another_estate_sees_nothing_of_it(office: Office) -> None:
    account(office)
    assert "都发出去了" in text(at(office, "xiaoqin").get("/outgoing/"))


def test_three_rows_cost_no_more_queries_than_one(office: Office) -> None:
    account(office)
    one = queries(office)
    account(office)
    account(office)
    assert queries(office) == one
