"""The morning screen names what was not done, and each line leads to its thing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases import able, jobs
from banli.cases.models import Task
from banli.desk import morning, stranded
from banli.people.ability.actions import set_ability
from banli.people.models import Holding
from banli.routines import actions
from banli.routines.models import Watch
from tests.cases.test_actions import do, repair
from tests.desk.at_the_desk import at, open_goods, text
from tests.office import Office, today
from tests.routines.walk import LATER, PUMPS, fallen_due, picture, walk
from tests.routines.watching import begin, offer

ROWS = """
    SELECT coalesce(sum(seq_tup_read), 0) + coalesce(sum(idx_tup_fetch), 0) FROM pg_stat_xact_user_tables
     WHERE relname = 'cases_task'
"""


def test_where_everything_was_done_the_screen_says_so(office: Office) -> None:
    assert "都办了" in text(at(office, "chen").get("/morning/"))


def test_missed_rounds_findings_late_cases_and_unsigned_shifts_lead_to_their_things(office: Office) -> None:
    rows = fallen_due(office)
    walk(
        office, "zheng", rows["pump-room"], {**PUMPS, "leaks": "wrong"}, note="二号泵漏水", photos=[picture()]
    )
    actions.miss(LATER + timedelta(hours=3))
    case = repair(office)
    now = timezone.now()
    jobs.wake(now + timedelta(hours=2))
    left = begin(office, now=now - timedelta(hours=15))
    asked = begin(office, "zhou", "gate", now=now)
    told = morning.morning(office["chen"], now + timedelta(hours=2))
    assert [one.round.routine for one in told.rounds] == ["fire-patrol", "pump-room", "lift-round"]
    assert [one.case.pk for one in told.cases] == [case]
    assert [row.pk for row, _post in told.watches] == [left.pk]
    Watch.objects.filter(pk=left.pk).update(began_at=now - timedelta(hours=17))
    page = text(at(office, "chen").get("/morning/"))
    for address in (f"/rounds/{rows['fire-patrol'].pk}/", f"/watches/{left.pk}/"):
        assert f'href="{address}"' in page
    assert f'href="/watches/{asked.pk}/"' not in page


def sets_trades(office: Office, *trades: str) -> None:
    """The only technician does no more than these."""
    chen = office["chen"]
    set_ability(
        by=chen, acting=chen.posts["director"], staff=office.staff("zheng"), kind="trade", values=trades,
        offered=list(able.offered(["technician"])["trade"][1]), since=today(),
    )  # fmt: skip


def test_work_that_nobody_does_and_the_case_that_asks_for_it_stand_there(office: Office) -> None:
    case = repair(office)
    assert morning.morning(office["chen"], timezone.now()).clear
    sets_trades(office, "lift", "fire")
    told = morning.morning(office["laoli"], timezone.now())
    assert [one.task.case_id for one in told.stranded] == [case] and told.stranded[0].work is not None
    page = text(at(office, "chen").get("/morning/"))
    assert "没有人做的工种：给排水" in page and f'href="/cases/{case}/"' in page
    assert f"没有人做“{told.stranded[0].work.zh}”" in page and "/posts/abilities/" in page
    assert "/posts/abilities/" not in text(at(office, "laoli").get("/morning/"))
    sets_trades(office, *able.offered(["technician"])["trade"][1])
    assert morning.morning(office["chen"], timezone.now()).clear


def test_a_task_whose_post_nobody_holds_or_whose_person_left_stands_there(office: Office) -> None:
    case, zheng = repair(office), office.staff("zheng")
    do(office, "xiaowang", case, "dispatch", "dispatched", extra={"assignee": zheng.pk})
    Holding.objects.filter(staff=zheng).update(until=today() - timedelta(days=1))
    (gone,) = morning.morning(office["chen"], timezone.now()).stranded
    assert gone.task.case_id == case and gone.person == "维修工老郑"
    assert "维修工老郑 已经没有岗位" in text(at(office, "chen").get("/morning/"))
    goods = open_goods(office)
    Holding.objects.filter(post="front_desk").update(until=today() - timedelta(days=1))
    told = {one.task.case_id: one for one in morning.morning(office["chen"], timezone.now()).stranded}
    assert told[goods].post is not None and told[goods].post.zh == "前台"
    assert "前台没有人在岗" in text(at(office, "chen").get("/morning/"))


def test_what_nobody_can_do_is_found_without_going_past_all_that_waits(office: Office):
    """The rows of tasks that PostgreSQL says it fetched, as in the tests of a larger house."""
    goods = open_goods(office)
    zheng = repair(office)
    do(office, "xiaowang", zheng, "dispatch", "dispatched", extra={"assignee": office.staff("zheng").pk})
    task = Task.objects.get(case=goods, state="open")

    def read() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
            cursor.execute(ROWS)
            (before,) = cursor.fetchone()
            assert stranded.tasks(office["chen"], timezone.now(), 10) == []
            cursor.execute(ROWS)
            return int(cursor.fetchone()[0] - before)

    few = read()
    Task.objects.bulk_create(
        Task(
            estate=task.estate, case=task.case, procedure=task.procedure, step=task.step, branch=branch,
            posts=task.posts, opened_at=task.opened_at, order_at=task.order_at,
        )
        for branch in range(1, 400)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE cases_task")
    assert read() <= few + 5


def test_a_watch_that_was_offered_and_not_taken_is_unsigned_after_an_hour(office: Office) -> None:
    now = timezone.now()
    watch = begin(office, now=now)
    offer(office, watch, now=now)
    assert morning.morning(office["chen"], now + timedelta(minutes=59)).watches == []
    assert [
        row.pk for row, _post in morning.morning(office["chen"], now + timedelta(minutes=61)).watches
    ] == [watch.pk]


@pytest.mark.parametrize("who", ["xiaowang", "zhou", "sun"])
def test_it_is_for_those_who_supervise(office: Office, who: str) -> None:
    assert at(office, who).get("/morning/").status_code == 403


def test_another_estates_omissions_are_not_told(office: Office) -> None:
    fallen_due(office)
    actions.miss(LATER + timedelta(hours=3))
    mine = {one.round.estate_id for one in morning.morning(office["chen"], timezone.now()).rounds}
    assert mine == {office.estate.pk}


def test_more_rows_cost_no_more_queries(office: Office) -> None:
    repair(office)
    now, counts = timezone.now() + timedelta(hours=3), []
    for more in (0, 2):
        for _ in range(more):
            repair(office)
        jobs.wake(now)
        morning.morning(office["chen"], now)
        with CaptureQueriesContext(connection) as asked:
            assert len(morning.morning(office["chen"], now).cases) == 1 + more
        counts.append(len(asked))
    assert counts[0] == counts[1]
