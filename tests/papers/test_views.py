"""The page of a paper, printing it, and what others get who ask for it."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.papers import files
from banli.papers.models import Paper, PaperFile, Printing
from tests.papers.slips import DAY_END, GOODS, MORNING, a_slip, use, words
from tests.people.cast import Office

NOON = MORNING + timedelta(hours=2)


@pytest.fixture
def slip(office: Office) -> Paper:
    return a_slip(office.cuihu, office.staff["xiaowang"])


@pytest.fixture(autouse=True)
def that_noon() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def pages(slip: Paper) -> list[tuple[str, str]]:
    own = f"/papers/{slip.pk}/"
    return [
        ("get", own),
        ("post", f"{own}printings/"),
        ("get", f"{own}original.pdf"),
        ("get", f"{own}stub/1.png"),
    ]


@pytest.mark.parametrize(
    ("who", "answers"),
    [
        ("xiaowang", [200, 302, 302, 200]),
        ("laoli", [200, 302, 302, 200]),
        ("chen", [200, 302, 302, 200]),
        ("zhou", [403, 403, 403, 403]),
        ("zhao", [403, 403, 403, 403]),
        ("he", [404, 404, 404, 404]),
        ("xiaoqin", [404, 404, 404, 404]),
    ],
)
def test_only_the_estates_desk_sees_and_prints_a_slip(
    office: Office, slip: Paper, who: str, answers: list[int]
) -> None:
    client = office.signed_in(who)
    told = []
    for method, address in pages(slip):
        response = getattr(client, method)(address, {"copy": "original", "key": f"key-of-{who}"})
        told.append(response.status_code)
    assert told == [
        200 if a == 302 and m == "get" else a for a, (m, _) in zip(answers, pages(slip), strict=True)
    ]


def test_nobody_sees_a_slip_without_signing_in(office: Office, slip: Paper, client: Any) -> None:
    for method, address in pages(slip):
        response = getattr(client, method)(address)
        assert response.status_code == 302
        assert response["Location"].startswith("/sign-in/")


@pytest.mark.parametrize(
    "address",
    ["999999999/", "99999999999999999999999/", "{own}pink.pdf", "{own}original.pdf/", "{own}pink/1.png",
     "{own}stub/2.png", "{own}stub/0.png", "{own}stub/99999999999999999999.png", "{own}%00.pdf"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(office: Office, slip: Paper, address: str) -> None:
    response = office.signed_in("xiaowang").get("/papers/" + address.format(own=f"{slip.pk}/"))
    assert response.status_code == 404


def test_a_pdf_is_handed_out_for_a_recorded_printing_only(office: Office, slip: Paper) -> None:
    wang, li = office.signed_in("xiaowang"), office.signed_in("laoli")
    address = f"/papers/{slip.pk}/original.pdf"
    assert wang.get(address)["Location"] == f"/papers/{slip.pk}/"
    response = wang.post(f"/papers/{slip.pk}/printings/", {"copy": "original", "key": "first-printing"})
    assert response["Location"] == address
    pdf = wang.get(address)
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["Content-Disposition"] == f'inline; filename="{slip.number}-original-1.pdf"'
    assert "第1次打印" in words(pdf.content)
    assert li.get(address).status_code == 302
    with time_machine.travel(NOON + timedelta(minutes=11), tick=False):
        assert wang.get(address).status_code == 302


def test_the_second_printing_says_so_on_the_sheet_and_on_the_page(office: Office, slip: Paper) -> None:
    wang = office.signed_in("xiaowang")
    for key in ("first-printing", "second-printing"):
        wang.post(f"/papers/{slip.pk}/printings/", {"copy": "original", "key": key})
    assert "第2次打印（补打）" in words(wang.get(f"/papers/{slip.pk}/original.pdf").content)
    page = wang.get(f"/papers/{slip.pk}/").content.decode()
    assert page.count("<tr data-row>") == 2
    assert "完好，盖章后未被改动" in page
    assert "陈主任 于 2026-05-01 10:02 用印" in page


def test_a_double_click_is_one_printing(office: Office, slip: Paper) -> None:
    wang = office.signed_in("xiaowang")
    for _ in range(2):
        wang.post(f"/papers/{slip.pk}/printings/", {"copy": "stub", "key": "the-same-key"})
    assert Printing.objects.count() == 1


def test_a_used_slip_is_shown_but_not_printed(office: Office, slip: Paper) -> None:
    use(slip, by=office.staff["zhou"], at=NOON)
    wang = office.signed_in("xiaowang")
    page = wang.get(f"/papers/{slip.pk}/").content.decode()
    assert "已使用" in page and "老周" in page and "打印</" not in page
    response = wang.post(f"/papers/{slip.pk}/printings/", {"copy": "stub", "key": "much-too-late"})
    assert response.status_code == 409
    assert "此单已于 2026-05-01 12:05 由 老周 放行，不能再用。" in response.content.decode()


def test_a_slip_whose_day_is_over_is_shown_as_expired(office: Office, slip: Paper) -> None:
    with time_machine.travel(DAY_END + timedelta(minutes=1), tick=False):
        page = office.signed_in("xiaowang").get(f"/papers/{slip.pk}/").content.decode()
    assert "已过期" in page


@pytest.mark.parametrize(
    "given", [{}, {"copy": "stub"}, {"copy": "pink", "key": "k" * 12}, {"copy": "\0", "key": "\0" * 12}]
)
def test_a_bad_request_to_print_is_refused_in_a_sentence(
    office: Office, slip: Paper, given: dict[str, str]
) -> None:
    response = office.signed_in("xiaowang").post(f"/papers/{slip.pk}/printings/", given)
    assert response.status_code == 409
    assert "没有办成" in response.content.decode()


def test_an_altered_file_is_shown_as_such(office: Office, slip: Paper) -> None:
    wang = office.signed_in("xiaowang")
    wang.post(f"/papers/{slip.pk}/printings/", {"copy": "original", "key": "first-printing"})
    wang.get(f"/papers/{slip.pk}/original.pdf")
    kept = PaperFile.objects.get()
    PaperFile.objects.update(pdf=bytes(kept.pdf).replace(b"/Count 1", b"/Count 2"))
    assert "印章无效" in wang.get(f"/papers/{slip.pk}/").content.decode()


def test_the_pages_work_does_not_grow_with_the_printings(office: Office, slip: Paper) -> None:
    wang = office.signed_in("xiaowang")

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert wang.get(f"/papers/{slip.pk}/").status_code == 200
        return len(seen)

    counts = []
    for turn in range(1, 4):
        wang.post(f"/papers/{slip.pk}/printings/", {"copy": "original", "key": f"printing-{turn}"})
        counts.append(queries())
    assert len(set(counts)) == 1


def test_many_printings_are_paged(office: Office, slip: Paper) -> None:
    wang = office.signed_in("xiaowang")
    for turn in range(25):
        wang.post(f"/papers/{slip.pk}/printings/", {"copy": "stub", "key": f"printing-{turn}"})
    first = wang.get(f"/papers/{slip.pk}/").content.decode()
    assert first.count("<tr data-row>") == 20
    last = Printing.objects.order_by("-id")[19].pk
    assert f"?before={last}" in first
    assert wang.get(f"/papers/{slip.pk}/?before={last}").content.decode().count("<tr data-row>") == 5
    assert wang.get(f"/papers/{slip.pk}/?before=%00x").status_code == 200


def test_a_name_in_a_slip_never_becomes_markup(office: Office) -> None:
    told = {**GOODS, "step.seal.by": "<script>alert(1)</script>"}
    slip = a_slip(office.cuihu, office.staff["xiaowang"], snapshot=told)
    wang = office.signed_in("xiaowang")
    wang.post(f"/papers/{slip.pk}/printings/", {"copy": "original", "key": "first-printing"})
    wang.get(f"/papers/{slip.pk}/original.pdf")
    page = wang.get(f"/papers/{slip.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_paper_whose_private_part_was_erased_offers_no_printing_and_says_why(
    office: Office, slip: Paper
) -> None:
    client, address = office.signed_in("xiaowang"), f"/papers/{slip.pk}/"
    assert f'action="{address}printings/"' in client.get(address).content.decode()
    Paper.objects.filter(pk=slip.pk).update(vault_salt=b"")
    page = client.get(address).content.decode()
    assert (
        f'action="{address}printings/"' not in page
        and "保存期限已到" in page
        and f"{address}stub/1.png" in page
    )
    assert client.get(f"{address}stub/1.png").status_code == 200


def test_looking_shows_no_whole_number_and_printing_does(
    office: Office, slip: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the two only the printing stands in the journal."""
    private = {"form.phone": "13812345678", "form.rows": [{"id": "11010519491231002X", "room": "12-3-502"}]}
    slip.private = json.dumps(private)
    slip.save(update_fields=["private"])
    slip.refresh_from_db()
    told: list[dict[str, Any]] = []

    def page(_form: Any, values: dict[str, Any], _copy: str, **_more: Any) -> list[bytes]:
        told.append(values)
        return [b""]

    monkeypatch.setattr(files.render, "preview", page)
    assert office.signed_in("xiaowang").get(f"/papers/{slip.pk}/original/1.png").status_code == 200
    assert (told[0]["form.phone"], told[0]["paper.number"]) == ("138****5678", slip.number)
    assert told[0]["form.rows"] == [{"id": "*" * 14 + "002X", "room": "12-3-502"}]
    assert files.values_of(slip)["form.phone"] == "13812345678"
