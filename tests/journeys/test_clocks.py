"""Somebody asks why a clock is red; a supervisor pauses one and lets it go on. By keyboard, and on a phone."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases import actions, jobs
from banli.cases.models import Case
from tests.cases.complaints import complain, key, sent
from tests.desk.at_the_desk import TELEPHONE
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey


def late_repair(site: Site) -> int:
    """A leaking tap, reported twenty minutes ago."""
    office = site.office
    case = actions.open_case(
        by=office["xiaowang"], procedure="home-repair", unit=office.unit, applicant=office.tenant,
        applicant_role="tenant", key=key(), now=timezone.now() - timedelta(minutes=20),
        answers={"problem": "水龙头漏水", "place": "kitchen", "trade": "water", "urgency": "now", "phone": TELEPHONE},
    ).case_id  # fmt: skip
    jobs.wake()
    return case


def test_whoever_sees_red_is_told_why(site: Site):
    case = late_repair(site)
    clerk = site("xiaowang")
    page = clerk.page
    clerk.go("/inbox/")
    link = page.locator(".item-why").first
    expect(link).to_contain_text("为什么红了")
    clerk.shot("clocks-inbox")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/cases/{case}/clocks/#clock-arrival")
    expect(page.locator("#clock-arrival")).to_contain_text("合计 15 分")
    clerk.shot("clocks-why")
    clerk.go(f"/cases/{case}/")
    page.locator("a.clock").first.click()
    page.wait_for_url(f"**/cases/{case}/clocks/#clock-arrival")


def test_a_supervisor_pauses_a_clock_for_a_reason(site: Site):
    case = complain(site.office)
    sent(site.office, case)
    boss = site("laoli")
    page = boss.page
    boss.go(f"/cases/{case}/clocks/")
    card = page.locator("#clock-closing")
    card.locator("summary").click()
    card.locator("textarea").fill("等厂家寄配件")
    card.locator("[name^=until-]").fill((timezone.localdate() + timedelta(days=3)).isoformat())
    boss.shot("clocks-pausing")
    card.get_by_role("button", name="暂停计时").click()
    expect(card).to_contain_text("已暂停")
    boss.shot("clocks-paused")
    card.locator("summary").click()
    card.locator("textarea").fill("配件到了")
    card.get_by_role("button", name="继续计时").click()
    expect(card).not_to_contain_text("已暂停")
    assert "paused" not in {clock["state"] for clock in Case.objects.get(pk=case).clocks}


def test_it_is_explained_in_english(site: Site):
    case = late_repair(site)
    clerk = site("xiaowang", language="en")
    clerk.go(f"/cases/{case}/clocks/")
    expect(clerk.page.locator("#clock-arrival")).to_contain_text("15 min in all")
    clerk.shot("clocks-why-en")
