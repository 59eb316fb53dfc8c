"""A cashier's day: a shift opened, money taken and receipted, given back, and a close that differs."""

import pytest
from playwright.sync_api import expect

from banli.cases import packs
from banli.cashier.models import Posting, Shift
from tests.cashier.conftest import Till, till_pack
from tests.journeys.conftest import Actor, Site, tick

pytestmark = pytest.mark.journey


def submit(actor: Actor, path: str) -> None:
    """Press the button of the form that is sent there, and wait until the page has gone on or come back."""
    with actor.sending(path):
        actor.page.locator(f"form[action*='{path}'] button").last.click()


def test_a_shift_takes_gives_back_and_closes_with_a_difference(site: Site):
    packs.keep(till_pack())
    till = Till(site.office)
    case = till.case()
    sun = site("sun")
    page = sun.page
    sun.go("/cashier/")
    page.fill("[name=float]", "500")
    submit(sun, "/shifts/")
    expect(page.get_by_text("我的班次")).to_be_visible()
    sun.shot("cashier")
    page.locator(f"a[href*='/cases/{case}/']").click()
    page.wait_for_url("**/cases/**")
    expect(page.locator(".money-lines")).to_contain_text("210.00")
    tick(page.locator("[name='act-method'][value='cash']"))
    sun.act("pay", "paid")
    for row in (0, 1):
        till.do("xiaowang", case, "card", "issued", row)
    till.do("xiaowang", case, "look", "finished", 0, answers={"damage": []})

    sun.go("/cashier/receipts/?q=张女士")
    sun.shot("cashier-receipts")
    page.locator("#rows a").first.click()
    page.wait_for_url("**/cashier/receipts/*/")
    expect(page.get_by_text("已办")).to_be_visible()
    sun.shot("cashier-receipt")
    page.get_by_role("link", name="打印各联").click()
    page.wait_for_url("**/papers/**")

    sun.go("/cashier/")
    page.locator(f"a[href*='/cases/{case}/']").first.click()
    page.wait_for_url("**/cases/**")
    form = "form:has(input[value='back'])"
    for box in page.locator(f"{form} [name='act-tick']").all():
        tick(box)
    tick(page.locator(f"{form} [name='act-method'][value='cash']"))
    tick(page.locator(f"{form} [name='act-signature-paper']"))
    sun.act("back", "refunded")
    assert [one.fen for one in Posting.objects.order_by("pk")] == [21000, -10000]

    sun.go("/cashier/deposits/")
    expect(page.locator("#held-in-all")).to_have_text("100.00")
    sun.shot("cashier-deposits")
    shift = Shift.objects.get()
    sun.go(f"/cashier/shifts/{shift.pk}/")
    for method, counted in (("cash", "605"), ("transfer", "0"), ("qr", "0")):
        page.fill(f"[name={method}]", counted)
    submit(sun, "/closure/")
    expect(page.get_by_text("现金 -5.00").first).to_be_visible()
    page.fill("[name=explanation]", "找零多找五元")
    tick(page.locator("[name=signed][value=yes]"))
    submit(sun, "/closure/")
    sun.go(f"/cashier/shifts/{shift.pk}/")
    expect(page.get_by_text("找零多找五元")).to_be_visible()
    sun.shot("cashier-shift")
    shift.refresh_from_db()
    assert shift.closed_at is not None and shift.counted["cash"] == 60500 and shift.expected["cash"] == 61000
