"""Workers' cards: a one-inch photograph, a marked copy of the identity card, and many cards printed at once."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pypdf import PdfReader

from banli.cases import actions, attachments, packs
from banli.cases.models import Attachment, Case
from banli.engine.load import load
from banli.engine.refusals import Refusal
from banli.journal.models import Entry
from banli.papers import files, imposing, render, seal
from banli.papers.models import Paper, Printing
from tests.desk.at_the_desk import acted, at, key, marked, text
from tests.office import Office
from tests.papers.slips import MORNING

PACK = Path(__file__).parent / "cards"
NAMES = ("王师傅", "李师傅", "赵师傅")
MM = 72 / 25.4


def picture(size: tuple[int, int] = (900, 1200), colour: str = "white", kind: str = "JPEG") -> bytes:
    """A picture whose left half is of that colour, the other black."""
    whole = Image.new("RGB", size, "black")
    whole.paste(Image.new("RGB", (size[0] // 2, size[1]), colour))
    out = io.BytesIO()
    whole.save(out, kind)
    return out.getvalue()


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("face.jpg", content, "image/jpeg")


def opened(office: Office, workers: Sequence[str]) -> int:
    """These workers on the list, sealed by the director: each waits for a photograph."""
    packs.keep(packs.checked(PACK))
    made = actions.open_case(
        by=office["xiaowang"], procedure="crew-cards", unit=office.unit, applicant=office.owner,
        applicant_role="owner", answers={"workers": [{"name": name, "trade": "水电"} for name in workers]}, key=key(),
    )  # fmt: skip
    actions.act(by=office["chen"], case_id=made.case_id, step="seal", outcome="sealed", key=key())
    return made.case_id


@pytest.fixture
def case(office: Office) -> int:
    return opened(office, NAMES)


def photographed(client: Client, case: int, branch: int, face: bytes, **more: Any) -> Any:
    return acted(client, case, "check", "done", face=upload(face), **{"act-branch": branch}, **more)


def all_issued(office: Office, case: int) -> list[Paper]:
    client = at(office, "xiaowang")
    for branch in range(len(NAMES)):
        assert photographed(client, case, branch, picture()).status_code == 302
        assert acted(client, case, "issue", "issued", **{"act-branch": branch}).status_code == 302
    return list(Paper.objects.filter(case_id=case).order_by("pk"))


def test_the_page_says_whose_card_each_step_is_about(office: Office, case: int) -> None:
    page = text(at(office, "xiaowang").get(f"/cases/{case}/?done=1"))
    assert all(f"第 {row} 行 · {name}" in page for row, name in enumerate(NAMES, start=1))
    assert "×3" in page, "what waits once for each card is named once"


def test_answers_and_history_say_whose_card_they_are_about(office: Office, case: int) -> None:
    client = at(office, "xiaowang")
    photographed(client, case, 1, picture())
    page = text(client.get(f"/cases/{case}/"))
    heading = '<h3 class="facts-of">第 2 行 · 李师傅</h3>'
    assert "一寸照片" in page.split(heading)[1], "the answer stands under the card's holder"
    assert page.count('class="facts-of"') == 1, "the others have answered nothing"
    assert "采集照片 · 登记 · 李师傅" in page, "so does the history"
    assert "登记 · 王师傅" not in page, "of whom nothing was done"


# --- the photograph -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(295, 413), (900, 1200), (1200, 900), (150, 900), (147, 206)])
def test_a_portrait_is_kept_as_one_inch_at_300_dots(size: tuple[int, int]):
    kept = Image.open(io.BytesIO(attachments.portrait(picture(size)).content))
    assert (kept.size, kept.format, kept.info["dpi"]) == ((295, 413), "JPEG", (300, 300))
    assert not kept.getexif()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (picture((146, 900)), "portrait_too_small"),
        (picture((900, 200)), "portrait_too_small"),
        (picture(kind="GIF"), "file_kind"),
        (b"%PDF-1.7 and no picture", "file_kind"),
        (picture((8000, 6300), kind="PNG"), "file_too_large"),
        (picture() + b"\0" * (10 << 20), "file_too_large"),
    ],
)
def test_what_is_no_portrait_is_refused(content: bytes, code: str):
    with pytest.raises(Refusal) as why:
        attachments.portrait(content)
    assert why.value.code == code


def test_what_hides_behind_a_portrait_is_gone():
    hidden = b"<script>alert(1)</script>PK\x03\x04"
    kept = attachments.portrait(picture() + hidden).content
    assert hidden not in kept and kept.endswith(b"\xff\xd9")


def test_the_purpose_is_written_all_across_a_copy_and_only_that_copy_exists(office: Office, case: int):
    white = picture((1000, 640), "white")
    answer = photographed(at(office, "xiaowang"), case, 0, picture(), identity=upload(white))
    assert answer.status_code == 302
    plain = attachments.photo(white)
    assert not Attachment.objects.filter(sha256=plain.sha256).exists()
    before = Image.open(io.BytesIO(plain.content)).convert("L")
    [marked_copy] = [
        Image.open(io.BytesIO(attachments.content(one, one.case))).convert("L")
        for one in Attachment.objects.filter(case_id=case).select_related("case")
        if one.size and Image.open(io.BytesIO(attachments.content(one, one.case))).size == before.size
    ]
    for left, top in (
        (0, 0),
        (500, 0),
        (0, 320),
        (500, 320),
    ):  # light ink on the black half, dark on the white
        tile = (left, top, left + 500, top + 320)
        was, now = before.crop(tile).resize((1, 1)), marked_copy.crop(tile).resize((1, 1))
        assert abs(was.getpixel((0, 0)) - now.getpixel((0, 0))) >= 4  # type: ignore[operator]


def test_the_page_marks_a_bad_photograph(office: Office, case: int):
    answer = photographed(at(office, "xiaowang"), case, 0, picture((100, 100)))
    assert (answer.status_code, marked(answer)) == (422, {"face"})
    assert "至少要 147 × 206 像素" in text(answer)


# --- private --------------------------------------------------------------------------------------------------


def test_a_portrait_lies_sealed_and_is_looked_at_for_a_reason_that_is_journalled(office: Office, case: int):
    client = at(office, "xiaowang")
    photographed(client, case, 0, picture())
    kept = Attachment.objects.get(case_id=case)
    stored = Case.objects.get(pk=case).form["face@0"]
    assert kept.sha256 not in stored
    page = text(client.get(f"/cases/{case}/"))
    assert kept.sha256 not in page and "***" in page
    assert client.get(f"/cases/{case}/attachments/{kept.sha256}").status_code == 404
    asked = {"field": "face@0", "reason": ""}
    assert client.post(f"/cases/{case}/unmasking/", asked).status_code == 422
    assert not Entry.objects.filter(kind="unmask").exists()
    shown = client.post(f"/cases/{case}/unmasking/", {**asked, "reason": "核对本人"})
    assert 'src="data:image/jpeg;base64,' in text(shown)
    assert Entry.objects.get(kind="unmask").body["reason"] == "核对本人"
    assert "no-store" in shown["Cache-Control"]


def test_erased_with_its_case_it_cannot_be_looked_at(office: Office, case: int):
    client = at(office, "xiaowang")
    photographed(client, case, 0, picture())
    Case.objects.filter(pk=case).update(vault_salt=b"")
    shown = client.post(f"/cases/{case}/unmasking/", {"field": "face@0", "reason": "核对本人"})
    assert "data:image" not in text(shown)


# --- cards ----------------------------------------------------------------------------------------------------


def test_a_card_has_its_size_its_photograph_and_its_own_worker_only(office: Office, case: int):
    card = all_issued(office, case)[1]
    pdf = bytes(files.file_for(Paper.objects.select_related("form", "estate").get(pk=card.pk), "card").pdf)
    page = PdfReader(io.BytesIO(pdf)).pages[0]
    assert [round(float(side) / MM, 1) for side in page.mediabox[2:]] == [85.6, 54.0]
    words = "".join(page.extract_text().split())
    assert "李师傅" in words and "王师傅" not in words
    assert (295, 413) in [(image.image.width, image.image.height) for image in page.images if image.image]
    assert "王师傅" not in str(card.snapshot) and "face" not in str(card.snapshot)
    assert seal.verify(pdf, files.office_of(office.estate)).good


@pytest.mark.parametrize(
    ("layout", "pages", "size"), [("cards", 3, (85.6, 54.0)), ("sheets", 1, (210.0, 297.0))]
)
def test_all_cards_of_a_case_are_printed_at_once(
    office: Office,
    case: int,
    layout: str,
    pages: int,
    size: tuple[float, float],
):
    all_issued(office, case)
    client = at(office, "xiaowang")
    assert f"/papers/cards/{case}/" in text(client.get(f"/cases/{case}/"))
    assert "3 张" in text(client.get(f"/papers/cards/{case}/"))
    assert client.get(f"/papers/cards/{case}/{layout}.pdf").status_code == 302  # not before it is recorded
    sent = {"layout": layout, "key": key()}
    answer = client.post(f"/papers/cards/{case}/printings/", sent)
    client.post(f"/papers/cards/{case}/printings/", sent)
    assert Printing.objects.count() == 3
    read = PdfReader(io.BytesIO(client.get(answer["Location"]).content))
    assert len(read.pages) == pages
    assert tuple(round(float(side) / MM, 1) for side in read.pages[0].mediabox[2:]) == size
    words = "".join("".join(page.extract_text().split()) for page in read.pages)
    assert all(name in words for name in NAMES)
    assert at(office, "chen").get(f"/papers/cards/{case}/").status_code == 403
    assert at(office, "xiaoqin").get(f"/papers/cards/{case}/").status_code == 404
    assert (
        client.post(f"/papers/cards/{case}/printings/", {"layout": "poster", "key": key()}).status_code == 404
    )
    assert client.post(f"/papers/cards/{case}/printings/", {"layout": layout, "key": ""}).status_code == 409


def test_a_void_card_is_not_printed_with_the_others(office: Office, case: int):
    void, *_ = all_issued(office, case)
    Paper.objects.filter(pk=void.pk).update(state="void", voided_at=void.issued_at, void_reason="换人")
    client = at(office, "xiaowang")
    answer = client.post(f"/papers/cards/{case}/printings/", {"layout": "cards", "key": key()})
    assert len(PdfReader(io.BytesIO(client.get(answer["Location"]).content)).pages) == 2


def _red(pdf: bytes) -> int:
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil().convert("RGB")
    return sum(1 for r, g, b in page.get_flattened_data() if r > 150 and g < 80 and b < 80)


def test_a_seal_is_shown_on_a_sheet_only_where_it_is_good(office: Office, case: int):
    card = all_issued(office, case)[0]
    pdf = bytes(files.file_for(Paper.objects.select_related("form", "estate").get(pk=card.pk), "card").pdf)
    estate = files.office_of(office.estate)
    good, foreign = (_red(imposing.one_a_page([pdf], one)) for one in (estate, seal.Office("else", "松风里")))
    assert good > foreign + 500


def test_eleven_cards_need_two_sheets_with_marks_at_every_cut():
    definition = load(PACK).pack.papers["crew-card"]
    assert definition.size == "card"
    blank = imposing.one_a_page([], seal.Office("x", "x"))
    assert len(PdfReader(io.BytesIO(blank)).pages) == 0
    said: dict[str, Any] = dict.fromkeys(definition.names()) | {"paper.issued_at": MORNING.isoformat()}
    said["form.workers"] = [{"name": "王师傅", "trade": "水电"}]
    one = render.render(definition, {**said, "paper.print": 1}, "card")
    sheets = PdfReader(io.BytesIO(imposing.on_sheets([one] * 11, seal.Office("x", "x"))))
    assert len(sheets.pages) == 2
    content = sheets.pages[0].get_contents()
    assert content is not None
    drawn = content.get_data().decode()
    assert drawn.count(" m ") == 2 * 3 + 2 * 6
    assert drawn.count("/C") == 10
