"""A question at the counter, answered and followed up the same day (P13)."""

import pytest
from playwright.sync_api import expect

from banli.cases.models import Case
from tests.journeys.at_the_screen import begin, choose, submit, tick_all
from tests.journeys.conftest import Actor, Site

pytestmark = pytest.mark.journey


def asked(clerk: Actor) -> Case:
    begin(clerk, "12-3-502", "业主张女士", "^沟通性投诉")
    choose(clerk, "kind", "question")
    choose(clerk, "cause", "charging")
    clerk.page.fill("[name=matter]", "物业费为什么比上季度多")
    clerk.page.fill("[name=why]", "收费按标准，没看到公示")
    clerk.page.fill("[name=phone]", "13812345678")
    submit(clerk)
    clerk.page.wait_for_url("**/cases/**")
    return Case.objects.get(procedure="communication")


def test_a_question_is_answered_and_followed_up(site: Site):
    clerk = site("xiaowang")
    case = asked(clerk)
    choose(clerk, "standing", "paid")
    clerk.act("speaker", "passed")
    expect(clerk.page.locator("main")).to_contain_text("已看缴费情况")  # not without both ticks
    tick_all(clerk, "speaker")
    clerk.act("speaker", "passed")
    supervisor = site("laoli")
    supervisor.go(f"/cases/{case.pk}/")
    choose(supervisor, "department", "finance")
    supervisor.act("classify", "agreed")
    supervisor.go(f"/cases/{case.pk}/")
    supervisor.act("send", "dispatched")
    accountant = site("sun")
    accountant.go(f"/cases/{case.pk}/")
    accountant.page.fill("[name=measure]", "面积按产权证更正，已当面算清")
    choose(accountant, "more", "no")
    choose(accountant, "promise", "no")
    choose(accountant, "order", "no")
    accountant.act("answer", "reached")
    clerk.go(f"/cases/{case.pk}/")
    clerk.act("follow_up", "satisfied")
    assert Case.objects.get(pk=case.pk).status == "done"
    clerk.go("/registers/resident-visits/")
    expect(clerk.page.locator("main")).to_contain_text("沟通性投诉")
    clerk.shot("resident-visits-register")
