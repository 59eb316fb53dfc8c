"""What the page judges at once and what the server judges are the same.

Identity numbers, telephones, names, conditions, lengths of time.
"""

import json
import random
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from banli.engine import identity
from banli.engine.conditions import Condition
from banli.engine.refusals import Refusal
from banli.web import clocks
from banli.web.fields import question

NUMBERS = random.Random(11643)


def run(page: Page, address: str, module: str, script: str, argument: Any) -> Any:
    """`script` is a function of (module, argument), run on the gallery's form page."""
    page.goto(f"{address}/form/")
    return page.evaluate(
        f"async (argument) => ({script})(await import('/static/banli/{module}.js'), argument)", argument
    )


def refused(check: Any, *arguments: Any) -> str:
    try:
        check(*arguments)
    except Refusal as why:
        return why.code
    return ""


def identity_numbers() -> list[str]:
    made = [
        "",
        "1",
        "110105194912310020",
        "11010519491231002X",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
    ]
    made += ["110105 19491231 002X", "11010519490230002X", "11010518991231002X", "1101051949123100AX"]
    for _ in range(300):
        year, month, day = NUMBERS.randint(1895, 2020), NUMBERS.randint(1, 13), NUMBERS.randint(1, 31)
        area, sequence = NUMBERS.choice(["110105", "440304", "990101"]), NUMBERS.randint(0, 999)
        body = f"{area}{year:04}{month:02}{day:02}{sequence:03}"
        made.append(
            body + NUMBERS.choice([identity.check_digit(body), "0123456789X"[NUMBERS.randint(0, 10)]])
        )
    return made


def test_the_check_digit_of_an_identity_number(page: Page, address: str) -> None:
    numbers = identity_numbers()[1:]
    found = run(page, address, "field-checks", "(m, all) => all.map((n) => m.idFault(n)?.[0] ?? '')", numbers)
    names = {
        "": "",
        "bad_id_length": "id-length",
        "bad_id_characters": "id-form",
        "bad_id_date": "id-date",
        "bad_id_digit": "id-digit",
    }
    wanted = [names[refused(identity.check_id, "cn_id", number)] for number in numbers]
    assert list(zip(numbers, found, strict=True)) == list(zip(numbers, wanted, strict=True))
    assert {"", "id-digit", "id-date"} <= set(wanted)


@pytest.mark.parametrize(
    "number",
    [
        *(
            "13812345678",
            "138 1234 5678",
            "138-1234-5678",
            "+86 13812345678",
            "010-88886666",
            "0755 26668888",
        ),
        *("+85291234567", "1381234567", "138123456789", "23812345678", "88886666", "abc", "12"),
    ],
)
def test_a_telephone_number(page: Page, address: str, number: str) -> None:
    fault = run(page, address, "field-checks", "(m, n) => m.phoneFault(n)", number)
    assert (fault is None) == (refused(identity.check_phone, number) == "")


def test_a_name(page: Page, address: str) -> None:
    names = ["李明", "买买提·艾力", "Anne-Marie O'Neil", "J. R. Smith", "李明2", "李@明", "···", "龑䶮"]
    script = """(m, all) => all.map((name) => { const i = document.createElement('input');
        i.dataset.check = 'person_name'; i.value = name; return m.faultOf(i) === null; })"""
    found = run(page, address, "field-checks", script, names)
    assert found == [refused(identity.check_name, name) == "" for name in names]


def test_when_a_question_is_asked(page: Page, address: str) -> None:
    conditions: list[Any] = [
        {"form.urgency": "booked"},
        {"form.urgency": ["now", "booked"], "fact.authority": "no"},
        {"any": [{"form.kind": ["wall"]}, {"not": {"form.height": {"under": 200}}}]},
        {"form.height": {"at_least": 100, "at_most": 300}},
        {"form.height": {"over": 299}},
        {"form.urgency": {"given": "yes"}},
        {"form.areas": {"given": "no"}},
        {"form.areas": ["bath"]},
    ]
    values: list[dict[str, Any]] = [
        {},
        {"form.urgency": "booked", "fact.authority": "no", "form.height": 200},
        {"form.urgency": "now", "form.kind": "wall", "form.height": 300, "form.areas": []},
        {"form.urgency": "", "form.kind": "facade", "form.height": 99, "form.areas": ["hall", "bath"]},
        {"form.urgency": None, "form.height": "200", "fact.authority": "yes"},
    ]
    parsed = [Condition(condition) for condition in conditions]
    nodes = [json.loads(question({"name": "x", "label": "", "when": condition}).when) for condition in parsed]
    script = "(m, [nodes, values]) => nodes.map((n) => values.map((v) => m.holds(n, v)))"
    found = run(page, address, "when", script, [nodes, values])
    assert found == [[condition.holds(value) for value in values] for condition in parsed]


def test_how_long_it_still_is(page: Page, address: str) -> None:
    seconds = [0, 1, 59, 60, 61, 720, 3599, 3600, 3660, 11100, 86399, 86400, 90000, 187200]
    found = run(page, address, "clock", "(m, all) => all.map(m.span)", seconds)
    assert found == [clocks.span(timedelta(seconds=number)) for number in seconds]
    seconds = [3600, 863_999, 864_000, 867_600, 27_500_000]
    found = run(page, address, "clock", "(m, all) => all.map(m.away)", seconds)
    assert found == [clocks.away(timedelta(seconds=number)) for number in seconds]


def test_a_key_is_made_without_a_secure_context_too(page: Page, address: str) -> None:
    script = """(m) => { Object.defineProperty(crypto, 'randomUUID', {value: undefined});
        return [m.newKey(), m.newKey()]; }"""
    first, second = run(page, address, "once", script, None)
    assert first != second
    assert len(first) == 36 and first[14] == "4" and first[19] in "89ab"
