"""A guard walks a round, the desk hands its watch over, a director sees in the morning what was not done."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases.models import Case
from banli.routines import actions
from tests.journeys.conftest import Site, tick
from tests.routines.walk import PATROL, a_round, fallen_due, png
from tests.routines.watching import COUNTED, begin, matter, write

pytestmark = pytest.mark.journey


def test_a_finding_begins_an_order_and_its_photograph_survives_a_refusal(site: Site):
    row = a_round(site.office, timezone.now())
    guard, clerk = site("zhou"), site("xiaowang")
    page = guard.page
    guard.go(f"/rounds/{row.pk}/")
    for name in PATROL:
        tick(page.locator(f"[name={name}][value={'wrong' if name == 'signs' else 'ok'}]"))
    page.set_input_files("[name=photo-1]", {"name": "a.png", "mimeType": "image/png", "buffer": png()})
    page.get_by_role("button", name="做完了").click()
    expect(page.get_by_text("有不正常的项目，请写明情况")).to_be_visible()
    expect(page.locator("img[data-preview]").first).to_be_visible()
    guard.shot("finding-refused")
    page.locator("[name=note]").fill("二层应急灯不亮")
    page.get_by_role("button", name="做完了").click()
    guard.shot("finding")
    page.get_by_role("button", name="另起工程单").click()
    expect(page.get_by_text("办理中")).to_be_visible()
    guard.shot("finding-begun")
    case = Case.objects.get()
    clerk.go(f"/cases/{case.pk}/")
    expect(clerk.page.get_by_text("“防火巡查”引出")).to_be_visible()
    clerk.shot("finding-order")


def test_a_round_a_hand_over_and_the_morning(site: Site):
    office = site.office
    now = timezone.now()
    row = a_round(office, now)
    guard = site("zhou")
    page = guard.page
    guard.go("/rounds/")
    guard.shot("rounds")
    page.get_by_role("link", name="防火巡查").first.click()
    page.get_by_role("button", name="做完了").click()
    expect(page.get_by_text("还没有勾选").first).to_be_visible()
    guard.shot("round-refused")
    for name in PATROL:
        tick(page.locator(f"[name={name}][value=ok]"))
    page.get_by_role("button", name="做完了").click()
    expect(page.get_by_text("检查结果")).to_be_visible()
    guard.shot("round-done")

    watch = begin(office)
    matter(office, watch, "12栋3单元楼道灯不亮")
    desk, supervisor = site("xiaowang"), site("laoli")
    desk.go(f"/watches/{watch.pk}/")
    for said in ("消防通道已巡看", "停水通知已贴"):  # one after the other, on the same page
        desk.page.fill("[name=text]", said)
        with desk.sending("/lines/"):
            desk.page.get_by_role("button", name="写入").click()
        expect(desk.page.get_by_text(said)).to_be_visible()
        expect(desk.page.locator("[name=text]")).to_have_value("")
    desk.shot("watch")
    for name, number in COUNTED.items():
        desk.page.fill(f"[name={name}]", number)
    tick(desk.page.locator(f"[name=to][value='{office.staff('laoli').pk}']"))
    desk.page.get_by_role("button", name="签字交班").click()
    expect(desk.page.get_by_text("等 老李 接班").first).to_be_visible()
    supervisor.go("/watches/")
    supervisor.page.get_by_role("link", name="去清点、接班").click()
    supervisor.shot("watch-taking")
    supervisor.page.get_by_role("button", name="数目相符，签收接班").click()
    expect(supervisor.page.get_by_text("楼道灯不亮").first).to_be_visible()
    supervisor.go(f"/watches/{watch.pk}/?view=print")
    supervisor.shot("watch-print")

    fallen_due(office, now + timedelta(minutes=1), now + timedelta(days=1))
    actions.miss(now + timedelta(days=2))
    chen = site("chen")
    chen.go("/morning/")
    chen.shot("morning")
    chen.page.get_by_role("link", name="防火巡查").first.click()
    chen.page.locator("[name=settlement]").fill("人手不足，已补查")
    chen.shot("round-missed")
    chen.page.get_by_role("button", name="记下").click()
    expect(chen.page.get_by_text("已补查")).to_be_visible()
    chen.go("/handbook/posts/gate/")
    chen.shot("post-handbook")
    assert row.pk


def test_a_supervisor_signs_yesterdays_log(site: Site):
    yesterday = timezone.now() - timedelta(days=1)
    watch = begin(site.office, now=yesterday)
    write(site.office, watch, "送水车来过，已开门", now=yesterday)
    supervisor = site("laoli")
    supervisor.go("/watches/days/")
    supervisor.shot("log-days")
    supervisor.page.get_by_role("main").get_by_role("link", name="前台").first.click()
    expect(supervisor.page.get_by_text("送水车来过")).to_be_visible()
    supervisor.shot("log-day")
    supervisor.page.locator("[name=remark]").fill("已看，开门要登记")
    supervisor.page.get_by_role("button", name="看过，签阅").click()
    expect(supervisor.page.get_by_text("已签阅")).to_be_visible()
    supervisor.go("/watches/days/")
    expect(supervisor.page.get_by_text("都签阅了")).to_be_visible()
