"""门岗老周's phone in Chromium: the camera sees a code, the goods are ticked off, the second scan is stopped."""

from pathlib import Path
from typing import Any

import pytest
import segno
from playwright.sync_api import expect

from banli.papers.models import Paper
from tests.gate.conftest import at_the_gate
from tests.gate.phones import unhindered
from tests.office import Office

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_camera_reads_the_slip_and_the_goods_leave_once(yard: Office, phone: Any) -> None:
    slip = at_the_gate(yard)
    page = phone(f"HTTPS://BANLI.EXAMPLE/G/{slip.token}")
    unhindered(page)
    page.get_by_role("button", name="扫码查验").click()
    page.wait_for_url(f"**/gate/passes/{slip.pk}/")
    expect(page.get_by_role("heading", name="可放行")).to_be_visible()
    unhindered(page)
    release = page.get_by_role("button", name="放行", exact=True)
    expect(release).to_be_disabled()
    expect(page.get_by_text("还有 2 项没有核对")).to_be_visible()
    for item in page.get_by_role("checkbox").all():
        item.check()
    expect(page.get_by_text("全部相符", exact=True)).to_be_visible()
    release.click()
    expect(page.get_by_role("heading", name="已放行")).to_be_visible()
    unhindered(page)
    assert Paper.objects.get(pk=slip.pk).state == "used"
    page.get_by_role("link", name="查下一张").click()
    page.get_by_role("button", name="扫码查验").click()
    expect(page.get_by_role("heading", name="拒绝")).to_be_visible()
    expect(page.get_by_text("门岗老周 放行，不能再用")).to_be_visible()
    unhindered(page)


def test_a_photograph_of_the_slip_does_as_well_and_a_mismatch_voids_it(
    yard: Office, phone: Any, tmp_path: Path
) -> None:
    slip = at_the_gate(yard)
    page = phone("")
    segno.make(slip.token, error="m", micro=False).save(str(tmp_path / "slip.png"), scale=9, border=12)
    page.locator("[data-scan-file]").set_input_files(tmp_path / "slip.png")
    page.wait_for_url(f"**/gate/passes/{slip.pk}/")
    page.get_by_role("button", name="不符，不放行").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("另开新条")
    unhindered(page)
    dialog.get_by_label("哪里不符").fill("多出一台电视")
    dialog.get_by_role("button", name="作废，不放行").click()
    expect(page.get_by_role("heading", name="拒绝")).to_be_visible()
    expect(page.get_by_text("多出一台电视")).to_be_visible()
    assert Paper.objects.get(pk=slip.pk).state == "void"


def test_a_photograph_without_a_code_says_so(yard: Office, phone: Any, tmp_path: Path) -> None:
    page = phone("")
    (tmp_path / "blank.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg' width='300' height='300'/>")
    page.locator("[data-scan-file]").set_input_files(tmp_path / "blank.svg")
    expect(page.get_by_text("照片里没有找到二维码")).to_be_visible()


def test_the_number_can_be_typed(yard: Office, phone: Any) -> None:
    slip = at_the_gate(yard)
    page = phone("")
    page.get_by_label("或输入编号、来访人姓名、车牌").fill(slip.number.lower())
    page.get_by_role("button", name="查验", exact=True).click()
    expect(page.get_by_role("heading", name="可放行")).to_be_visible()
