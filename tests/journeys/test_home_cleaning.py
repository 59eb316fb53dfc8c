"""Home cleaning, from the price told on the telephone to the follow-up on the day it was done."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases.models import Case
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.journeys.at_the_screen import begin, choose, submit, tomorrow
from tests.journeys.conftest import Site, tick

pytestmark = pytest.mark.journey


def test_a_home_is_cleaned_at_the_price_and_the_time_that_were_told(site: Site):
    clerk = site("xiaowang")
    begin(clerk, "12-3-502", "租户刘先生", "家居清洁")
    page = clerk.page
    expect(page.locator(".price-list")).to_contain_text("40.00")
    clerk.shot("cleaning-price")
    choose(clerk, "kind", "daily")
    page.fill("[name=area]", "全屋约 90 平方米")
    page.fill("[name=quoted]", "240")
    page.fill("[name=reckoned]", "40 元 × 2 人 × 3 小时")
    submit(clerk)
    page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    tick(page.locator("form:has(input[value='agree']) [name='act-signature-call']"))
    clerk.act("agree", "signed")
    page.fill("[name=cleaners]", "2")
    page.fill("[name=wished_at]", tomorrow(14))
    page.fill("[name=phone]", "13812345678")
    page.fill("[name=remark]", "家里有猫")
    clerk.act("request", "done")

    leader = site("wu", phone=True)
    leader.go("/inbox/")
    leader.page.get_by_role("link", name=re.compile("保洁班长定时间")).first.click()
    leader.page.wait_for_url("**/cases/**")
    leader.shot("cleaning-leader")
    leader.page.fill("[name=visit_at]", tomorrow(15))
    leader.act("arrange", "agreed")  # whom to send was left blank
    expect(leader.page.locator("#f-sent-error")).to_contain_text("请填写")
    expect(leader.page.locator("[name=visit_at]")).to_have_value(tomorrow(15))
    leader.page.fill("[name=sent]", "小何、小田")
    leader.act("arrange", "agreed")

    clerk.go(f"/cases/{case.pk}/")
    clerk.act("call_back", "no_answer")
    clerk.go(f"/cases/{case.pk}/")
    clerk.act("call_back", "reached")
    clerk.act("order", "issued")
    number = Paper.objects.get(case=case).number
    clerk.go(f"/cases/{case.pk}/")
    expect(page.locator("main")).to_contain_text(number)
    clerk.shot("cleaning-ordered")

    leader.go(f"/cases/{case.pk}/")
    leader.page.fill("[name=finished_at]", f"{timezone.localtime():%Y-%m-%dT%H:%M}")
    leader.act("finish", "finished")
    clerk.go(f"/cases/{case.pk}/")
    page.fill("[name=opinion]", "擦得很干净")
    clerk.act("follow_up", "satisfied")
    assert Case.objects.get().status == "done"
    books = RegisterRow.objects.filter(case=case).values_list("book", flat=True)
    assert set(books) == {"home-service", "resident-visits"}
    clerk.go("/registers/home-service/")
    expect(page.locator("main")).to_contain_text("小何、小田")
    clerk.shot("home-service-register")
