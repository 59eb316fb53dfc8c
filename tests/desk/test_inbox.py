"""The inbox: what waits, for whom, in which order, and that it keeps itself up to date without noise."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases.models import Task
from banli.desk import inbox
from banli.people.models import Deputyship, Holding
from tests.desk.at_the_desk import acted
from tests.desk.work import do, elsewhere, goods, issued, repair, sent, signed, signed_in
from tests.office import Office, today


def page(office: Office, who: str, query: str = "") -> str:
    response = signed_in(office, who).get(f"/inbox/{query}")
    assert response.status_code == 200
    return response.content.decode()


def cases_in_order(office: Office, who: str) -> list[int]:
    desk = office[who]
    return [line.task.case_id for line in inbox.page(desk, inbox.Asked(), timezone.now()).lines]


def test_a_task_lies_in_the_inbox_of_its_post_and_of_no_other(office: Office):
    signed(office, "红木沙发")
    assert "红木沙发" in page(office, "laoli")
    for who in ("chen", "zhao", "sun", "zhou", "zheng", "xiaowang"):
        assert "红木沙发" not in page(office, who), who


def test_a_line_says_what_step_of_what_for_whom_and_who_took_it_in(office: Office):
    case = signed(office, "红木沙发")
    told = page(office, "laoli")
    for words in ("值班主任签字", "物品放行条", "12-3-502", "业主张女士", "小王", "红木沙发 × 1", "签字盖章"):
        assert words in told, words
    assert f'href="/cases/{case}/?task=confirm&amp;next=inbox"' in told


def test_what_is_due_first_comes_first_also_where_only_the_case_has_a_clock(office: Office):
    now = timezone.now()
    calm = signed(office, now=now)
    late = signed(office, now=now - timedelta(hours=3))
    soon = signed(office, now=now - timedelta(minutes=100))
    assert cases_in_order(office, "laoli") == [late, soon, calm]
    told = page(office, "laoli")
    assert told.index("item-red") < told.index("item-amber")
    assert "1 件已超时" in told


def test_what_has_no_clock_comes_last_oldest_first(office: Office):
    first, second = goods(office), goods(office)
    urgent = repair(office)
    assert cases_in_order(office, "xiaowang") == [urgent, first, second]


def test_who_stands_in_for_the_director_sees_so_on_every_task_of_theirs(office: Office):
    case = signed(office)
    do(office, "laoli", case, "confirm", "approved", signature="paper")
    assert "主任盖章" not in page(office, "laoli")
    now = timezone.now()
    Deputyship.objects.create(
        estate=office.estate, post="director", principal=office.staff("chen"), deputy=office.staff("laoli"),
        starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1), reason="出差",
    )  # fmt: skip
    told = page(office, "laoli")
    assert "主任盖章" in told and "代 陈主任" in told and "主任（代 陈主任）" in told
    assert "主任盖章" not in page(office, "laoli", "?post=duty_supervisor")
    assert "主任盖章" in page(office, "laoli", "?post=director")


def test_a_task_given_to_one_person_is_theirs_alone(office: Office):
    case = repair(office, "卧室灯不亮")
    sent(office, case)
    assert "派给我的" in page(office, "zheng")
    assert "卧室灯不亮" in page(office, "zheng", "?post=me")
    assert "卧室灯不亮" not in page(office, "xiaowang")


def test_who_filed_a_case_is_told_that_somebody_else_must_confirm_it(office: Office):
    clerk = office.staff("xiaowang")
    Holding.objects.create(staff=clerk, estate=office.estate, post="duty_supervisor", since=today())
    signed(office)
    told = page(office, "xiaowang")
    assert "不能由登记这件事的人办理" in told
    assert "不能由登记这件事的人办理" not in page(office, "laoli")


def test_it_can_be_narrowed_to_a_procedure(office: Office):
    goods(office, "红木沙发")
    repair(office, "卧室灯不亮")
    told = page(office, "xiaowang", "?procedure=home-repair")
    assert "卧室灯不亮" in told and "红木沙发" not in told
    assert "这里没有等您办的事" in page(office, "xiaowang", "?procedure=home-repair&post=me")


def test_an_empty_inbox_is_kind(office: Office):
    assert "都办完了" in page(office, "sun")


def test_another_estates_tasks_are_never_there(office: Office):
    elsewhere(office)
    assert "别处的钢琴" not in page(office, "xiaowang")
    assert "别处的钢琴" in page(office, "xiaoqin")


def test_pages_follow_one_another_without_gap_or_repeat_while_tasks_come_and_go(office: Office, monkeypatch):
    monkeypatch.setattr(inbox, "PAGE", 2)
    cases = [goods(office) for _ in range(5)]
    desk, now = office["xiaowang"], timezone.now()
    first = inbox.page(desk, inbox.Asked(limit=2), now)
    do(office, "xiaowang", cases[0], "sign", "signed", signature="paper")
    goods(office)
    seen = [line.task.case_id for line in first.lines]
    following = first.next
    while following:
        more = inbox.page(desk, inbox.Asked(after=inbox.paging.place(following), limit=2), now)
        seen += [line.task.case_id for line in more.lines]
        following = more.next
    assert seen[:5] == cases
    assert len(seen) == len(set(seen)) == 6


def test_the_link_to_what_follows_brings_the_rest(office: Office, monkeypatch):
    monkeypatch.setattr(inbox, "PAGE", 2)
    for item in ("第一张桌", "第二张桌", "第三张桌"):
        goods(office, item)
    client = signed_in(office, "xiaowang")
    first = client.get("/inbox/")
    assert "第三张桌" not in first.content.decode()
    following = first.context["next"]
    assert "第三张桌" in client.get(following).content.decode()


@pytest.mark.parametrize("who", ["laoli", "xiaowang"])
def test_the_number_of_queries_does_not_grow_with_the_rows(office: Office, who: str):
    client = signed_in(office, who)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            signed(office)
            repair(office)
        client.get("/inbox/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/inbox/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def poll(client, version: str, query: str = ""):
    return client.get(
        f"/inbox/{query}", headers={"HX-Request": "true", "HX-Target": "waiting", "If-None-Match": version}
    )


def test_asking_again_is_answered_304_until_something_changes(office: Office):
    client = signed_in(office, "laoli")
    signed(office, "红木沙发")
    version = client.get("/inbox/")["ETag"]
    again = poll(client, version)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", version)
    signed(office, "紫檀书桌")
    changed = poll(client, version)
    told = changed.content.decode()
    assert changed.status_code == 200 and changed["ETag"] != version
    assert "紫檀书桌" in told and "<html" not in told and "(2) 待办" in told
    assert poll(client, changed["ETag"]).status_code == 304


def test_a_task_that_turns_red_is_a_change(office: Office):
    client = signed_in(office, "laoli")
    signed(office)
    version = client.get("/inbox/")["ETag"]
    Task.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert poll(client, version).status_code == 200


def test_the_other_language_is_another_page(office: Office):
    client = signed_in(office, "laoli")
    signed(office)
    version = client.get("/inbox/")["ETag"]
    client.cookies["django_language"] = "en"
    told = poll(client, version)
    assert told.status_code == 200 and "Duty supervisor signs" in told.content.decode()


def test_a_browser_that_asks_for_the_whole_page_gets_it_whatever_it_kept(office: Office):
    client = signed_in(office, "laoli")
    first = client.get("/inbox/")
    again = client.get("/inbox/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200 and "<html" in again.content.decode()
    assert "no-store" in again["Cache-Control"]


def test_a_page_that_shows_more_asks_for_as_many(office: Office, monkeypatch):
    monkeypatch.setattr(inbox, "PAGE", 2)
    for _ in range(4):
        goods(office)
    desk, now = office["xiaowang"], timezone.now()
    asked = inbox.Asked.of(QueryDict("shown=4"))
    assert len(inbox.page(desk, asked, now).lines) == 4
    assert inbox.Asked.of(QueryDict("shown=99999999999999")).limit == inbox.LONGEST_PAGE


@pytest.mark.parametrize(
    "query",
    [
        "?after=x",
        "?after=1.",
        "?after=999999999999999999.1",
        "?after=١.١",
        "?procedure=%00",
        "?post=DROP TABLE",
        "?shown=-1",
    ],
)
def test_addresses_no_page_would_give_are_not_found(office: Office, query: str):
    assert signed_in(office, "laoli").get(f"/inbox/{query}").status_code == 404


def test_the_number_beside_the_inbox_is_what_waits(office: Office):
    issued(office)
    told = page(office, "zhou")
    assert '<span class="count">1</span>' in told


def test_back_from_a_case_it_says_what_was_done_to_whoever_did_it(office: Office):
    case = signed(office, "红木沙发")
    posted = {"act-signature-paper": "yes", "next": "inbox"}
    back = acted(signed_in(office, "laoli"), case, "confirm", "approved", **posted)["Location"]
    assert back == f"/inbox/?done={case}.3"
    told = page(office, "laoli", "?" + back.partition("?")[2])
    words = (
        "值班主任签字",
        f'<a href="/cases/{case}/">物品放行条 · 第 {case} 号</a> · 12栋3单元502 · 业主张女士',
    )
    assert [word for word in words if word not in told] == []
    for who, query in (("chen", f"?done={case}.3"), ("laoli", f"?done={case}.2"), ("laoli", "?done=1.1.1")):
        assert f'<a href="/cases/{case}/">' not in page(office, who, query), (who, query)


def test_the_inbox_is_shown_also_to_who_sees_the_case_no_more(office: Office):
    case = signed(office, "红木沙发")
    for who, told in (("zheng", f"{case}.2"), ("he", f"{case}.2"), ("laoli", "999999.1")):
        assert 'role="alert"' not in page(office, who, f"?done={told}"), (who, told)
