"""What stands in the log, and what never does."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from banli.config.failures import StartFailure
from banli.config.logs import logging_of
from banli.estate.models import Estate
from banli.operation import requests
from banli.operation.happenings import during
from banli.operation.logs import HumanLines, JsonLines, WorthALine
from tests.api.caller import Caller, goods_case
from tests.desk.at_the_desk import acted, at, goods_posted, issued, opening_url, signed
from tests.office import Office

SECRET = "张三丰13800571599"


class Lines:
    """Everything that is logged meanwhile, as BANLI_LOG=json writes it."""

    def __init__(self) -> None:
        self.out = StringIO()

    def text(self) -> str:
        return self.out.getvalue()

    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text().splitlines()]

    def of(self, logger: str) -> list[dict[str, Any]]:
        return [line for line in self.all() if line["logger"] == logger]


@pytest.fixture
def lines() -> Iterator[Lines]:
    told = Lines()
    handler = logging.StreamHandler(told.out)
    handler.setFormatter(JsonLines())
    handler.addFilter(WorthALine())
    loud = [logging.getLogger(name) for name in ("", "banli.requests", "banli.actions")]
    before = [logger.level for logger in loud]
    for logger in loud:
        logger.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    yield told
    logging.getLogger().removeHandler(handler)
    for logger, level in zip(loud, before, strict=True):
        logger.setLevel(level)


def test_one_line_tells_of_a_request_who_did_what_to_which_case(office: Office, lines: Lines):
    case = signed(office)
    lines.out.truncate(0)
    lines.out.seek(0)
    answer = acted(at(office, "laoli"), case, "confirm", "approved", **{"act-signature-paper": "yes"})
    (line,) = lines.of("banli.requests")
    assert line["request"] == answer["X-Request-ID"]
    assert (line["route"], line["method"], line["status"]) == ("desk:act", "POST", answer.status_code)
    assert (line["staff"], line["estate"], line["case"]) == (office.staff("laoli").pk, office.estate.pk, case)
    assert line["action"] == "act"
    assert line["outcome"] == "done"
    assert line["ms"] > 0


def test_a_refusal_is_told_by_its_code(office: Office, lines: Lines):
    case = signed(office)
    acted(at(office, "xiaowang"), case, "confirm", "approved", **{"act-signature": "paper"})
    assert lines.of("banli.requests")[-1]["refusal"]
    sent = {"step": "confirm", "outcome": "approved", "signature": "paper"}
    Caller(office.staff("xiaowang")).post(f"cases/{case}/acts", sent)
    line = lines.of("banli.requests")[-1]
    assert (line["outcome"], line["refusal"], line["status"]) == ("refused", "wrong_post", 403)


def test_an_action_outside_a_request_has_its_own_line(office: Office, lines: Lines):
    case = signed(office)
    told = [line for line in lines.of("banli.actions") if line.get("case") == case]
    assert [(line["action"], line["outcome"]) for line in told] == [("open", "done"), ("act", "done")]


def test_a_machine_is_named_by_the_person_whose_key_it_has(office: Office, lines: Lines):
    Caller(office.staff("xiaowang")).post("cases", goods_case(office))
    line = lines.of("banli.requests")[-1]
    assert (line["staff"], line["action"], line["status"]) == (office.staff("xiaowang").pk, "open", 201)


@pytest.mark.parametrize(
    "path",
    [
        f"/cases/?q={SECRET}", f"/?q={SECRET}", f"/{SECRET}/", f"/registers/{SECRET}/", f"/G/{'Z9' * 40}",
        "/registers/w13800571599/", "/registers/w13800571599.xlsx", "/procedures/w13800571599/",
        "/api/estates/w13800571599/units", f"/api/{SECRET}", "/held/w13800571599",
    ],
)  # fmt: skip
def test_no_word_of_an_address_is_logged(office: Office, lines: Lines, path: str):
    answer = at(office, "xiaowang").get(path)
    assert answer.status_code < 500
    assert lines.of("banli.requests")[-1]["status"] == answer.status_code
    assert "13800571599" not in lines.text()
    assert "Z9Z9" not in lines.text()


def test_what_is_typed_into_a_form_is_not_logged(office: Office, lines: Lines):
    client = at(office, "xiaowang")
    posted = goods_posted(office, office.owner, carrier=SECRET, phone="13800571599", plate=SECRET)
    client.post(opening_url(office, "goods-release"), {**posted, "goods-0-name": SECRET})
    client.post("/language/", {"language": SECRET})
    client.post("/sign-in/", {"login": SECRET, "password": SECRET})
    at(office, "zhou").post("/gate/checks/", {"code": SECRET})
    Caller(office.staff("xiaowang")).post("cases", {**goods_case(office), "note": SECRET, SECRET: SECRET})
    Caller(None, Authorization=f"Bearer {'s' * 30}13800571599").get("units")
    client.get("/inbox/", headers={"host": f"{SECRET.encode().hex()}.13800571599_"})
    assert len(lines.of("banli.requests")) >= 6
    assert "13800571599" not in lines.text()
    assert "张三丰" not in lines.text()


@pytest.mark.django_db
def test_an_error_is_told_by_class_and_place_but_not_by_its_words(lines: Lines):
    Estate.objects.create(code="cuihu", name="翠湖", city="杭州", grade=2)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO estate_estate (code, name, name_en, city, grade) SELECT code, %s, %s, %s, 99999999999"
                " FROM estate_estate",
                [SECRET] * 3,
            )
    except Exception as raised:
        logging.getLogger("django.request").error("Internal Server Error: %s", SECRET, exc_info=raised)
        human = HumanLines().format(
            logging.LogRecord("banli.x", logging.ERROR, "", 0, "failed", (), (type(raised), raised, None))
        )
    (line,) = lines.of("django.request")
    assert line["error"]["sqlstate"]
    assert line["error"]["type"]
    assert any("test_logs.py" in place for place in line["error"]["at"])
    assert SECRET not in lines.text() + human
    assert "failed" in human


def test_a_value_error_keeps_its_words_to_itself(lines: Lines):
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("banli.api").exception("request failed")
    assert lines.all()[-1]["error"]["type"] == "ValueError"
    assert SECRET not in lines.text()


def test_of_others_messages_only_the_numbers_are_filled_in(lines: Lines):
    logging.getLogger("allauth").warning("login of %s failed %d times", SECRET, 3)
    logging.getLogger("django.security.DisallowedHost").error("Invalid HTTP_HOST header: %r", SECRET)
    assert [line["message"] for line in lines.all()] == ["login of … failed 3 times", "suspicious request"]


def test_a_failed_request_is_told_with_its_number(
    client: Client, lines: Lines, monkeypatch: pytest.MonkeyPatch
):
    def broken(request: Any) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr(requests, "route_of", lambda request: "healthz-broken")
    client.raise_request_exception = False
    monkeypatch.setattr("banli.config.health.JsonResponse", broken)
    answer = client.get("/healthz")
    assert answer.status_code == 500
    failed, line = lines.of("django.request")[0], lines.of("banli.requests")[0]
    assert failed["request"] == line["request"] == answer["X-Request-ID"]
    assert (line["level"], line["status"]) == ("ERROR", 500)
    assert SECRET not in lines.text()


def test_a_job_is_told_by_its_number_and_what_always_runs_is_not(lines: Lines):
    worker = logging.getLogger("procrastinate.worker")
    worker.setLevel(logging.INFO)
    for name in ("banli.papers.make_files", "banli.cases.jobs.wake_cases"):
        job = {"id": 7, "task_name": name, "attempts": 1, "call_string": SECRET}
        worker.info("Job %s ended", SECRET, extra={"action": "job_success", "job": job, "duration": 0.25})
    (line,) = lines.of("procrastinate.worker")
    assert (line["job"], line["task"], line["ms"]) == (7, "banli.papers.make_files", 250.0)
    assert SECRET not in lines.text()


def test_people_read_the_same_facts_in_one_line():
    record = logging.LogRecord("banli.requests", logging.INFO, "", 0, "request", (), None)
    record.facts = {"status": 200, "ms": 3.2}
    with during({"request": "abc"}):
        told = HumanLines().format(record)
    assert told.endswith("INFO banli.requests: request request=abc status=200 ms=3.2")


def test_a_log_that_cannot_be_written_is_said_at_the_start(tmp_path: Any):
    with pytest.raises(StartFailure, match="cannot be written"):
        logging_of("json", str(tmp_path / "nowhere" / "log"))
    with pytest.raises(StartFailure, match="lines or json"):
        logging_of("xml", "")
    assert logging_of("json", str(tmp_path / "log"))["loggers"]["banli.requests"]["level"] == "INFO"


def test_the_papers_line_is_not_lost_when_a_case_is_issued(office: Office, lines: Lines):
    case = issued(office)
    assert sum(line.get("case") == case for line in lines.of("banli.actions")) == 5
    assert IntegrityError.__name__ not in lines.text()
