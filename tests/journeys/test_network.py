"""Broadband: consent apart from the signature, the fee at the till, the pink copy, the data sent."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases import mailing
from banli.cases.models import Case
from banli.cashier.actions import open_shift
from banli.papers.models import Paper
from tests.cases.test_mailing import set_up
from tests.desk.at_the_desk import picture
from tests.journeys.at_the_screen import begin, pick, signed_on_paper, submit, tomorrow
from tests.journeys.conftest import Actor, Site
from tests.messages.mail_server import Handler, running
from tests.office import identity

pytestmark = pytest.mark.journey


def fill_in(clerk: Actor, folder: Path) -> None:
    page = clerk.page
    page.fill("[name=holder_id]", identity())
    page.fill("[name=phone]", "13812345678")
    assert page.input_value("[name=company]") == "云联网络", "the estate has set it"
    page.fill("[name=company_contact]", "服务热线 95000")
    file = folder / "card.png"
    file.write_bytes(picture("green", (640, 400)))
    page.set_input_files("[name=identity_copy]", file)


def seen_not_taken_and_sent_again(clerk: Actor, case: Case) -> None:
    """The company's server refuses; the clerk sees why, in the case and in the list, and has it sent again."""
    handler = Handler(rcpt=["550 no such mailbox"])
    with running(handler) as server:
        mailing.empty_outbox(timezone.now() + timedelta(minutes=1), server.settings)
        clerk.go(f"/cases/{case.pk}/")
        expect(clerk.page.locator(".task-mine")).to_contain_text("对方不收：550 no such mailbox")
        clerk.shot("network-not-taken")
        clerk.go("/outgoing/")
        expect(clerk.page.locator("#outgoing")).to_contain_text("重新发送")
        clerk.shot("outgoing")
        clerk.act("mail", "again")
        mailing.empty_outbox(timezone.now() + timedelta(minutes=1), server.settings)
    assert len(handler.got) == 1


def taken_there(clerk: Actor, case: Case) -> None:
    """No mail server is set up: the clerk sees it, and takes it there."""
    mailing.empty_outbox(timezone.now() + timedelta(minutes=1))
    clerk.go(f"/cases/{case.pk}/")
    expect(clerk.page.locator(".task-mine")).to_contain_text("没有配置邮件服务器")
    pick(clerk, "sent_by", "paper")
    clerk.page.locator("summary", has_text="已另行送交").click()
    clerk.page.fill("[name=act-note-by_hand]", "邮件还没有配好")
    clerk.act("mail", "by_hand")


def test_broadband_is_opened_with_a_consent_of_its_own(site: Site, tmp_path: Path):
    set_up(site.office)
    sun = site.office["sun"]
    open_shift(by=sun, acting=sun.posts["finance"], float_fen=0)
    clerk = site("xiaowang")
    begin(clerk, "12-3-502", "业主张女士", "网络开通")
    fill_in(clerk, tmp_path)
    clerk.page.fill("[name=install_fee]", "5000")
    submit(clerk)
    expect(clerk.page.locator("#f-install_fee-error")).to_contain_text("不能大于")
    clerk.page.fill("[name=install_fee]", "300")
    submit(clerk)
    clerk.page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    signed_on_paper(clerk, "sign")
    clerk.go(f"/cases/{case.pk}/")
    clerk.shot("network-consent")
    clerk.draw("form:has(input[value='consent'])")
    clerk.act("consent", "signed")
    till = site("sun")
    till.go(f"/cases/{case.pk}/")
    pick(till, "act-method", "cash")
    till.act("pay", "paid")
    clerk.go(f"/cases/{case.pk}/")
    clerk.act("issue", "issued")
    clerk.go(f"/papers/{Paper.objects.get(kind='network-form').pk}/")
    clerk.shot("network-form")
    seen_not_taken_and_sent_again(clerk, case)
    assert Case.objects.get().status == "done"
    clerk.go("/registers/network/")
    expect(clerk.page.locator("main")).to_contain_text("云联网络")
    clerk.shot("network-register")


def test_a_suspension_asks_no_money(site: Site, tmp_path: Path):
    set_up(site.office)
    clerk = site("xiaowang")
    begin(clerk, "12-3-502", "业主张女士", "网络变更")
    fill_in(clerk, tmp_path)
    clerk.page.fill("[name=account]", "yl0012")
    clerk.page.locator("select[name=change]").select_option("suspend")
    expect(clerk.page.locator("#f-new_holder-field")).to_be_hidden()
    clerk.page.fill("[name=effective_on]", tomorrow(9)[:10])
    submit(clerk)
    clerk.page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    signed_on_paper(clerk, "sign")
    signed_on_paper(clerk, "consent")
    clerk.go(f"/cases/{case.pk}/")
    clerk.act("issue", "issued")
    taken_there(clerk, case)
    assert Case.objects.get().status == "done"
