"""A room number is understood however it was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banli.estate import rooms

NUMERALS = "零一二三四五六七八九"


def spelled(number: int) -> str:
    """12 → 十二, 120 → 一百二十, 502 → 五百零二."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    told = f"{NUMERALS[hundreds]}百" if hundreds else ""
    if tens:
        told += f"{'' if tens == 1 and not hundreds else NUMERALS[tens]}十"
    elif hundreds and ones:
        told += "零"
    return told + (NUMERALS[ones] if ones else "")


def digit_by_digit(number: int) -> str:
    return "".join("〇一二三四五六七八九"[int(digit)] for digit in str(number))


def full_width(text: str) -> str:
    return text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})


buildings, entrances = st.integers(1, 199), st.integers(1, 12)
homes = st.tuples(st.integers(1, 33), st.integers(1, 8)).map(lambda pair: pair[0] * 100 + pair[1])

WITH_ENTRANCE = [
    "{b}-{e}-{r}", "{b}栋{e}单元{r}", "{b}幢{e}单元{r}室", "{b}座{e}单元{r}房", "{b}号楼{e}单元{r}号", "{b}#{e}-{r}",
    "{b}栋{e}门{r}户", " {b} 栋 {e} 单元 {r} ", "{b} {e} {r}", "{b}/{e}/{r}", "{b}－{e}－{r}", "{b}-{e}单元-{r}",
    "{b}栋-{e}单元-{r}", "{b}.{e}.{r}",
]  # fmt: skip
WITHOUT_ENTRANCE = ["{b}-{r}", "{b}栋{r}", "{b}幢{r}室", "{b}#{r}", "{b}号楼{r}", "{b}号{r}室", "{b} {r}"]


@given(b=buildings, e=entrances, r=homes, way=st.sampled_from(WITH_ENTRANCE), wide=st.booleans())
def test_every_way_of_writing_a_room_comes_back_as_the_same_room(
    b: int, e: int, r: int, way: str, wide: bool
) -> None:
    written = way.format(b=b, e=e, r=r)
    readings = rooms.parse(full_width(written) if wide else written)
    assert readings[0] == rooms.Room(str(b), str(e), str(r))
    assert readings[0].key == rooms.key_of(str(b), str(e), str(r)) == f"{b}-{e}-{r}"


@pytest.mark.parametrize("written", ["第12栋第3单元第502室", "第十二幢三单元502", "拾贰幢叁单元伍零贰"])
def test_ordinals_and_numerals_as_on_cheques_are_read(written: str) -> None:
    assert rooms.parse(written)[0].key == "12-3-502"


@pytest.mark.parametrize("name", ["陆", "伍陆", "陆伍玖"])
def test_a_surname_that_is_a_numeral_on_cheques_is_no_room(name: str) -> None:
    assert rooms.parse(name) == [] and rooms.start_of_key(name) == ""


@given(b=buildings, r=homes, way=st.sampled_from(WITHOUT_ENTRANCE))
def test_a_room_without_an_entrance_comes_back_too(b: int, r: int, way: str) -> None:
    assert rooms.parse(way.format(b=b, r=r))[0] == rooms.Room(str(b), None, str(r))


@given(b=buildings, e=entrances, r=homes, signs=st.booleans())
def test_chinese_numerals_are_read_as_numbers_and_digit_by_digit(b: int, e: int, r: int, signs: bool) -> None:
    home = digit_by_digit(r) if signs or r > 999 else spelled(r)
    written = f"{spelled(b)}幢{spelled(e)}单元{home}"
    assert rooms.parse(written)[0] == rooms.Room(str(b), str(e), str(r))


@pytest.mark.parametrize(("typed", "also"), [("12-3-50O", "12-3-500"), ("L2-3-502", "12-3-502")])
def test_a_letter_that_looks_like_a_digit_may_be_one(typed: str, also: str) -> None:
    assert [room.key for room in rooms.parse(typed)] == [typed, also]


