"""The picture of a seal on the screen: put in, seen struck through, changed back."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from banli.papers import seal_pictures
from banli.papers.models import SealPicture
from tests.cases.seals import change, scan, transparent
from tests.desk.at_the_desk import at, key, text
from tests.office import Office

ADDRESS = "/forms/seals/director/"


def put_in(office: Office, content: bytes, **more: str) -> int:
    file = SimpleUploadedFile("章.png", content, "image/png")
    sent = {"picture": file, "reason": "换了新刻的章", "key": key(), **more}
    return at(office, "chen").post(ADDRESS, sent).status_code


def test_a_picture_is_put_in_and_stands_in_the_history(office: Office):
    client = at(office, "chen")
    assert "系统画的" in text(client.get("/forms/"))
    assert put_in(office, scan()) == 302
    page, row = text(client.get(ADDRESS)), SealPicture.objects.get()
    for said in (f"{ADDRESS}{row.pk}.png", "换了新刻的章", "陈主任", "改回系统画的"):
        assert said in page
    assert "本小区的图样" in text(client.get("/forms/"))


def test_the_picture_on_the_screen_is_not_the_seal(office: Office):
    row = change(office, transparent())
    shown = at(office, "chen").get(f"{ADDRESS}{row.pk}.png")
    assert shown["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(shown.content))
    assert (picture.mode, picture.width) == ("RGB", seal_pictures.PREVIEW)
    assert shown.content != seal_pictures.content(row)


def test_what_is_no_seal_is_said_at_the_field(office: Office):
    assert put_in(office, b"GIF89a") == 422
    assert put_in(office, scan(), reason="") == 422
    answer = at(office, "chen").post(ADDRESS, {"reason": "x", "key": key()})
    assert answer.status_code == 422 and "请填写" in text(answer)
    assert not SealPicture.objects.exists()


def test_going_back_to_the_drawn_one_needs_a_reason(office: Office):
    change(office, scan())
    client = at(office, "chen")
    answer = client.post(ADDRESS, {"restore": "yes", "reason": "", "key": key()})
    assert answer.status_code == 422 and "请填写" in text(answer)
    assert client.post(ADDRESS, {"restore": "yes", "reason": "还没备案", "key": key()}).status_code == 302
    assert SealPicture.objects.latest("pk").sha256 == ""
    assert client.post(ADDRESS, {"restore": "yes", "reason": "再来", "key": key()}).status_code == 422


def test_a_post_that_keeps_no_seal_has_none(office: Office):
    assert at(office, "chen").get("/forms/seals/gate/").status_code == 404
    row = change(office, scan())
    assert at(office, "chen").get(f"/forms/seals/gate/{row.pk}.png").status_code == 404
    assert at(office, "he").get(f"{ADDRESS}{row.pk}.png").status_code == 404
