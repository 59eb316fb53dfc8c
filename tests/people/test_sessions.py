"""The row behind a cookie: what it opens, and when it opens nothing any more."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.people.models import Staff
from tests.people.cast import Office

PAGE = "/posts/"


@pytest.fixture
def client(office: Office) -> Client:
    client = Client()
    client.force_login(office.staff["xiaowang"])
    assert client.get(PAGE).status_code == 200
    return client


def test_a_session_that_is_over_opens_nothing(client: Client) -> None:
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get(PAGE).status_code == 302


def test_a_session_that_was_ended_elsewhere_opens_nothing(client: Client) -> None:
    Session.objects.all().delete()
    assert client.get(PAGE).status_code == 302


@pytest.mark.parametrize("key", ["", "a" * 32, "'; --" * 20, "ä" * 32, "\x00" + "a" * 31])
def test_a_key_that_nobody_was_given_opens_nothing(office: Office, key: str) -> None:
    client = Client()
    client.cookies["sessionid"] = key
    assert client.get(PAGE).status_code == 302


def test_a_row_that_was_altered_opens_nothing(client: Client) -> None:
    row = Session.objects.get()
    Session.objects.update(session_data=row.session_data[:-3] + "abc")
    assert client.get(PAGE).status_code == 302


def test_whoever_leaves_or_gets_a_new_password_is_out_at_once(office: Office, client: Client) -> None:
    Staff.objects.filter(username="xiaowang").update(is_active=False)
    assert client.get(PAGE).status_code == 302
    Staff.objects.filter(username="xiaowang").update(is_active=True)
    client.force_login(office.staff["xiaowang"])
    staff = Staff.objects.get(username="xiaowang")
    staff.set_password("another horse battery 8")
    staff.save()
    assert client.get(PAGE).status_code == 302


def test_to_know_who_asks_is_two_statements_and_nothing_is_written(client: Client) -> None:
    key = client.cookies["sessionid"].value
    with CaptureQueriesContext(connection) as seen:
        answer = client.get("/estates/")
    assert answer.status_code == 200
    assert len(seen) == 5  # and what the frame counts: tasks, notices and rounds
    assert "sessionid" not in answer.cookies and client.cookies["sessionid"].value == key
