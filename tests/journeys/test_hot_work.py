"""Hot work: refused where it is dangerous, reviewed by two on their phones, sealed, checked before and after."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases import jobs
from banli.cases.models import Case
from banli.papers.models import Paper
from tests.desk.at_the_desk import picture
from tests.journeys.at_the_screen import begin, choose, pick, signed_on_paper, submit, tick_all, tomorrow
from tests.journeys.conftest import Actor, Site
from tests.office import identity

pytestmark = pytest.mark.journey


def fill_in(clerk: Actor, folder: Path) -> None:
    page = clerk.page
    choose(clerk, "place", "balcony")
    page.fill("[name=spot]", "北阳台护栏")
    page.fill("[name=work]", "焊接阳台护栏")
    page.fill("[name=starts_at]", tomorrow(9))
    page.fill("[name=ends_at]", tomorrow(18))
    page.fill("[name=welder]", "王师傅")
    page.fill("[name=welder_id]", identity())
    page.fill("[name=certificate]", "T" + identity())
    page.fill("[name=certificate_until]", tomorrow(9)[:10])
    for name, colour in (("certificate_copy", "navy"), ("identity_copy", "green")):
        file = folder / f"{name}.png"
        file.write_bytes(picture(colour, (640, 400)))
        page.set_input_files(f"[name={name}]", file)
    page.fill("[name=watcher]", "王师傅")
    page.fill("[name=watcher_phone]", "13812345678")
    page.fill("[name=extinguishers]", "1")
    pick(clerk, "measures", "bucket")
    pick(clerk, "cleared", "no")


def test_hot_work_is_permitted_posted_and_checked(site: Site, tmp_path: Path):
    clerk = site("xiaowang")
    begin(clerk, "12-3-502", "业主张女士", "动火许可证")
    page = clerk.page
    fill_in(clerk, tmp_path)
    expect(page.locator("#f-level-field")).to_be_hidden()
    expect(page.locator("#f-plan-field")).to_be_hidden()
    submit(clerk)
    expect(page.locator("#f-ends_at-error")).to_contain_text("不能晚于")
    expect(page.locator("#f-watcher-error")).to_contain_text("不能与“动火人”相同")
    expect(page.locator("#f-extinguishers-error")).to_contain_text("不能小于 2")
    expect(page.locator("#f-cleared-error")).to_contain_text("可燃物没有清理，不得动火")
    clerk.shot("hot-work-form-refused")
    page.fill("[name=ends_at]", tomorrow(11))
    page.fill("[name=watcher]", "李师傅")
    page.fill("[name=extinguishers]", "2")
    pick(clerk, "cleared", "yes")
    submit(clerk)  # both pictures were kept through the refusal
    page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    signed_on_paper(clerk, "sign")

    for who, step, outcome in (("laoma", "safety", "agreed"), ("zhao", "engineering", "agreed")):
        reviewer = site(who, phone=True)
        reviewer.go("/inbox/")
        reviewer.page.get_by_role("link", name=re.compile("审核")).first.click()
        reviewer.page.wait_for_url("**/cases/**")
        reviewer.draw(f"form:has(input[value='{step}'])")
        if who == "laoma":
            reviewer.shot("hot-work-safety-reviews")
        reviewer.act(step, outcome)
    director = site("chen", phone=True)
    director.go(f"/cases/{case.pk}/")
    director.draw("form:has(input[value='approve'])")
    director.act("approve", "approved")
    director.go(f"/cases/{case.pk}/")
    director.act("seal", "sealed")
    clerk.go(f"/cases/{case.pk}/")
    clerk.act("issue_form", "issued")
    clerk.act("issue", "issued")
    permit = Paper.objects.get(kind="hot-work-permit")
    clerk.go(f"/papers/{permit.pk}/")
    clerk.shot("hot-work-permit")

    safety = site("laoma", phone=True)
    safety.go(f"/cases/{case.pk}/")
    tick_all(safety, "ready")
    safety.act("ready", "passed")
    jobs.wake(timezone.now() + timedelta(days=2))
    safety.go("/inbox/")
    expect(safety.page.locator("main")).to_contain_text("停火后检查")
    assert any(c["clock"] == "after_fire" and c["state"] == "late" for c in Case.objects.get().clocks)
    assert Case.objects.get().status == "open"
    clerk.go("/registers/hot-work/")
    expect(page.locator("main")).to_contain_text(permit.number)
    clerk.shot("hot-work-register")
