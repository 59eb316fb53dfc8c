"""The estate's own seal: cleaned, kept, on what is sealed from then on; what was sealed before never changes."""

import io
from datetime import datetime, timedelta

import pypdfium2
import pytest
import time_machine
from PIL import Image

from banli.papers import files, seal, seal_pictures
from banli.papers.models import Paper, SealPicture
from tests.cases.seals import change, scan, transparent, written
from tests.cases.test_actions import issued, refused
from tests.cases.test_audit import everything
from tests.office import ZONE, Office

MORNING = datetime(2026, 5, 6, 9, 0, 20, tzinfo=ZONE)


def seen(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def colours(pdf: bytes) -> set[str]:
    """Which inks stand on the first page, where the seal is."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    page = document[0].render(scale=2).to_pil().convert("RGB")
    told = set()
    for _count, (red, green, blue) in page.getcolors(10**6) or ():
        if red > 150 and green < 90 and blue < 90:
            told.add("red")
        if blue > 130 and red < 90 and green < 110:
            told.add("blue")
    return told


def test_of_a_scan_the_paper_is_taken_away_and_the_margin_too():
    made = seen(seal_pictures.prepared(scan()))
    assert made.mode == "RGBA" and 470 <= made.width <= 490
    ring, hole = made.getpixel((made.width // 2, 6)), made.getpixel((made.width // 2, made.height // 4))
    assert isinstance(ring, tuple) and isinstance(hole, tuple)
    assert ring[3] > 230 and ring[0] > 150 and hole[3] == 0


def test_what_has_transparency_is_kept_as_it_is_without_what_hides_beside_it():
    from PIL.PngImagePlugin import PngInfo

    hidden, out = PngInfo(), io.BytesIO()
    hidden.add_text("Comment", "偷偷带来的")
    seen(transparent()).save(out, "PNG", pnginfo=hidden)
    made = seal_pictures.prepared(out.getvalue())
    assert seen(made).size == (421, 421) and "偷偷带来的".encode() not in made
    assert seen(made).info.get("Comment") is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg onload=alert(1)>", "file_kind"),
        (written(Image.new("RGB", (400, 400), "white"), "PNG"), "seal_empty"),
        (written(Image.new("RGBA", (400, 400)), "PNG"), "seal_empty"),
        (scan(120), "seal_small"),
        (b"\x89PNG" + b"0" * (10 * 1024 * 1024), "file_too_large"),
    ],
)  # fmt: skip
def test_what_is_no_seal_is_refused(content: bytes, code: str):
    with refused(code):
        seal_pictures.prepared(content)


def test_a_ground_that_is_no_paper_is_refused():
    wall = Image.linear_gradient("L").resize((500, 500)).convert("RGB").point(lambda level: level // 3 + 20)
    wall.paste("white", (0, 0, 60, 60))
    with refused("seal_full"):
        seal_pictures.prepared(written(wall, "PNG"))


def test_what_is_sealed_from_then_on_has_it_and_what_was_sealed_before_keeps_its_own(office: Office):
    with time_machine.travel(MORNING, tick=False):
        before = Paper.objects.get(case_id=issued(office))
        first = bytes(files.file_for(before, "original").pdf)
        change(office, transparent())
        same_minute = Paper.objects.get(case_id=issued(office))
    with time_machine.travel(MORNING + timedelta(minutes=2), tick=False):
        after = Paper.objects.get(case_id=issued(office))
        for paper, inks in ((before, "red"), (same_minute, "red"), (after, "blue")):
            for number in (1, 2):
                made = bytes(files.file_for(paper, "original", number).pdf)
                assert (inks == "blue") == ("blue" in colours(made)), (paper.number, number)
                assert seal.verify(made, files.office_of(office.estate)).good
        assert bytes(files.file_for(before, "original").pdf) == first
        change(office, None, "新章还没备案")
    with time_machine.travel(MORNING + timedelta(minutes=9), tick=False):
        drawn = Paper.objects.get(case_id=issued(office))
        assert "blue" not in colours(bytes(files.file_for(drawn, "original").pdf))
        assert "blue" in colours(bytes(files.file_for(after, "original", 3).pdf))
        assert everything() == []


def test_it_is_kept_sealed_and_rows_are_only_added(office: Office):
    change(office, scan())
    with refused("seal_same"):
        change(office, scan())
    change(office, transparent(), "换成电子版")
    change(office, None, "再用画的")
    with refused("seal_drawn"):
        change(office, None)
    with refused("reason_required"):
        change(office, scan(), " ")
    rows = SealPicture.objects.order_by("pk")
    assert [bool(one.sha256) for one in rows] == [True, True, False]
    kept = SealPicture.objects.values_list("picture", flat=True).order_by("pk").first()
    assert kept is not None and "iVBOR" not in str(getattr(kept, "token", kept))
    assert everything() == []


def test_another_estates_seal_is_its_own(office: Office):
    change(office, scan())
    assert seal_pictures.versions(office.elsewhere, "director").first() is None
