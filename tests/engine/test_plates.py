"""Number plates, by the rule they are made by."""

import pytest

from banli.engine.plates import check_plate, part_of_plate, with_digits
from banli.engine.refusals import Refusal


@pytest.mark.parametrize(
    ("typed", "plate"),
    [
        ("浙a·12345", "浙A12345"), ("浙ＡＤ１２３４５", "浙AD12345"), ("粤Z1234港", "粤Z1234港"),
        ("京A1234学", "京A1234学"), ("苏O12345", "苏O12345"),
    ],
)  # fmt: skip
def test_a_plate_is_written_one_way(typed: str, plate: str) -> None:
    assert check_plate(typed) == plate


@pytest.mark.parametrize("typed", ["浙AO2345", "浙A1234I", "浙ADO2345", "浙A123O学", "浙ao2345"])
def test_there_is_no_letter_o_or_i_in_its_number(typed: str) -> None:
    with pytest.raises(Refusal) as why:
        check_plate(typed)
    assert why.value.code == "plate_letters"
    assert check_plate(str(why.value.params["plate"])) == with_digits(typed.upper())


@pytest.mark.parametrize("typed", ["12345", "甲A12345", "浙A1234", "浙A1234567", "浙112345"])
def test_what_is_no_plate_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="bad_plate"):
        check_plate(typed)


def test_a_part_is_looked_for_with_the_digits_that_were_meant() -> None:
    assert with_digits(part_of_plate("aO23")) == "A023"
    assert with_digits(part_of_plate("浙O12I")) == "浙O121"


@pytest.mark.parametrize(
    ("typed", "part"),
    [("12345", "12345"), ("浙A-12345", "浙A12345"), ("224578", "224578"), ("A·12", "A12"),
     ("103-1-502", ""), ("12－3", ""), ("1000000", ""), ("123", ""), ("103-1-", "")],
)  # fmt: skip
def test_a_room_and_a_long_number_are_no_part_of_a_plate(typed: str, part: str) -> None:
    assert part_of_plate(typed) == part
