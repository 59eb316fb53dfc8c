"""The director takes everything out: a passphrase twice, the progress, one download; then it is gone."""

from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from banli.config.archive import takeout as worker
from banli.estate.takeout import actions
from banli.estate.takeout.models import Takeout, TakeoutPart
from tests.config.archive.test_takeout import SECRET, opened
from tests.desk.at_the_desk import open_goods
from tests.journeys.conftest import Site

pytestmark = pytest.mark.journey


def test_the_director_takes_everything_out_once(site: Site) -> None:
    open_goods(site.office)
    chen = site("chen")
    page = chen.page
    chen.go("/privacy/")
    page.get_by_role("link", name="全部资料导出").click()
    page.wait_for_url("**/takeouts/")
    page.fill("[name=reason]", "物业交接")
    page.fill("[name=first]", "aaaaaaaaaaaaaaaa")
    page.fill("[name=second]", "aaaaaaaaaaaaaaaa")
    page.get_by_role("button", name="生成").press("Enter")
    expect(page.get_by_text("口令太弱")).to_be_visible()
    chen.shot("takeouts")
    for name in ("first", "second"):
        page.fill(f"[name={name}]", SECRET)
    page.get_by_role("button", name="生成").press("Enter")
    page.wait_for_url("**/takeouts/*/")
    takeout = Takeout.objects.get()
    assert actions.begin(takeout.pk, 40) is not None
    expect(page.get_by_text("0 / 40")).to_be_visible()
    chen.shot("takeout-making")
    worker.go_on(takeout.pk)
    expect(page.get_by_text("只能下载一次")).to_be_visible()
    chen.shot("takeout")
    with page.expect_download() as coming:
        page.get_by_role("button", name="下载（会记录）").click()
    path = coming.value.path()
    assert ZipFile(path).namelist() == ["cuihu.zip"] and opened(path.read_bytes(), SECRET).startswith(b"PK")
    assert not TakeoutPart.objects.exists()
    chen.go(f"/takeouts/{takeout.pk}/")
    expect(page.get_by_text("已经下载过")).to_be_visible()
