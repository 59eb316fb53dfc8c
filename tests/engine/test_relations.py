"""What an answer owes to another: differs, lies on its day; and answers that are refused with a reason."""

from typing import Any

import pytest
from pydantic import ValidationError

from banli.engine.answers import Moment, accept_all
from banli.engine.conditions import Condition
from banli.engine.fields import Field, settled
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from tests.engine.office import NOW

LABEL = Text(zh="题", en="Q")


def asked(kind: str, **more: Any) -> Field:
    return Field.model_validate({"type": kind, "label": LABEL, **more})


def marks(fields: dict[str, Field], answers: dict[str, Any], **seen: Any) -> dict[str, str]:
    """The fields that are marked, each with its code."""
    try:
        accept_all(fields, answers, seen, Moment(now=NOW))
    except Refusal as why:
        return {name: one.code for name, one in why.fields.items()}
    return {}


PEOPLE = {"welder": asked("person_name"), "watcher": asked("person_name", differs_from="form.welder")}
HOURS = {
    "starts": asked("datetime"),
    "ends": asked(
        "datetime", earliest="form.starts + 15m", latest="form.starts + 8h", same_day_as="form.starts"
    ),
    "good_until": asked("date", required=False, earliest="form.ends"),
}


def test_two_people_are_two_people() -> None:
    assert marks(PEOPLE, {"welder": "王师傅", "watcher": " 王师傅 "}) == {"watcher": "same_as_other"}
    assert marks(PEOPLE, {"welder": "王师傅", "watcher": "李师傅"}) == {}
    assert marks(PEOPLE, {"welder": "", "watcher": "李师傅"}) == {"welder": "required"}


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        ("2026-05-06 15:00", "too_early"), ("2026-05-06 15:14", "too_early"), ("2026-05-06 15:15", None),
        ("2026-05-06 23:00", None), ("2026-05-06 23:01", "too_late"), ("2026-05-07 00:30", "other_day"),
    ],
)  # fmt: skip
def test_a_moment_lies_on_the_day_of_another_and_within_the_time(ends: str, code: str | None) -> None:
    begun = "2026-05-06 17:00" if ends.startswith("2026-05-07") else "2026-05-06 15:00"
    assert marks(HOURS, {"starts": begun, "ends": ends}) == ({"ends": code} if code else {})


def test_where_one_of_the_two_is_a_date_days_are_compared() -> None:
    day = {"starts": "2026-05-06 09:00", "ends": "2026-05-06 12:00"}
    assert marks(HOURS, {**day, "good_until": "2026-05-06"}) == {}
    assert marks(HOURS, {**day, "good_until": "2026-05-05"}) == {"good_until": "too_early"}


def test_an_answer_that_is_itself_wrong_is_no_measure() -> None:
    assert marks(HOURS, {"starts": "soon", "ends": "2026-05-06 12:00"}) == {"starts": "not_datetime"}


def test_an_answer_of_an_earlier_step_is_a_measure() -> None:
    later = {"watcher": PEOPLE["watcher"], "ends": asked("datetime", same_day_as="form.starts")}
    seen = {"form.starts": "2026-05-06T09:00", "form.welder": "王师傅"}
    told = marks(later, {"ends": "2026-05-07 08:00", "watcher": "王师傅"}, **seen)
    assert told == {"ends": "other_day", "watcher": "same_as_other"}


def test_the_estate_sets_how_many_at_least() -> None:
    count = settled(asked("integer", at_least="setting.fewest"), {"setting.fewest": 3}, lambda name: 2)
    assert marks({"count": count}, {"count": "2"}) == {"count": "too_small"}
    assert marks({"count": count}, {"count": "3"}) == {}


def test_an_answer_is_refused_with_its_reason_where_the_condition_holds() -> None:
    why = Text(zh="地下室不得使用。", en="Not in a basement.")
    fields = {
        "gas": asked("yes_no"),
        "basement": asked(
            "yes_no", refuses=[{"answer": "yes", "why": why, "when": Condition({"form.gas": "yes"})}]
        ),
    }
    assert marks(fields, {"gas": "yes", "basement": "yes"}) == {"basement": "refused_answer"}
    assert marks(fields, {"gas": "no", "basement": "yes"}) == {}
    with pytest.raises(Refusal) as refusal:
        accept_all(fields, {"gas": "yes", "basement": "yes"}, {}, Moment(now=NOW))
    assert refusal.value.fields["basement"].say("zh") == "不能办理：地下室不得使用。"


def test_one_of_several_answers_is_refused_too() -> None:
    several = asked("choices", options={"a": LABEL, "b": LABEL}, refuses=[{"answer": ["b"], "why": LABEL}])
    assert marks({"q": several}, {"q": ["a", "b"]}) == {"q": "refused_answer"}
    assert marks({"q": several}, {"q": ["a"]}) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "table", "columns": {"a": {"type": "text", "label": LABEL}}, "differs_from": "form.a"},
        {"type": "text", "same_day_as": "form.a"}, {"type": "date", "same_day_as": "a"},
        {"type": "yes_no", "refuses": [{"answer": "maybe", "why": LABEL}]},
        {"type": "text", "refuses": [{"answer": "a", "why": LABEL}]}, {"type": "text", "at_least": "setting.a"},
        {"type": "integer", "min": 3, "at_least": "setting.a"},
    ],
)  # fmt: skip
def test_they_stand_only_where_they_fit(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Field.model_validate({"label": LABEL, **wrong})
