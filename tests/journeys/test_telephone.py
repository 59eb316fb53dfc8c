"""The telephone rings: one key, an entry, and a case with what is known (P15)."""

import re

import pytest
from playwright.sync_api import expect

from banli.cases.models import Case
from tests.journeys.conftest import Site
from tests.journeys.test_goods_release import submit
from tests.journeys.test_home_cleaning import choose

pytestmark = pytest.mark.journey


def test_a_call_becomes_an_entry_and_a_repair(site: Site):
    clerk = site("xiaowang")
    page = clerk.page
    clerk.go("/")
    clerk.shot("counter-matters")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    page.wait_for_url("**/open/call/")
    page.fill("[name=caller]", "租户刘先生")
    page.fill("[name=said]", "厨房龙头漏水")
    choose(clerk, "leads_to", "repair")
    submit(clerk)
    expect(page.locator("#f-leads_to-error")).to_contain_text("先查到房号")

    clerk.go(f"/units/{site.office.unit.pk}/")
    page.locator(".people-one", has_text="租户刘先生").locator("input[type=radio]").check()
    page.locator("h1").click()
    page.keyboard.press("4")
    page.wait_for_url(re.compile("/open/call/"))
    expect(page.locator("[name=caller]")).to_have_value("租户刘先生")
    page.fill("[name=said]", "厨房龙头漏水")
    page.fill("[name=phone]", "13812345678")
    choose(clerk, "leads_to", "repair")
    clerk.shot("call-form")
    submit(clerk)
    page.wait_for_url("**/cases/**")
    repair = Case.objects.get(procedure="home-repair")
    page.get_by_role("link", name=re.compile(f"引出第 {repair.pk} 号")).click()
    page.wait_for_url(f"**/cases/{repair.pk}/")
    expect(page.locator("[name=problem]")).to_have_value("厨房龙头漏水")
    clerk.go("/registers/calls/")
    expect(page.locator("main")).to_contain_text("厨房龙头漏水")
    clerk.shot("call-book")
