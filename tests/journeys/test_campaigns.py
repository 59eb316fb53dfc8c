"""The supervisor starts a campaign, and sees how far it has come."""

import pytest
from playwright.sync_api import expect

from banli.followup import jobs
from tests.followup.test_campaigns import neighbours
from tests.journeys.conftest import Site, tick

pytestmark = pytest.mark.journey


def test_a_campaign_from_the_draw_to_the_list_of_calls(site: Site):
    office = site.office
    neighbours(office, 3)
    supervisor = site("laoli")
    page = supervisor.page
    supervisor.go("/follow-ups/")
    page.get_by_role("link", name="回访活动").click()
    page.wait_for_url("**/campaigns/")
    page.get_by_role("button", name="立件并分给回访人").click()
    expect(page.locator("main")).to_contain_text("请填写")
    page.fill("[name=name]", "国庆问候")
    tick(page.locator("[name=occasion][value=festival]"))
    tick(page.locator("[name=roles][value=owner]"))
    page.fill("[name=size]", "2")
    supervisor.shot("campaign-new")
    page.get_by_role("button", name="立件并分给回访人").click()
    expect(page.locator("#campaigns table")).to_contain_text("国庆问候")
    jobs.open_calls(office.staff("laoli").pk, office.estate.pk, 1)
    supervisor.go("/follow-ups/campaigns/")
    expect(page.locator("#campaigns table")).to_contain_text("2 / 3")
    supervisor.shot("campaigns")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, "the page is not wider than a phone"

    clerk = site("xiaowang")
    clerk.go("/follow-ups/?whose=mine")
    expect(clerk.page.locator("[data-row]")).to_have_count(2)
    clerk.page.locator("[data-row]").first.click()
    clerk.page.fill("[name=opinion]", "都好")
    clerk.act("call", "satisfied")
    clerk.page.wait_for_url("**/follow-ups/")
