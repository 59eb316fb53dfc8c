"""The supervisor brings a workbook: its wrong cells are named, the mended one is tried, taken in, and undone."""

import pytest
from playwright.sync_api import expect

from banli.estate.intake import work
from banli.estate.intake.models import Intake
from banli.estate.models import Unit
from tests.estate.intake.books import PEOPLE, UNITS, workbook
from tests.journeys.conftest import Actor, Site

pytestmark = pytest.mark.journey

BUILDINGS = [["栋号*", "名称", "别名"], ["16", "十六号楼", "北楼"]]
HOMES = [UNITS, ["16", "1", "101", 1, 89.5], ["16", "1", "102", 1, 90]]
OWNER = ["16-1-101", "业主", "张女士", "13800138001"]
WRONG = [PEOPLE, OWNER, ["十六幢一单元一〇二", "房东", "刘先生", "138 0013"], ["看不懂", "租户", "刘先生"]]


def send(actor: Actor, name: str, **sheets: object) -> Intake:
    """Send a workbook in, and let the worker try it while the page waits for it."""
    actor.go("/intakes/")
    actor.page.set_input_files(
        "[name=file]",
        {"name": name, "mimeType": "application/zip", "buffer": workbook(**sheets)},  # type: ignore[arg-type]
    )
    actor.page.get_by_role("button", name="上传并核对").click()
    actor.page.wait_for_url("**/intakes/*/")
    return worked(Intake.objects.latest("pk"))


def worked(intake: Intake) -> Intake:
    work.go_on(intake.pk)
    intake.refresh_from_db()
    return intake


def test_a_workbook_is_tried_mended_taken_in_and_undone(site: Site):
    laoli = site("laoli")
    page = laoli.page
    send(laoli, "资料.xlsx", 楼栋=BUILDINGS, 房屋=HOMES, 人员=WRONG)
    expect(page.get_by_text("有错，未导入")).to_be_visible()
    expect(page.get_by_role("row", name="B3")).to_contain_text("请填写其中之一：业主")
    expect(page.get_by_role("row", name="A4")).to_contain_text("看不懂这个房号")
    laoli.shot("intake-faulty")
    assert not Unit.objects.filter(key="16-1-101").exists()

    intake = send(laoli, "资料（改好）.xlsx", 楼栋=BUILDINGS, 房屋=HOMES, 人员=[PEOPLE, OWNER])
    expect(page.get_by_text("核对无误，等确认")).to_be_visible()
    laoli.shot("intake-checked")
    page.get_by_role("button", name="确认导入").click()
    expect(page.get_by_text("正在导入")).to_be_visible()
    worked(intake)
    expect(page.get_by_text("已导入")).to_be_visible()
    assert Unit.objects.filter(key="16-1-101").exists()
    laoli.shot("intake-done")

    page.get_by_role("button", name="撤销这次导入").click()
    page.get_by_role("button", name="撤销", exact=True).click()
    expect(page.get_by_text("正在撤销")).to_be_visible()
    worked(intake)
    expect(page.get_by_text("已撤销")).to_be_visible()
    assert not Unit.objects.filter(key="16-1-101").exists()
    laoli.go("/intakes/")
    laoli.shot("intakes")
