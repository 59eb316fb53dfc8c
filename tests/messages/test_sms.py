"""SMS by a gateway that checks every signature; one that may have gone is asked for before it is sent again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from banli.cases import jobs
from banli.messages import deliveries
from banli.messages.answers import Answer
from banli.messages.channel import Note
from banli.messages.models import Delivery
from banli.messages.sms import Form, Sms, form_of, mobile, signature
from tests.desk.work import repair
from tests.messages.sms_server import KEY_ID, SECRET, SIGN, Gateway, gateway
from tests.messages.telling import reached, tell, turn_on
from tests.messages.web_server import DROP
from tests.office import Office

NOW = datetime(2026, 5, 6, 23, 50, tzinfo=timezone.get_default_timezone())
PHONE = "13800571500"
FORMS = {
    "notice": Form("SMS_100001", {"number": "number", "step": "step", "due": "due"}),
    "link": Form("SMS_100002", {"link": "link", "until": "until"}),
}
NOTE = Note("key-1", "notice", "", "", {"number": "7", "step": "到场 & 开工*~", "due": "05-06 14:30"})
#: What an estate sets to have SMS.
SET = {
    "sms_key_id": KEY_ID, "sms_secret": SECRET, "sms_sign": SIGN, "sms_notice_form": "SMS_100001",
    "sms_link_form": "SMS_100002",
}  # fmt: skip


@pytest.fixture
def sms() -> Iterator[Gateway]:
    with gateway() as running:
        yield running


def way(gateway: Gateway, **change: Any) -> Sms:
    assert gateway.site is not None
    told = {"key_id": KEY_ID, "secret": SECRET, "sign": SIGN, "forms": FORMS, "api": gateway.site.url}
    return Sms(**{**told, **change})


def test_signatures_are_those_that_the_documentation_gives_as_examples():
    asked = {
        "AccessKeyId": "testid", "Action": "DescribeRegions", "Format": "XML", "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf", "SignatureVersion": "1.0",
        "Timestamp": "2016-02-23T12:46:24Z", "Version": "2014-05-26",
    }  # fmt: skip
    assert signature(asked, "testsecret", "GET") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="
    asked |= {
        "AccessKeyId": "testId", "Action": "SendSms", "OutId": "123", "PhoneNumbers": "15300000001",
        "RegionId": "cn-hangzhou", "SignName": "阿里云短信测试专用", "TemplateCode": "SMS_71390007",
        "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466", "TemplateParam": '{"customer":"test"}',
        "Timestamp": "2017-07-12T02:42:19Z", "Version": "2017-05-25",
    }  # fmt: skip
    assert signature(asked, "testSecret", "GET") == "zJDF+Lrzhj/ThnlvIToysFRq6t4="


def test_a_form_of_words_is_filled_in_and_its_number_kept(sms: Gateway):
    sms.clock = NOW
    came = way(sms).send(PHONE, NOTE, NOW)
    (sent,) = sms.sent
    assert came == Answer("taken", said=sent["BizId"])
    assert (sent["to"], sent["OutId"], sent["words"]) == (PHONE, "key-1", dict(NOTE.words))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"key_id": "LTAI5tOther"}, "InvalidAccessKeyId.NotFound"),
        ({"secret": "another secret of it"}, "SignatureDoesNotMatch"),
        ({"sign": "别家"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"forms": {"notice": Form("SMS_9", {"number": "number"})}}, "isv.SMS_TEMPLATE_ILLEGAL"),
        ({"forms": {"notice": Form("SMS_100001", {"number": "number"})}}, "isv.TEMPLATE_MISSING_PARAMETERS"),
    ],
)
def test_what_is_set_wrongly_is_named_and_mended_by_whoever_set_it(sms: Gateway, change: Any, code: str):
    came = way(sms, **change).send(PHONE, NOTE, NOW)
    assert (came.kind, came.problem, came.said.split()[0]) == ("later", "not_let_in", code)
    assert sms.sent == []


@pytest.mark.parametrize(
    ("instead", "kind", "problem"),
    [
        ((500, {}), "later", "busy"),
        ((503, b"upstream"), "later", "busy"),
        ((200, {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "触发小时级流控"}), "later", "busy"),
        ((200, {"Code": "isv.AMOUNT_NOT_ENOUGH"}), "later", "not_let_in"),
        ((200, {"Code": "isv.BLACK_KEY_CONTROL_LIMIT"}), "never", "refused"),
        ((200, b"?"), "later", "broke_off"),
    ],
)
def test_what_it_says_decides_whether_it_is_tried_again(sms: Gateway, instead: Any, kind: str, problem: str):
    sms.instead = [instead]
    came = way(sms).send(PHONE, NOTE, NOW)
    assert (came.kind, came.problem) == (kind, problem)


def test_a_number_that_is_none_is_refused_for_good(sms: Gateway):
    assert way(sms).send("057188888888", NOTE, NOW).kind == "never"


def test_cut_off_between_taking_and_answering_it_is_sent_once_also_over_midnight(sms: Gateway):
    for number in range(60):  # more than a page of that day
        way(sms).send(PHONE, Note(f"other-{number}", "notice", "", "", NOTE.words), NOW)
    sms.instead = [DROP]
    assert way(sms).send(PHONE, NOTE, NOW).problem == "broke_off"
    later = NOW + timedelta(minutes=11)
    came = way(sms).send(PHONE, Note(NOTE.key, NOTE.kind, "", "", NOTE.words, tried=NOW), later)
    assert came.kind == "taken"
    assert [one["OutId"] for one in sms.sent].count("key-1") == 1


def test_one_that_was_tried_and_did_not_go_is_sent(sms: Gateway):
    tried = Note(NOTE.key, NOTE.kind, "", "", NOTE.words, tried=NOW)
    assert way(sms).send(PHONE, tried, NOW + timedelta(minutes=1)).kind == "taken"
    assert len(sms.sent) == 1


def test_nobody_there_is_no_end(sms: Gateway):
    assert way(sms, api="http://127.0.0.1:9").send(PHONE, NOTE, NOW).problem == "unreachable"


def test_the_secret_is_neither_shown_nor_logged(sms: Gateway, caplog: pytest.LogCaptureFixture):
    caplog.set_level("DEBUG")
    mine = way(sms)
    mine.send(PHONE, NOTE, NOW)
    assert SECRET not in repr(mine) + caplog.text and PHONE not in caplog.text


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("138 0057 1500", PHONE),
        ("+86 138-0057-1500", PHONE),
        ("0571-88888888", ""),
        ("12345678901", ""),
        ("", ""),
    ],
)
def test_only_mobile_numbers_are_written_to(written: str, number: str):
    assert mobile(written) == number


@pytest.mark.parametrize("variables", ["number step", "number step due more", "number step ${due}", ""])
def test_names_of_variables_that_fit_no_form_are_none(variables: str):
    assert form_of("SMS_1", variables, "notice") is None


def test_a_late_clock_goes_to_somebodys_telephone_and_is_asked_after_until_it_arrived(
    office: Office, sms: Gateway, settings: Any
):
    assert sms.site is not None
    settings.BANLI_SMS_API = sms.site.url
    turn_on(office, "sms", **SET)
    reached(office, "xiaowang", sms=PHONE)
    case = repair(office)
    jobs.wake(timezone.now() + timedelta(minutes=16))
    now = timezone.now()
    assert tell(now) == 1
    (sent,) = sms.sent
    assert (sent["words"]["number"], sent["words"]["step"]) == (str(case), "到场")
    assert not any("刘" in word or "502" in word for word in sent["words"].values())
    found = Delivery.objects.get()
    assert (found.state, found.address) == ("sent", "138****1500")
    assert deliveries.ask_arrived(now) == 0  # not yet time
    assert deliveries.ask_arrived(now + timedelta(minutes=1)) == 0  # the operator has said nothing
    sent["SendStatus"] = 3
    assert deliveries.ask_arrived(now + timedelta(minutes=1)) == 0
    assert deliveries.ask_arrived(now + timedelta(minutes=3)) == 1
    found.refresh_from_db()
    assert (found.state, found.ask_at) == ("arrived", None)


def test_what_the_operator_could_not_bring_is_red_and_what_it_says_nothing_of_is_asked_for_a_day(
    office: Office, sms: Gateway, settings: Any
):
    assert sms.site is not None
    settings.BANLI_SMS_API = sms.site.url
    turn_on(office, "sms", **SET)
    for who in ("xiaowang", "zhao"):
        reached(office, who, sms=PHONE)
    repair(office)
    jobs.wake(timezone.now() + timedelta(minutes=16))
    now = timezone.now()
    assert tell(now) == 2
    sms.sent[0]["SendStatus"] = 2
    asked = 0
    while Delivery.objects.filter(ask_at__isnull=False).exists():
        now = Delivery.objects.order_by("ask_at").exclude(ask_at=None)[0].ask_at or now
        deliveries.ask_arrived(now)
        asked += 1
        assert asked < 20
    assert sorted(Delivery.objects.values_list("state", "problem")) == [
        ("failed", "not_arrived"),
        ("sent", ""),
    ]
