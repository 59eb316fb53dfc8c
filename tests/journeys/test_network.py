"""Broadband: consent apart from the signature, the fee at the till, the pink copy, the data sent."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from banli.cases.models import Case
from banli.cashier.actions import open_shift
from banli.papers.models import Paper
from tests.desk.at_the_desk import picture
from tests.journeys.conftest import Actor, Site
from tests.journeys.test_goods_release import begin, submit
from tests.journeys.test_home_cleaning import tomorrow
from tests.journeys.test_hot_work import pick
from tests.journeys.test_stairs_lift import by_call
from tests.office import identity

pytestmark = pytest.mark.journey


def fill_in(clerk: Actor, folder: Path) -> None:
    page = clerk.page
    page.fill("[name=holder_id]", identity())
    page.fill("[name=phone]", "13812345678")
    page.fill("[name=company]", "云联网络")
    page.fill("[name=company_contact]", "服务热线 95000")
    file = folder / "card.png"
    file.write_bytes(picture("green", (640, 400)))
    page.set_input_files("[name=identity_copy]", file)


def sent(clerk: Actor, case: Case) -> None:
    clerk.go(f"/cases/{case.pk}/")
    pick(clerk, "only_needed", "yes")
    clerk.page.fill("[name=receipt_of_company]", "已收到")
    clerk.act("mail", "finished")


def test_broadband_is_opened_with_a_consent_of_its_own(site: Site, tmp_path: Path):
    sun = site.office["sun"]
    open_shift(by=sun, acting=sun.posts["finance"], float_fen=0)
    clerk = site("xiaowang")
    begin(clerk, "12-3-502", "业主张女士", "网络开通")
    fill_in(clerk, tmp_path)
    clerk.page.fill("[name=install_fee]", "5000")
    submit(clerk)
    expect(clerk.page.locator("#f-install_fee-error")).to_contain_text("不能大于")
    clerk.page.fill("[name=install_fee]", "300")
    submit(clerk)
    clerk.page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    by_call(clerk, "sign")
    clerk.go(f"/cases/{case.pk}/")
    clerk.shot("network-consent")
    clerk.draw("form:has(input[value='consent'])")
    clerk.act("consent", "signed")
    till = site("sun")
    till.go(f"/cases/{case.pk}/")
    pick(till, "act-method", "cash")
    till.act("pay", "paid")
    clerk.go(f"/cases/{case.pk}/")
    clerk.act("issue", "issued")
    clerk.go(f"/papers/{Paper.objects.get(kind='network-form').pk}/")
    clerk.shot("network-form")
    sent(clerk, case)
    assert Case.objects.get().status == "done"
    clerk.go("/registers/network/")
    expect(clerk.page.locator("main")).to_contain_text("云联网络")
    clerk.shot("network-register")


def test_a_suspension_asks_no_money(site: Site, tmp_path: Path):
    clerk = site("xiaowang")
    begin(clerk, "12-3-502", "业主张女士", "网络变更")
    fill_in(clerk, tmp_path)
    clerk.page.fill("[name=account]", "yl0012")
    clerk.page.locator("select[name=change]").select_option("suspend")
    expect(clerk.page.locator("#f-new_holder-field")).to_be_hidden()
    clerk.page.fill("[name=effective_on]", tomorrow(9)[:10])
    submit(clerk)
    clerk.page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    by_call(clerk, "sign")
    by_call(clerk, "consent")
    clerk.go(f"/cases/{case.pk}/")
    clerk.act("issue", "issued")
    sent(clerk, case)
    assert Case.objects.get().status == "done"
