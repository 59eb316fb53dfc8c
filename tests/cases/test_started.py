"""A case that another one starts: what it is given it keeps under its own seal."""

import io
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from banli.cases import actions, attachments, audit, packs, private, rules, store
from banli.cases.models import Attachment, Case
from tests.office import Office

SOUND = Path(__file__).parents[1] / "engine/broken/_sound"
FORM = """
title: {zh: 小流程, en: Small}
opened_by: front_desk
applicant: {roles: [owner, tenant]}
form:
  what: {type: text, label: {zh: 事, en: What}}
  phone: {type: phone, label: {zh: 电话, en: Telephone}, private: true}
  face: {type: photo, label: {zh: 照片, en: Photo}}
  back: {type: photo, label: {zh: 背面, en: Back}, private: true}
steps:
  fill: {verb: fill, by: front_desk, asks: [what, phone, face, back]}
"""
GIVES = "{what: form.what, phone: form.phone, face: form.face, back: form.back}"
ENTERED = """clocks:
  entering: {title: {zh: 登记, en: Entering}, starts: begun, stops: fill.done, within: 1h}
"""
ISSUED = """  seal: {verb: seal, by: director}
  issue: {verb: issue, by: front_desk, paper: slip}
  enter: {verb: enter, book: book}
"""


def picture(colour: str) -> attachments.Upload:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return attachments.photo(out.getvalue())


@pytest.fixture
def started(office: Office, tmp_path: Path) -> tuple[Case, Case]:
    """A case, and the one that it started by itself."""
    folder = tmp_path / "small"
    shutil.copytree(SOUND, folder)
    shutil.rmtree(folder / "procedures")
    (folder / "procedures").mkdir()
    (folder / "procedures/first.yaml").write_text(
        f"procedure: first{FORM}{ISSUED}  next: {{verb: start, starts: second, gives: {GIVES}}}\n"
    )
    (folder / "procedures/second.yaml").write_text(f"procedure: second{FORM}{ENTERED}")
    packs.keep(packs.checked(folder))
    face, back = picture("red"), picture("blue")
    told = actions.open_case(
        by=office["xiaowang"], procedure="first", unit=office.unit, applicant=office.owner, applicant_role="owner",
        answers={"what": "冰箱", "phone": "13800001111", "face": face.sha256, "back": back.sha256},
        key="start-key-1", uploads=[face, back],
    )  # fmt: skip
    first = told.case_id
    actions.act(by=office["chen"], case_id=first, step="seal", outcome="sealed", key="start-key-2")
    actions.act(by=office["xiaowang"], case_id=first, step="issue", outcome="issued", key="start-key-3")
    return Case.objects.get(pk=first), Case.objects.get(parent_id=first)


def test_a_started_case_reads_what_it_was_given_without_the_other_ones_key(started: tuple[Case, Case]):
    first, second = started
    Case.objects.filter(pk=first.pk).update(vault_salt=b"")  # erased
    book, form = rules.rulebook(second.version_id), store.state_of(second).form
    assert form["what"] == "冰箱"
    assert private.open_answer(second, "phone", form["phone"]) == "13800001111"
    assert private.masked(second, book, "phone", form["phone"]).endswith("1111")
    for content, colour in (
        (form["face"], "red"),
        (private.open_answer(second, "back", form["back"]), "blue"),
    ):
        kept = Attachment.objects.get(case=second, sha256=content)
        shown = Image.open(io.BytesIO(attachments.content(kept, second)))
        assert shown.getpixel((5, 5))[{"red": 0, "blue": 2}[colour]] > 240


def test_nothing_private_stands_in_either_journal_in_clear(started: tuple[Case, Case]):
    from banli.journal.models import Entry

    told = "".join(str(body) for body in Entry.objects.values_list("body", flat=True))
    assert "冰箱" in told and "13800001111" not in told
    assert list(audit.cases()) == []


def test_whoever_has_to_enter_a_case_that_another_began_is_told_by_when(started: tuple[Case, Case]):
    _, second = started
    assert second.due_at is not None and second.due_at - second.opened_at == timedelta(hours=1)
    (waiting,) = second.tasks.filter(state="open")
    assert (waiting.step, waiting.due_at) == ("fill", second.due_at)
