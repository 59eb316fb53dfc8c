"""Abstract answers: as many as the conditions can tell apart, and no more."""

from typing import Any

from banli.engine.check.choices import Choices
from banli.engine.check.domains import domains_of

from .office import HEAD, book_of


def choices(form: str, when: str, asks: str = "x") -> Choices:
    return Choices(
        book_of(
            f"{HEAD}\nform: {form}\nsteps:\n  fill: {{verb: fill, by: front_desk, asks: [{asks}]}}\n"
            f"  call: {{verb: call, by: front_desk, when: {when}}}\n"
        )
    )


def tried(told: Choices) -> list[dict[str, Any]]:
    return list(told.answers(told.book.flow.steps["fill"], {}))


LABEL = "label: {zh: 某, en: X}"
OPTIONS = "options: {a: {zh: 甲, en: A}, b: {zh: 乙, en: B}, c: {zh: 丙, en: C}}"


def test_options_no_condition_tells_apart_are_one() -> None:
    form = f"{{x: {{type: choice, {LABEL}, {OPTIONS}}}}}"
    assert tried(choices(form, "{form.x: a}")) == [{"x": "a"}, {"x": "b"}]
    assert tried(choices(form, "{form.x: [a, b]}")) == [{"x": "a"}, {"x": "c"}]
    assert tried(choices(form, "{applicant: tenant}")) == [{}], "what nothing rests on is not tried at all"


def test_numbers_are_cut_at_the_limits_that_occur() -> None:
    form = f"{{x: {{type: integer, {LABEL}, min: 0, max: 100}}}}"
    assert tried(choices(form, "{form.x: {at_least: 10, under: 20}}")) == [{"x": 0}, {"x": 10}, {"x": 20}]
    assert tried(choices(form, "{form.x: {over: 100}}")) == [{"x": 0}], (
        "no number in the field's limits is over"
    )
    assert tried(choices(form, "{form.x: 7}")) == [{"x": 0}, {"x": 7}]


def test_several_options_are_tried_together() -> None:
    form = f"{{x: {{type: choices, {LABEL}, {OPTIONS}}}}}"
    told = [one["x"] for one in tried(choices(form, "{any: [{form.x: a}, {form.x: b}]}"))]
    assert told == [["a"], ["b"], ["c"], ["a", "b"]]


def test_what_need_not_be_answered_is_also_not_answered() -> None:
    form = f"{{x: {{type: text, {LABEL}, required: false}}}}"
    assert tried(choices(form, "{form.x: {given: 'yes'}}")) == [{"x": None}, {"x": "…"}]


def test_a_question_that_is_not_asked_has_no_answer() -> None:
    form = f"{{x: {{type: yes_no, {LABEL}}}, y: {{type: yes_no, {LABEL}, when: {{form.x: 'yes'}}}}}}"
    told = tried(choices(form, "{form.y: 'yes'}", "x, y"))
    assert told == [{"x": "yes", "y": "yes"}, {"x": "yes", "y": "no"}, {"x": "no", "y": None}]


def test_a_case_begins_in_every_way_conditions_can_tell_apart() -> None:
    form = f"{{x: {{type: text, {LABEL}}}}}"
    when = "{applicant: tenant, fact.authority: 'no', setting.strict: 'yes'}"
    labels = {opening.label() for opening in choices(form, when).openings()}
    assert len(labels) == 8
    assert "open (applicant=tenant, fact.authority=no, setting.strict=yes)" in labels
    assert [opening.label() for opening in choices(form, "{form.x: {given: 'yes'}}").openings()] == ["open"]


def test_every_name_of_a_condition_has_its_values() -> None:
    form = f"{{x: {{type: money, {LABEL}, private: true}}}}"
    domains = domains_of(choices(form, "{applicant: tenant}").book)
    assert domains["applicant"].values == ("owner", "tenant")
    assert domains["outcome.call"].values == ("reached",)
    assert domains["form.x"].private and domains["form.x"].least == 0
    assert domains["setting.soon"].kind == "other" and domains["fact.authority"].values == ("yes", "no")
