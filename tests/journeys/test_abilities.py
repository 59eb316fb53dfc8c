"""The director says what a caller can do; what nobody can make is on the morning screen."""

import pytest
from playwright.sync_api import expect

from tests.desk.test_follow_ups import owed
from tests.journeys.conftest import PHONE, Site

pytestmark = pytest.mark.journey


def test_who_can_do_what_from_the_posts_to_the_morning(site: Site):
    office = site.office
    owed(office)
    director = site("chen")
    page = director.page
    director.go("/posts/")
    page.get_by_role("link", name="谁能做什么").click()
    page.get_by_role("link", name="小王").click()
    page.wait_for_url("**/posts/abilities/*/")
    page.locator("[name=follow_up-values][value=complaint]").press("Space")
    page.fill("[name=follow_up-share]", "5")
    page.get_by_role("button", name="定下").click()
    expect(page.locator("#f-follow_up-share-error")).to_contain_text("10")
    page.fill("[name=follow_up-share]", "150")
    page.get_by_role("button", name="定下").click()
    expect(page.locator("main table")).to_contain_text("份额 150%")
    director.shot("abilities-person")
    director.go("/posts/abilities/")
    expect(page.locator("#abilities")).to_contain_text("份额 150%")
    director.go("/morning/")
    expect(page.locator("main")).to_contain_text("没有分给人的回访")
    for address in ("/morning/", "/posts/abilities/", f"/posts/abilities/{office.staff('xiaowang').pk}/"):
        page.set_viewport_size(PHONE)
        director.go(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, "no page is wider than a phone"
