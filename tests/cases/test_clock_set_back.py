"""The computer's clock is set back: what happened keeps its order, and sealed days stay as they were sealed."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from banli.cases import actions, audit, jobs
from banli.cases.models import Case, Task
from banli.journal import actions as journal
from banli.journal.models import Entry
from banli.journal.seals import seal_days
from banli.messages.models import Notice
from tests.cases.test_actions import do, key, open_goods, repair
from tests.cases.test_audit import everything, tamper
from tests.office import Office, today


def times(case: int) -> list[datetime]:
    return list(Entry.objects.filter(stream=f"case/{case}").order_by("seq").values_list("at", flat=True))


def test_in_a_case_time_stands_still_until_the_clock_has_caught_up(office: Office):
    case, opened = open_goods(office), timezone.now()
    with time_machine.travel(opened - timedelta(hours=2)):
        do(office, "xiaowang", case, "sign", "signed", signature="paper")
        do(office, "laoli", case, "confirm", "approved", signature="paper")
    with time_machine.travel(opened + timedelta(minutes=5), tick=False):
        do(office, "chen", case, "seal", "sealed")
        assert times(case) == [times(case)[0]] * 3 + [timezone.now()]
    assert everything() == []


def test_a_case_may_end_before_it_began_by_the_clock_but_not_by_the_journal(office: Office):
    case = open_goods(office)
    with time_machine.travel(timezone.now() - timedelta(days=3)):
        actions.withdraw(by=office["xiaowang"], case_id=case, reason="不搬了", key=key())
    told = Case.objects.get(pk=case)
    assert (told.status, told.ended_at) == ("withdrawn", told.opened_at)
    assert everything() == []


def test_a_deadline_runs_from_the_journals_time_and_is_missed_by_the_clocks(office: Office):
    """Two hours back: the fifteen minutes begin when the request was taken, and are over at the same moment as ever."""
    case = repair(office)
    opened = times(case)[-1]
    due = Case.objects.get(pk=case).due_at
    with time_machine.travel(opened - timedelta(hours=2)):
        do(office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": office["zheng"].staff.pk})
        assert jobs.wake() == 0, "nothing is late by this clock"
    told = Case.objects.get(pk=case)
    assert told.due_at == due == opened + timedelta(minutes=15)
    assert Task.objects.get(case_id=case, state="open").opened_at == opened
    assert jobs.wake(opened + timedelta(minutes=16)) == 1
    assert Notice.objects.filter(case_id=case, code="clock_late").exists()
    assert everything() == []


def test_a_sealed_day_takes_nothing_more(office: Office):
    """Set back by a day after midnight: a new case, a known one and other entries belong to the day after the seal."""
    yesterday = timezone.now() - timedelta(days=1)
    with time_machine.travel(yesterday):
        known = open_goods(office, date=(today() + timedelta(days=1)).isoformat())
    assert [seal.day for seal in seal_days(office.estate.pk, today())] == [timezone.localdate(yesterday)]
    with time_machine.travel(yesterday):
        do(office, "xiaowang", known, "sign", "signed", signature="paper")
        fresh = open_goods(office, date=(today() + timedelta(days=1)).isoformat())
        other = journal.append(estate_id=office.estate.pk, stream="estate/1", kind="looked", body={})
    for at in (times(known)[-1], times(fresh)[0], other.at):
        assert timezone.localdate(at) == today()
    assert everything() == []


def test_other_streams_keep_their_order_too(office: Office):
    first = journal.append(estate_id=office.estate.pk, stream="estate/1", kind="looked", body={})
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        second = journal.append(estate_id=office.estate.pk, stream="estate/1", kind="looked", body={})
    assert (second.seq, second.at) == (2, first.at)


@pytest.mark.parametrize("hours", [1, 24])
def test_an_entry_that_goes_back_in_time_is_found(office: Office, hours: int):
    """Even where whoever wrote it made its hash right."""
    case = open_goods(office)
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    entry = Entry.objects.get(stream=f"case/{case}", seq=2)
    entry.at -= timedelta(hours=hours)
    tamper(
        "UPDATE journal_entry SET at = %s, hash = %s WHERE id = %s", entry.at, audit.hash_of(entry), entry.pk
    )
    told = [str(found) for check in audit.CHECKS.values() for found in check()]
    assert told[:1] == [f"journal_entry {entry.pk} (case/{case} #2): is earlier than the entry before it"]
