"""What nobody needs any more goes: the supervisor holds somebody back, the director lets the day's list go."""

import pytest
from playwright.sync_api import expect

from banli.estate.keeping import actions
from banli.estate.keeping.models import Hold
from banli.estate.keeping.reckoning import reckon
from banli.estate.models import Person
from tests.desk.at_the_desk import open_goods
from tests.desk.test_keeping import gone, old_contract
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey


def test_the_director_lets_a_days_list_go_and_a_lawsuit_keeps_somebody(site: Site) -> None:
    office = site.office
    open_goods(office)
    gone(office, office.owner)
    gone(office, office.tenant, days=3)
    contract = old_contract(office, who=office.tenant)
    old_contract(office, years=5)
    reckon(office.estate)

    laoli = site("laoli")
    laoli.go("/privacy/")
    laoli.page.get_by_role("link", name="到期删除").click()
    laoli.page.wait_for_url("**/expiries/")
    expect(laoli.page.get_by_text("还有 1 件没有办完").first).to_be_visible()
    laoli.go(f"/contracts/{contract.pk}/")
    laoli.page.get_by_role("link", name="暂缓删除").click()
    laoli.page.fill("[name=reason]", "(2026)浙01民初1号")
    laoli.shot("hold")
    laoli.page.press("[name=reason]", "Enter")
    laoli.page.wait_for_url("**/holds/")
    laoli.shot("holds")
    assert Hold.objects.get().contract == contract

    chen = site("chen")
    chen.go("/expiries/")
    chen.shot("expiries")
    chen.page.get_by_role("button", name="确认今天的名单").click()
    chen.page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(chen.page.get_by_text("已确认，正在删除").first).to_be_visible()
    assert actions.erase_due(office.estate) == 1
    chen.go("/expiries/gone/")
    expect(chen.page.get_by_text("主任确认").first).to_be_visible()
    chen.shot("expiries-gone")
    tenant = Person.objects.get(pk=office.tenant.pk)
    assert (tenant.name, tenant.phone) == ("租户刘先生", ""), "the contract that is held still names them"
    chen.go("/holds/")
    chen.page.get_by_role("link", name="恢复删除").click()
    chen.page.fill("[name=reason]", "已结案")
    chen.page.get_by_role("main").get_by_role("button", name="恢复删除").click()
    chen.page.wait_for_url("**/holds/")
    expect(chen.page.get_by_text("已恢复")).to_be_visible()
