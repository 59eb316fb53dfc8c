"""The counter's box: whatever is typed leads to the right home, person, paper or case."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases.models import Case
from banli.desk.search import CaseFound, Found
from banli.engine.text import Text
from banli.estate.models import Building, Occupancy, Person, Unit
from banli.papers.models import Paper
from tests.desk.at_the_desk import TELEPHONE, at, give_telephone, issued, open_goods, open_repair, text
from tests.office import Office


def found(office: Office, words: str, who: str = "xiaowang") -> list[str]:
    """Where the links of the list lead, as the box shows them while one types."""
    answer = at(office, who).get("/", {"q": words}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return re.findall(r'role="option"[^>]*href="([^"]+)"', text(answer))


@pytest.mark.parametrize(
    "words", ["12-3-502", "12栋3单元502", "十二栋三单元五〇二", "502", "１２－３－５０２"]
)
def test_a_room_is_found_however_it_is_written(office: Office, words: str):
    assert f"/units/{office.unit.pk}/" in found(office, words)


@pytest.mark.parametrize("words", ["业主张女士", "yzzns", "张女", TELEPHONE, TELEPHONE[-4:]])
def test_a_resident_is_found_by_name_sound_or_telephone(office: Office, words: str):
    give_telephone(office, office.owner)
    assert f"/units/{office.unit.pk}/?person={office.owner.pk}" in found(office, words)


def test_a_telephone_is_shown_masked(office: Office):
    give_telephone(office, office.owner)
    page = text(at(office, "xiaowang").get("/", {"q": "张女士"}, headers={"HX-Request": "true"}))
    assert "138****1500" in page
    assert TELEPHONE not in page


def test_a_paper_is_found_by_its_number_with_or_without_zeros(office: Office):
    case = issued(office)
    number = Paper.objects.get(case_id=case).number
    assert found(office, number) == [f"/cases/{case}/"]
    assert found(office, number.lower().replace("-", "- ")) == [f"/cases/{case}/"]
    assert found(office, "FX1") == [f"/cases/{case}/"]
    assert found(office, "FX9") == []


def test_a_papers_number_may_be_typed_carelessly(office: Office):
    case = issued(office)
    year, ordinal = Paper.objects.get(case=case).number.split("-")[1:]
    for words in (
        f"fx{year}{ordinal}",
        f"ＦＸ－{year} {int(ordinal)}",
        f"FX-{year}-OOOOOI",
        f"No. FX–{year}/{ordinal}",
    ):
        assert found(office, words) == [f"/cases/{case}/"], words
    assert found(office, f"FX-{int(year) - 1}-{ordinal}") == []


def test_a_number_that_may_be_a_telephones_beginning_jumps_nowhere(office: Office):
    case = open_goods(office)
    client = at(office, "xiaowang")
    page = client.get("/", {"q": f"0{case}"})
    assert page.status_code == 200 and "后四位" in text(page) and "data-begun" in text(page)
    assert found(office, f"0{case}") == [f"/cases/{case}/"]
    for words in (f"#0{case}", f"第{case}号", f"{case}号"):
        assert client.get("/", {"q": words})["Location"] == f"/cases/{case}/"


@pytest.mark.parametrize(
    ("typed", "begun"), [("138", True), ("１３８００", True), ("010", True), ("2481", False)]
)
def test_only_what_may_go_on_is_taken_for_a_beginning(typed: str, begun: bool):
    case = CaseFound(Case(pk=138), Text(zh="放行条", en="Goods release"))
    assert Found(typed, [], [], [], [], [case], []).begun is begun
    assert not Found(typed, [Unit(pk=1)], [], [], [], [case], []).begun


def test_a_whole_number_of_a_paper_means_it_and_nobody_with_such_initials(office: Office):
    case = issued(office)
    Person.objects.filter(pk=office.tenant.pk).update(name="方晓", initials="fx")
    number = Paper.objects.get(case=case).number
    assert found(office, "fx") != [] and found(office, number) == [f"/cases/{case}/"]


def test_a_case_is_found_by_its_number(office: Office):
    case = open_goods(office)
    for words in (f"#{case}", f"第{case}号", f"第 {case} 号"):
        assert found(office, words) == [f"/cases/{case}/"]
    assert f"/cases/{case}/" in found(office, str(case))


def test_a_case_the_desk_takes_no_part_in_is_not_offered(office: Office):
    case = open_repair(office)
    assert found(office, f"#{case}", "xiaoliu") == []


def test_nearest_rooms_are_offered_when_there_is_no_such_room(office: Office):
    page = text(at(office, "xiaowang").get("/", {"q": "12-3-503"}, headers={"HX-Request": "true"}))
    assert "没有“12-3-503”" in page
    assert f"/units/{office.unit.pk}/" in page


def test_another_estates_homes_people_and_cases_are_not_found(office: Office):
    case = issued(office)
    number = Paper.objects.get(case_id=case).number
    for words in ("业主张女士", f"#{case}", number):
        assert found(office, words, "xiaoqin") == []


def test_a_text_that_means_one_thing_leads_straight_there(office: Office):
    answer = at(office, "xiaowang").get("/", {"q": "12-3-502"})
    assert (answer.status_code, answer["Location"]) == (302, f"/units/{office.unit.pk}/")


def test_a_text_that_may_mean_several_shows_the_list(office: Office):
    building = Building.objects.get(estate=office.estate)
    Unit.objects.create(estate=office.estate, building=building, entrance="2", room="502", key="12-2-502")
    answer = at(office, "xiaowang").get("/", {"q": "502"})
    assert answer.status_code == 200
    assert text(answer).count('role="option"') == 2


@pytest.mark.parametrize(
    "words", ["\x00", "12\x003", "%", "'", "<script>alert(1)</script>", "9" * 200, "\ud7ff", "   "]
)
def test_odd_texts_find_nothing_and_break_nothing(office: Office, words: str):
    page = at(office, "xiaowang").get("/", {"q": words}, headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert "<script>alert" not in text(page)


def test_what_waits_and_what_was_done_today_stand_below(office: Office):
    case = issued(office)
    other = open_repair(office)
    page = text(at(office, "xiaowang").get("/"))
    waiting, done = page.split("今天办过的")
    assert f"/cases/{other}/" in waiting
    assert f"/cases/{case}/" in done


def test_the_guard_is_sent_to_what_waits_for_them(office: Office):
    answer = at(office, "zhou").get("/")
    assert (answer.status_code, answer["Location"]) == (302, "/inbox/")


def test_nobody_sees_the_counter_without_signing_in(office: Office, client):
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_the_counter_asks_no_more_with_more_rows(office: Office):
    def asked() -> int:
        client = at(office, "xiaowang")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/", {"q": "女士"}, headers={"HX-Request": "true"})
            client.get("/")
        return len(queries)

    open_goods(office)
    asked()  # the procedures are read once
    first = asked()
    for number in range(3):
        open_goods(office)
        person = Person.objects.create(estate=office.estate, name=f"第{number}女士")
        Occupancy.objects.create(
            estate=office.estate, unit=office.unit, person=person, role="family", since="2020-01-01"
        )
    assert asked() == first
