"""Photographs and signatures on the desk's forms: judged by content, held when the form is refused, shown to few."""

from django.core.files.uploadedfile import SimpleUploadedFile

from banli.cases import attachments
from banli.cases.models import Attachment, Case
from tests.desk.at_the_desk import acted, at, at_work, marked, picture, text
from tests.office import Office


def photo(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def held_in(page: str, control: str = "photo") -> str:
    return page[page.index(f'name="{control}-kept" value="') :].split('"')[3]


def test_a_photograph_that_is_too_large_is_refused_and_all_else_kept(office: Office, monkeypatch):
    monkeypatch.setattr(attachments, "MAX_BYTES", 2000)
    case = at_work(office)
    content = picture(size=(900, 700)) + b"\0" * 4000
    answer = acted(at(office, "zheng"), case, "work", "finished", result="换阀芯", photo=photo(content))
    assert marked(answer) == {"photo"}
    assert "文件太大" in text(answer)
    assert "换阀芯" in text(answer)


def test_a_bad_photograph_and_a_missing_answer_are_marked_together(office: Office):
    case = at_work(office)
    answer = acted(at(office, "zheng"), case, "work", "finished", result="", photo=photo(b"no"))
    assert marked(answer) == {"photo", "result"}


def test_a_bad_photograph_does_not_matter_where_the_form_is_not_asked(office: Office):
    case = at_work(office)
    answer = acted(
        at(office, "zheng"),
        case,
        "work",
        "unfinished",
        photo=photo(b"no"),
        **{"act-note-unfinished": "缺零件"},
    )
    assert answer.status_code == 302


def test_a_good_photograph_is_held_while_the_form_is_put_right(office: Office):
    case = at_work(office)
    client = at(office, "zheng")
    refused = acted(client, case, "work", "finished", result="", photo=photo(picture("blue")))
    assert marked(refused) == {"result"}
    held = held_in(text(refused))
    assert not Attachment.objects.exists()
    shown = client.get(f"/held/{held}")
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    answer = acted(client, case, "work", "finished", result="换阀芯", **{"photo-kept": held})
    assert answer.status_code == 302
    assert Case.objects.get(pk=case).form["photo"] == held
    assert Attachment.objects.get(case_id=case).sha256 == held
    assert client.get(f"/held/{held}").status_code == 404


def test_a_held_picture_is_only_for_whoever_sent_it(office: Office):
    case = at_work(office)
    refused = acted(at(office, "zheng"), case, "work", "finished", result="", photo=photo(picture()))
    held = held_in(text(refused))
    assert at(office, "chen").get(f"/held/{held}").status_code == 404
    assert at(office, "zheng").get(f"/held/{'0' * 64}").status_code == 404
    assert at(office, "zheng").get("/held/short").status_code == 404


def test_a_number_somebody_made_up_is_no_picture(office: Office):
    case = at_work(office)
    answer = acted(at(office, "zheng"), case, "work", "finished", result="换阀芯", **{"photo-kept": "f" * 64})
    assert answer.status_code == 302
    assert Case.objects.get(pk=case).form["photo"] is None


def test_an_attachment_is_handed_out_as_a_picture_and_kept_by_nobody(office: Office):
    case = at_work(office)
    acted(at(office, "zheng"), case, "work", "finished", result="换阀芯", photo=photo(picture()))
    sha256 = Attachment.objects.get(case_id=case).sha256
    answer = at(office, "xiaowang").get(f"/cases/{case}/attachments/{sha256}")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.startswith(b"\xff\xd8")


def test_an_attachment_is_not_for_other_estates_or_posts(office: Office):
    case = at_work(office)
    acted(at(office, "zheng"), case, "work", "finished", result="换阀芯", photo=photo(picture()))
    url = f"/cases/{case}/attachments/{Attachment.objects.get(case_id=case).sha256}"
    assert at(office, "he").get(url).status_code == 404
    assert at(office, "wu").get(url).status_code == 403
    assert at(office, "xiaowang").get(f"/cases/{case}/attachments/{'0' * 64}").status_code == 404
