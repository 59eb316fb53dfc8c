"""An owner's link goes by SMS to the telephone on file; its word is gone with its end; the case says how it went."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from banli.cases.models import ConsentLink
from banli.estate.actions import Particulars, correct_person
from banli.journal.models import Entry
from banli.messages import deliveries
from banli.messages.models import Delivery
from tests.desk.at_the_desk import TELEPHONE, at, give_telephone, key, open_goods, text
from tests.messages.sms_server import Gateway, gateway
from tests.messages.telling import tell, turn_on
from tests.messages.test_sms import SET
from tests.office import Office, identity


@pytest.fixture
def sms(settings: Any) -> Iterator[Gateway]:
    with gateway() as running:
        assert running.site is not None
        settings.BANLI_SMS_API = running.site.url
        yield running


@pytest.fixture
def case(office: Office) -> int:
    """A tenant's goods pass that waits for its owner's consent."""
    give_telephone(office, office.owner)
    return open_goods(office, office.tenant)


def offered(office: Office, case: int, by: str = "sms") -> Any:
    told = {"act-step": "consent", "act-branch": "", "owner": office.owner.pk, "by": by, "key": key()}
    return at(office, "xiaowang").post(f"/cases/{case}/consent-links/", told)


def test_the_link_goes_to_the_owners_telephone_and_opens(office: Office, case: int, sms: Gateway):
    turn_on(office, "sms", **SET)
    assert "用短信发到 138****1500" in text(at(office, "xiaowang").get(f"/cases/{case}/"))
    page = text(offered(office, case))
    assert "短信 138****1500" in page and "待发" in page
    assert tell() == 1
    (sent,) = sms.sent
    assert (sent["to"], sent["form"], set(sent["words"])) == (TELEPHONE, "SMS_100002", {"link", "until"})
    assert "租户刘先生" in text(Client().get(f"/c/{sent['words']['link']}/"))  # type: ignore[arg-type]
    link = ConsentLink.objects.get()
    page = text(at(office, "xiaowang").get(f"/cases/{case}/"))
    assert "短信 138****1500" in page and "已发出" in page
    sent["SendStatus"] = 3
    deliveries.ask_arrived(timezone.now() + timedelta(minutes=1))
    assert "已送达" in text(at(office, "xiaowang").get(f"/cases/{case}/consent-links/{link.pk}/"))
    assert Entry.objects.get(kind="link").body["events"][0]["through"] == "sms"


def test_its_word_is_sealed_while_it_waits_and_gone_afterwards(office: Office, case: int, sms: Gateway):
    turn_on(office, "sms", **SET)
    page = text(offered(office, case))
    word = Delivery.objects.get().secret
    assert f"/c/{word}/" in page and len(word) == 32
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM messages_delivery")
        (kept,) = cursor.fetchone()
        assert kept and word not in kept
    tell()
    assert Delivery.objects.get().secret == ""


def test_one_that_was_taken_back_or_answered_meanwhile_is_not_sent(office: Office, case: int, sms: Gateway):
    turn_on(office, "sms", **SET)
    offered(office, case)
    link = ConsentLink.objects.get()
    at(office, "xiaowang").post(f"/cases/{case}/consent-links/{link.pk}/withdrawal/")
    assert tell() == 0 and sms.sent == []
    found = Delivery.objects.get()
    assert (found.state, found.secret) == ("stopped", "")


def test_a_number_that_the_gateway_refuses_is_red_on_the_case(office: Office, case: int, sms: Gateway):
    turn_on(office, "sms", **SET)
    sms.instead = [(200, {"Code": "isv.BLACK_KEY_CONTROL_LIMIT", "Message": "黑名单管控"})]
    offered(office, case)
    tell()
    page = text(at(office, "xiaowang").get(f"/cases/{case}/"))
    assert "tag-red" in page and "黑名单管控" in page and "请扫码或换一种方式" in page
    page = text(at(office, "laoli").get("/outgoing/notices/"))
    assert "业主张女士" in page and "业主链接" in page and "请在办件里重新发链接" in page
    assert "/attempts/" not in page
    deliveries.again(delivery=Delivery.objects.get())  # its word is gone
    assert Delivery.objects.get().state == "failed"


def test_without_sms_nothing_is_offered_or_made(office: Office, case: int):
    assert "用短信发到" not in text(at(office, "xiaowang").get(f"/cases/{case}/"))
    answer = offered(office, case)
    assert answer.status_code == 422 and "本小区没有开通短信" in text(answer)
    assert not ConsentLink.objects.exists() and not Delivery.objects.exists()


def test_a_telephone_that_is_no_mobile_is_not_written_to(office: Office, case: int):
    turn_on(office, "sms", **SET)
    told = Particulars(office.owner.name, "0571-88888888", "cn_id", identity("11010119850312002"))
    correct_person(by=office["xiaowang"], person=office.owner, particulars=told)
    assert "用短信发到" not in text(at(office, "xiaowang").get(f"/cases/{case}/"))
    answer = offered(office, case)
    assert answer.status_code == 422 and "不是手机号，不能发短信" in text(answer)
    assert not ConsentLink.objects.exists()


def test_shown_as_a_code_it_is_sent_to_nobody(office: Office, case: int):
    turn_on(office, "sms", **SET)
    assert offered(office, case, by="").status_code == 200
    assert not Delivery.objects.exists()
