"""Notices: who hears of what, in which words, and that reading one takes it from the pile for good."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases import jobs
from banli.desk import notices
from banli.messages import actions
from banli.messages.models import Notice
from tests.desk.work import do, repair, sent, signed, signed_in
from tests.office import Office


def told(office: Office, who: str) -> str:
    response = signed_in(office, who).get("/notices/")
    assert response.status_code == 200
    return response.content.decode()


def late_repair(office: Office, problem: str = "厨房水龙头漏水") -> int:
    case = repair(office, problem)
    jobs.wake(timezone.now() + timedelta(minutes=16))
    return case


def test_a_late_arrival_is_told_to_the_posts_the_procedure_names(office: Office):
    case = late_repair(office)
    for who in ("xiaowang", "zhao"):
        page = told(office, who)
        for words in (
            "“到场”超时了",
            "12-3-502",
            "租户刘先生",
            "家居维修",
            "厨房水龙头漏水",
            "现在等：派维修人员",
        ):
            assert words in page, (who, words)
        assert f'href="/cases/{case}/"' in page
    for who in ("laoli", "chen", "zhou", "sun"):
        assert "没有新通知" in told(office, who), who


def test_a_clock_that_is_about_to_run_out_is_told_before(office: Office):
    signed(office)
    jobs.wake(timezone.now() + timedelta(minutes=95))
    assert "“签字盖章”快到时限" in told(office, "laoli")


def test_whoever_is_sent_is_told_so_and_nobody_else(office: Office):
    sent(office, repair(office))
    assert "派给您了：派维修人员" in told(office, "zheng")
    assert "没有新通知" in told(office, "xiaowang")


def test_the_sentences_are_in_the_readers_language(office: Office):
    late_repair(office)
    client = signed_in(office, "xiaowang")
    client.cookies["django_language"] = "en"
    page = client.get("/notices/").content.decode()
    assert "“Arrival” is late" in page and "Waiting now: Send a technician" in page


def test_a_notice_says_that_what_it_told_of_was_done_meanwhile(office: Office):
    case = late_repair(office)
    sent(office, case)
    do(office, "zheng", case, "take", "taken", now=timezone.now() + timedelta(minutes=17))
    do(office, "zheng", case, "arrive", "arrived", now=timezone.now() + timedelta(minutes=17))
    assert "clock-missed" in told(office, "xiaowang")


def test_a_notice_is_read_once_for_the_whole_post(office: Office):
    late_repair(office)
    client = signed_in(office, "xiaowang")
    notice = Notice.objects.get(post="front_desk")
    answer = client.post("/notices/readings/", {"notice": notice.pk})
    assert (answer.status_code, answer["Location"]) == (302, "/notices/")
    notice.refresh_from_db()
    first = notice.read_at
    assert (notice.read_by, first is not None) == (office.staff("xiaowang"), True)
    client.post("/notices/readings/", {"notice": notice.pk})
    notice.refresh_from_db()
    assert notice.read_at == first
    assert "没有新通知" in told(office, "xiaowang")
    assert "“到场”超时了" in told(office, "zhao")


def test_only_what_was_on_the_page_is_taken_as_read(office: Office):
    late_repair(office, "一号")
    shown = [str(pk) for pk in Notice.objects.filter(post="front_desk").values_list("pk", flat=True)]
    late_repair(office, "二号")
    signed_in(office, "xiaowang").post("/notices/readings/", {"notice": shown})
    assert "二号" in told(office, "xiaowang") and "一号" not in told(office, "xiaowang")


@pytest.mark.parametrize("who", ["zhou", "he", "xiaoqin"])
def test_notices_of_others_are_left_alone(office: Office, who: str):
    late_repair(office)
    notice = Notice.objects.get(post="front_desk")
    signed_in(office, who).post("/notices/readings/", {"notice": notice.pk})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_another_estates_front_desk_hears_nothing(office: Office):
    late_repair(office)
    assert "没有新通知" in told(office, "xiaoqin")


def test_the_bell_counts_what_nobody_has_read(office: Office):
    assert notices.count(office["zhao"]) == 0
    late_repair(office)
    assert notices.count(office["zhao"]) == 1
    assert '<span class="count">1</span>' in told(office, "zhao")


def test_pages_go_on_by_the_last_notice(office: Office, monkeypatch):
    monkeypatch.setattr(notices, "PAGE", 2)
    for number in range(3):
        late_repair(office, f"第{number}处")
    client = signed_in(office, "xiaowang")
    first = client.get("/notices/")
    second = client.get("/notices/" + first.context["next"])
    seen = [one.matter for page in (first, second) for one in page.context["told"]]
    assert seen == ["第2处", "第1处", "第0处"]


def test_the_number_of_queries_does_not_grow_with_the_rows(office: Office):
    client, counts = signed_in(office, "xiaowang"), []
    for more in (1, 2):
        for _ in range(more):
            late_repair(office)
        client.get("/notices/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/notices/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("notice", ["x", "-1", "99999999999999999999", "\x00"])
def test_what_is_no_notice_is_not_found(office: Office, notice: str):
    assert signed_in(office, "xiaowang").post("/notices/readings/", {"notice": notice}).status_code == 404


def test_reading_is_no_get(office: Office):
    assert signed_in(office, "xiaowang").get("/notices/readings/").status_code == 405


def laid(office: Office, count: int) -> None:
    """``count`` notices, for a person, their post and somebody else's in turn."""
    desk = office["laoli"]
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO messages_notice (estate_id, code, about, at, post, staff_id)
               SELECT %s, 'assigned', '', now(), CASE n %% 3 WHEN 0 THEN '' WHEN 1 THEN %s ELSE 'nobody' END,
                      CASE n %% 3 WHEN 0 THEN %s END
                 FROM generate_series(1, %s) AS n""",
            [desk.estate.pk, next(iter(desk.posts)), desk.staff.pk, count],
        )
        cursor.execute("ANALYZE messages_notice")


def test_pages_of_notices_follow_each_other_without_a_gap(office: Office):
    laid(office, 30)
    desk = office["laoli"]
    every = list(actions.unread(desk))
    assert {one.post for one in every} == {"", *desk.posts}
    seen: list[Notice] = []
    while page := list(actions.newest_unread(desk, 4, seen[-1].pk if seen else None)):
        seen += page
    assert seen == every


def test_of_a_pile_that_nobody_read_no_more_than_a_page_is_looked_at(office: Office):
    laid(office, 60_000)
    desk, most = office["laoli"], 51
    plan = json.loads(actions.newest_unread(desk, most).explain(analyze=True, format="json"))
    read = [node["Actual Rows"] for node in nodes(plan[0]["Plan"])]
    assert max(read) <= most * (1 + len(desk.posts))


def test_who_has_no_notices_reads_past_nobody_elses(office: Office):
    laid(office, 60_000)
    Notice.objects.update(post="", staff=office["laoli"].staff)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE messages_notice")
    plan = json.loads(actions.newest_unread(office["chen"], 51).explain(analyze=True, format="json"))
    assert sum(node.get("Rows Removed by Filter", 0) for node in nodes(plan[0]["Plan"])) == 0


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)
