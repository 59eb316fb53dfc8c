"""The calls that are owed: shared out evenly, never to whoever did the work, not in the residents' rest hours (P18)."""

from datetime import datetime, timedelta

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.desk import follow_ups
from banli.people.actions import appoint
from banli.people.models import Staff
from tests.cases.complaints import complain, do, handled, sent
from tests.desk.at_the_desk import at, text
from tests.office import ZONE, Office

NOON, NIGHT = datetime(2026, 5, 6, 10, 0, tzinfo=ZONE), datetime(2026, 5, 6, 22, 30, tzinfo=ZONE)


def owed(office: Office, **more: str) -> int:
    case = complain(office, **more)
    sent(office, case)
    handled(office, case)
    return case


def test_what_is_owed_is_shared_out_evenly(office: Office, second: Staff) -> None:
    for _ in range(4):
        owed(office)
    told = follow_ups.calls(office["xiaowang"], NOON).owed
    assert [one.name for one in told] == ["小王", "小陈", "小王", "小陈"]
    assert len(follow_ups.calls(office["laoli"], NOON).of(second.pk)) == 2


def test_whoever_is_complained_of_is_given_no_call_and_whoever_did_the_work_neither(
    office: Office, second: Staff
) -> None:
    about, other = owed(office, complained_of="小王"), owed(office)
    told = {one.task.case_id: one.name for one in follow_ups.calls(office["laoli"], NOON).owed}
    assert told == {about: "小陈", other: "小王"}
    appoint(
        estate=office.estate, staff=office.staff("wu"), post="front_desk", since=datetime(2020, 1, 1).date()
    )
    callers = {one.name for one in follow_ups.calls(office["laoli"], NOON).owed}
    assert "保洁班长老吴" not in callers, "he dealt with both"


def test_attempts_and_the_agreed_time_stand_beside_the_call(office: Office) -> None:
    case = owed(office)
    do(office, "xiaowang", case, "follow_up", "no_answer")
    later = timezone.localtime(timezone.now() + timedelta(hours=3)).replace(
        tzinfo=None, second=0, microsecond=0
    )
    do(office, "xiaowang", case, "follow_up", "later", extra={"at": later.isoformat()})
    (one,) = follow_ups.calls(office["xiaowang"], timezone.now()).owed
    assert (
        one.attempts == 2 and one.at is not None and timezone.localtime(one.at).replace(tzinfo=None) == later
    )
    assert not one.now, "not before the time that was agreed"


def test_nobody_is_called_in_their_rest_hours(office: Office) -> None:
    owed(office)
    office.estate.settings = {}
    office.estate.save(update_fields=["settings"])
    office["xiaowang"].estate.settings = {}
    day, night = follow_ups.calls(office["xiaowang"], NOON), follow_ups.calls(office["xiaowang"], NIGHT)
    assert (day.resting, day.owed[0].now) == (False, True)
    assert (night.resting, night.owed[0].now) == (True, False)


def test_the_page_lists_them_and_reads_no_more_for_more_rows(office: Office) -> None:
    client, counts = at(office, "xiaowang"), []
    for more in (1, 3):
        for _ in range(more):
            owed(office)
        client.get("/follow-ups/")
        with CaptureQueriesContext(connection) as read:
            page = text(client.get("/follow-ups/"))
        counts.append(len(read))
    assert counts[0] == counts[1]
    assert page.count("分给小王") == 4 and "12-3-502" in page
    assert "没有欠着的回访" in text(at(office, "laoli").get("/follow-ups/?whose=mine"))


def test_a_late_call_leads_to_why_it_is_red(office: Office) -> None:
    case = owed(office)
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        page = text(at(office, "laoli").get("/follow-ups/"))
    assert f'class="item-why" href="/cases/{case}/clocks/#clock-' in page and "为什么红了" in page
