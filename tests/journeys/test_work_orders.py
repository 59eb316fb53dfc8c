"""A work order from the desk to the technician's phone and back, followed to its end (P17)."""

import pytest
from playwright.sync_api import expect

from banli.cases.models import Case
from banli.papers.models import Paper
from tests.journeys.at_the_screen import choose, submit
from tests.journeys.conftest import Site, tick

pytestmark = pytest.mark.journey


def test_a_stuck_lift_is_mended_checked_and_told_of(site: Site):
    clerk = site("xiaowang")
    clerk.go("/")
    expect(clerk.page.locator("#finder-text")).to_be_focused()
    clerk.page.keyboard.press("Alt+2")  # a bare 2 is typed into the search box
    clerk.page.wait_for_url("**/open/work-order/")
    page = clerk.page
    for name, value in (
        ("source", "inspection"),
        ("where", "lift"),
        ("trade", "lift"),
        ("urgency", "emergency"),
    ):
        choose(clerk, name, value)
    page.fill("[name=problem]", "开门到一半停住，已挂停用牌")
    page.fill("[name=reported_by]", "门岗老周")
    submit(clerk)
    expect(page.locator("#f-place-error")).to_contain_text("请填写")
    page.fill("[name=place]", "3单元1号梯")
    clerk.shot("work-order-form")
    submit(clerk)
    page.wait_for_url("**/cases/**")
    case = Case.objects.get(procedure="work-order")
    clerk.act("order", "issued")
    clerk.go(f"/cases/{case.pk}/")
    clerk.act("send", "dispatched")

    technician = site("zheng", phone=True)
    technician.go(f"/cases/{case.pk}/")
    technician.shot("work-order-take")
    technician.act("take", "taken")
    technician.page.fill("[name=found]", "门机皮带松")
    technician.act("arrive", "arrived")
    technician.page.fill("[name=result]", "换皮带，试运行正常")
    technician.act("work", "finished")

    engineer = site("zhao")
    engineer.go(f"/cases/{case.pk}/")
    for item in ("works", "clean", "safe"):
        tick(engineer.page.locator(f"input[type=checkbox][value='{item}']"))
    engineer.act("check", "passed")
    clerk.go(f"/cases/{case.pk}/")
    clerk.shot("work-order-tell")
    clerk.act("tell", "reached")
    assert Case.objects.get(pk=case.pk).status == "done"
    clerk.go("/registers/work-orders/")
    expect(page.locator("main")).to_contain_text(Paper.objects.get(case=case).number)
    expect(page.locator("main")).to_contain_text("维修工老郑")
    clerk.shot("work-orders-book")
