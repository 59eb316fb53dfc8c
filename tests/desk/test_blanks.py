"""The list of empty forms on the screen: print a batch, see what became of each sheet, say so."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.papers.models import BlankBatch, BlankSheet
from tests.desk.at_the_desk import at, key, text
from tests.desk.test_blank_forms import words
from tests.office import Office
from tests.papers.blank_sheets import mark, printed


def test_a_batch_is_printed_with_a_serial_on_every_sheet_of_every_copy(office: Office):
    client = at(office, "xiaowang")
    answer = client.post("/blanks/batches/", {"paper": "goods-release-slip", "many": "3", "key": key()})
    batch = BlankBatch.objects.get()
    assert answer.url == f"/blanks/batches/{batch.pk}/"
    page = text(client.get(answer.url))
    for copy in ("stub", "original"):
        address = f"/blanks/batches/{batch.pk}/{copy}.pdf"
        assert address in page
        told = words(client.get(address).content)
        for said in ("空白表KB-FX-0001", "空白表KB-FX-0002", "空白表KB-FX-0003", "空白表格：停电时手写"):
            assert said in told
        for never in ("样张", "续页", "以下空白"):
            assert never not in told
    assert client.get(f"/blanks/batches/{batch.pk}/pink.pdf").status_code == 404


def test_serials_are_handed_out_once_to_whoever_printed_them(office: Office):
    batch = printed(office, 1)
    address = f"/blanks/batches/{batch.pk}/stub.pdf"
    assert at(office, "laoli").get(address).status_code == 404
    assert "编号只印一次" in text(at(office, "laoli").get(f"/blanks/batches/{batch.pk}/"))
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        assert at(office, "xiaowang").get(address).status_code == 404


@pytest.mark.parametrize(
    "sent", [{"paper": "goods-release-slip", "many": "0"}, {"paper": "goods-release-slip", "many": "51"},
             {"paper": "receipt", "many": "3"}, {"paper": "", "many": "3"}],
)  # fmt: skip
def test_what_cannot_be_printed_is_said_on_the_form(office: Office, sent: dict[str, str]):
    answer = at(office, "xiaowang").post("/blanks/batches/", {**sent, "key": key()})
    assert answer.status_code == 422 and "field-error" in text(answer)
    assert not BlankSheet.objects.exists()


def test_the_list_is_narrowed_by_state_form_and_serial_and_printed(office: Office):
    client = at(office, "xiaowang")
    first = printed(office, 2).sheets.order_by("pk")[0]
    printed(office, 1, "repair-order")
    mark(office, first, "spoiled", "墨水洒了")
    assert [one in text(client.get("/blanks/")) for one in ("KB-FX-0001", "KB-FX-0002", "KB-WX-0001")] == [
        True
    ] * 3
    spoiled = text(client.get("/blanks/?status=spoiled"))
    assert "KB-FX-0001" in spoiled and "墨水洒了" in spoiled and "KB-FX-0002" not in spoiled
    assert "KB-FX-0001" not in text(client.get("/blanks/?form=repair-order"))
    found = text(client.get("/blanks/?q=kb fx 2"))
    assert "KB-FX-0002" in found and "KB-FX-0001" not in found
    paper = text(client.get("/blanks/?view=print&form=goods-release-slip"))
    assert "空白表清单" in paper and "墨水洒了" in paper and "KB-WX-0001" not in paper
    assert client.get("/blanks/?status=nothing").status_code == 422


def test_the_list_goes_on_where_it_ended(office: Office):
    client = at(office, "xiaowang")
    for _ in range(2):
        printed(office, 30)
    page = text(client.get("/blanks/"))
    assert "KB-FX-0060" in page and "KB-FX-0011" in page and "KB-FX-0010" not in page
    last = BlankSheet.objects.get(serial="KB-FX-0011").pk
    assert f"before={last}" in page
    assert "KB-FX-0010" in text(client.get(f"/blanks/?before={last}"))


def test_a_sheet_is_marked_with_a_reason_and_found_again(office: Office):
    client, sheet = at(office, "xiaowang"), printed(office, 1).sheets.get()
    address = f"/blanks/{sheet.pk}/"
    assert client.post(address, {"state": "lost", "reason": "", "key": key()}).status_code == 422
    assert client.post(address, {"state": "used", "reason": "x", "key": key()}).status_code == 422
    assert client.post(address, {"state": "lost", "reason": "夹丢了", "key": key()}).status_code == 302
    page = text(client.get(address))
    assert "夹丢了" in page and 'value="unused"' in page and 'value="spoiled"' not in page
    client.post(address, {"state": "unused", "reason": "找到了", "key": key()})
    assert BlankSheet.objects.get().state == "unused"


def test_the_list_asks_no_more_of_the_database_for_more_sheets(office: Office):
    client = at(office, "xiaowang")
    printed(office, 1)
    client.get("/blanks/")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/blanks/")
        counts.append(len(asked))
        printed(office, 20)
    assert counts[0] == counts[1]
