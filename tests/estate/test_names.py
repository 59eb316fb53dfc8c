"""People are found by the sound of their names, also those whose surname is read in its own way."""

import pytest

from banli.estate import names


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("张女士", "zhangnvshi", "zns"),
        ("单田芳", "shantianfang", "stf"),
        ("曾国藩", "zengguofan", "zgf"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("欧阳龑", "ouyangyan", "oyy"),
        ("吕布", "lvbu", "lb"),
        ("Mary O'Neill", "maryoneill", "mo"),
        ("阿卜杜拉·买买提", "abodulamaimaiti", "abdlmmt"),
        ("", "", ""),
    ],
)
def test_a_name_has_its_pinyin_and_initials(name: str, pinyin: str, initials: str) -> None:
    assert names.sound_of(name) == (pinyin, initials)


def test_what_is_typed_is_compared_without_spaces_marks_and_capitals() -> None:
    assert names.as_sound("Zhang Nü shi") == "zhangnvshi"
    assert names.as_sound("O'Neill") == "oneill"


@pytest.mark.parametrize(
    ("typed", "initials"), [("zhangns", "zns"), ("wxiaom", "wxm"), ("zhangzh", "zz"), ("liwm", "lwm")]
)
def test_syllables_may_be_spelt_or_only_begun(typed: str, initials: str) -> None:
    assert names.partly_spelt(typed)[0][0] == initials


def test_what_is_spelt_or_begun_throughout_is_read_as_it_stands() -> None:
    assert names.partly_spelt("liwei") == names.partly_spelt("zns") == names.partly_spelt("") == []
    assert len(names.partly_spelt("angrang" * 8 + "n")) <= names.READINGS
