"""A complaint from the telephone to the file, walked by everybody who has a part in it (P13)."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from banli.cases.models import Case
from banli.papers.models import Paper
from tests.cases.complaints import communicate, photograph
from tests.journeys.at_the_screen import begin, choose, submit
from tests.journeys.conftest import Actor, Site

pytestmark = pytest.mark.journey


def take_down(clerk: Actor, **more: str) -> None:
    page = clerk.page
    begin(clerk, "12-3-502", "业主张女士", "^有效投诉")
    expect(page.locator("[name=received_at]")).to_have_value(re.compile(r"^20\d\d-\d\d-\d\dT"))
    choose(clerk, "cause", "cleaning")
    page.fill("[name=matter]", "楼道三天没有打扫，垃圾桶旁有污水")
    page.fill("[name=why]", "保洁没有按排班打扫")
    page.fill("[name=phone]", "13812345678")
    for name, value in more.items():
        page.fill(f"[name={name}]", value)


def test_a_complaint_is_judged_seen_answered_dealt_with_and_followed_up(site: Site, tmp_path: Path):
    communicate(site.office, cause="cleaning")  # of the same room: the complaint is the same matter once more
    clerk = site("xiaowang")
    take_down(clerk)
    clerk.shot("complaint-record")
    submit(clerk)
    clerk.page.wait_for_url("**/cases/**")
    case = Case.objects.get(procedure="complaint")
    expect(clerk.page.locator("main")).to_contain_text("同一户、同一事由")
    expect(clerk.page.locator("main")).to_contain_text("答复业户")

    supervisor = site("laoli")
    supervisor.go(f"/cases/{case.pk}/")
    choose(supervisor, "department", "cleaning_leader")
    supervisor.shot("complaint-judge")
    supervisor.act("judge", "agreed")
    supervisor.go(f"/cases/{case.pk}/")
    supervisor.act("send", "dispatched")

    leader = site("wu", phone=True)
    leader.go(f"/cases/{case.pk}/")
    spot = tmp_path / "spot.jpg"
    spot.write_bytes(photograph().content)
    leader.page.fill("[name=found]", "二楼地面有污渍")
    leader.page.set_input_files("[name=site_photo]", str(spot))
    leader.shot("complaint-visit")
    leader.act("visit", "arrived")
    leader.go(f"/cases/{case.pk}/")
    leader.page.fill("[name=measure]", "今天上午重新清扫，查排班")
    choose(leader, "promise", "yes")
    leader.page.fill("[name=promised]", "换新垃圾桶")
    leader.act("answer", "reached")  # a promise without its date
    expect(leader.page.locator("#f-promised_at-error")).to_contain_text("请填写")
    choose(leader, "promise", "no")
    leader.act("answer", "reached")
    leader.go(f"/cases/{case.pk}/")
    leader.page.fill("[name=result]", "已清扫消毒")
    leader.act("handle", "finished")

    clerk.go(f"/cases/{case.pk}/")
    expect(clerk.page.locator("[name=act-again]")).to_be_visible()
    clerk.shot("complaint-follow-up")
    clerk.act("follow_up", "satisfied")
    director = site("chen")
    director.go(f"/cases/{case.pk}/")
    director.act("close", "approved")  # it came before, so the director closes it
    clerk.go(f"/cases/{case.pk}/")
    clerk.act("file", "issued")
    assert Case.objects.get(pk=case.pk).status == "done"
    assert Paper.objects.get(case=case).number.startswith("TS")

    supervisor.go("/registers/complaints/")
    expect(supervisor.page.locator("main")).to_contain_text("保洁班长老吴")
    supervisor.page.get_by_role("link", name="月度数字").click()
    supervisor.page.wait_for_url("**/figures/**")
    expect(supervisor.page.locator("main")).to_contain_text("沟通性投诉")
    supervisor.shot("complaint-figures")


def test_whoever_is_complained_of_is_not_offered_and_not_heard(site: Site):
    clerk = site("xiaowang")
    take_down(clerk, complained_of="老李")
    submit(clerk)
    clerk.page.wait_for_url("**/cases/**")
    case = Case.objects.get()
    supervisor = site("laoli")
    supervisor.go(f"/cases/{case.pk}/")
    expect(supervisor.page.locator("main")).to_contain_text("本人办理")
    expect(supervisor.page.locator("button[name='act-outcome']")).to_have_count(0)
