"""The estate's cases: what can be found, why one is late, and who sees which."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases import actions
from banli.desk import case_list
from banli.estate.models import Building, Occupancy, Person, Unit
from banli.papers.models import Paper
from tests.desk.work import do, elsewhere, goods, issued, key, repair, sent, signed, signed_in
from tests.office import Office, today


def found(office: Office, query: str = "", who: str = "laoli") -> list[int]:
    response = signed_in(office, who).get(f"/cases/{query}")
    assert response.status_code == 200
    return [line.case.pk for line in response.context["lines"]]


def test_the_newest_case_comes_first(office: Office):
    cases = [goods(office), repair(office), goods(office)]
    assert found(office) == cases[::-1]


def test_a_late_case_says_which_clock_how_long_and_with_whom_it_lies(office: Office):
    case = repair(office, now=timezone.now() - timedelta(minutes=25))
    sent(office, case)
    told = signed_in(office, "laoli").get("/cases/?status=late").content.decode()
    for words in ("item-red", "到场", "超时 10 分", "维修工老郑", "厨房水龙头漏水"):
        assert words in told, words


def test_a_step_of_a_post_names_the_post(office: Office):
    signed(office)
    told = signed_in(office, "chen").get("/cases/").content.decode()
    assert "值班主任签字</span><b>值班主任</b>" in told


def test_they_are_narrowed_by_procedure_and_status(office: Office):
    release, fix = goods(office), repair(office)
    actions.withdraw(by=office["xiaowang"], case_id=release, reason="不搬了", key=key())
    late = repair(office, now=timezone.now() - timedelta(hours=1))
    assert found(office, "?procedure=home-repair") == [late, fix]
    assert found(office, "?status=withdrawn") == [release]
    assert found(office, "?status=open") == [late, fix]
    assert found(office, "?status=late") == [late]
    assert found(office, "?procedure=goods-release&status=open") == []


def test_days_count_from_midnight_to_midnight_on_the_offices_clock(office: Office):
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    yesterday = goods(office, now=midnight - timedelta(seconds=1))
    this_day = goods(office, now=midnight + timedelta(seconds=1))
    day, before = today().isoformat(), (today() - timedelta(days=1)).isoformat()
    assert found(office, f"?since={day}") == [this_day]
    assert found(office, f"?until={before}") == [yesterday]
    assert found(office, f"?since={before}&until={day}") == [this_day, yesterday]


def test_a_case_is_found_by_its_number_its_room_its_paper_and_its_applicant(office: Office):
    building = Building.objects.create(estate=office.estate, code="8", name="8栋")
    other = Unit.objects.create(
        estate=office.estate, building=building, entrance="1", room="1203", key="8-1-1203"
    )
    neighbour = Person.objects.create(estate=office.estate, name="邻居")
    Occupancy.objects.create(estate=office.estate, unit=other, person=neighbour, role="owner", since=today())
    theirs, ours = goods(office, unit=other, applicant=neighbour), issued(office)
    number = Paper.objects.get(case_id=ours).number
    assert found(office, f"?q={theirs}") == [theirs]
    for room in ("8-1-1203", "8栋1单元1203", "八栋一单元1203室"):
        assert found(office, f"?q={room}") == [theirs], room
    assert found(office, f"?q={number.lower()}") == [ours]
    assert found(office, "?q=邻居") == [theirs]
    assert found(office, "?q=没有这个人") == []


def test_only_who_takes_part_in_a_procedure_sees_its_cases(office: Office):
    release, fix = goods(office), repair(office)
    assert found(office, who="zhou") == [release]
    assert found(office, who="zheng") == [fix]
    assert found(office, who="xiaoliu") == []
    assert found(office, who="chen") == [fix, release]
    assert signed_in(office, "zhou").get("/cases/?procedure=home-repair").status_code == 404


def test_another_estates_cases_are_never_there(office: Office):
    theirs = elsewhere(office)
    assert found(office) == []
    assert found(office, f"?q={theirs}") == []
    assert found(office, "?q=别处的人") == []
    assert found(office, who="he") == [theirs]


def test_pages_go_on_by_the_last_case_while_new_ones_come(office: Office, monkeypatch):
    monkeypatch.setattr(case_list, "PAGE", 2)
    cases = [goods(office) for _ in range(5)]
    client = signed_in(office, "laoli")
    first = client.get("/cases/?status=open")
    goods(office)
    second = client.get("/cases/" + first.context["next"])
    third = client.get("/cases/" + second.context["next"])
    seen = [line.case.pk for page in (first, second, third) for line in page.context["lines"]]
    assert seen == cases[::-1]
    assert third.context["next"] == ""
    assert "status=open" in first.context["next"]


def test_the_number_of_queries_does_not_grow_with_the_rows(office: Office):
    client, counts = signed_in(office, "laoli"), []
    for more in (1, 2):
        for _ in range(more):
            signed(office)
            sent(office, repair(office))
        client.get("/cases/?q=12-3-502")
        with CaptureQueriesContext(connection) as queries:
            client.get("/cases/?q=12-3-502")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_end_is_shown_with_its_time(office: Office):
    case = issued(office)
    do(office, "zhou", case, "gate", "released", extra={"ticked": [0]})
    told = signed_in(office, "laoli").get("/cases/?status=done").content.decode()
    assert "已办结" in told and "结束" in told


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?since=2026-13-01", "请填写日期"),
        ("?since=0001-01-01", "2000"),
        ("?since=2026-05-02&until=2026-05-01", "止日不能早于起日"),
        ("?q=%00", "field-error"),
        ("?q=" + "x" * 61, "60"),
    ],
)
def test_a_wrong_filter_is_marked_and_what_was_typed_stays(office: Office, query: str, sentence: str):
    goods(office)
    response = signed_in(office, "laoli").get(f"/cases/{query}")
    told = response.content.decode()
    assert response.status_code == 422
    assert sentence in told and response.context["lines"] == []


@pytest.mark.parametrize(
    "query", ["?before=x", "?before=-1", "?before=9999999999999999999", "?procedure=nothing"]
)
def test_addresses_no_page_would_give_are_not_found(office: Office, query: str):
    assert signed_in(office, "laoli").get(f"/cases/{query}").status_code == 404


def test_an_unknown_status_is_refused(office: Office):
    assert signed_in(office, "laoli").get("/cases/?status=nothing").status_code == 422
