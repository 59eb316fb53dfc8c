"""A tenant's goods: the owner signs on their own phone, and the clerk's screen goes on by itself."""

import re

import pytest
from playwright.sync_api import Page, expect

from banli.cases.models import Case, ConsentLink
from tests.cases.test_actions import open_goods
from tests.desk.at_the_desk import give_telephone
from tests.journeys.conftest import PHONE, Site, stroke

pytestmark = pytest.mark.journey


def shot(site: Site, page: Page, name: str) -> None:
    """As an actor's, of somebody without an account, at 360 pixels only."""
    import os

    from tests.journeys.conftest import SHOTS

    page.wait_for_timeout(150)
    site.judge(page, name)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    if os.environ.get("BANLI_SHOTS"):
        page.screenshot(path=SHOTS / f"{name}-360.png", full_page=True, caret="initial")


def test_the_owner_signs_on_their_phone_and_the_clerks_screen_goes_on(site: Site):
    give_telephone(site.office, site.office.owner)
    case = open_goods(site.office, role="tenant")
    clerk = site("xiaowang")
    clerk.go(f"/cases/{case}/")
    clerk.shot("consent-ways")
    clerk.page.get_by_role("button", name="发链接给业主").click()
    expect(clerk.page.locator("svg.qr")).to_be_visible()
    clerk.shot("consent-link")
    found = re.search(r"https?://\S+", clerk.page.locator("#link-text").input_value())
    assert found is not None
    context = site.browser.new_context(
        viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai", has_touch=True
    )  # type: ignore[arg-type]
    site._contexts.append(context)
    page = context.new_page()
    page.on("pageerror", lambda error: site.complaints.append(f"owner: {error}"))
    page.goto(found[0])
    expect(page.locator("main")).to_contain_text("租户刘先生")
    expect(page.locator("main")).to_contain_text("沙发")
    shot(site, page, "consent-owner")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("button", name="Agree and sign")).to_be_visible()
    shot(site, page, "consent-owner-en")
    page.get_by_role("button", name="中文").click()
    page.fill("#proof", "0000")
    stroke(page, page.locator("canvas").first)
    page.get_by_role("button", name="同意并签名").click()
    expect(page.locator("#proof-error")).to_contain_text("还可以试 4 次")
    shot(site, page, "consent-owner-wrong")
    page.fill("#proof", site.office.owner.id_number[-4:])
    expect(page.get_by_alt_text("刚才签的名")).to_be_visible()  # nobody signs twice for a number mistyped
    page.get_by_role("button", name="同意并签名").click()
    expect(page.locator("h1")).to_have_text("已签名，谢谢")
    shot(site, page, "consent-owner-signed")
    clerk.page.wait_for_url(f"**/cases/{case}/", timeout=15_000)  # by itself, at most four seconds later
    expect(clerk.page.locator("form:has(input[value='sign'])").first).to_be_visible()
    expect(clerk.page.locator("main")).to_contain_text("手机链接签名")
    page.goto(found[0])  # a second time there is nothing to sign
    expect(page.locator("canvas")).to_have_count(0)
    assert ConsentLink.objects.get().state == "signed"


def test_the_owner_refuses_on_their_phone_with_a_reason(site: Site):
    give_telephone(site.office, site.office.owner)
    case = open_goods(site.office, role="tenant")
    clerk = site("xiaowang")
    clerk.go(f"/cases/{case}/")
    clerk.page.get_by_role("button", name="发链接给业主").click()
    found = re.search(r"https?://\S+", clerk.page.locator("#link-text").input_value())
    assert found is not None
    context = site.browser.new_context(viewport=PHONE, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    site._contexts.append(context)
    page = context.new_page()
    page.goto(found[0])
    page.fill("#proof", site.office.owner.id_number[-4:])
    page.get_by_text("不同意", exact=True).click()
    page.fill("#note", "家具是我的")
    page.get_by_role("button", name="不同意这份申请").click()
    expect(page.locator("h1")).to_have_text("已答复：不同意")
    clerk.page.wait_for_url(f"**/cases/{case}/", timeout=15_000)
    expect(clerk.page.locator("main")).to_contain_text("家具是我的")
    assert Case.objects.get().status == "rejected"


def test_the_clerk_records_a_call_with_its_questions(site: Site):
    give_telephone(site.office, site.office.owner)
    case = open_goods(site.office, role="tenant")
    clerk = site("xiaowang")
    clerk.go(f"/cases/{case}/")
    page = clerk.page
    expect(page.locator("[name=act-ask-since]")).to_be_hidden()
    page.get_by_text("电话核实身份后同意").click()
    page.fill("[name=act-ask-since]", "2019-12")
    page.fill("[name=act-ask-id_tail]", site.office.owner.id_number[-4:])
    clerk.act("consent", "signed")
    expect(page.locator("main")).to_contain_text("与登记不符")
    clerk.shot("consent-call-refused")
    page.fill("[name=act-ask-since]", "2020-01")
    page.fill("[name=act-ask-id_tail]", site.office.owner.id_number[-4:])
    clerk.act("consent", "signed")
    expect(page.locator("main")).to_contain_text("打的是登记的号码")
