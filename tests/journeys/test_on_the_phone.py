"""On a phone of 360 px: materials and a price agreed before the work (P8), and a fault that was reported twice."""

import re

import pytest
from playwright.sync_api import Page, expect

from banli.cases import store
from banli.cases.models import Case
from tests.cases.test_actions import do as act_on
from tests.cases.test_actions import repair
from tests.journeys.conftest import Actor, Site, tick

pytestmark = pytest.mark.journey


def fits(page: Page) -> None:
    """Nothing of the page lies beside the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def sent_to_zheng(site: Site, **told: str) -> int:
    case = repair(site.office, **told)
    zheng = site.office.staff("zheng").pk
    act_on(site.office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": zheng})
    return case


def at_the_door(site: Site, case: int) -> Actor:
    technician = site("zheng", phone=True)
    technician.go("/inbox/")
    technician.page.get_by_role("link", name=re.compile("接单")).first.click()
    technician.page.wait_for_url(f"**/cases/{case}/**")
    technician.act("take", "taken")
    technician.act("arrive", "arrived")
    return technician


def price(technician: Actor, rows: list[tuple[str, str, str]], labour: tuple[str, str, str]) -> None:
    """Write what was found, the materials and the labour."""
    page = technician.page
    page.fill("[name=findings]", "阀芯磨损，软管老化")
    tick(page.locator("[name=charge][value=paid]"))
    for number, row in enumerate(rows):
        if number:
            page.locator("[data-rows-field=materials] [data-add-row]").click()
        for name, told in zip(("name", "count", "price"), row, strict=True):
            page.fill(f"[name='materials-{number}-{name}']", told)
    for name, told in zip(("count", "price"), labour[1:], strict=True):
        page.fill(f"[name='works-0-{name}']", told)
    page.select_option("[name='works-0-item']", labour[0])
    for item in ("identified", "told"):
        tick(page.locator(f"form:has(input[value='quote']) input[type=checkbox][value='{item}']"))


def test_materials_and_the_price_are_agreed_and_signed_before_anything_is_done(site: Site):
    case = sent_to_zheng(site)
    technician = at_the_door(site, case)
    page = technician.page
    page.locator("details.price-told summary").click()
    expect(page.get_by_role("table", name="价目（办理前先告知）")).to_contain_text("龙头")
    technician.shot("phone-price-list")
    price(
        technician, [("陶瓷阀芯", "1", "15.50"), ("不锈钢软管", "2", "18")], ("repair-tap-basin", "1", "30")
    )
    technician.shot("phone-quote")
    technician.act("quote", "passed")
    fits(page)

    agree = page.locator("form:has(input[value='agree'])")
    for told in ("阀芯磨损，软管老化", "陶瓷阀芯", "不锈钢软管", "合计", "¥51.50", "¥30.00", "¥81.50"):
        expect(page.locator("main")).to_contain_text(told)
    technician.shot("phone-agree")
    expect(page.locator("form:has(input[value='work'])")).to_have_count(0)
    technician.act("agree", "signed")
    expect(agree).to_contain_text("签名")
    assert _stands(case) == {"request", "dispatch", "take", "arrive", "quote"}
    technician.draw("form:has(input[value='agree'])")
    technician.act("agree", "signed")
    page.fill("[name=result]", "已换阀芯和两根软管，试水正常")
    fits(page)
    technician.act("work", "finished")
    technician.draw("form:has(input[value='accept'])")
    technician.act("accept", "signed")
    assert {"agree", "work", "accept"} <= _stands(case)

    clerk = site("xiaowang")
    clerk.go(f"/cases/{case}/")
    clerk.act("order", "issued")
    assert Case.objects.get(pk=case).form["labour"] == 3000


def test_whoever_finds_the_price_too_high_has_nothing_done(site: Site):
    case = sent_to_zheng(site)
    technician = at_the_door(site, case)
    price(technician, [("锁芯", "1", "380")], ("repair-toilet", "1", ""))
    technician.act("quote", "passed")
    page = technician.page
    page.locator("form:has(input[value='agree']) details:has([name='act-note-refused']) summary").click()
    page.fill("[name=act-note-refused]", "想自己买配件")
    technician.shot("phone-declined")
    technician.act("agree", "refused")
    assert "work" not in _stands(case)
    technician.go(f"/cases/{case}/")
    expect(page.locator("main")).to_contain_text("没有修的，当天回访")
    assert page.locator("form:has(input[value='work'])").count() == 0


def test_a_fault_reported_twice_is_joined_on_the_phone_and_nobody_is_sent_again(site: Site):
    first = sent_to_zheng(site)
    again = repair(site.office, problem="厨房龙头一直滴水")
    clerk = site("xiaowang", phone=True)
    clerk.go(f"/cases/{again}/")
    page = clerk.page
    expect(page.locator("main")).to_contain_text("附近有同样的件没办完")
    fits(page)
    clerk.shot("phone-twice")
    page.set_viewport_size({"width": 360, "height": 740})
    page.get_by_role("button", name=f"并入第 {first} 号").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"第 {again} 号到此结束")
    fits(page)
    clerk.shot("phone-joining")
    dialog.get_by_role("button", name=f"并入第 {first} 号").click()
    page.wait_for_url(f"**/cases/{first}/")
    expect(page.locator("main")).to_contain_text("同一件事另有 1 份报告")
    assert Case.objects.get(pk=again).status == "withdrawn"

    technician = site("zheng", phone=True)
    technician.go("/inbox/")
    expect(technician.page.get_by_role("link", name=re.compile("接单"))).to_have_count(1)
    technician.go(f"/cases/{first}/")
    expect(technician.page.locator("main")).to_contain_text("同一件事另有 1 份报告")
    fits(technician.page)
    technician.shot("phone-joined")
    clerk.go(f"/cases/{again}/")
    expect(page.locator("main")).to_contain_text(f"与第 {first} 号是同一件事")
    expect(page.get_by_role("button", name=re.compile("并入"))).to_have_count(0)  # once


def _stands(case: int) -> set[str]:
    return {
        mark.step
        for mark in store.state_of(Case.objects.get(pk=case)).marks
        if not mark.step.endswith("book")
    }
