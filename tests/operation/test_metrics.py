"""/metrics: what Prometheus reads, and who may."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from banli.cases.models import Case
from banli.operation import metrics
from banli.papers.models import Paper
from tests.api.caller import Caller
from tests.desk.at_the_desk import at, issued, open_repair, signed
from tests.office import Office

Told = dict[tuple[str, tuple[tuple[str, str], ...]], float]
HERE = {"host": "127.0.0.1:8000"}


@pytest.fixture
def counting() -> Iterator[None]:
    """This process counts, from 0."""
    metrics._counted = None
    metrics.enable()
    yield
    metrics._counted = None


def read(**headers: str) -> Told:
    answer = Client().get("/metrics", headers={**HERE, **headers})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def value(told: Told, name: str, **labels: str) -> float | None:
    return told.get((name, tuple(sorted(labels.items()))))


def test_actions_are_counted_by_kind_outcome_and_refusal(office: Office, counting: None):
    case = signed(office)
    sent = {"step": "confirm", "outcome": "approved", "signature": "paper"}
    Caller(office.staff("xiaowang")).post(f"cases/{case}/acts", sent)
    told = read()
    assert value(told, "banli_actions_total", kind="open", outcome="done", refusal="") == 1
    assert value(told, "banli_actions_total", kind="act", outcome="done", refusal="") == 1
    assert value(told, "banli_actions_total", kind="act", outcome="refused", refusal="wrong_post") == 1
    assert value(told, "banli_action_seconds_count", kind="act") == 2
    assert value(told, "banli_refusals_total", refusal="wrong_post") == 1


def test_a_printed_copy_is_counted_as_an_action(office: Office, counting: None):
    slip = Paper.objects.get(case_id=issued(office))
    at(office, "xiaowang").post(
        f"/papers/{slip.pk}/printings/", {"copy": "original", "key": "first-printing"}
    )
    told = read()
    assert value(told, "banli_actions_total", kind="print", outcome="done", refusal="") == 1
    assert value(told, "banli_action_seconds_count", kind="print") == 1


def test_requests_are_counted_by_the_name_of_their_route(office: Office, counting: None):
    client = at(office, "xiaowang")
    for path in (f"/units/{office.unit.pk}/", "/units/999999/", "/nothing/13800571500/"):
        client.get(path)
    told = read()
    assert value(told, "banli_requests_total", route="desk:unit", method="GET", status="200") == 1
    assert value(told, "banli_requests_total", route="desk:unit", method="GET", status="404") == 1
    assert value(told, "banli_requests_total", route="none", method="GET", status="404") == 1
    assert value(told, "banli_request_seconds_count", route="desk:unit") == 2
    assert "13800571500" not in str(told)


def test_the_gates_verdicts_are_counted(office: Office, counting: None):
    at(office, "zhou").post("/gate/checks/", {"code": "no such pass"})
    told = read()
    assert sum(v for (name, _), v in told.items() if name == "banli_gate_verdicts_total") == 1


def test_clocks_that_ran_out_and_that_soon_will_are_told_by_estate(office: Office):
    now = timezone.now()
    late, soon = open_repair(office), open_repair(office)
    Case.objects.filter(pk=late).update(due_at=now - timedelta(minutes=1))
    Case.objects.filter(pk=soon).update(due_at=now + timedelta(minutes=10))
    told = read()
    assert value(told, "banli_cases_late", estate="cuihu") == 1
    assert value(told, "banli_cases_soon_late", estate="cuihu") == 1
    assert value(told, "banli_cases_late", estate="songfeng") == 0


@pytest.mark.django_db
def test_the_queue_and_the_worker_are_told():
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('q', 't', 'todo') RETURNING id"
        )
        (job,) = cursor.fetchone()
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - interval '90 seconds' WHERE job_id = %s", [job]
        )
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '7 seconds')"
        )
    told = read()
    assert value(told, "banli_jobs_waiting") == 1
    assert value(told, "banli_oldest_job_seconds") == pytest.approx(90, abs=5)
    assert value(told, "banli_worker_heartbeat_seconds") == pytest.approx(7, abs=5)
    assert (value(told, "banli_database_up"), value(told, "banli_database_connections") or 0) >= (1, 1)
    assert (value(told, "banli_process_resident_bytes", process="web") or 0) > 10_000_000


def test_reading_them_takes_two_statements_however_much_there_is(office: Office):
    for _ in range(3):
        open_repair(office)
    with CaptureQueriesContext(connection) as queries:
        read()
    assert len(queries) == 2


@pytest.mark.django_db
def test_they_are_for_this_machine_only(settings):
    def status(address: str = "127.0.0.1", **headers: str) -> int:
        return Client(REMOTE_ADDR=address).get("/metrics", headers={**HERE, **headers}).status_code

    assert status() == status("::1") == 200
    assert status("203.0.113.9") == 404
    assert status(host="banli.example.com") == 404
    assert status(**{"x-forwarded-for": "203.0.113.9"}) == 404
    settings.BANLI_PROXIES = [ip_network("127.0.0.0/8")]
    assert status(**{"x-forwarded-for": "203.0.113.9"}) == 404
    assert status(**{"x-forwarded-for": "127.0.0.1"}) == 404  # asked for through the proxy: nobody is here
    assert status(**{"x-forwarded-proto": "https"}) == 404


@pytest.mark.django_db
def test_with_the_token_they_may_be_read_from_elsewhere(settings):
    def status(token: str) -> int:
        headers = {"authorization": token, "host": "testserver"}
        return Client(REMOTE_ADDR="203.0.113.9").get("/metrics", headers=headers).status_code

    assert status("Bearer ") == 404
    settings.BANLI_METRICS_TOKEN = "a-long-token-of-the-monitor"
    assert status("Bearer a-long-token-of-the-monitor") == 200
    assert [status(t) for t in ("", "Bearer ", "Bearer wrong", "Bearer A-LONG-TOKEN-OF-THE-MONITOR")] == [
        404
    ] * 4


def test_several_processes_count_into_one_folder(tmp_path: Path):
    """Each is a real process; the last one tells of all."""
    count = "from banli.operation import metrics; metrics.enable(); metrics.count_verdict('go'); "
    tell = (
        "from prometheus_client import CollectorRegistry, generate_latest; "
        "from prometheus_client.multiprocess import MultiProcessCollector; r = CollectorRegistry(); "
        "MultiProcessCollector(r); print(generate_latest(r).decode())"
    )
    environment = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }

    def run(code: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60
        ).stdout  # fmt: skip

    run(count)
    assert 'banli_gate_verdicts_total{verdict="go"} 2.0' in run(count + tell)
