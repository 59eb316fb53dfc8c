"""An additional item meets the law at the counter; an opening is signed for when it works."""

import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases.models import Case
from tests.desk.at_the_desk import picture
from tests.journeys.at_the_screen import begin, choose, pick, signed_on_paper, submit, tomorrow
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey


def test_waterproofing_is_taken_with_its_plan_and_approved_on_two_phones(site: Site, tmp_path: Path):
    clerk = site("xiaowang")
    begin(clerk, "12-3-502", "业主张女士", "增加项目")
    page = clerk.page
    choose(clerk, "occasion", "daily")
    expect(page.locator("#f-permit_no-field")).to_be_hidden()
    choose(clerk, "kind", "other")
    for name, text in (
        ("work", "主卫重做防水"),
        ("position", "主卫"),
        ("material", "聚氨酯"),
        ("builder", "宏达"),
    ):
        page.fill(f"[name={name}]", text)
    page.fill("[name=phone]", "13812345678")
    page.fill("[name=starts_on]", tomorrow(9)[:10])
    page.fill("[name=ends_on]", tomorrow(9)[:10])
    for name in ("prohibited", "load_bearing", "waterproof"):
        pick(clerk, name, "yes")
    for name in ("facade", "gas", "heating"):
        pick(clerk, name, "no")
    submit(clerk)
    expect(page.locator("#f-prohibited-error")).to_contain_text("第五条")
    expect(page.locator("#f-design-error")).to_contain_text("请填写")
    clerk.shot("additional-item-refused")
    pick(clerk, "prohibited", "no")
    pick(clerk, "load_bearing", "no")
    expect(page.locator("#f-design-field")).to_be_hidden()
    for name in ("waterproof_plan", "qualification"):
        file = tmp_path / f"{name}.png"
        file.write_bytes(picture("navy", (640, 400)))
        page.set_input_files(f"[name={name}]", file)
    submit(clerk)
    page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    signed_on_paper(clerk, "sign")
    for who, step, outcome in (("zhao", "review", "agreed"), ("chen", "approve", "approved")):
        actor = site(who, phone=True)
        actor.go("/inbox/")
        actor.page.get_by_role("link", name=re.compile("审")).first.click()
        actor.page.wait_for_url("**/cases/**")
        actor.draw(f"form:has(input[value='{step}'])")
        if who == "zhao":
            actor.shot("additional-item-review")
        actor.act(step, outcome)
    clerk.go(f"/cases/{case.pk}/")
    clerk.act("issue", "issued")
    clerk.go("/registers/additional-item/")
    expect(page.locator("main")).to_contain_text("主卫重做防水")
    assert Case.objects.get().status == "open"  # until the water has held


def test_cable_television_is_open_when_it_has_been_signed_for(site: Site):
    clerk = site("xiaowang")
    begin(clerk, "12-3-502", "租户刘先生", "开户")
    page = clerk.page
    choose(clerk, "service", "lpg")
    pick(clerk, "high_rise", "yes")
    pick(clerk, "basement", "yes")
    pick(clerk, "supply", "piped")
    page.fill("[name=operator]", "华数")
    page.fill("[name=phone]", "13812345678")
    submit(clerk)
    expect(page.locator("#f-basement-error")).to_contain_text("第十七条")
    clerk.shot("opening-refused")
    pick(clerk, "service", "cable_tv")
    expect(page.locator("#f-basement-field")).to_be_hidden()
    submit(clerk)
    page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    signed_on_paper(clerk, "sign")
    clerk.act("issue", "issued")
    clerk.go(f"/cases/{case.pk}/")
    page.fill("[name=line_no]", "HS-0012")
    page.fill("[name=installer]", "小陈")
    clerk.act("connect", "finished")
    clerk.go(f"/cases/{case.pk}/")
    pick(clerk, "works", "yes")
    page.fill("[name=opened_on]", timezone.localdate().isoformat())
    clerk.draw("form:has(input[value='activate'])")
    clerk.act("activate", "signed")
    assert Case.objects.get().status == "done"
    clerk.go("/registers/opening/")
    expect(page.locator("main")).to_contain_text("租户刘先生")
    clerk.shot("opening-register")
