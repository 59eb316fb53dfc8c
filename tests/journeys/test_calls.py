"""The clerk makes a call that is owed; the supervisor reads the summary report and archives it."""

import pytest
from playwright.sync_api import expect

from tests.cases.complaints import complain, handled, sent
from tests.figures.test_satisfaction import called
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey


def test_a_call_with_the_case_beside_it_and_the_report_of_all(site: Site):
    office = site.office
    called(office, "dissatisfied", solved="unsolved", manner="poor")
    called(office, "fair", solved="partly")
    case = complain(office)
    sent(office, case)
    handled(office, case)

    clerk = site("xiaowang")
    clerk.go("/follow-ups/")
    clerk.shot("follow-ups")
    clerk.page.locator("[data-row]").first.click()
    clerk.page.wait_for_url("**/cases/**")
    expect(clerk.page.locator(".call-did")).to_contain_text("保洁班长老吴")
    clerk.page.get_by_role("button", name="显示号码拨打").click()
    number = clerk.page.locator("a[href^='tel:']")
    expect(number).to_contain_text("13800571500")
    clerk.act("follow_up", "no_answer")
    clerk.page.wait_for_url("**/follow-ups/")
    expect(clerk.page.locator("main")).to_contain_text("打过 1 次")
    clerk.page.locator("[data-row]").first.click()
    clerk.page.wait_for_url("**/cases/**")
    expect(clerk.page.locator("main")).to_contain_text("打过的电话")
    clerk.page.fill("[name=opinion]", "很快就来了")
    clerk.shot("call")
    clerk.act("follow_up", "satisfied")
    clerk.page.wait_for_url("**/follow-ups/")
    expect(clerk.page.locator("main")).to_contain_text("没有欠着的回访")

    supervisor = site("laoli")
    supervisor.go("/figures/follow-ups/")
    expect(supervisor.page.locator("[data-chart=judged] canvas")).to_be_visible()
    expect(supervisor.page.locator("#done")).to_have_text("3")
    supervisor.shot("follow-up-report")
    supervisor.page.get_by_role("button", name="存档").click()
    supervisor.page.wait_for_url("**/archive/1/")
    expect(supervisor.page.locator("main")).to_contain_text("第 1 份，老李")
    supervisor.shot("follow-up-report-archived")
