"""Empty forms are numbered, printed once, and accounted for sheet by sheet."""

from datetime import datetime

import pytest
import time_machine

from banli.papers.models import BlankBatch, BlankSheet
from banli.papers.queries import gaps
from tests.cases.test_actions import refused
from tests.cases.test_audit import everything
from tests.office import ZONE, Office
from tests.papers.blank_sheets import mark, printed

MORNING = datetime(2026, 5, 6, 9, 0, tzinfo=ZONE)


def serials(**of: object) -> list[str]:
    return list(BlankSheet.objects.filter(**of).order_by("pk").values_list("serial", flat=True))


def test_serials_count_on_without_a_gap_by_form_and_estate(office: Office):
    printed(office, 2)
    printed(office, 3)
    printed(office, 1, "repair-order")
    printed(office, 1, who="xiaoqin")
    assert serials(estate=office.estate, kind="goods-release-slip") == [
        f"KB-FX-{number:04d}" for number in range(1, 6)
    ]
    assert serials(kind="repair-order") == ["KB-WX-0001"]
    assert serials(estate=office.elsewhere) == ["KB-FX-0001"]
    assert gaps() == [] and everything() == []


def test_a_missing_sheet_is_a_gap(office: Office):
    printed(office, 3)
    BlankSheet.objects.get(ordinal=2).delete()
    assert [(gap.kind, gap.ordinal, gap.fault) for gap in gaps()] == [
        ("blank/goods-release-slip", 2, "missing")
    ]


def test_the_same_click_twice_is_one_batch(office: Office):
    once = printed(office, 2, key="print-once")
    assert printed(office, 2, key="print-once") == once
    assert BlankBatch.objects.count() == 1 and BlankSheet.objects.count() == 2
    with refused("key_reused"):
        printed(office, 3, key="print-once")


@pytest.mark.parametrize("many", [0, 51])
def test_there_is_a_least_and_a_most_to_print(office: Office, many: int):
    with refused("blank_many"):
        printed(office, many)
    assert not BlankSheet.objects.exists()


def test_what_became_of_a_sheet_is_kept_with_who_when_and_why(office: Office):
    with time_machine.travel(MORNING, tick=False):
        first, second = printed(office, 2).sheets.order_by("pk")
        mark(office, first, "spoiled", "墨水洒了")
        mark(office, first, "spoiled", "墨水洒了")
        mark(office, second, "lost", "夹在哪本里了")
        first.refresh_from_db()
        assert (first.state, first.reason, first.ended_at) == ("spoiled", "墨水洒了", MORNING)
        assert first.ended_by == office.staff("xiaowang")
        mark(office, second, "unused", "在文件夹 3 里")
        second.refresh_from_db()
        assert (second.state, second.reason, second.ended_at) == ("unused", "", None)
        with refused("blank_marked"):
            mark(office, first, "lost")
        with refused("blank_marked"):
            mark(office, second, "used")
        with refused("reason_required"):
            mark(office, second, "lost", "  ")
        assert everything() == []
