"""The OpenAPI document is true: whatever is sent, the answer is one it promises, and never an accident."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.wsgi import get_wsgi_application
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from banli.cases import rules
from tests.api.caller import Machines, goods_case, repair_case
from tests.api.test_cases import do, opened, sealed
from tests.office import Office

#: Not positive_data_acceptance: the office's own rules refuse most of what fits the document.
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.allow_header_conformance,
]
#: The same calls each time: a failure is found again.
ALIKE = settings(
    deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
CALLS = 12
DEEP_CALLS = 60


@pytest.fixture
def schema(office: Office, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The document, with calls on the test's own connection: Django would close it after each one."""
    cache.clear()
    monkeypatch.setattr(connections["default"], "close_if_unusable_or_obsolete", lambda: None)
    return schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())


@pytest.fixture
def known(office: Office, machines: Machines) -> dict[str, Any]:
    """Parts of addresses behind which there is something."""
    case = sealed(machines, office)
    do(machines, "xiaowang", case, "issue", "issued")
    waits = opened(machines, goods_case(office))
    return {
        "estate": "cuihu",
        "post": "technician",
        "procedure": "home-repair",
        "unit": office.unit.pk,
        "case": int(waits.split("/")[-1]),
        "book": "goods-release",
    }


def test_the_document_is_open_and_says_how_to_call(db: None):
    told = Client().get("/api/openapi.json")
    assert told.status_code == 200
    document = told.json()
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"] == {"Bearer": {"type": "http", "scheme": "bearer"}}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["security"] == [{"Bearer": []}], path
            assert operation["description"] and operation["summary"], path
            keys = [one for one in operation["parameters"] if one["name"] == "Idempotency-Key"]
            assert len(keys) == (method == "post"), path
            for status, answer in operation["responses"].items():
                kind = "application/problem+json" if int(status) >= 400 else "application/json"
                assert list(answer["content"]) == [kind], (path, status)


def test_no_call_breaks_the_contract(
    schema: Any, machines: Machines, known: dict[str, Any], subtests: pytest.Subtests
):
    answered: Counter[int] = Counter()
    fitting, unfitting = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
    for operation in _operations(schema):
        who = "zhou" if "passes" in operation.path else "xiaowang"
        places = {one: known[one] for one in known if f"{{{one}}}" in operation.path}
        for mode, path in ((fitting, places), (unfitting, places), (unfitting, {})):
            with subtests.test(operation.label, mode=mode, known=bool(path)):
                cases = operation.as_strategy(mode, path_parameters=path, headers=machines[who].headers)
                _call_all(cases, machines[who].headers, CALLS, answered)
    assert {200, 400, 404, 409, 422} <= set(answered) and answered.total() > 300
    print(f"{answered.total()} calls: {dict(sorted(answered.items()))}")


def test_no_answer_of_a_form_breaks_a_procedure(
    office: Office, schema: Any, machines: Machines, subtests: pytest.Subtests
):
    """Real steps of real cases, with everything else as wild as the document allows."""
    answered: Counter[int] = Counter()
    starts = {"goods-release": goods_case(office), "home-repair": repair_case(office)}
    opens = schema["/api/estates/{estate}/cases"]["POST"]
    acts = schema["/api/estates/{estate}/cases/{case}/acts"]["POST"]
    for name, sent in starts.items():
        book = rules.every_current()[name]
        case = opened(machines, sent)
        number = int(case.split("/")[-1])
        for operation, change in ((opens, _wild_opening(book, sent)), (acts, _wild_act(book))):
            path = {"estate": "cuihu", **({"case": number} if operation is acts else {})}
            cases = operation.as_strategy(path_parameters=path, headers=machines["xiaowang"].headers)
            wild = st.tuples(cases, change).map(_changed)
            with subtests.test(operation.label, procedure=name):
                _call_all(wild, machines["xiaowang"].headers, DEEP_CALLS, answered)
    assert answered.total() == 4 * DEEP_CALLS
    print(f"{answered.total()} calls: {dict(sorted(answered.items()))}")


def _operations(schema: Any) -> Iterator[Any]:
    for result in schema.get_all_operations():
        yield result.ok()


def _call_all(cases: Any, headers: dict[str, str], calls: int, answered: Counter[int]) -> None:
    @settings(ALIKE, max_examples=calls)
    @given(case=cases)
    def call(case: Any) -> None:
        told = case.call(headers=headers)
        answered[told.status_code] += 1
        case.validate_response(told, checks=CHECKS)

    with suppress(Unsatisfiable):  # where there is nothing that could be wrong
        call()


TROUBLE = [
    "9e999999",
    "²",
    "１２",
    "2026-02-30",
    "0000-01-01",
    "24:00",
    "110101199003071233",
    "\u202e",
    "f" * 64,
]
#: What JSON can say, and what makes trouble elsewhere.
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.sampled_from(TROUBLE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip


def _wild_answers(book: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from([*book.procedure.form]), VALUES, max_size=6)


def _wild_opening(book: Any, sent: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The right home and applicant; some answers replaced."""
    return _wild_answers(book).map(lambda wild: {**sent, "answers": {**sent["answers"], **wild}})


def _wild_act(book: Any) -> st.SearchStrategy[dict[str, Any]]:
    """A step of the procedure with one of its own outcomes."""
    steps = [(step, outcome) for step, targets in book.flow.targets.items() for outcome in targets]
    return st.tuples(st.sampled_from(steps), _wild_answers(book), st.sampled_from(["", "paper", "call"])).map(
        lambda told: {
            "step": told[0][0], "outcome": told[0][1], "branch": None, "answers": told[1], "signature": told[2],
        }
    )  # fmt: skip


def _changed(drawn: tuple[Any, dict[str, Any]]) -> Any:
    case, change = drawn
    case.body = {**(case.body if isinstance(case.body, dict) else {}), **change}
    assert json.dumps(case.body)
    return case
