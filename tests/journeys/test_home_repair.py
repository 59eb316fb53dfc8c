"""Home repair, from the telephone call to the follow-up; and what is refused or runs late on the way."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases import jobs
from banli.cases.models import Case
from banli.registers.models import RegisterRow
from tests.cases.test_actions import do as act_on
from tests.cases.test_actions import repair
from tests.journeys.at_the_screen import begin, submit
from tests.journeys.conftest import Site, tick

pytestmark = pytest.mark.journey


def test_a_tap_is_repaired_and_followed_up(site: Site):
    clerk = site("xiaowang")
    begin(clerk, "12-3-502", "租户刘先生", "家居维修")
    page = clerk.page
    page.fill("[name=problem]", "厨房水龙头漏水")
    for name, value in (("place", "kitchen"), ("trade", "water"), ("urgency", "now")):
        field = page.locator(f"select[name={name}]")
        if field.count():
            field.select_option(value)
        else:
            tick(page.locator(f"[name={name}][value={value}]"))
    page.fill("[name=phone]", "13812345678")
    clerk.shot("repair-form")
    submit(clerk)
    page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    page.locator("form:has(input[value='dispatch'])").get_by_text("维修工老郑").first.click()
    clerk.act("dispatch", "dispatched")

    technician = site("zheng", phone=True)
    technician.go("/inbox/")
    technician.page.get_by_role("link", name=re.compile("接单")).first.click()
    technician.page.wait_for_url("**/cases/**")
    technician.shot("technician-arrives")
    technician.act("take", "taken")
    technician.act("arrive", "arrived")

    phone = technician.page
    phone.fill("[name=findings]", "陶瓷阀芯磨损")
    tick(phone.locator("[name=charge][value=paid]"))
    phone.select_option("[name='works-0-item']", "repair-tap-drip")
    phone.fill("[name='works-0-count']", "1")
    phone.fill("[name='works-0-price']", "20")
    phone.fill("[name='materials-0-name']", "陶瓷阀芯")
    phone.fill("[name='materials-0-count']", "1")
    phone.fill("[name='materials-0-price']", "15.50")
    technician.act("quote", "passed")
    expect(phone.locator("main")).to_contain_text("还有未核对的项目")
    expect(phone.locator("[name=findings]")).to_have_value("陶瓷阀芯磨损")
    for item in ("identified", "told"):
        tick(phone.locator(f"form:has(input[value='quote']) input[type=checkbox][value='{item}']"))
    technician.act("quote", "passed")
    technician.draw("form:has(input[value='agree'])")
    technician.act("agree", "signed")
    phone.fill("[name=result]", "更换阀芯，试水正常")
    technician.act("work", "finished")
    technician.draw("form:has(input[value='accept'])")
    technician.act("accept", "signed")

    clerk.go(f"/cases/{case.pk}/")
    clerk.act("order", "issued")
    clerk.act("follow_up", "no_answer")
    clerk.go(f"/cases/{case.pk}/")
    page.fill("[name=opinion]", "来得快，收费明白")
    clerk.act("follow_up", "satisfied")
    assert Case.objects.get().status == "done"
    assert RegisterRow.objects.filter(case=case, book="resident-visits").exists()
    clerk.go("/registers/resident-visits/")
    expect(page.locator("main")).to_contain_text("来得快")


def test_a_technician_who_is_late_is_seen_by_those_who_must_know(site: Site):
    case = repair(site.office)
    zheng = site.office.staff("zheng").pk
    act_on(site.office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": zheng})
    jobs.wake(timezone.now() + timedelta(minutes=16))
    engineer = site("zhao")
    engineer.go("/notices/")
    expect(engineer.page.locator("main")).to_contain_text("到场")
    engineer.shot("notices")
    engineer.go(f"/cases/{case}/")
    expect(engineer.page.locator("main")).to_contain_text("到场")


def test_the_office_speaks_english_too(site: Site):
    repair(site.office)
    clerk = site("xiaowang", language="en")
    for path, name in (
        ("/", "counter-en"),
        ("/inbox/", "inbox-en"),
        ("/cases/", "cases-en"),
        ("/procedures/", ""),
    ):
        clerk.go(path)
        if name:
            clerk.shot(name)
        words = re.sub(r"[^\u4e00-\u9fff]", "", clerk.page.locator("main").inner_text())
        # what people typed, names and rooms stay as they are
        assert not set("待办登记流程查看全部") <= set(words), words
