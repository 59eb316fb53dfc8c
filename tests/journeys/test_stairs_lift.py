"""Stairs and lift: a sofa with an undertaking, bricks with their approvals; the lobby receives both and checks."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases.models import Case
from banli.papers.models import Paper
from tests.cases.test_stairs_lift import workday
from tests.journeys.at_the_screen import begin, choose, on_paper, signed_on_paper, submit, tick_all
from tests.journeys.conftest import Actor, Site, tick

pytestmark = pytest.mark.journey


def fill_in(clerk: Actor, goods: str, hour: int, protection: str) -> None:
    page = clerk.page
    page.fill("[name='goods-0-name']", goods)
    page.fill("[name='goods-0-count']", "1")
    page.fill("[name=starts_at]", workday(hour))
    page.fill("[name=ends_at]", workday(hour + 2))
    page.fill("[name=phone]", "13812345678")
    tick(page.locator(f"[name=protection][value={protection}]"))


def carried(case: Case) -> str:
    """As if it had been carried an hour ago, for whoever checks now; when it was over, as one types it."""
    over = timezone.localtime() - timedelta(minutes=20)
    told = {"starts_at": over - timedelta(minutes=40), "ends_at": over + timedelta(minutes=20)}
    form = Case.objects.get(pk=case.pk).form | {
        name: at.strftime("%Y-%m-%dT%H:%M") for name, at in told.items()
    }
    Case.objects.filter(pk=case.pk).update(form=form)
    return over.strftime("%Y-%m-%dT%H:%M")


def test_a_sofa_goes_by_the_lift_with_a_signed_undertaking(site: Site):
    clerk = site("xiaowang")
    begin(clerk, "12-3-502", "业主张女士", "使用楼梯")
    page = clerk.page
    choose(clerk, "material", "bulky")
    choose(clerk, "route", "passenger_lift")
    fill_in(clerk, "三人沙发", 13, "floor")  # in the midday rest
    page.fill("[name=load]", "450")
    page.fill("[name=height]", "200")
    page.fill("[name=width]", "90")
    submit(clerk)
    expect(page.locator("#f-load-error")).to_contain_text("不能大于 400")
    expect(page.locator("#f-starts_at-error")).to_contain_text("每天 08:00–12:00、14:00–20:00")
    clerk.shot("stairs-lift-form-refused")
    page.fill("[name=load]", "80")
    page.fill("[name=starts_at]", workday(15))
    page.fill("[name=ends_at]", workday(17))
    submit(clerk)
    page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    signed_on_paper(clerk, "sign")
    clerk.draw("form:has(input[value='undertake'])")
    clerk.act("undertake", "signed")
    clerk.act("issue_undertaking", "issued")
    clerk.act("issue_form", "issued")
    assert {p.kind for p in Paper.objects.filter(case=case)} == {"carrying-undertaking", "stairs-lift-form"}

    lobby = site("xiaoliu", phone=True)
    lobby.go("/inbox/")
    lobby.page.get_by_role("link", name=re.compile("承诺书交大堂助理")).first.click()
    lobby.page.wait_for_url("**/cases/**")
    tick_all(lobby, "hand_undertaking")
    lobby.shot("lobby-receives")
    on_paper(lobby, "hand_undertaking")
    lobby.act("hand_undertaking", "handed_over")
    over = carried(case)
    lobby.go(f"/cases/{case.pk}/")
    tick_all(lobby, "check")
    lobby.page.fill("[name=finished_at]", over)
    lobby.page.fill("[name=found]", "已清扫，无损坏")
    lobby.act("check", "passed")
    assert Case.objects.get().status == "done"


def test_bricks_go_by_the_fire_lift_when_two_have_agreed(site: Site):
    clerk = site("xiaowang")
    begin(clerk, "12-3-502", "业主张女士", "使用楼梯")
    page = clerk.page
    choose(clerk, "material", "building")
    expect(page.locator("#f-route-field")).to_be_hidden()
    choose(clerk, "material_route", "fire_lift")
    fill_in(clerk, "红砖", 15, "bagged")
    page.fill("[name=load]", "380")
    page.fill("[name=height]", "60")
    page.fill("[name=width]", "50")
    submit(clerk)
    page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    signed_on_paper(clerk, "sign")
    for who, step, outcome in (("zhao", "review", "agreed"), ("yiqian", "approve", "approved")):
        actor = site(who, phone=True)
        actor.go(f"/cases/{case.pk}/")
        actor.draw(f"form:has(input[value='{step}'])")
        actor.act(step, outcome)
    clerk.go(f"/cases/{case.pk}/")
    clerk.act("issue_form", "issued")
    lobby = site("xiaoliu", phone=True)
    lobby.go(f"/cases/{case.pk}/")
    tick_all(lobby, "hand_form")
    on_paper(lobby, "hand_form")
    lobby.act("hand_form", "handed_over")
    clerk.go(f"/cases/{case.pk}/")
    clerk.shot("stairs-lift-case")
    over = carried(case)
    lobby.go(f"/cases/{case.pk}/")
    tick_all(lobby, "check")
    lobby.page.fill("[name=finished_at]", over)
    lobby.act("check", "passed")
    assert Case.objects.get().status == "done"
    clerk.go("/registers/stairs-lift/")
    expect(page.locator("main")).to_contain_text("当值管理员小钱")
    clerk.shot("stairs-lift-register")
