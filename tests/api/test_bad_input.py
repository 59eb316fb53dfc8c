"""What no machine should send. Each is refused with a sentence, none is an accident, nothing is written."""

import itertools
import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, override_settings

from banli.api import refusing
from banli.api.views import estates
from banli.cases.models import Case
from banli.journal.models import Entry
from tests.api.caller import Machines, fresh_key, goods_case
from tests.api.test_cases import opened, refused
from tests.office import Office


def raw(machines: Machines, body: bytes | str, content_type: str = "application/json") -> Any:
    """Open a case with exactly these bytes."""
    caller = machines["xiaowang"]
    return caller.client.generic(
        "POST", "/api/estates/cuihu/cases", body, content_type=content_type,
        headers={**caller.headers, "Idempotency-Key": fresh_key()},
    )  # fmt: skip


NOT_JSON: list[bytes | str] = [
    "{", "{'a': 1}", b"\xff\xfe", b"\xed\xa0\x80", '{"unit": NaN}', '{"unit": 1e999}', '{"unit": 1, "unit": 2}',
    "[" * 100_000, '{"unit": 1' + "0" * 5000 + "}", '{"unit": 1000000000000000000000}', "\ufeff{}",
]  # fmt: skip


def test_what_is_not_json_is_refused(office: Office, machines: Machines, subtests: pytest.Subtests):
    for body in NOT_JSON:
        with subtests.test(body=ascii(body)[:40]):
            refused(raw(machines, body), 400, "not_json")


def test_what_is_nested_without_end_is_refused(office: Office, machines: Machines):
    refused(raw(machines, '{"answers": ' + "[" * 40 + "]" * 40 + "}"), 400, "too_deep")


def test_another_content_type_is_refused(office: Office, machines: Machines, subtests: pytest.Subtests):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", ""):
        with subtests.test(kind):
            refused(raw(machines, "{}", kind), 415, "wrong_type")


def test_a_body_is_needed(office: Office, machines: Machines):
    refused(raw(machines, ""), 400, "body_missing")


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1024 * 1024)
def test_a_body_that_is_too_large_is_refused(office: Office, machines: Machines):
    refused(raw(machines, '{"note": "' + "x" * 1024 * 1024 + '"}'), 413, "body_too_large")


def test_a_nul_and_half_a_character_are_refused_wherever_they_stand(
    office: Office, machines: Machines, subtests: pytest.Subtests
):
    places = ("procedure", "note", "signature", "carrier", "goods")
    for where, text in itertools.product(places, ("a\x00b", "\ud800", "半\udfff个")):
        sent = goods_case(office)
        if where in sent["answers"]:
            sent["answers"][where] = [{"name": text, "count": 1}] if where == "goods" else text
        else:
            sent[where] = text
        with subtests.test(where, text=ascii(text)):
            problem = refused(raw(machines, json.dumps(sent)), 422, "form_invalid")
            assert {told["code"] for told in problem["fields"].values()} == {"bad_characters"}
            refused(raw(machines, json.dumps({**goods_case(office), text: 1})), 422, "form_invalid")
    assert not Case.objects.exists()


FAULTS: list[tuple[dict[str, Any], str, str]] = [
    ({"colour": "red"}, "colour", "unknown_key"),
    ({"payment": {"fen": 1, "method": "cash", "tip": 2}}, "payment.tip", "unknown_key"),
    ({"unit": "502"}, "unit", "not_integer"),
    ({"unit": True}, "unit", "not_integer"),
    ({"unit": 1.5}, "unit", "not_integer"),
    ({"unit": 0}, "unit", "too_small"),
    ({"unit": -5}, "unit", "too_small"),
    ({"procedure": None}, "procedure", "not_text"),
    ({"procedure": "x" * 51}, "procedure", "too_long"),
    ({"procedure": "../etc"}, "procedure", "wrong_form"),
    ({"applicant_role": "king"}, "applicant_role", "not_an_option"),
    ({"answers": []}, "answers", "not_an_object"),
    ({"ticked": "all"}, "ticked", "not_a_list"),
    ({"note": "x" * 4001}, "note", "too_long"),
]


def test_a_fault_is_marked_where_it_is(office: Office, machines: Machines, subtests: pytest.Subtests):
    for change, field, code in FAULTS:
        with subtests.test(field, change=str(change)[:60]):
            sent = {**goods_case(office), **change}
            problem = refused(machines["xiaowang"].post("cases", sent), 422, "form_invalid")
            assert problem["fields"][field]["code"] == code
    for body in ([], "text", 7, None):
        with subtests.test(body=str(body)):
            refused(machines["xiaowang"].post("cases", body), 422, "form_invalid")
    assert not Case.objects.exists()


NOT_TAKEN: list[tuple[dict[str, Any], str]] = [
    ({"procedure": "no-such-thing"}, "unknown_procedure"),
    ({"unit": None}, "unit_required"),
    ({"applicant": 999_999_999}, "form_invalid"),
    ({"applicant_role": "family"}, "form_invalid"),
    ({"answers": {}}, "form_invalid"),
    ({"answers": {"goods": 5}}, "form_invalid"),
    ({"answers": {"shoe_size": 43}}, "form_invalid"),
]


