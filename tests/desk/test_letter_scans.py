"""A letter of authority's photograph: cleaned, sealed, in the letter's record, looked at for a reason only."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases.audit import CHECKS
from banli.estate import scans
from banli.estate.models import Authority, LetterScan
from banli.journal.models import Entry
from tests.desk.at_the_desk import at, key, picture, text
from tests.office import Office, today


def posted(office: Office, sheet: bytes | None = None, **change: Any) -> dict[str, Any]:
    """The letter as a browser sends it."""
    told = {
        "key": key(), "principal": office.owner.pk, "delegate": office.tenant.pk, "scopes": ["goods_release"],
        "valid_from": today().isoformat(), "valid_to": today().isoformat(), "once": "no",
        "evidence_kind": "signed_paper", "evidence_note": "一号柜", **change,
    }  # fmt: skip
    return told if sheet is None else {**told, "scan": SimpleUploadedFile("letter.jpg", sheet)}


def entered(office: Office, sheet: bytes | None = None) -> Authority:
    sent = at(office, "xiaowang").post(f"/units/{office.unit.pk}/authorities/", posted(office, sheet))
    assert sent.status_code == 302
    return Authority.objects.latest("pk")


def looks() -> int:
    return Entry.objects.filter(kind="unmask").count()


def test_the_photograph_is_kept_sealed_with_the_letter_and_named_in_its_entry(office: Office) -> None:
    letter = entered(office, picture("white"))
    scan = LetterScan.objects.get(authority=letter)
    assert scans.content(scan).startswith(b"\xff\xd8\xff")  # a JPEG, whatever came
    with connection.cursor() as cursor:
        cursor.execute("SELECT picture FROM estate_letterscan")
        assert cursor.fetchone()[0].startswith("v1.")
    entry = Entry.objects.get(kind="authority_granted")
    assert entry.body["scan"] == scan.sha256
    assert [str(one) for check in CHECKS.values() for one in check()] == []


def test_a_letter_without_a_photograph_stands_as_well(office: Office) -> None:
    letter = entered(office)
    assert not LetterScan.objects.exists()
    sent = at(office, "xiaowang").post(f"/authorities/{letter.pk}/scan/unmasking/", {"reason": "核对"})
    assert sent.status_code == 422 and "没有登记这一项" in text(sent)
    assert looks() == 0


def test_what_is_no_picture_is_refused_at_its_field_and_nothing_is_entered(office: Office) -> None:
    url = f"/units/{office.unit.pk}/authorities/"
    sent = at(office, "xiaowang").post(url, posted(office, b"%PDF-1.7 not a picture"))
    assert sent.status_code == 422
    assert not Authority.objects.exists() and not LetterScan.objects.exists()


def test_looking_needs_a_reason_and_is_journalled_first(office: Office) -> None:
    letter = entered(office, picture("white"))
    desk, url = at(office, "xiaowang"), f"/authorities/{letter.pk}/scan/unmasking/"
    refused = desk.post(url, {"reason": "  "})
    assert refused.status_code == 422 and "data:image" not in text(refused) and looks() == 0
    shown = desk.post(url, {"reason": "租户来办动火，核对签名"})
    assert "data:image/jpeg;base64," in text(shown) and shown["Cache-Control"]
    told = Entry.objects.get(kind="unmask").body
    assert told == {"authority": letter.pk, "field": "scan", "reason": "租户来办动火，核对签名"}


def test_the_gate_does_not_look_and_another_estate_has_no_such_letter(office: Office) -> None:
    letter = entered(office, picture("white"))
    url = f"/authorities/{letter.pk}/scan/unmasking/"
    assert at(office, "zhou").post(url, {"reason": "看看"}).status_code == 403
    assert at(office, "xiaoqin").post(url, {"reason": "看看"}).status_code == 404
    assert looks() == 0


def test_the_list_of_letters_reads_no_picture_and_asks_no_query_per_letter(office: Office) -> None:
    desk, url, counted = at(office, "xiaowang"), f"/units/{office.unit.pk}/authorities/", []
    for more in (1, 2):
        for _ in range(more):
            entered(office, picture("white"))
        with CaptureQueriesContext(connection) as asked:
            page = text(desk.get(url))
        counted.append(len(asked))
        assert not any('"picture"' in one["sql"] for one in asked)
    assert counted[0] == counted[1]
    assert page.count('/scan/unmasking/" hx-post') == 3


@pytest.mark.parametrize("change", ["sha256 = repeat('0', 64)", "vault_salt = '\\x00'", "picture = 'v1.x.x'"])
def test_a_photograph_exchanged_in_the_database_is_found(office: Office, change: str) -> None:
    entered(office, picture("white"))
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE estate_letterscan SET {change}")
    found = [str(one) for check in CHECKS.values() for one in check()]
    assert found and all("estate_letterscan" in one for one in found)
