"""Workers' cards: a photograph from a file and one from the camera, cut in the page; all cards printed at once."""

import io
import time
from collections.abc import Callable

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect
from pypdf import PdfReader

from banli.cases import attachments
from banli.cases.models import Attachment, Case
from banli.papers.models import Paper, Printing
from tests.desk.test_worker_cards import opened, picture
from tests.journeys.conftest import Actor, Site

pytestmark = pytest.mark.journey


def ready(clerk: Actor) -> None:
    """The picture under the frame is what will be sent."""
    expect(clerk.page.locator("[data-portrait-canvas]").first).to_be_visible()
    expect(clerk.page.locator("[data-portrait][data-busy]")).to_have_count(0)


def expect_printed(case: int, cards: int) -> None:
    """Within ten seconds every card's printing is recorded."""
    until = time.monotonic() + 10
    while (
        found := Printing.objects.filter(paper__case_id=case).count()
    ) < cards and time.monotonic() < until:
        time.sleep(0.1)
    assert found == cards, "printings recorded"


def test_photographs_are_taken_cut_and_printed_on_cards(site: Site, camera: Callable[[str], Browser]):
    case = opened(site.office, ["王师傅", "李师傅"])
    clerk = site("xiaowang", browser=camera("nobody in particular"))
    page = clerk.page
    clerk.go(f"/cases/{case}/")
    page.locator("input[name=face]").first.set_input_files(
        {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": picture((1200, 900))}
    )
    ready(clerk)
    page.locator("input[name=identity]").first.set_input_files(
        {"name": "id.jpg", "mimeType": "image/jpeg", "buffer": picture((1000, 640))}
    )
    clerk.shot("worker-card-photograph")
    clerk.act("check", "done")
    clerk.go(f"/cases/{case}/")
    page.get_by_role("button", name="用摄像头拍").click()
    page.wait_for_function("() => document.querySelector('[data-portrait-video]').readyState >= 2")
    page.get_by_role("button", name="拍下").click()
    ready(clerk)
    clerk.act("check", "done")
    for _ in range(2):
        clerk.go(f"/cases/{case}/")
        clerk.act("issue", "issued")
    kept = [
        Image.open(io.BytesIO(attachments.content(one, one.case))).size
        for one in Attachment.objects.filter(case_id=case).select_related("case")
    ]
    assert sorted(kept) == [(295, 413), (295, 413), (1000, 640)]
    assert Paper.objects.filter(case_id=case, state="valid").count() == 2
    clerk.go(f"/cases/{case}/")
    page.get_by_role("link", name="打印卡证").click()
    expect(page.get_by_text("有效的卡证 2 张")).to_be_visible()
    clerk.shot("worker-cards")
    with page.context.expect_page():
        page.get_by_role("button", name="A4 每页十张").click()
    expect_printed(case, 2)
    answer = page.request.get(f"{site.url}/papers/cards/{case}/sheets.pdf")
    assert len(PdfReader(io.BytesIO(answer.body())).pages) == 1
    assert Case.objects.get(pk=case).status == "done"
