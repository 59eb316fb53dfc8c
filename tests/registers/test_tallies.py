"""How much is in a book, counted as far as it is worth it; and its rows that say some words, rare or common."""

from datetime import timedelta

import pytest
from django.utils import timezone

from banli.registers import queries
from banli.registers.models import RegisterRow
from tests.cases.test_actions import open_goods
from tests.office import Office


def entered(office: Office, ago: int) -> RegisterRow:
    return RegisterRow.objects.create(
        estate=office.estate, book="visits", case_id=open_goods(office), cells={},
        entered_at=timezone.now() - timedelta(minutes=ago),
    )  # fmt: skip


def test_a_book_is_counted_and_says_when_it_was_last_written(office: Office):
    rows = [entered(office, ago) for ago in (30, 10, 20)]
    told = queries.tallies(office.estate.pk, ["visits", "empty"])
    assert told == {"visits": queries.Tally(3, rows[1].entered_at, more=False)}
    assert queries.tallies(office.elsewhere.pk, ["visits"]) == {}
    assert queries.tallies(office.estate.pk, []) == {}


def test_of_a_thick_book_it_is_said_that_it_has_more(office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(queries, "COUNTED", 2)
    last = [entered(office, ago) for ago in (3, 2, 1)][-1]
    assert queries.tallies(office.estate.pk, ["visits"])["visits"] == queries.Tally(
        2, last.entered_at, more=True
    )


@pytest.mark.parametrize("few", [0, 1, 2, 1000])
def test_what_says_the_words_comes_newest_first_whether_rare_or_common(
    office: Office, monkeypatch: pytest.MonkeyPatch, few: int
):
    monkeypatch.setattr(queries, "FEW", few)
    rows = [entered(office, ago) for ago in (30, 10, 20)]
    for row, found in zip(rows, ["三人沙发 沙", "双人沙发", "衣柜"], strict=True):
        RegisterRow.objects.filter(pk=row.pk).update(found=found)
    asked = {"estate_id": office.estate.pk, "book": "visits"}
    assert list(queries.rows(**asked, words="沙发")) == [rows[1], rows[0]]
    assert list(queries.rows(**asked, words="沙发", before=(rows[1].entered_at, rows[1].pk))) == [rows[0]]
    assert list(queries.rows(**asked, words="沙发", limit=1)) == [rows[1]]
    assert list(queries.rows(**asked, words="沙发", end=rows[1].entered_at)) == [rows[0]]
    assert list(queries.rows(**asked, words="沙发", start=rows[2].entered_at)) == [rows[1]]
    assert list(queries.rows(**asked, words="沙发", status="open")) == [
        one for one in (rows[1], rows[0]) if one.status == "open"
    ]
    assert list(queries.rows(**asked, words="冰箱")) == []
    assert list(queries.lately(office.estate.pk, "visits", "沙发")) == [rows[1], rows[0]]
