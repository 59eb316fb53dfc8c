"""What may be answered in a form."""

from typing import Any

import pytest
from pydantic import ValidationError

from banli.engine.answers import Moment, accept
from banli.engine.fields import Column, Field, settled
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from tests.engine.office import NOW

LABOUR = Field(type="money", label=Text(zh="人工费", en="Labour"))


@pytest.mark.parametrize(
    ("typed", "fen"), [("12.50", 1250), ("¥ 8", 800), ("１２.５", 1250), (12.5, 1250), (990, 990), ("0", 0)]
)
def test_money_is_kept_in_fen(typed: object, fen: int):
    assert accept(LABOUR, typed, Moment(now=NOW)) == fen


@pytest.mark.parametrize(
    "typed", ["9e999999", "1e999990", "1e3", "NaN", "12.345", "一百", True, {}, [1], "9" * 13, float("inf")]
)
def test_what_nobody_would_write_as_an_amount_is_refused_at_once(typed: object):
    with pytest.raises(Refusal, match=r"^not_money:"):
        accept(LABOUR, typed, Moment(now=NOW))


@pytest.mark.parametrize(("typed", "code"), [("-1", "too_small"), ("999999999", "too_large")])
def test_an_amount_stays_within_what_an_office_handles(typed: str, code: str):
    with pytest.raises(Refusal, match=rf"^{code}:"):
        accept(LABOUR, typed, Moment(now=NOW))


PURPOSE = Text(zh="办理出入证", en="a card")


@pytest.mark.parametrize("told", [{"type": "portrait"}, {"type": "id_copy", "purpose": PURPOSE}])
def test_pictures_of_people_are_private_without_saying_so(told: dict[str, Any]):
    assert Field(label=PURPOSE, **told).private
    with pytest.raises(ValidationError, match="always private"):
        Field(label=PURPOSE, private=False, **told)


@pytest.mark.parametrize("told", [{"type": "id_copy"}, {"type": "photo", "purpose": PURPOSE}])
def test_a_copy_has_a_purpose_and_nothing_else_has_one(told: dict[str, Any]):
    with pytest.raises(ValidationError, match="an id_copy needs its purpose"):
        Field(label=PURPOSE, **told)


@pytest.mark.parametrize("kind", ["photo", "portrait", "id_copy", "signature"])
def test_a_picture_is_answered_by_its_number_only(kind: str):
    asked = Field.model_validate(
        {"type": kind, "label": PURPOSE, **({"purpose": PURPOSE} if kind == "id_copy" else {})}
    )
    assert accept(asked, "a" * 64, Moment(now=NOW)) == "a" * 64
    for wrong in ("a" * 63, "A" * 64, 7, {"sha256": "a" * 64}):
        with pytest.raises(Refusal, match=r"^bad_file:"):
            accept(asked, wrong, Moment(now=NOW))


LISTS = {"setting.large": "冰箱、沙发，电视柜", "setting.valuable": "电视; 红酒", "setting.least": 2}


def goods_with(**days: Any) -> Field:
    return settled(
        Field.model_validate({
            "type": "table", "label": PURPOSE, "columns": {
                "name": {"type": "text", "label": PURPOSE},
                "class": {
                    "type": "choice", "label": PURPOSE, "required": False,
                    "options": {"large": PURPOSE, "valuable": PURPOSE, "ordinary": PURPOSE},
                    "sorts": {"large": "setting.large", "valuable": "setting.valuable"},
                },
                **days,
            },
        }),
        LISTS,
        dict[str, Any]().__getitem__,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "told", "kept"),
    [
        ("双门冰箱", None, "large"),
        ("红酒两箱", "", "valuable"),
        ("电视柜", None, "large"),  # the longest word on the lists counts
        ("电视", None, "valuable"),
        ("旧沙发垫", "ordinary", "ordinary"),  # the desk judges
        ("餐椅", None, None),
    ],
)
def test_a_row_is_sorted_by_the_estates_lists_unless_the_desk_says(name: str, told: Any, kept: Any):
    rows = accept(goods_with(), [{"name": name, "class": told}], Moment(now=NOW))
    assert rows == [{"name": name, "class": kept}]


def test_a_number_in_a_table_has_the_estates_least():
    asked = goods_with(days={"type": "integer", "label": PURPOSE, "at_least": "setting.least"})
    assert accept(asked, [{"name": "甲", "days": "2"}], Moment(now=NOW))[0]["days"] == 2
    with pytest.raises(Refusal) as why:
        accept(asked, [{"name": "甲", "days": "1"}], Moment(now=NOW))
    assert why.value.code == "bad_row" and "2" in why.value.say("zh")


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"type": "text", "at_least": "setting.least"}, "only an integer without min"),
        ({"type": "integer", "min": 1, "at_least": "setting.least"}, "only an integer without min"),
        ({"type": "integer", "sorts": {"large": "setting.large"}}, "not among the answers to choose from"),
    ],
)
def test_a_columns_keys_belong_to_its_type(told: dict[str, Any], says: str):
    with pytest.raises(ValidationError, match=says):
        Column(label=PURPOSE, **told)


@pytest.mark.parametrize(("says", "code"), [("yes", "required"), ("no", None)])
def test_an_estate_says_whether_a_drawing_is_needed(says: str, code: str | None):
    plan = Field.model_validate(
        {"type": "photo", "label": PURPOSE, "required": False, "needed": "setting.plan"}
    )
    asked = settled(plan, {"setting.plan": says}, dict[str, Any]().__getitem__)
    if code is None:
        assert accept(asked, "", Moment(now=NOW)) is None
    else:
        with pytest.raises(Refusal, match=rf"^{code}:"):
            accept(asked, "", Moment(now=NOW))
    with pytest.raises(ValidationError, match="the setting decides"):
        Field.model_validate({"type": "photo", "label": PURPOSE, "needed": "setting.plan"})
