"""The telephone rings: one key, an entry, and a case with what is known (P15)."""

import re

import pytest
from playwright.sync_api import expect

from banli.cases.models import Case
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey


def test_a_call_becomes_an_entry_and_a_repair(site: Site):
    clerk = site("xiaowang")
    page = clerk.page
    clerk.go("/")
    clerk.shot("counter-matters")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.wait_for_url("**/open/call/")
    expect(page.locator(".press")).to_have_count(1)
    expect(page.locator(".presses")).to_contain_text("先查到房号")
    clerk.shot("call-from-nowhere")

    clerk.go(f"/units/{site.office.unit.pk}/")
    page.locator(".people-one", has_text="租户刘先生").locator("input[type=radio]").check()
    page.locator("h1").click()
    page.keyboard.press("4")
    page.wait_for_url(re.compile("/open/call/"))
    expect(page.locator("[name=caller]")).to_have_value("租户刘先生")
    page.fill("[name=phone]", "13812345678")
    page.fill("[name=said]", "厨房龙头漏水")
    clerk.shot("call-form")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.wait_for_url("**/cases/**")
    repair = Case.objects.get(procedure="home-repair")
    page.wait_for_url(f"**/cases/{repair.pk}/")
    expect(page.locator("[name=problem]")).to_have_value("厨房龙头漏水")
    expect(page.locator(".case-say")).to_contain_text("138****5678")
    clerk.shot("call-begun")
    page.get_by_role("link", name=f"由第 {repair.parent_id} 号引出").click()
    page.get_by_role("link", name=f"引出第 {repair.pk} 号").wait_for()
    clerk.go("/registers/calls/")
    expect(page.locator("main")).to_contain_text("厨房龙头漏水")
    clerk.shot("call-book")