def test_what_the_office_would_not_take_is_refused(
    office: Office, machines: Machines, subtests: pytest.Subtests
):
    for change, code in NOT_TAKEN:
        with subtests.test(str(change)):
            refused(machines["xiaowang"].post("cases", {**goods_case(office), **change}), 422, code)
    assert not Entry.objects.filter(stream__startswith="case/").exists()


def test_a_number_that_no_row_has_is_not_found(office: Office, machines: Machines, subtests: pytest.Subtests):
    for number in ("0", "999999999999999999", "9999999999999999999", "1" * 60, "-1", "abc", "1.5"):
        with subtests.test(number):
            for path in (f"cases/{number}", f"cases/{number}/journal", f"units/{number}"):
                refused(machines["laoli"].get(path), 404, "not_found")
            sent = {"step": "sign", "outcome": "signed"}
            refused(machines["laoli"].post(f"cases/{number}/acts", sent), 404, "not_found")


SENSELESS = [
    "units?q=%00", "units?limit=0", "units?limit=1000", "units?limit=x", "units?after=%ED%A0%80", "units?after=-1",
    "units?aftre=3", "tasks?after=9", "tasks?after=999999999999999999.1", "tasks?post=a%00", "tasks?procedure=%22",
    "registers/goods-release?since=2026-02-30", "registers/goods-release?since=12345",
    "registers/goods-release?until=9999-12-31", "registers/goods-release?status=lost",
    "registers/goods-release?after=1.", "registers/goods-release?q=" + "x" * 61, "posts?page=2",
    "procedures/goods-release?version=1", "passes/verdict", "passes/verdict?code=" + "x" * 601,
    "passes/verdict?code=%00",
]  # fmt: skip


def test_a_question_that_makes_no_sense_is_refused(
    office: Office, machines: Machines, subtests: pytest.Subtests
):
    for path in SENSELESS:
        with subtests.test(path[:60]):
            who = "zhou" if path.startswith("passes") else "laoli"
            refused(machines[who].get(path), 422, "form_invalid")


def test_a_question_without_end_is_refused(office: Office, machines: Machines):
    path = "posts?" + "&".join(f"p{n}=1" for n in range(2001))
    refused(machines["laoli"].get(path), 400, "malformed")


def test_every_other_address_is_not_found_in_the_same_words(
    office: Office, machines: Machines, subtests: pytest.Subtests
):
    for path in (
        "/api",
        "/api/",
        "/api/estates/",
        "/api/estates/cuihu",
        "/api/v2",
        "/api/docs",
        "/api/%0A",
        "/api/..%2F",
    ):
        with subtests.test(path):
            refused(machines["laoli"].get(path), 404, "not_found")


def test_other_methods_are_not_taken(office: Office, machines: Machines, subtests: pytest.Subtests):
    methods = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
    for path, method in itertools.product(("/api/estates", "/api/openapi.json"), methods):
        with subtests.test(method, path=path):
            told = machines["laoli"].client.generic(method, path, headers=machines["laoli"].headers)
            refused(told, 405, "wrong_method")
            assert told["Allow"] == "GET"


LANGUAGES = [
    ("", "zh-hans", "找不到，或不在您的小区内。"),
    ("en", "en", "Not found, or not in your estate."),
    ("de, en-GB;q=0.8, zh;q=0.5", "en", "Not found, or not in your estate."),
    ("fr;q=1, en;q=0", "zh-hans", "找不到，或不在您的小区内。"),
    ("x" * 600, "zh-hans", "找不到，或不在您的小区内。"),
]


def test_sentences_are_in_the_callers_language(subtests: pytest.Subtests):
    for wanted, language, sentence in LANGUAGES:
        with subtests.test(wanted[:20]):
            told = Client().get("/api/nothing", headers={"Accept-Language": wanted})
            assert (told.json()["detail"], told["Content-Language"]) == (sentence, language)


def test_an_unforeseen_fault_tells_nothing_but_a_number(
    office: Office, machines: Machines, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    def broken(*args: object) -> None:
        raise RuntimeError("the password is 12345")

    monkeypatch.setattr(estates, "post_titles", broken)
    told = machines["laoli"].get("posts")
    problem = refused(told, 500, "unexpected")
    assert "12345" not in told.content.decode()
    (record,) = [one for one in caplog.records if one.name == refusing.__name__]
    assert record.exc_info
    assert told["X-Request-ID"] in problem["detail"]


def test_a_lost_database_is_said_to_be_one(
    office: Office, machines: Machines, monkeypatch: pytest.MonkeyPatch
):
    def lost(*args: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(estates, "post_titles", lost)
    told = machines["laoli"].get("posts")
    refused(told, 503, "house_unavailable")
    assert told["Retry-After"]


def test_nobody_may_keep_an_answer(office: Office, machines: Machines):
    told = machines["xiaowang"].get(opened(machines, goods_case(office)))
    assert told["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in told.headers and not told.cookies
