"""How each says in which way they want to be told, tries it, and where the house sees what did not arrive."""

from datetime import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.messages.kinds import KINDS
from banli.messages.models import Delivery, Notice, Reach
from tests.desk.at_the_desk import at, marked, text
from tests.messages.mail_server import Handler, running
from tests.messages.telling import MAIL, reached, tell, turn_on
from tests.office import Office

EVERYTHING = {f"of_{kind}": ["mail"] for kind in KINDS}


def saved(office: Office, who: str = "xiaowang", **change: Any) -> Any:
    told = {"mail": MAIL, "quiet_from": "22:00", "quiet_until": "7:00", **EVERYTHING, **change}
    return at(office, who).post("/notices/ways/", told)


def test_somebody_says_how_they_want_to_be_told(office: Office):
    answer = saved(office, of_due=[])
    assert (answer.status_code, answer["Location"]) == (302, "/notices/ways/")
    reach = Reach.objects.get()
    assert (reach.staff, reach.mail, reach.quiet_from, reach.quiet_until) == (
        office.staff("xiaowang"), MAIL, time(22), time(7)
    )  # fmt: skip
    assert reach.choice == {**{kind: ["mail"] for kind in KINDS}, "due": []}
    page = text(at(office, "xiaowang").get("/notices/ways/"))
    assert MAIL in page and 'value="22:00"' in page and page.count(" checked") == len(KINDS) - 1


def test_nobody_sees_or_changes_anybody_elses(office: Office):
    saved(office)
    assert MAIL not in text(at(office, "zhao").get("/notices/ways/"))
    saved(office, "zhao", mail="zhao@wuye.example", quiet_from="", quiet_until="")
    assert Reach.objects.get(staff=office.staff("xiaowang")).mail == MAIL


def test_said_again_it_takes_the_place_of_what_was_said(office: Office):
    saved(office)
    saved(office, mail="", **{name: [] for name in EVERYTHING})
    assert Reach.objects.get().mail == ""


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"mail": "nobody"}, {"mail"}),
        ({"mail": ""}, {"mail"}),
        ({"of_late": ["pigeon"]}, {"of_late"}),
        ({"quiet_from": "25:00"}, {"quiet_from"}),
        ({"quiet_until": ""}, {"quiet_until"}),
        ({"quiet_from": ""}, {"quiet_from"}),
        ({"quiet_until": "22:00"}, {"quiet_until"}),
    ],
)
def test_what_makes_no_sense_is_marked_and_nothing_is_kept(
    office: Office, change: dict[str, Any], wrong: set[str]
):
    answer = saved(office, **change)
    assert (answer.status_code, marked(answer)) == (422, wrong)
    assert not Reach.objects.exists()


def test_one_tries_it_on_oneself_and_sees_what_came_of_it(office: Office, settings: Any):
    turn_on(office, "mail")
    saved(office)
    client = at(office, "xiaowang")
    assert "电子邮件：发一条试试" in text(client.get("/notices/ways/"))
    assert client.post("/notices/ways/tests/", {"channel": "mail"}).status_code == 302
    assert "请等二十秒再试" in text(client.post("/notices/ways/tests/", {"channel": "mail"}))
    with running(Handler()) as server:
        settings.BANLI_SMTP = server.settings
        assert tell() == 1
        assert server.handler.got[0]["Subject"] == "【翠湖花园】测试：这样可以收到办理系统的通知"
    page = text(client.get("/notices/ways/"))
    assert "已发出" in page and "x***@wuye.example" in page
    assert "已发出" not in text(at(office, "zhao").get("/notices/ways/"))


@pytest.mark.parametrize(
    ("on", "address", "why"), [(False, MAIL, "422"), (True, "", "还没有填这种方式的地址")]
)
def test_a_way_that_leads_nowhere_is_not_tried(office: Office, on: bool, address: str, why: str):
    if on:
        turn_on(office, "mail")
    reached(office, "xiaowang", {}, mail=address)
    answer = at(office, "xiaowang").post("/notices/ways/tests/", {"channel": "mail"})
    assert answer.status_code == 422 and (why == "422" or why in text(answer))
    assert not Delivery.objects.exists()


def test_the_page_says_that_the_estate_has_not_turned_it_on(office: Office):
    assert "本小区还没有开通：电子邮件、" in text(at(office, "zhou").get("/notices/ways/"))
    turn_on(office, "mail")
    assert "本小区还没有开通：企业微信" in text(at(office, "zhou").get("/notices/ways/"))


def given_up(office: Office, many: int = 1) -> None:
    """Notices whose mailbox is not there."""
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    about, now = (
        {"estate": office.estate, "staff": office.staff("xiaowang"), "code": "round_missed"},
        timezone.now(),
    )
    Notice.objects.bulk_create(Notice(**about, about=str(n), at=now) for n in range(many))


def test_what_did_not_arrive_is_red_and_tried_again_with_one_press(office: Office, settings: Any):
    given_up(office)
    with running(Handler(rcpt=["550 no such mailbox"])) as server:
        settings.BANLI_SMTP = server.settings
        tell()
        client = at(office, "laoli")
        page = text(client.get("/outgoing/notices/"))
        assert "item-red" in page and "对方不收：550 no such mailbox" in page and "重新发送" in page
        assert MAIL not in page and "x***@wuye.example" in page
        assert client.post(f"/outgoing/notices/{Delivery.objects.get().pk}/attempts/").status_code == 302
        assert tell() == 1
    assert "都发出去了" in text(client.get("/outgoing/notices/"))
    assert "已发出" in text(client.get("/outgoing/notices/?all=yes"))
    assert "已发出" not in text(at(office, "xiaoqin").get("/outgoing/notices/?all=yes"))


def test_three_rows_cost_no_more_queries_than_one_and_pages_go_on(office: Office, monkeypatch: Any):
    counts = []
    for many in (1, 3):
        given_up(office, many)
        tell()
        client = at(office, "xiaowang")
        client.get("/outgoing/notices/")
        with CaptureQueriesContext(connection) as told:
            assert client.get("/outgoing/notices/").status_code == 200
        counts.append(len(told))
    assert counts[0] == counts[1]
    monkeypatch.setattr("banli.desk.delivered.PAGE", 2)
    page = text(client.get("/outgoing/notices/"))
    assert page.count("data-row") >= 2 and "?before=" in page
