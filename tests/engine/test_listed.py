"""What nobody types because the office's papers say it: which stand on the record, and what became of them (P3)."""

from typing import Any

import pytest

from banli.engine.answers import Moment, accept_all
from banli.engine.fields import Field
from banli.engine.refusals import Refusal

from .office import NOW

LABEL = {"zh": "证", "en": "Cards"}
NUMBER, HOLDER = {"type": "text", "label": LABEL}, {"type": "person_name", "label": LABEL}
PERMIT = Field.model_validate({"type": "text", "label": LABEL, "listed": {"papers": "permit"}})
CARDS = Field.model_validate({
    "type": "table", "label": LABEL, "required": False, "columns": {"number": NUMBER, "holder": HOLDER},
    "listed": {"papers": "card", "gives": {"number": "paper.number", "holder": "form.name"}},
})  # fmt: skip
BECAME = {"renewed": LABEL, "back": LABEL}
LATER = Field.model_validate({
    "type": "table", "label": LABEL, "required": False,
    "columns": {
        "number": NUMBER, "became": {"type": "choice", "label": LABEL, "options": BECAME},
        "next": {**NUMBER, "required": False},
    },
    "listed": {
        "papers": "card", "of": "form.cards",
        "gives": {"number": "paper.number", "became": "paper.became", "next": "paper.next"},
    },
})  # fmt: skip


def card(number: str, **more: Any) -> dict[str, Any]:
    return {"paper": "card", "paper.number": number, "form.name": "工人甲", **more}


def told(field: Field, papers: list[dict[str, Any]], **seen: Any) -> Any:
    return accept_all({"it": field}, {}, {"record.papers": papers, **seen}, Moment(now=NOW))["it"]


def test_a_number_is_that_of_the_newest_paper_that_is_out() -> None:
    one, two = {"paper": "permit", "paper.number": "P1"}, {"paper": "permit", "paper.number": "P2"}
    assert told(PERMIT, [one, two, card("C1")]) == "P2"
    assert told(PERMIT, [one, {**two, "paper.became": "back"}]) == "P1"


def test_what_has_to_be_there_and_is_not_is_said_to_come_first() -> None:
    with pytest.raises(Refusal) as why:
        told(PERMIT, [])
    assert why.value.fields["it"].code == "not_done_yet"


def test_a_table_has_a_row_for_each_that_is_out() -> None:
    papers = [
        card("C1"), card("C2", **{"paper.next": "C3", "paper.became": "renewed"}),
        card("C3", **{"form.name": "工人乙"}),
        card("C4", **{"paper.became": "back"}), card("C5", in_hand=False), {"paper": "permit", "paper.number": "P1"},
    ]  # fmt: skip
    assert told(CARDS, papers) == [{"number": "C1", "holder": "工人甲"}, {"number": "C3", "holder": "工人乙"}]
    assert told(CARDS, []) is None


def test_what_became_of_those_that_were_listed_before() -> None:
    before: dict[str, Any] = {
        "form.cards": [{"number": "C1", "holder": "工人甲"}, {"number": "C2", "holder": "工人乙"}]
    }
    new = card("C1", **{"paper.next": "C9", "paper.became": "renewed"})
    papers = [new, card("C2", **{"paper.became": "back"}), card("C9"), card("C7")]
    assert told(LATER, papers, **before) == [
        {"number": "C1", "became": "renewed", "next": "C9"}, {"number": "C2", "became": "back", "next": None},
    ]  # fmt: skip
    with pytest.raises(Refusal) as why:
        told(LATER, [new, card("C2")], **before)
    bad = why.value.fields["it"]
    assert (bad.code, bad.params["row"], bad.params["why"].code) == ("bad_row", 2, "row_not_done_yet")


def test_nobody_types_it() -> None:
    with pytest.raises(Refusal) as why:
        accept_all(
            {"it": CARDS}, {"it": [{"number": "C7"}]}, {"record.papers": [card("C1")]}, Moment(now=NOW)
        )
    assert why.value.fields["it"].code == "unexpected_field"


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "date", "label": LABEL, "listed": {"papers": "card"}},
        {"type": "text", "label": LABEL, "listed": {"papers": "card", "of": "form.cards"}},
        {"type": "text", "label": LABEL, "private": True, "listed": {"papers": "card"}},
        {"type": "text", "label": LABEL, "default": "P1", "listed": {"papers": "card"}},
        {"type": "table", "label": LABEL, "columns": {"number": NUMBER}, "listed": {"papers": "card"}},
        {
            "type": "table", "label": LABEL, "columns": {"number": NUMBER},
            "listed": {"papers": "card", "gives": {"number": "paper.colour"}},
        },
    ],
)  # fmt: skip
def test_a_field_that_cannot_be_listed_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"/|pattern"):
        Field.model_validate(wrong)
