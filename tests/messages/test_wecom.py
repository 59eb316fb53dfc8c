"""WeCom: a token is kept while it is good and fetched anew when not; a text is shown once however often it goes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from banli.cases import jobs
from banli.messages import wecom as client
from banli.messages.answers import Answer
from banli.messages.channel import Note
from banli.messages.models import Delivery
from banli.messages.wecom import WeCom
from tests.desk.work import repair
from tests.messages.telling import reached, tell, turn_on
from tests.messages.web_server import DROP
from tests.messages.wecom_server import AGENT, CORP, SECRET, Company, wecom
from tests.office import Office

NOW = datetime(2026, 5, 6, 10, tzinfo=UTC)
NOTE = Note("k1", "notice", "【翠湖花园】“到场”超时了", "“到场”超时了\n办件：第 7 号 · 家居维修")


@pytest.fixture
def company() -> Iterator[Company]:
    client._kept.clear()
    with wecom() as running:
        yield running
    client._kept.clear()


def way(company: Company, **change: Any) -> WeCom:
    assert company.site is not None
    return WeCom(**{"corp": CORP, "agent": AGENT, "secret": SECRET, "api": company.site.url, **change})


def test_a_text_goes_to_a_member_and_its_number_is_kept(company: Company):
    assert way(company).send("xiaowang", NOTE, NOW) == Answer("taken", said="M7x")
    assert company.shown == [("xiaowang", "【翠湖花园】“到场”超时了\n办件：第 7 号 · 家居维修")]


def test_a_token_is_fetched_once_and_again_before_it_ends(company: Company):
    for minutes in (0, 1, 114):
        way(company).send("xiaowang", NOTE, NOW + timedelta(minutes=minutes))
    assert company.fetched == 1
    way(company).send("xiaowang", NOTE, NOW + timedelta(minutes=116))
    assert company.fetched == 2


def test_a_token_that_is_refused_is_fetched_anew_and_the_text_goes(company: Company):
    way(company).send("xiaowang", NOTE, NOW)
    company.end_tokens()  # somebody else fetched one, or the secret was renewed
    assert way(company).send("zhao", NOTE, NOW).kind == "taken"
    assert company.fetched == 2


@pytest.mark.parametrize("code", [40014, 42001])
def test_a_token_that_is_refused_twice_is_tried_later(company: Company, code: int):
    company.instead = [(200, {"errcode": code, "errmsg": "invalid access_token"})] * 2
    assert way(company).send("xiaowang", NOTE, NOW) == Answer(
        "later", "not_let_in", f"{code} invalid access_token"
    )


@pytest.mark.parametrize(
    ("instead", "came"),
    [
        ((500, {}), Answer("later", "busy", "HTTP 500")),
        ((503, b"<html>"), Answer("later", "busy", "HTTP 503")),
        ((429, {}), Answer("later", "busy", "HTTP 429")),
        ((200, {"errcode": -1, "errmsg": "system busy"}), Answer("later", "busy", "-1 system busy")),
        ((200, {"errcode": 45009, "errmsg": "freq limit"}), Answer("later", "busy", "45009 freq limit")),
        ((200, {"errcode": 60020, "errmsg": "not allow"}), Answer("never", "not_let_in", "60020 not allow")),
        (
            (200, {"errcode": 0, "invaliduser": "xiaowang"}),
            Answer("never", "refused", "invaliduser xiaowang"),
        ),
        ((200, b"not json"), Answer("later", "broke_off", "HTTP 200")),
        ((200, []), Answer("later", "broke_off", "HTTP 200")),
        ((302, {}), Answer("later", "unreachable", "HTTP 302")),
    ],
)
def test_what_it_says_decides_whether_it_is_tried_again(company: Company, instead: Any, came: Answer):
    company.instead = [instead]
    assert way(company).send("xiaowang", NOTE, NOW) == came
    assert company.shown == []


def test_who_is_no_member_is_never_told(company: Company):
    said = "81013 user & party & tag all invalid"
    assert way(company).send("nobody", NOTE, NOW) == Answer("never", "refused", said)


@pytest.mark.parametrize(
    ("change", "code"),
    [({"corp": "wwother"}, "40013"), ({"secret": "another secret of it"}, "40001"), ({"agent": 7}, "301002")],
)
def test_what_is_set_wrongly_is_named_and_mended_by_whoever_set_it(company: Company, change: Any, code: str):
    came = way(company, **change).send("xiaowang", NOTE, NOW)
    assert (came.kind, came.problem, came.said.split()[0]) == ("later", "not_let_in", code)


def test_nobody_there_is_no_end(company: Company):
    assert way(company, api="http://127.0.0.1:9").send("xiaowang", NOTE, NOW).problem == "unreachable"


def test_cut_off_between_taking_and_answering_it_is_shown_once(company: Company):
    company.instead = [DROP]
    assert way(company).send("xiaowang", NOTE, NOW).problem == "broke_off"
    assert way(company).send("xiaowang", NOTE, NOW + timedelta(minutes=1)).kind == "taken"
    assert len(company.shown) == 1


def test_a_text_that_is_too_long_is_cut_where_a_character_ends(company: Company):
    long = Note("k", "notice", "标题", "标题\n" + "长" * 2000)
    assert way(company).send("xiaowang", long, NOW).kind == "taken"
    assert len(company.shown[0][1].encode()) <= 2048 and company.shown[0][1].endswith("长")


def test_neither_secret_nor_token_is_shown_or_logged(company: Company, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    mine = way(company)
    mine.send("xiaowang", NOTE, NOW)
    told = repr(mine) + repr(client._kept) + caplog.text
    assert SECRET not in told and not any(token in told for token in company.tokens)


def test_a_late_clock_goes_to_somebodys_wecom(office: Office, company: Company, settings: Any):
    assert company.site is not None
    settings.BANLI_WECOM_API = company.site.url
    turn_on(office, "wecom")
    reached(office, "xiaowang", wecom="xiaowang")
    case = repair(office)
    jobs.wake(timezone.now() + timedelta(minutes=16))
    assert tell() == 0 and Delivery.objects.get().problem == "not_set"
    turn_on(office, "wecom", wecom_corp=CORP, wecom_agent=AGENT, wecom_secret=SECRET)
    company.instead = [DROP]
    later = timezone.now() + timedelta(minutes=2)
    assert tell(later) == 0
    assert tell(later + timedelta(minutes=1)) == 1
    ((member, text),) = company.shown
    assert member == "xiaowang" and f"第 {case} 号" in text and "刘先生" not in text
    found = Delivery.objects.get()
    assert (found.state, found.answer, found.attempts, found.address) == ("sent", "M7x", 2, "x**")
