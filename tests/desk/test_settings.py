"""The screens on which an estate sets things: who reads, who changes, what is told."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases import settings as cases
from banli.estate.models import Estate
from banli.estate.own import OwnDay, SettingVersion
from banli.journal.models import Entry
from tests.cases.test_calendar import MONDAY, waiting_for_review
from tests.desk.at_the_desk import at, marked, text
from tests.office import Office, today


def posted(office: Office, name: str, who: str = "chen", **told: str) -> Any:
    sent = {"valid_from": today().isoformat(), "reason": "业委会决定", **told}
    return at(office, who).post(f"/settings/{name}/", sent)


def value(office: Office, name: str) -> Any:
    return cases.value_on(Estate.objects.get(pk=office.estate.pk), cases.catalogue()[name], today())


def test_every_setting_stands_on_the_screen_in_words(office: Office):
    told = text(at(office, "zhou").get("/settings/"))
    for known in cases.catalogue().values():
        assert known.setting.title.zh in told, known.name
    for words in (
        "15 分钟",
        "400 公斤",
        "5000.00 元",
        "周一至周五 08:00–12:00、14:30–18:00",
        "《家居维修》流程第 3 步；北京市地方标准 DB11/T 751-2025",
    ):
        assert words in told, words


def test_settings_are_found_by_name_procedure_and_source(office: Office):
    client = at(office, "zhou")
    for words, found, not_found in (
        ("电梯", "每趟载重", "报修到场"), ("stairs 130", "宽度", "载重"), ("DB11/T 第 4.2.4 条", "报修到场", "载重"),
    ):  # fmt: skip
        told = text(client.get("/settings/", {"q": words}))
        assert found in told and not_found not in told.split('id="found"')[1], words
    assert "没有这样的设置" in text(client.get("/settings/", {"q": "没有这一项"}))


def test_the_list_asks_no_more_of_the_database_with_more_versions(office: Office):
    client = at(office, "chen")
    client.get("/settings/")
    counts = []
    for number in ("300", "310", "320"):
        posted(office, "lift_load", count=number)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get("/settings/")
        counts.append(len(asked))
    assert len(set(counts)) == 1, counts


@pytest.mark.parametrize(("name", "told", "kept"), [
    ("lift_load", {"count": "300"}, 300),
    ("repair_arrival", {"number": "20", "unit": "m"}, "20m"),
    ("repair_follow_up", {"number": "2", "unit": "d"}, "2 days"),
    ("cleaning_answer", {"number": "", "unit": "same day"}, "same day"),
    ("renovation_deposit", {"yuan": "3000.5"}, 300050),
    ("bulky_hours", {"hours": "周一至周五 09:00–12:00；周六 10:00–11:30"}, "Mo-Fr 09:00-12:00; Sa 10:00-11:30"),
    ("material_undertaking", {"answer": "yes"}, "yes"),
    ("phone", {"words": "0571-88880000"}, "0571-88880000"),
])  # fmt: skip
def test_each_kind_is_typed_as_it_is_said(office: Office, name: str, told: dict[str, str], kept: Any):
    response = posted(office, name, **told)
    assert response.status_code == 302, text(response)
    assert value(office, name) == kept
    assert "业委会决定" in text(at(office, "zhou").get(f"/settings/{name}/"))


def test_what_cannot_be_is_marked_and_nothing_is_set(office: Office):
    for name, told, field in (
        ("lift_load", {"count": "many"}, "count"), ("repair_arrival", {"number": "", "unit": "m"}, "number"),
        ("bulky_hours", {"hours": "白天"}, "hours"), ("lift_load", {"count": "300", "reason": ""}, "reason"),
        ("lift_load", {"count": "300", "valid_from": "soon"}, "valid_from"),
    ):  # fmt: skip
        response = posted(office, name, **told)
        assert response.status_code == 422 and field in marked(response), (name, marked(response))
    for told in ({"count": "1"}, {"count": "400"}, {"count": "300", "valid_from": "2026-01-01"}):
        assert posted(office, "lift_load", **told).status_code == 422
    assert "warns" not in text(posted(office, "repair_arrival", number="3", unit="m"))
    assert not SettingVersion.objects.exists()


def test_back_to_the_default_and_what_comes(office: Office):
    posted(office, "lift_load", count="300")
    later = (today() + timedelta(days=5)).isoformat()
    posted(office, "lift_load", restore="yes", valid_from=later, reason="新电梯")
    told = text(at(office, "zhou").get("/settings/lift_load/"))
    assert "300 公斤" in told and f"{later} 起：400 公斤" in told and "恢复默认：" in told
    assert "将生效" in told and "现行" in told and "新电梯" in told
    assert "已经立的件" in text(at(office, "zhou").get("/settings/"))


def test_who_may_not_set_reads_and_is_told_whom_to_ask(office: Office):
    told = text(at(office, "xiaowang").get("/settings/lift_load/"))
    assert "由主任设置" in told and "照此设置" not in told
    assert posted(office, "lift_load", who="xiaowang", count="300").status_code == 403
    assert posted(office, "nothing").status_code == 404


def test_an_estates_settings_are_its_own(office: Office):
    posted(office, "lift_load", count="300")
    assert "300 公斤" not in text(at(office, "he").get("/settings/lift_load/"))


def test_english_is_whole(office: Office):
    client = at(office, "chen")
    client.cookies["django_language"] = "en"
    assert "Back to the default" not in text(client.get("/settings/lift_load/"))
    posted(office, "lift_load", count="300")
    told = text(client.get("/settings/lift_load/"))
    assert "Back to the default" in told and "300 kg" in told and "Where it is used" in told
    assert "National days" in text(client.get("/calendar/?year=2026"))


def test_the_calendar_shows_the_year_and_warns_of_one_not_published(office: Office):
    with time_machine.travel(MONDAY, tick=False):
        told = text(at(office, "zhou").get("/calendar/"))
        assert "春节" in told and "调休上班" in told and "还没有安排进来" not in told
        assert "2027 年的节假日还没有安排进来" in text(at(office, "zhou").get("/calendar/?year=2027"))
        for year in ("1999", "x", "99999999999"):
            assert at(office, "zhou").get("/calendar/", {"year": year}).status_code == 404


def test_the_calendar_says_that_days_which_are_over_stay_as_they_were_counted(office: Office):
    assert "只能是今天和以后的日子" in text(at(office, "chen").get("/calendar/"))


def test_who_changes_the_calendar_sees_first_which_clocks_move(office: Office):
    with time_machine.travel(MONDAY, tick=False):
        case = waiting_for_review(office)
        told = {"first": "2026-11-26", "last": "", "kind": "rest", "reason": "台风"}
        response = at(office, "chen").post("/calendar/", told)
        page = text(response)
        assert response.status_code == 409 and "正在走的时限会顺延" in page and f"#{case}" in page
        assert "审核审批" in page and not OwnDay.objects.exists()
        assert at(office, "chen").post("/calendar/", {**told, "sure": "yes"}).status_code == 302
        assert OwnDay.objects.get().day == date(2026, 11, 26)
        page = text(at(office, "zhou").get("/calendar/"))
        assert "台风" in page and "本小区定为休息日" in page
        assert (
            at(office, "chen").post("/calendar/", {**told, "kind": "work"}).status_code == 302
        )  # moves nothing
    assert Entry.objects.filter(stream=f"settings/{office.estate.pk}", kind="calendar").count() == 2


def test_papers_and_seal_in_force(office: Office):
    told = text(at(office, "zhou").get("/forms/"))
    for words in ("物品放行条", "翠湖花园管理处", "动火许可证", "空白样张", "hot-work/hot-work-permit/"):
        assert words in told, words
