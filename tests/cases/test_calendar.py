"""An estate's own rest days and make-up workdays, and what they do to clocks that run."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from banli.cases import calendar, jobs
from banli.cases.audit import cases as audit_cases
from banli.cases.audit.own import own
from banli.cases.holidays import RestDays, published, rest_days, rests
from banli.cases.models import Case, Task
from banli.cases.recount import recount_all
from banli.engine.refusals import Refusal
from banli.estate.own import OwnDay
from banli.journal.models import Entry
from banli.people.access import require_post
from tests.cases.test_additional_item import item
from tests.desk.at_the_desk import do, open_repair
from tests.office import ZONE, Office

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)


def count(office: Office, kind: str, *days: date) -> list[OwnDay]:
    desk = office["chen"]
    rows = calendar.change_days(
        by=desk, acting=require_post(desk, "director"), days=days, kind=kind, reason="街道通知"
    )
    for one in office.desks.values():
        one.estate.refresh_from_db()
    office.estate.refresh_from_db()
    return rows


def waiting_for_review(office: Office) -> int:
    """An additional item that was signed just now: three days for review and approval run."""
    case = item(office)
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    return case


def due(case: int) -> date:
    """The last day of the case's clock."""
    moment = Case.objects.get(pk=case).due_at
    assert moment is not None
    return (moment.astimezone(ZONE) - timedelta(minutes=1)).date()


def test_an_own_day_counts_before_the_national_one():
    rest = RestDays({"2026-11-25": "rest", "2026-11-28": "work"})
    told = [date(2026, 11, day) in rest for day in (24, 25, 28, 29)]
    assert told == [False, True, False, True]
    assert "2026-11-25" not in rest and date(2026, 10, 1) in rest


def test_a_year_not_published_has_its_weekends():
    year = published() + 1
    assert [rests(date(year, 3, day)) for day in range(1, 8)] == [
        date(year, 3, day).weekday() >= 5 for day in range(1, 8)
    ]


@pytest.mark.django_db
def test_a_clock_whose_last_day_becomes_a_rest_day_moves_on(office: Office):
    with time_machine.travel(MONDAY, tick=False):
        case = waiting_for_review(office)
        assert due(case) == date(2026, 11, 26)
        moving, more = calendar.would_move(office.estate, [date(2026, 11, 26), date(2026, 11, 27)], "rest")
        assert [(one.case.pk, one.after.astimezone(ZONE).date()) for one in moving] == [
            (case, date(2026, 12, 1))
        ]
        assert not more
        count(office, "rest", date(2026, 11, 26), date(2026, 11, 27))
        assert due(case) == date(2026, 11, 26)  # until the worker comes to it
        jobs.recount_estate(office.estate.pk)
        assert due(case) == date(2026, 11, 30)  # over the weekend to Monday
        assert recount_all(office.estate) == 0
    entry = Entry.objects.filter(stream=f"case/{case}").latest("seq")
    assert (entry.kind, entry.actor_id) == ("recount", None)
    assert [event["event"] for event in entry.body["events"]] == ["clock_moved"]
    waiting = Task.objects.filter(case_id=case, state="open", due_at__isnull=False)
    assert {(one.due_at.astimezone(ZONE) - timedelta(minutes=1)).date() for one in waiting} == {
        date(2026, 11, 30)
    }
    assert list(audit_cases()) == [] and list(own()) == []


@pytest.mark.django_db
def test_no_clock_becomes_due_earlier(office: Office):
    with time_machine.travel(MONDAY + timedelta(days=2), tick=False):
        case = waiting_for_review(office)  # three days end on a Saturday: the Monday after
        assert due(case) == date(2026, 11, 30)
        count(office, "work", date(2026, 11, 28))
        assert recount_all(office.estate) == 0 and due(case) == date(2026, 11, 30)
        later = waiting_for_review(office)
        assert due(later) == date(2026, 11, 28)  # what starts now is counted with it


@pytest.mark.django_db
def test_clocks_of_minutes_and_of_the_same_day_do_not_move(office: Office):
    with time_machine.travel(MONDAY, tick=False):
        case = open_repair(office)
        before = Case.objects.get(pk=case).due_at
        count(office, "rest", date(2026, 11, 23))
        assert recount_all(office.estate) == 0
        assert Case.objects.get(pk=case).due_at == before


@pytest.mark.django_db
def test_the_national_calendar_holds_again(office: Office):
    with time_machine.travel(MONDAY, tick=False):
        day = date(2026, 11, 26)
        count(office, "rest", day)
        assert day in rest_days(office.estate)
        count(office, "national", day)
        assert day not in rest_days(office.estate) and office.estate.calendar == {}
        assert OwnDay.objects.count() == 2


@pytest.mark.django_db
def test_days_that_are_over_and_too_many_are_refused(office: Office):
    with time_machine.travel(MONDAY, tick=False):
        first = date(2026, 11, 24)
        for code, days in (
            ("day_past", [date(2026, 11, 22)]), ("day_far", [date(2029, 1, 1)]), ("days_many", []),
            ("days_many", [first + timedelta(days=n) for n in range(63)]),
        ):  # fmt: skip
            with pytest.raises(Refusal) as why:
                count(office, "rest", *days)
            assert why.value.code == code
    assert not OwnDay.objects.exists()


@pytest.mark.django_db
def test_what_was_set_stays(office: Office):
    with time_machine.travel(MONDAY, tick=False):
        row = count(office, "rest", date(2026, 11, 26))[0]
    for change in (lambda: OwnDay.objects.update(kind="work"), lambda: row.delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
