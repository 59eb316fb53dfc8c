"""What /healthz and /readyz say, and whether it is true."""

import pytest
from django.db import ConnectionHandler, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from banli.config import health
from banli.config.worker import STALLED_AFTER


def worker_seen(seconds_ago: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
            [seconds_ago],
        )


@pytest.fixture
def database_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    nowhere = {**connection.settings_dict, "HOST": str(tmp_path), "PORT": "5432"}
    monkeypatch.setattr(health, "connection", ConnectionHandler({"default": nowhere})["default"])


def test_a_process_that_answers_is_alive(client: Client, database_gone: None) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@pytest.mark.django_db
def test_the_house_is_ready_when_a_worker_was_seen_just_now(client: Client) -> None:
    worker_seen(seconds_ago=2)
    answer = client.get("/readyz")
    assert answer.status_code == 200, answer.json()
    assert answer.json()["ready"] is True
    assert answer.json()["migrations"] == {"ok": True, "missing": []}
    assert answer.headers["Cache-Control"].startswith("max-age=0")


@pytest.mark.django_db
def test_a_worker_that_fell_silent_makes_the_house_unready(client: Client) -> None:
    worker_seen(seconds_ago=STALLED_AFTER + 5)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["worker"]["ok"] is False
    assert answer.json()["worker"]["seconds_since_heartbeat"] >= STALLED_AFTER
    assert answer.json()["database"] == {"ok": True}


@pytest.mark.django_db
def test_without_any_worker_the_house_is_unready(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["worker"] == {"ok": False, "because": "no worker"}


@pytest.mark.django_db
def test_a_migration_that_was_not_applied_is_named(client: Client) -> None:
    worker_seen(seconds_ago=1)
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == {"ok": False, "missing": ["sessions.0001_initial"]}


@pytest.mark.django_db
def test_an_unreachable_database_is_said_and_not_an_error_page(client: Client, database_gone: None) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == {"ok": False, "because": "unreachable"}
    assert answer.json()["worker"]["ok"] is False
