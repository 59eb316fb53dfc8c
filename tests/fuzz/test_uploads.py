"""What is sent as a picture: refused with a code, or kept as a picture made anew; and memory stays bounded."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from banli.cases import attachments
from banli.cases.models import Attachment, Case
from banli.engine.refusals import Refusal
from banli.journal.pictures import LONGEST_SIDE
from tests.desk.at_the_desk import acted, at, at_work, marked, text
from tests.fuzz import uploads
from tests.fuzz.payloads import multipart
from tests.office import Office

MOST_MEMORY = 250  # MB more than before, for the largest picture that is taken


@pytest.mark.parametrize("what", uploads.refused())
def test_what_is_no_picture_is_refused_with_a_code(what: str):
    with pytest.raises(Refusal) as why:
        attachments.photo(uploads.refused()[what])
    assert why.value.code in ("file_kind", "file_too_large")


@pytest.mark.parametrize("what", uploads.kept())
def test_a_picture_is_kept_made_anew_and_nothing_with_it(what: str):
    kept = attachments.photo(uploads.kept()[what])
    image = Image.open(io.BytesIO(kept.content))
    image.load()
    assert (kept.media_type, image.format, getattr(image, "n_frames", 1)) == ("image/jpeg", "JPEG", 1)
    assert max(image.size) <= LONGEST_SIDE
    assert not image.getexif()
    assert kept.content.endswith(b"\xff\xd9")
    for hidden in (b"fz7", b"<script", b"PK\x03\x04"):
        assert hidden not in kept.content


@pytest.mark.parametrize("name", uploads.NAMES)
def test_a_files_name_and_kind_mean_nothing(office: Office, name: str):
    case = at_work(office)
    client = at(office, "zheng")
    page = text(client.get(f"/cases/{case}/"))
    key = page[page.index('name="key" value="') :].split('"')[3]
    fields = {"key": key, "act-step": "work", "act-branch": "", "act-outcome": "finished", "result": "换阀芯"}
    file = uploads.File(name, uploads.kept()["jpeg with a script behind"], "text/html")
    answer = client.generic(
        "POST", f"/cases/{case}/acts/", multipart([*fields.items(), ("photo", file)]),
        content_type="multipart/form-data; boundary=fzfzfz",
    )  # fmt: skip
    if len(name) > 1024:
        assert answer.status_code == 400
        return
    assert answer.status_code == 302
    photo = Case.objects.get(pk=case).form["photo"]
    if photo is None:  # a file without a readable name is no file to Django
        assert name in ("", ".", "..", "\ud800.jpg")
        return
    kept = Attachment.objects.get(case_id=case, sha256=photo)
    shown = client.get(f"/cases/{case}/attachments/{photo}")
    assert (kept.media_type, shown["Content-Type"], shown["X-Content-Type-Options"]) == (
        "image/jpeg",
        "image/jpeg",
        "nosniff",
    )
    assert b"script" not in shown.content


def test_a_svg_or_a_page_is_marked_as_no_picture(office: Office):
    case = at_work(office)
    for what in ("svg with a script", "html", "png of 50000 by 50000", "empty"):
        file = io.BytesIO(uploads.refused()[what])
        file.name = "photo.jpg"
        answer = acted(at(office, "zheng"), case, "work", "finished", result="换阀芯", photo=file)
        assert (answer.status_code, marked(answer)) == (422, {"photo"}), what
    assert not Attachment.objects.exists()


BOMBS = (
    "png of 50000 by 50000", "text that unpacks to much", "png of as much as may be", "jpeg of as much as may be",
)  # fmt: skip
#: Each in a child of its own, which tells the most memory it ever had beside what it began with, in MB.
MEASURE = """
import os, re, sys, django
django.setup()
from pathlib import Path
from banli.cases import attachments
from banli.engine.refusals import Refusal

def memory(what):
    return int(re.search(what + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024

for name in sys.argv[1:]:
    if not os.fork():
        content, before = Path(name).read_bytes(), memory("VmRSS")
        try:
            attachments.photo(content)
        except Refusal:
            pass
        print(memory("VmHWM") - before, flush=True)
        os._exit(0)
    os.wait()
"""


def test_a_bomb_takes_no_more_memory_than_the_largest_picture(tmp_path: Path):
    for number, what in enumerate(BOMBS):
        (tmp_path / str(number)).write_bytes({**uploads.refused(), **uploads.kept()}[what])
    told = subprocess.run(
        [sys.executable, "-c", MEASURE, *(str(tmp_path / str(n)) for n in range(len(BOMBS)))],
        capture_output=True, text=True, timeout=120,
        env={"PYTHONPATH": ":".join(sys.path), "DJANGO_SETTINGS_MODULE": "banli.config.settings"},
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    taken = dict(zip(BOMBS, map(int, told.stdout.split()), strict=True))
    print(taken)
    assert max(taken.values()) < MOST_MEMORY, taken
