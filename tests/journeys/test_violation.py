"""A breach of the renovation rules from the spot to the authority (Order 110 art. 17)."""

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from banli.cases.models import Case
from banli.papers.models import Paper
from tests.cases.complaints import local, photograph
from tests.journeys.at_the_screen import begin, choose, submit
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey


def test_what_is_not_stopped_is_reported(site: Site, tmp_path: Path):
    clerk = site("xiaowang")
    page = clerk.page
    begin(clerk, "12-3-502", "业主张女士", "违规装修处理")
    choose(clerk, "kind", "structure")
    page.fill("[name=position]", "客厅与阳台之间")
    page.fill("[name=matter]", "正在拆连接阳台的墙")
    choose(clerk, "harm", "yes")
    page.fill("[name=demanded]", "立即停工，由原设计单位出方案恢复")
    page.fill("[name=until]", page.input_value("[name=found_at]")[:10])
    submit(clerk)
    expect(page.locator("#f-site_photo-error")).to_contain_text("请")
    spot = tmp_path / "spot.jpg"
    spot.write_bytes(photograph().content)
    page.set_input_files("[name=site_photo]", str(spot))
    clerk.shot("violation-form")
    submit(clerk)
    page.wait_for_url("**/cases/**")
    case = Case.objects.get(procedure="violation")
    clerk.act("notice", "issued")
    clerk.go(f"/papers/{Paper.objects.get(kind='violation-notice').pk}/")
    clerk.shot("violation-notice")

    engineer = site("zhao", phone=True)
    engineer.go(f"/cases/{case.pk}/")
    engineer.page.locator("details:has([name='act-note-refused']) > summary").click()
    engineer.page.fill("[name=act-note-refused]", "业主不签，继续施工")
    engineer.act("serve", "refused")

    supervisor = site("laoli")
    supervisor.go(f"/cases/{case.pk}/")
    expect(supervisor.page.locator("main")).to_contain_text("报告主管部门")
    choose(supervisor, "reported_to", "housing")
    supervisor.page.fill("[name=reported_at]", local(timezone.now()))
    supervisor.page.fill("[name=reported_as]", "ZJ-0018")
    supervisor.shot("violation-report")
    supervisor.act("report", "done")
    engineer.go(f"/cases/{case.pk}/")
    engineer.page.fill("[name=result]", "责令恢复，已按方案加固")
    engineer.act("settle", "finished")
    assert Case.objects.get(pk=case.pk).status == "done"
    clerk.go("/registers/violations/")
    expect(page.locator("main")).to_contain_text("ZJ-0018")
    clerk.shot("violations-register")
