"""A book's figures of a month: counted from its rows and the clocks of their cases, beside the month before."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases.models import Case
from banli.desk import books, figures
from banli.registers.models import RegisterRow
from tests.cases.complaints import communicate, complain, handled, sent
from tests.desk.at_the_desk import at, text
from tests.office import Office

PAGE = "/registers/complaints/figures/"


def told(office: Office) -> figures.Figures:
    book = books.in_force()["complaints"]
    return figures.figures(office.estate.pk, book, timezone.localdate().replace(day=1))


def test_a_month_is_counted_by_class_and_cause_beside_the_month_before(office: Office) -> None:
    for cause in ("cleaning", "cleaning", "vehicles"):
        complain(office, cause=cause)
    communicate(office)
    earlier = complain(office, cause="vehicles")
    before = timezone.localtime().replace(day=1) - timedelta(days=3)
    RegisterRow.objects.filter(case_id=earlier).update(entered_at=before)
    found = told(office)
    assert (found.total, found.before) == (4, 1)
    assert [(one.title, one.number, one.before, one.share) for one in found.counts["分类"]] == [
        ("有效投诉", 3, 1, 75), ("沟通性投诉", 1, 0, 25),
    ]  # fmt: skip
    assert [(one.title, one.number, one.before) for one in found.counts["事由"]] == [
        ("清洁服务", 2, 0), ("收费", 1, 0), ("车辆管理", 1, 1),
    ]  # fmt: skip
    assert [one.number for one in found.trend[-2:]] == [1, 4] and len(found.trend) == figures.MONTHS


def test_a_clock_is_kept_late_or_still_running(office: Office) -> None:
    answered = complain(office)
    sent(office, answered)
    handled(office, answered)
    late = timezone.localtime(timezone.now() - timedelta(hours=5)).replace(tzinfo=None)
    complain(office, received_at=late.isoformat(timespec="minutes"))
    complain(office)
    (answer,) = [one for one in told(office).clocks if one.title == "答复业户"]
    assert (answer.begun, answer.kept, answer.late, answer.running, answer.rate) == (3, 1, 1, 1, 50)


def test_the_page_says_it_in_a_table_and_reads_no_more_for_more_rows(office: Office) -> None:
    client = at(office, "laoli")
    counts = []
    for more in (1, 3):
        for _ in range(more):
            complain(office)
        client.get(PAGE)
        with CaptureQueriesContext(
            connection,
        ) as read:
            page = text(client.get(PAGE))
        counts.append(len(read))
    assert counts[0] == counts[1]
    assert "清洁服务" in page and "答复业户" in page and 'class="bar-full" width="100"' in page


@pytest.mark.parametrize("month", ["2026-13", "abcd", "2026-1", "\x00", "9999-01"])
def test_a_month_that_is_none_is_this_one(office: Office, month: str) -> None:
    response = at(office, "laoli").get(PAGE, {"month": month})
    assert response.status_code == 200
    assert response.context["figures"].month == timezone.localdate().replace(day=1)


def test_a_complaint_shows_the_others_of_the_same_matter_and_what_it_led_to(office: Office) -> None:
    first, second = complain(office), complain(office, cause="vehicles")
    page = text(at(office, "laoli").get(f"/cases/{second}/"))
    assert "同一户、同一事由" in page and f'href="/cases/{first}/"' in page
    Case.objects.filter(pk=first).update(opened_at=timezone.now() - timedelta(days=100))
    assert f'href="/cases/{first}/"' not in text(at(office, "laoli").get(f"/cases/{second}/"))
