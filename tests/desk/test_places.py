"""The list of fixed places (P20): what it shows to whom, how it is searched; what home, file and search say of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.desk import places
from banli.desk.person_export import exported
from banli.desk.resident_paper import places_of
from banli.engine.clocks import last_day
from banli.estate.belongings import HeldPlace, Vehicle
from banli.estate.disclosure import clear_of
from banli.estate.parking import with_periods
from tests.cases.parking import apply, leave, parked
from tests.desk.at_the_desk import at, occupancy, opening_url, text
from tests.office import Office, today

DAY = timedelta(days=1)
URL = "/places/"


def shown(office: Office, who: str = "xiaowang", **query: str) -> str:
    answer = at(office, who).get(URL, query)
    assert answer.status_code == 200
    return text(answer)


def test_each_place_stands_with_its_vehicle_home_and_end(office: Office) -> None:
    parked(office)
    apply(office, plate="浙B88888", place="A013", months=1)
    page = shown(office)
    for word in (
        "A012",
        "浙A12345",
        "12栋3单元502",
        "业主张女士",
        last_day(today(), 3).isoformat(),
        "有效",
        "待缴费",
    ):
        assert word in page
    assert page.index("A013") < page.index("A012"), "the nearest end first"


def test_the_gate_sees_plate_and_place_but_no_home_and_no_name(office: Office) -> None:
    case = parked(office)
    page = shown(office, "zhou")
    assert "A012" in page and "浙A12345" in page
    for word in ("12栋3单元502", "业主张女士", f"/cases/{case}/"):
        assert word not in page


@pytest.mark.parametrize(
    ("words", "found"),
    [("A12345", True), ("浙a·12345", True), ("a01", True), ("A013", False), ("012", False)],
)
def test_it_is_found_by_place_and_by_plate(office: Office, words: str, found: bool) -> None:
    parked(office)
    assert ("浙A12345" in shown(office, q=words)) is found


def test_what_is_over_stands_on_its_own_page(office: Office) -> None:
    case = parked(office)
    leave(office, case, 0, back=60000)
    HeldPlace.objects.update(since=today() - 9 * DAY, until=today() - DAY)
    assert "没有车位" in shown(office)
    assert "已结束" in shown(office, status="over")


def test_states_are_told_apart(office: Office) -> None:
    parked(office)
    for since, until, state in ((0, 90, "held"), (0, 14, "soon"), (3, 90, "ahead"), (-9, -1, "over")):
        HeldPlace.objects.update(since=today() + since * DAY, until=today() + until * DAY)
        lines, _ = places.page(office.estate, ended=state == "over", words="", after=None)
        assert [line.state for line in lines] == [state]


def test_free_places_are_counted_where_the_estate_lists_its_own(office: Office) -> None:
    assert "今天空" not in shown(office)
    office.estate.settings = {**office.estate.settings, "parking_places": "A011~A014"}
    office.estate.save()
    for desk in office.desks.values():
        desk.estate.refresh_from_db()
    parked(office)
    Vehicle.objects.create(unit=office.unit, plate="浙B88888", place="A014", since=today())
    page = shown(office)
    assert "今天空 2 个，共 4 个" in page and "A011 A013" in page


def test_the_list_goes_on_page_by_page(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PAGE", 2)
    for number in range(5):
        apply(office, plate=f"浙B8888{number}", place=f"B0{number}", months=1 + number % 2)
    for ended in (False, True):
        HeldPlace.objects.update(since=today() - 200 * DAY, until=today() + (-DAY if ended else DAY))
        seen, after = [], None
        for _ in range(3):
            lines, last = places.page(office.estate, ended=ended, words="", after=after)
            seen += [line.period.place for line in lines]
            after = (last.until, last.pk) if last else None
        assert sorted(seen) == [f"B0{number}" for number in range(5)] and after is None
    assert at(office, "xiaowang").get(URL, {"after": "2026-05-06.x"}).status_code == 404
    assert at(office, "xiaowang").get(URL, {"after": "nonsense"}).status_code == 404


def test_the_list_costs_the_same_with_one_place_and_with_three(office: Office) -> None:
    def cost() -> int:
        client = at(office, "xiaowang")
        client.get(URL)
        with CaptureQueriesContext(connection) as seen:
            client.get(URL)
        return len(seen)

    apply(office, plate="浙B88880", place="B00")
    one = cost()
    for number in (1, 2):
        apply(office, plate=f"浙B8888{number}", place=f"B0{number}")
    assert cost() == one


def test_home_file_search_and_copies_say_which_place_until_when(office: Office) -> None:
    case, until = parked(office), last_day(today(), 3).isoformat()
    desk = at(office, "xiaowang")
    for address in (f"/units/{office.unit.pk}/", f"/units/{office.unit.pk}/file/"):
        page = text(desk.get(address))
        assert "车位 A012" in page and until in page and f"/cases/{case}/" in page
    found = desk.get("/", {"q": "A12345"}, headers={"HX-Request": "true"})
    assert "A012" in text(found) and f"到 {until}" in text(found)
    vehicle = with_periods([Vehicle.objects.get()])[0]
    assert places_of(vehicle) == f"A012（{today()} – {until}）"
    assert exported(office["xiaowang"], office.owner, clear_of(office.owner))


def test_where_the_estate_lists_no_places_the_clerk_is_told_that_none_is_compared(office: Office) -> None:
    who = {"applicant": occupancy(office, office.owner)}
    page = text(at(office, "xiaowang").get(opening_url(office, "parking-place"), who))
    assert page.count("没有列出固定车位") == 1 and "没有列出固定车位" in shown(office)
    office.estate.settings = {**office.estate.settings, "parking_places": "A011~A014"}
    office.estate.save()
    page = text(at(office, "xiaowang").get(opening_url(office, "parking-place"), who))
    assert "没有列出固定车位" not in page and "没有列出固定车位" not in shown(office)


def test_the_form_does_not_ask_for_what_is_reckoned(office: Office) -> None:
    who = {"applicant": occupancy(office, office.owner)}
    page = text(at(office, "xiaowang").get(opening_url(office, "parking-place"), who))
    assert 'name="begins"' in page and 'name="months"' in page
    for name in ("until", "renew_from", "renew_by", "goes_on"):
        assert f'name="{name}"' not in page