@given(r=homes)
def test_a_long_number_after_the_building_may_hide_the_entrance(r: int) -> None:
    readings = rooms.parse(f"12栋3{r}")
    assert rooms.Room("12", None, f"3{r}") in readings
    assert rooms.Room("12", "3", str(r)) in readings


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("十二幢三单元五〇二", "12-3-502"),
        ("一百二十栋五零二室", "120-502"),
        ("二十栋二〇二", "20-202"),
        ("03-01-0502", "3-1-502"),
        ("a座1203", "A-1203"),
        ("B2栋101A", "B2-101A"),
        ("3单元502", "3-502"),
        ("502室", "502"),
        ("12栋3单元5楼502", "12-3-502"),
        ("十二栋三单元五楼五〇二室", "12-3-502"),
        ("12号楼 3单元 5层 502", "12-3-502"),
        ("12栋3单元5楼2号", "12-3-502"),
        ("12#11F1103", "12-1103"),
        ("12-3-5楼-502", "12-3-502"),
        ("12栋3单元5楼603", "12-3-603"),
        ("5楼502", "5-502"),
        ("12-3-5O2", "12-3-502"),
        ("１２栋３单元５楼５Ｏ２", "12-3-502"),
        ("会所2层203", "8-203"),
        ("会所101", "8-101"),
        ("会所楼101", "8-101"),
    ],
)
def test_the_ways_of_this_office(written: str, key: str) -> None:
    assert rooms.parse(written, {"会所": "8"})[0].key == key


@pytest.mark.parametrize(
    "text",
    ["", "   ", "漏水", "12栋", "张女士", "13800138000", "1" * 100, "12-3-502-1", "栋单元", "-", "A", "％"],
)
def test_what_is_no_room_number_means_no_room(text: str) -> None:
    assert rooms.parse(text) == []


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    for reading in rooms.parse(text):
        assert reading.room and reading.key
    assert len(rooms.start_of_key(text)) <= 20


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("12", "12"),
        ("12栋", "12-"),
        ("12栋3", "12-3"),
        ("12-3-5", "12-3-5"),
        ("12栋3单元5楼", "12-3-5"),
        ("12栋3单元5楼50", "12-3-50"),
        ("12栋3单元5楼02", "12-3-502"),
        ("12-3-5O", "12-3-50"),
        ("张", ""),
        ("ab", ""),
    ],
)
def test_what_was_typed_so_far_begins_a_key(typed: str, start: str) -> None:
    assert rooms.start_of_key(typed) == start


@given(st.text("0123456789-", max_size=9), st.text("0123456789-", max_size=9))
def test_distance_is_none_to_itself_and_the_same_both_ways(left: str, right: str) -> None:
    assert rooms.distance(left, left) == 0
    assert rooms.distance(left, right) == rooms.distance(right, left) <= max(len(left), len(right))
    assert rooms.distance(left + "12", left + "21") <= 1


@pytest.mark.parametrize("written", ["12-3-5-502", "12栋3单元5-502", "12-3-5-2", "12 3 5 502"])
def test_a_floor_may_be_written_between(written: str) -> None:
    assert rooms.parse(written)[0].key == "12-3-502"


@pytest.mark.parametrize(
    ("written", "home", "name"),
    [
        ("15栋 赵平", "15栋", "赵平"),
        ("15栋赵平", "15栋", "赵平"),
        ("赵平 15栋", "15栋", "赵平"),
        ("12-3-502 张女士", "12-3-502", "张女士"),
        ("12栋3单元502室张女士", "12栋3单元502室", "张女士"),
        ("12-3 zns", "12-3", "zns"),
        ("12-3 zhang n s", "12-3", "zhang n s"),
        ("会所 张", "会所", "张"),
    ],
)
def test_a_home_and_who_is_looked_for_there_are_told_apart(written: str, home: str, name: str) -> None:
    assert rooms.home_and_name(written, {"会所": "15"}) == (home, name)


@pytest.mark.parametrize(
    "written",
    ["12-3-502", "502A", "12幢502室", "三单元", "张女士", "zhang n s", "万一", "浙A12345", "138****1500", ""],
)
def test_a_home_alone_or_a_name_alone_is_not_both(written: str) -> None:
    assert rooms.home_and_name(written) is None
