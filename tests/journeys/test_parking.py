"""A fixed place from the counter to the list of places, the gate and its early end (P20)."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases.models import Case
from banli.engine.clocks import last_day
from banli.estate.belongings import HeldPlace
from banli.papers.models import Paper
from tests.cases import parking
from tests.journeys.at_the_screen import begin, submit
from tests.journeys.conftest import Actor, Site, tick

pytestmark = pytest.mark.journey


def tick_all(actor: Actor, form: str) -> None:
    for box in actor.page.locator(f"form:has(input[value='{form}']) input[name='act-tick']").all():
        tick(box)


def test_a_vehicle_is_given_a_place_that_it_holds_until_it_leaves(site: Site):
    parking.parked(site.office, plate="浙B66666", place="A013", months=1)
    clerk = site("xiaowang")
    page = clerk.page
    begin(clerk, "12-3-502", "业主张女士", "车辆定点停放")
    page.fill("[name=plate]", "浙a·12345")
    page.fill("[name=look]", "白色 大众")
    page.fill("[name=place]", "A013")
    page.fill("[name=months]", "3")
    submit(clerk)
    expect(page.locator("#f-place-error")).to_contain_text("是别的车的")
    clerk.shot("parking-form")
    page.fill("[name=place]", "a012")
    submit(clerk)
    page.wait_for_url("**/cases/**")
    case = Case.objects.get(procedure="parking-place", status="open", form__place="A012")
    expect(page.locator("main")).to_contain_text("浙A12345")
    tick_all(clerk, "check")
    clerk.act("check", "passed")
    clerk.go(f"/cases/{case.pk}/")
    clerk.draw("form:has(input[value='sign'])")
    clerk.act("sign", "signed")

    parking.do(site.office, "sun", case.pk, "pay", "paid", extra={"fen": 90000, "method": "cash"})
    clerk.go(f"/cases/{case.pk}/")
    clerk.act("agreement", "issued")
    clerk.go(f"/cases/{case.pk}/")
    clerk.act("card", "issued")
    clerk.go(f"/cases/{case.pk}/")
    called = clerk.page.locator("form:has(input[value='hand_over']) [name='act-signature-call']")
    assert called.count() == 0, "a card is not received on the telephone"
    tick_all(clerk, "hand_over")
    clerk.draw("form:has(input[value='hand_over'])")
    clerk.act("hand_over", "handed_over")
    clerk.go(f"/cases/{case.pk}/")
    clerk.shot("parking-case")

    until = last_day(timezone.localdate(), 3).isoformat()
    clerk.go("/places/")
    expect(page.locator("main")).to_contain_text(until)
    clerk.shot("parking-places")
    page.fill("#id_q", "12345")
    expect(page.locator("[data-row]")).to_have_count(1)
    clerk.go(f"/units/{site.office.unit.pk}/file/")
    expect(page.locator("main")).to_contain_text("车位 A012")

    guard = site("zhou", phone=True)
    guard.go("/gate/")
    guard.page.fill("#code", Paper.objects.get(case=case, kind="parking-card").number)
    guard.page.get_by_role("button", name="查验", exact=True).click()
    expect(guard.page.locator("main")).to_contain_text("浙A12345")
    guard.shot("parking-gate")

    clerk.go(f"/cases/{case.pk}/")
    clerk.act("using", "given_back")
    clerk.go(f"/cases/{case.pk}/")
    page.fill("[name=last_day]", timezone.localdate().isoformat())
    page.select_option("[name=leaving]", "moved")
    clerk.act("leave", "done")
    clerk.go(f"/cases/{case.pk}/")
    clerk.draw("form:has(input[value='vacate'])")
    clerk.act("vacate", "signed")

    till = site("sun")
    till.go(f"/cases/{case.pk}/")
    expect(till.page.locator("main")).to_contain_text("退没用的停车费")
    expect(till.page.locator("main")).to_contain_text("600.00")
    tick_all(till, "refund")
    till.draw("form:has(input[value='refund'])")
    tick(till.page.locator("form:has(input[value='refund']) [name='act-method'][value='cash']"))
    till.shot("parking-refund")
    till.act("refund", "refunded")
    assert Case.objects.get(pk=case.pk).status == "done"
    assert HeldPlace.objects.get(case=case).until - timezone.localdate() == timedelta()
