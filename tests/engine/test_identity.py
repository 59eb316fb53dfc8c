"""What the counter accepts as an identity number, a telephone, a name."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from banli.engine import identity
from banli.engine.refusals import Refusal

SOUND = "11010519491231002X"


def refused(kind: str, text: str, **more: object) -> str:
    with pytest.raises(Refusal) as why:
        identity.check_id(kind, text, **more)
    assert why.value.say("zh") and why.value.say("en")
    return why.value.code


def test_a_sound_number_is_accepted_with_a_small_x_spaces_or_full_width_digits() -> None:
    for written in (
        SOUND,
        "11010519491231002x",
        "110105 19491231 002X",
        "１１０１０５１９４９１２３１００２Ｘ",
    ):
        assert identity.check_id("cn_id", written) == SOUND


@pytest.mark.parametrize("text", ["", "1101051949123100", "110105491231002", SOUND + "0"])
def test_a_number_of_another_length_is_refused(text: str) -> None:
    assert refused("cn_id", text) == ("bad_id_length" if text else "required")


def test_a_letter_inside_is_refused() -> None:
    assert refused("cn_id", "1101051949X231002X") == "bad_id_characters"


@pytest.mark.parametrize("day", ["19490231", "19491301", "00000000", "18991231"])
def test_a_day_of_birth_that_never_was_is_refused_even_under_a_right_check_digit(day: str) -> None:
    first = f"110105{day}002"
    assert refused("cn_id", first + identity.check_digit(first)) == "bad_id_date"


def test_somebody_not_yet_born_is_refused() -> None:
    first = "11010520300101002"
    number = first + identity.check_digit(first)
    assert identity.check_id("cn_id", number) == number
    assert refused("cn_id", number, today=date(2029, 12, 31)) == "bad_id_date"


births = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(area=st.sampled_from(["110105", "310104", "440306", "650103"]), born=births, order=st.integers(0, 999))
def test_every_computed_number_is_sound_and_an_independent_reading_agrees(
    area: str, born: date, order: int
) -> None:
    first = f"{area}{born:%Y%m%d}{order:03d}"
    number = first + identity.check_digit(first)
    assert identity.check_id("cn_id", number) == number
    assert identity.id_warning(number) is None
    assert ric.calc_check_digit(number) == number[-1]
    if born < date.today() - timedelta(days=1):
        assert ric.is_valid(number) or area != "110105"  # its table knows when other areas were founded


@given(born=births, order=st.integers(0, 999), place=st.integers(0, 16), other=st.integers(1, 9))
def test_one_wrong_digit_is_always_found(born: date, order: int, place: int, other: int) -> None:
    first = f"110105{born:%Y%m%d}{order:03d}"
    number = first + identity.check_digit(first)
    wrong = (int(number[place]) + other) % 10
    assert refused("cn_id", f"{number[:place]}{wrong}{number[place + 1 :]}") in {
        "bad_id_digit",
        "bad_id_date",
    }


@given(born=births, order=st.integers(0, 999), place=st.integers(0, 15))
def test_two_neighbouring_digits_exchanged_are_always_found(born: date, order: int, place: int) -> None:
    first = f"110105{born:%Y%m%d}{order:03d}"
    number = first + identity.check_digit(first)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if swapped != number:
        assert refused("cn_id", swapped) in {"bad_id_digit", "bad_id_date"}


def test_an_unknown_area_is_a_warning_and_not_a_refusal() -> None:
    first = "99010519491231002"
    number = identity.check_id("cn_id", first + identity.check_digit(first))
    warning = identity.id_warning(number)
    assert warning is not None and warning.code == "id_area_unknown"


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("passport", "e 12345678", "E12345678"),
        ("hk_macau_permit", "h12345678", "H12345678"),
        ("hk_macau_permit", "M1234567801", "M1234567801"),
        ("taiwan_permit", "12345678", "12345678"),
        ("foreign_permanent", "aus110012345678", "AUS110012345678"),
    ],
)
def test_other_papers_are_accepted_as_they_look(kind: str, written: str, kept: str) -> None:
    assert identity.check_id(kind, written) == kept


@pytest.mark.parametrize(
    ("kind", "written", "code"),
    [
        ("passport", "EABCDEFGH", "bad_paper_number"),
        ("passport", "E1", "bad_paper_number"),
        ("hk_macau_permit", "X12345678", "bad_paper_number"),
        ("taiwan_permit", "1234567", "bad_paper_number"),
        ("foreign_permanent", "AUS1100123", "bad_paper_number"),
        ("foreign_permanent", "911036198801011234", "bad_id_digit"),
        ("driving_licence", "12345678", "bad_paper_kind"),
    ],
)
def test_a_paper_that_does_not_look_so_is_refused(kind: str, written: str, code: str) -> None:
    assert refused(kind, written) == code


def test_a_new_permanent_residence_card_follows_the_check_digit() -> None:
    first = "91103619880101123"
    number = first + identity.check_digit(first)
    assert identity.check_id("foreign_permanent", number) == number


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("138 0013 8001", "13800138001"),
        ("+86 138-0013-8001", "13800138001"),
        ("１３８００１３８００１", "13800138001"),
        ("010-88886666", "01088886666"),
        ("(0571) 8765 4321", "057187654321"),
        ("+852 9123 4567", "+85291234567"),
    ],
)
def test_a_telephone_is_kept_in_one_way_however_it_was_written(written: str, kept: str) -> None:
    assert identity.check_phone(written) == kept
    assert identity.check_phone(kept) == kept


@pytest.mark.parametrize(
    "written", ["", "12345", "88886666", "1380013800", "138001380011", "13800138001转8", "电话", "110"]
)
def test_what_nobody_can_be_called_on_is_refused(written: str) -> None:
    with pytest.raises(Refusal) as why:
        identity.check_phone(written)
    assert why.value.code == "bad_phone"


@pytest.mark.parametrize(
    "name", ["张女士", "欧阳龑", "阿卜杜拉·买买提", "Mary O'Neill-Smith", "José", "J. K. 罗琳"]
)
def test_names_of_all_kinds_are_accepted(name: str) -> None:
    assert identity.check_name(f"  {name} ") == name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("张3", "bad_name"),
        ("<b>", "bad_name"),
        ("·", "bad_name"),
        ("  ", "required"),
        ("张" * 61, "too_long"),
        ("张\x00三", "bad_name"),
    ],
)
def test_what_is_no_name_is_refused(name: str, code: str) -> None:
    with pytest.raises(Refusal) as why:
        identity.check_name(name)
    assert why.value.code == code
