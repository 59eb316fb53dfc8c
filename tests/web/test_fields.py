from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from banli.engine.conditions import Condition
from banli.engine.fields import Field
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.web.fields import question, written


def field(**keys: object) -> Field:
    return Field.model_validate({"label": {"zh": "标签", "en": "Label"}, **keys})


def test_a_procedures_field_is_shown_as_its_file_says() -> None:
    asked = question(
        {
            "name": "carrier_id",
            "question": field(type="cn_id", private=True, help={"zh": "照身份证抄", "en": "Copy the card"}),
            "value": "110",
            "error": Refusal("required"),
        }
    )
    assert (asked.type, asked.label, asked.help, asked.private, asked.required) == (
        "cn_id",
        "标签",
        "照身份证抄",
        True,
        True,
    )
    assert asked.error == "请填写。"
    assert asked.inputs["data-check"] == "cn_id"
    with translation.override("en"):
        assert question({"name": "x", "question": field(type="text")}).label == "Label"


def test_an_attribute_comes_before_what_the_question_says() -> None:
    asked = question({"name": "x", "question": field(type="text"), "label": "另一个", "required": False})
    assert (asked.label, asked.required) == ("另一个", False)


@pytest.mark.parametrize(("count", "template"), [(2, "options"), (4, "options"), (5, "pull_down")])
def test_few_options_are_cards_and_many_are_a_list(count: int, template: str) -> None:
    options = {str(number): {"zh": str(number), "en": str(number)} for number in range(count)}
    asked = question({"name": "kind", "type": "choice", "label": "类别", "options": options, "value": "1"})
    assert asked.template == f"web/field/{template}.html"
    assert [option.chosen for option in asked.options][:2] == [False, True]


def test_yes_and_no_need_no_options() -> None:
    asked = question({"name": "paid", "type": "yes_no", "label": "收费", "value": "no"})
    assert [(option.label, option.chosen) for option in asked.options] == [("是", False), ("否", True)]


def test_stored_money_is_shown_in_yuan_and_what_was_typed_stays() -> None:
    assert written("money", 30000) == "300.00"
    assert written("money", 5) == "0.05"
    assert written("money", "30o") == "30o"


def test_times_are_shown_as_the_controls_want_them() -> None:
    assert written("datetime", datetime(2026, 5, 1, 6, 30, tzinfo=UTC)) == "2026-05-01T14:30"
    assert written("date", date(2026, 5, 1)) == "2026-05-01"
    assert written("date", "2026-05-01") == "2026-05-01"


def test_limits_reach_the_control() -> None:
    date_field = question(
        {"name": "d", "type": "date", "label": "", "earliest": date(2026, 5, 1), "latest": "2026-05-31"}
    )
    assert (date_field.inputs["min"], date_field.inputs["max"]) == ("2026-05-01", "2026-05-31")
    money = question({"name": "m", "type": "money", "label": "", "min": 100, "max": 50000})
    assert (money.inputs["data-least"], money.inputs["data-most"]) == ("1.00", "500.00")


def test_a_limit_that_is_not_a_day_yet_is_left_to_the_server() -> None:
    assert "min" not in question({"name": "d", "question": field(type="date", earliest="today")}).inputs


def test_a_table_shows_its_rows_and_room_for_more() -> None:
    goods = field(
        type="table",
        columns={
            "name": {"type": "text", "label": {"zh": "名称", "en": "Name"}},
            "count": {"type": "integer", "label": {"zh": "数量", "en": "Count"}, "min": 1},
        },
    )
    asked = question({"name": "goods", "question": goods, "value": [{"name": "床", "count": 1}]})
    assert [cell.name for cell in asked.rows[0]] == ["goods-0-name", "goods-0-count"]
    assert [cell.value for cell in asked.rows[0]] == ["床", "1"]
    assert len(asked.rows) == 3
    assert asked.blank_row[0].name == "goods-__row__-name"
    assert asked.columns[1].label == "数量"
    assert asked.rows[0][1].inputs["data-least"] == "1"


def test_a_condition_reaches_the_page_as_data() -> None:
    when = Condition({"any": [{"form.urgency": "booked"}, {"not": {"form.height": {"under": 200}}}]})
    assert question({"name": "x", "type": "text", "label": "", "when": when}).when == (
        '{"how": "any", "parts": [{"name": "form.urgency", "op": "in", "value": ["booked"]},'
        ' {"how": "not", "parts": [{"name": "form.height", "op": "under", "value": 200}]}]}'
    )


def test_a_type_nobody_knows_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="no type"):
        question({"name": "x", "type": "colour", "label": Text(zh="颜色", en="Colour")})


def test_further_attributes_reach_the_control() -> None:
    asked = question({"name": "x", "type": "text", "label": "", "placeholder": "3-1-502", "autofocus": True})
    assert asked.rest == {"placeholder": "3-1-502", "autofocus": True}
