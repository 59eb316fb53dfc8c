"""Goods release, from the counter to the gate, as five people; and what is refused on the way."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from banli.cases import jobs
from banli.cases.models import Case
from banli.journal.models import Entry
from banli.papers.models import Paper
from banli.people.models import Deputyship
from tests.cases.test_actions import do as act_on
from tests.cases.test_actions import issued, open_goods
from tests.journeys.at_the_screen import begin, fill_goods, submit
from tests.journeys.conftest import Site
from tests.office import identity

pytestmark = pytest.mark.journey
WRONG = identity()[:-1] + ("1" if identity()[-1] != "1" else "2")


def test_goods_leave_the_estate_on_a_pass(site: Site, camera: Callable[[str], Browser]):
    clerk = site("xiaowang")
    clerk.shot("counter")
    begin(clerk, "12栋3单元502", "业主张女士", "物品放行条")
    fill_goods(clerk, WRONG)
    submit(clerk)
    error = clerk.page.locator("#f-carrier_id-error")
    expect(error).to_be_visible()
    expect(clerk.page.locator("[name='goods-1-name']")).to_have_value("液晶电视")
    clerk.shot("goods-form-refused")
    assert not Case.objects.exists()

    clerk.page.fill("[name=carrier_id]", identity())
    submit(clerk)
    clerk.page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    clerk.draw("form:has(input[value='sign'])")
    clerk.act("sign", "signed")
    clerk.shot("case-waiting")
    assert identity() not in clerk.page.content()

    supervisor = site("laoli", phone=True)
    supervisor.go("/inbox/")
    supervisor.shot("inbox")
    supervisor.page.get_by_role("link", name=re.compile("值班主任签字")).first.click()
    supervisor.page.wait_for_url("**/cases/**")
    supervisor.draw("form:has(input[value='confirm'])")
    supervisor.shot("approve-on-a-phone")
    supervisor.act("confirm", "approved")

    director = site("chen", phone=True)
    director.go(f"/cases/{case.pk}/")
    director.act("seal", "sealed")

    clerk.go(f"/cases/{case.pk}/")
    clerk.act("issue", "issued")
    paper = Paper.objects.get()
    clerk.go(f"/papers/{paper.pk}/")
    clerk.shot("paper")

    guard = site("zhou", phone=True, browser=camera(f"{site.url}/g/{paper.token}".upper()))
    guard.go("/gate/")
    guard.shot("gate")
    guard.page.locator("[data-scan-start]").click()
    guard.page.wait_for_url("**/gate/passes/**", timeout=20_000)
    guard.shot("gate-verdict")
    for tick in guard.page.locator("[name=ticked]").all():
        tick.check()
    guard.page.get_by_role("button", name="放行", exact=True).click()
    guard.page.wait_for_url("**/release/")
    paper.refresh_from_db()
    assert (paper.state, paper.used_by) == ("used", site.office.staff("zhou"))
    assert Case.objects.get().status == "done"

    guard.go(f"/g/{paper.token}")
    expect(guard.page.locator("main")).to_contain_text("门岗老周")
    expect(guard.page.locator("main")).to_contain_text("不能再用")
    guard.shot("gate-second-scan")

    clerk.go(f"/cases/{case.pk}/")
    clerk.shot("case-done")
    clerk.go("/registers/goods-release/")
    expect(clerk.page.locator("main")).to_contain_text(paper.number)
    clerk.shot("register")


@pytest.mark.parametrize(
    "alter", [lambda t: t[:-4] + "AAAA", lambda t: ("B" if t[0] != "B" else "C") + t[1:], lambda t: t[:-9]]
)
def test_a_forged_or_altered_code_is_stopped(site: Site, alter: Callable[[str], str]):
    issued(site.office)
    guard = site("zhou", phone=True)
    guard.go(f"/g/{alter(Paper.objects.get().token or '')}")
    expect(guard.page.locator("main")).to_contain_text("拒绝")
    assert Paper.objects.get().state == "valid"


def test_a_slip_of_yesterday_is_stopped(site: Site):
    issued(site.office)
    jobs.wake(timezone.now() + timedelta(days=1))
    guard = site("zhou", phone=True)
    guard.go("/gate/")
    guard.page.fill("#code", Paper.objects.get().number)
    guard.page.get_by_role("button", name="查验", exact=True).click()
    expect(guard.page.locator("main")).to_contain_text("过期")


def test_goods_that_do_not_match_need_a_new_slip(site: Site):
    case = issued(site.office)
    guard = site("zhou", phone=True)
    guard.go(f"/g/{Paper.objects.get().token}")
    guard.page.get_by_role("button", name="不符，不放行").click()
    guard.page.fill("#note", "多一台冰箱")
    guard.page.get_by_role("button", name="作废，不放行").click()
    expect(guard.page.locator("main")).to_contain_text("作废")
    clerk = site("xiaowang")
    clerk.go(f"/cases/{case}/")
    expect(clerk.page.locator("form:has(input[value='fill'])").first).to_be_visible()


def test_a_tenant_cannot_go_on_without_the_owners_consent(site: Site):
    case = open_goods(site.office, role="tenant")
    clerk = site("xiaowang")
    clerk.go(f"/cases/{case}/")
    form = "form:has(input[value='consent'])"
    expect(clerk.page.locator(form).first).to_be_visible()
    expect(clerk.page.locator("form:has(input[value='sign'])")).to_have_count(0)
    clerk.act("consent", "signed")
    expect(clerk.page.locator("main")).to_contain_text("请先签名")
    assert not Entry.objects.filter(stream=f"case/{case}", seq=2).exists()


def test_whoever_filed_a_case_is_told_why_they_cannot_confirm_it(site: Site):
    from banli.people.models import Holding
    from tests.office import today

    Holding.objects.create(
        staff=site.office.staff("xiaowang"), estate=site.office.estate, post="duty_supervisor", since=today()
    )
    case = open_goods(site.office)
    act_on(site.office, "xiaowang", case, "sign", "signed", signature="paper")
    clerk = site("xiaowang")
    clerk.go(f"/cases/{case}/")
    expect(clerk.page.locator("main")).to_contain_text("不能由登记这件事的人办理")
    expect(clerk.page.locator("form:has(input[value='confirm'])")).to_have_count(0)


def test_the_deputy_seals_while_the_director_is_away(site: Site):
    case = open_goods(site.office)
    act_on(site.office, "xiaowang", case, "sign", "signed", signature="paper")
    act_on(site.office, "laoli", case, "confirm", "approved", signature="paper")
    now = timezone.now()
    Deputyship.objects.create(
        estate=site.office.estate, post="director", principal=site.office.staff("chen"),
        deputy=site.office.staff("laoli"), starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=8),
        reason="外出开会",
    )  # fmt: skip
    deputy = site("laoli", phone=True)
    deputy.go(f"/cases/{case}/")
    deputy.act("seal", "sealed")
    entry = Entry.objects.filter(stream=f"case/{case}").order_by("-seq").first()
    assert entry is not None
    assert (entry.post, entry.deputy_for) == ("director", site.office.staff("chen"))


def test_a_task_that_a_colleague_has_just_done_says_who_and_when(site: Site):
    case = open_goods(site.office)
    clerk = site("xiaowang")
    clerk.go(f"/cases/{case}/")
    clerk.draw("form:has(input[value='sign'])")
    act_on(site.office, "xiaowang", case, "sign", "signed", signature="paper")
    clerk.act("sign", "signed")
    expect(clerk.page.locator("main")).to_contain_text(re.compile(r"已由 小王 于 .* 办理"))


def test_a_button_pressed_twice_acts_once(site: Site):
    case = open_goods(site.office)
    clerk = site("xiaowang")
    clerk.go(f"/cases/{case}/")
    clerk.draw("form:has(input[value='sign'])")
    with clerk.page.expect_response(lambda r: "/acts/" in r.url):
        clerk.page.locator("button[name='act-outcome'][value='signed']").dblclick()
    clerk.page.wait_for_load_state("networkidle")
    assert Entry.objects.filter(stream=f"case/{case}").count() == 2
