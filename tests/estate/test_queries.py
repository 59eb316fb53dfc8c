"""The counter's questions: which room, which person, who lives there; each answered by a fixed number of queries."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from banli.estate import queries, searching
from banli.estate.belongings import Vehicle
from banli.estate.models import Occupancy, Unit
from tests.estate.home import PHONE, Home, id_number


def keys(units: list[Unit]) -> list[str]:
    return [unit.key for unit in units]


def names(found: searching.Found) -> list[str]:
    return [each.person.name for each in found.persons]


@pytest.mark.parametrize(
    "text", ["12-3-502", "12栋3单元502", "十二幢三单元五〇二", "12#3-502", "１２－３－５０２", "12栋3502"]
)
def test_a_room_is_found_however_it_was_written(home: Home, text: str) -> None:
    assert keys(searching.find_units(home.office.desk("xiaowang"), text).units) == ["12-3-502"]


def test_a_room_without_its_entrance_gives_every_entrance_that_has_it(home: Home) -> None:
    desk = home.office.desk("xiaowang")
    assert keys(searching.find_units(desk, "12幢502室").units) == ["12-1-502", "12-3-502"]
    assert keys(searching.find_units(desk, "会所2203").units) == ["15-2203"]
    assert keys(searching.find_units(desk, "3单元502").units) == ["12-3-502"]


def test_an_unknown_room_offers_the_nearest_ones_of_its_building_first(home: Home) -> None:
    found = searching.find_units(home.office.desk("xiaowang"), "12-3-504")
    assert found.units == []
    assert keys(found.nearest)[:3] == ["12-3-503", "12-3-502", "12-3-501"]
    assert all(unit.building.code == "12" for unit in found.nearest)


def test_an_unknown_building_offers_the_likeliest_ones(home: Home) -> None:
    found = searching.find_units(home.office.desk("xiaowang"), "112-3-502")
    assert keys(found.nearest)[0] == "12-3-502"
    assert searching.find_units(home.office.desk("xiaowang"), "漏水").nearest == []
    assert searching.find_units(home.office.desk("xiaowang"), "12\x00").units == []


def test_another_estates_room_is_never_offered(home: Home) -> None:
    found = searching.find_units(home.office.desk("xiaoqin"), "12-3-501")
    assert found.units == []
    assert {unit.estate_id for unit in found.nearest} == {home.office.songfeng.pk}
    search = searching.search(home.office.desk("xiaoqin"), "张女士")
    assert not search.persons and not search.units


@pytest.mark.parametrize(
    "text",
    [
        "张女士",
        "张",
        "女士",
        "zns",
        "ZNS",
        "zhangnvshi",
        "zhang nü shi",
        "nvshi",
        PHONE,
        "138 0057 1500",
        "1500",
        "138****1500",
        "138 **** 1500",
        "１３８＊＊＊＊１５００",
        "138xxxx1500",
        "****1500",
    ],
)
def test_a_person_is_found_by_name_sound_or_telephone(home: Home, text: str) -> None:
    found = searching.search(home.office.desk("xiaowang"), text)
    assert "张女士" in names(found)
    person = next(each for each in found.persons if each.person.name == "张女士")
    assert [(each.unit.key, each.role) for each in person.homes] == [("12-3-502", "owner")]
    assert person.phone == "138****1500"


@pytest.mark.parametrize("text", ["zhangns", "zhang n s", "zhangn", "张n", "张nvs", "张 nvshi"])
def test_a_name_may_be_half_spelt(home: Home, text: str) -> None:
    home.move_in("章鱼")
    home.move_in("周年")
    assert names(searching.search(home.office.desk("xiaowang"), text)) == ["张女士"]


@pytest.mark.parametrize(
    "text", ["12栋 张女士", "12栋张", "张女士 12-3", "12-3-502 zns", "502 张", "12-3 nvshi"]
)
def test_somebody_is_found_by_a_part_of_their_home_and_of_their_name(home: Home, text: str) -> None:
    away = Unit.objects.get(estate=home.office.cuihu, key="15-2203")
    home.move_in("张女士", unit=away)
    found = searching.search(home.office.desk("xiaowang"), text)
    assert [(each.person.pk, [one.unit.key for one in each.homes]) for each in found.persons] == [
        (home.owner.pk, ["12-3-502"])
    ]


def test_a_vehicle_is_found_by_its_fixed_place(home: Home) -> None:
    desk = home.office.desk("xiaowang")
    for plate, place in (("浙A12345", "B1-023"), ("浙B20023", "B1-024")):
        Vehicle.objects.create(unit=home.unit, plate=plate, place=place, since=date(2020, 1, 1))
    assert [one.plate for one in searching.search(desk, "b1-023").vehicles] == ["浙A12345"]
    assert [one.plate for one in searching.search(desk, "20023").vehicles] == ["浙B20023"]
    assert not searching.search(desk, "B1-099").vehicles


def test_a_telephone_as_our_pages_show_it_is_nobodys_of_another_beginning(home: Home) -> None:
    home.move_in("李四", phone="13900571500")
    desk = home.office.desk("xiaowang")
    assert sorted(names(searching.search(desk, "1500"))) == ["张女士", "李四"]
    assert names(searching.search(desk, "139****1500")) == ["李四"]
    assert names(searching.search(desk, "137****1500")) == []


def test_a_person_is_found_by_the_whole_identity_number_only(home: Home) -> None:
    desk = home.office.desk("xiaowang")
    assert names(searching.search(desk, id_number())) == ["张女士"]
    assert names(searching.search(desk, id_number()[:-1])) == []


def test_the_surest_meaning_comes_first(home: Home) -> None:
    home.move_in("张")
    home.move_in("张女")
    home.move_in("小张")
    assert names(searching.search(home.office.desk("xiaowang"), "张")) == ["张", "张女", "张女士", "小张"]
    home.move_in("李四", phone="13800100502")
    assert keys(searching.search(home.office.desk("xiaowang"), "502").units) == ["12-1-502", "12-3-502"]


def test_what_was_typed_so_far_finds_the_rooms_that_begin_so(home: Home) -> None:
    found = searching.search(home.office.desk("xiaowang"), "12栋3单元5")
    assert keys(found.units) == ["12-3-501", "12-3-502", "12-3-503"]
    assert len(searching.search(home.office.desk("xiaowang"), "12", limit=2).units) == 2


@pytest.mark.parametrize("text", ["", "  ", "\x00", "%", "_", "张%", "’; drop", "x" * 500])
def test_what_means_nothing_finds_nothing(home: Home, text: str) -> None:
    found = searching.search(home.office.desk("xiaowang"), text)
    assert not found and found.nearest == []


def test_somebody_who_left_is_found_without_a_home(home: Home) -> None:
    Occupancy.objects.filter(person=home.tenant).update(
        since=date(2020, 1, 1), until=timezone.localdate() - timedelta(days=1)
    )
    [found] = searching.search(home.office.desk("xiaowang"), "刘先生").persons
    assert found.homes == []
    sheet = queries.unit_sheet(home.office.desk("xiaowang"), home.unit)
    assert [each.person.name for each in sheet.people] == ["张女士"]


def test_searching_takes_as_many_queries_for_three_people_as_for_one(
    home: Home, django_assert_num_queries
) -> None:
    desk = home.office.desk("xiaowang")
    with django_assert_num_queries(3):
        searching.search(desk, "女")
    for name in ("女甲", "女乙"):
        home.move_in(name)
    with django_assert_num_queries(3):
        assert len(searching.search(desk, "女").persons) == 3
    with django_assert_num_queries(6):  # also by what begins so, by telephone, and by plate
        searching.search(desk, "1500")
    with django_assert_num_queries(2):
        searching.find_units(desk, "12-502")
    with django_assert_num_queries(5):
        searching.find_units(desk, "12-599")


def test_whoever_moves_in_later_is_found_as_coming_not_as_gone(home: Home) -> None:
    desk, later = home.office.desk("xiaowang"), timezone.localdate() + timedelta(days=9)
    home.move_in("周末来", "tenant", since=later)
    (found,) = searching.search(desk, "周末来").persons
    assert found.homes == [] and [(one.unit.key, one.since) for one in found.coming] == [("12-3-502", later)]
    sheet = queries.unit_sheet(desk, home.unit)
    assert [one.person.name for one in sheet.coming] == ["周末来"]
    assert "周末来" not in [one.person.name for one in sheet.people]


@pytest.mark.parametrize("text", ["ZNS2026", "zns-2026-000250"])
def test_a_number_on_no_paper_means_nobody_by_its_letters(home: Home, text: str) -> None:
    assert names(searching.search(home.office.desk("xiaowang"), text)) == []


def test_an_address_with_the_estates_name_is_a_room(home: Home) -> None:
    found = searching.search(home.office.desk("xiaowang"), "翠湖花园12栋3单元502室")
    assert keys(found.units) == ["12-3-502"]


def test_a_units_sheet_takes_two_queries_however_many_live_there(
    home: Home, django_assert_num_queries
) -> None:
    desk = home.office.desk("xiaowang")
    home.move_in("家人甲")
    for _ in range(2):
        with django_assert_num_queries(2):
            sheet = queries.unit_sheet(desk, home.unit)
        home.move_in("家人乙")
    assert [each.role for each in sheet.people] == ["owner", "tenant", "family", "family"]


def test_a_units_sheet_shows_private_fields_masked(home: Home) -> None:
    owner = queries.unit_sheet(home.office.desk("xiaowang"), home.unit).of_role("owner")[0]
    assert owner.phone == "138****1500"
    assert owner.id_number == "*" * 14 + id_number()[-4:]
    assert owner.paper and owner.role_label


def test_an_erased_field_shows_nothing(home: Home) -> None:
    home.owner.vault_salt = b""
    assert queries.masked(home.owner, "phone") == ""
