"""小王 has what is late sent to her mailbox and tries it; an owner's link goes to their telephone, and they sign."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases import jobs
from banli.messages.models import Delivery
from tests.cases.test_actions import open_goods
from tests.desk.at_the_desk import give_telephone
from tests.desk.work import repair
from tests.journeys.conftest import PHONE, Site, stroke
from tests.messages.mail_server import Handler, running
from tests.messages.sms_server import gateway
from tests.messages.telling import MAIL, tell, turn_on
from tests.messages.test_sms import SET

pytestmark = pytest.mark.journey


def test_a_clerk_chooses_a_way_tries_it_and_hears_of_what_is_late(site: Site, settings: Any):
    turn_on(site.office, "mail")
    clerk = site("xiaowang")
    page = clerk.page
    clerk.go("/notices/")
    page.get_by_role("link", name="通知方式").click()
    page.wait_for_url("**/notices/ways/")
    page.get_by_role("group", name="超时了").get_by_text("电子邮件").click()
    page.locator("main form[action='/notices/ways/'] button[type=submit]").click()
    expect(page.locator("#f-mail-error")).to_have_text("选了这种方式，请填写地址。")
    clerk.shot("ways-refused")
    page.fill("#f-mail", MAIL)
    page.fill("#f-quiet_from", "22:00")
    page.fill("#f-quiet_until", "07:00")
    page.locator("main form[action='/notices/ways/'] button[type=submit]").click()
    page.get_by_role("button", name="电子邮件：发一条试试").click()
    expect(page.locator("#told")).to_contain_text("待发")
    with running(Handler()) as server:
        settings.BANLI_SMTP = server.settings
        assert tell() == 1
        repair(site.office)
        jobs.wake(timezone.now() + timedelta(minutes=16))
        server.handler.rcpt = ["550 no such mailbox"]
        assert tell() == 0
        page.reload()
        expect(page.locator("#told")).to_contain_text("已发出")
        expect(page.locator("#told")).to_contain_text("对方不收：550 no such mailbox")
        clerk.shot("ways")
        supervisor = site("laoli")
        supervisor.go("/outgoing/notices/")
        expect(supervisor.page.locator(".item-red")).to_have_count(1)
        supervisor.shot("deliveries")
        supervisor.page.get_by_role("button", name="重新发送").click()
        expect(supervisor.page.locator("main")).to_contain_text("待发")
        assert tell() == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_an_owner_gets_their_link_by_sms_and_signs(site: Site, settings: Any):
    give_telephone(site.office, site.office.owner)
    turn_on(site.office, "sms", **SET)
    case = open_goods(site.office, role="tenant")
    clerk = site("xiaowang")
    clerk.go(f"/cases/{case}/")
    clerk.shot("link-sms-ways")
    clerk.page.get_by_role("button", name="用短信发到").click()
    expect(clerk.page.locator(".link-sms")).to_contain_text("待发")
    with gateway() as sms:
        assert sms.site is not None
        settings.BANLI_SMS_API = sms.site.url
        assert tell() == 1
        expect(clerk.page.locator(".link-sms")).to_contain_text("已发出", timeout=15_000)
        clerk.shot("link-sms")
        context = site.browser.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
        site._contexts.append(context)
        page = context.new_page()
        page.goto(f"{site.url}/c/{sms.sent[0]['words']['link']}/")
        page.fill("#proof", site.office.owner.id_number[-4:])
        stroke(page, page.locator("canvas").first)
        page.get_by_role("button", name="同意并签名").click()
        expect(page.locator("h1")).to_have_text("已签名，谢谢")
    clerk.page.wait_for_url(f"**/cases/{case}/", timeout=15_000)
