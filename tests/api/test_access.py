"""Who may call: a key opens what its owner's posts open, and nothing else does."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from banli.api import access
from banli.people import actions as people
from banli.people.models import ApiToken, Holding
from tests.api.caller import Caller, Machines
from tests.api.test_cases import refused
from tests.office import Office, today


@pytest.fixture(autouse=True)
def nobody_has_tried(db: None) -> None:
    cache.clear()


def test_a_key_tells_where_its_owner_works(office: Office, machines: Machines):
    told = machines["laoli"].get("/api/estates")
    assert "翠湖花园" in told.content.decode()
    (estate,) = told.json()["items"]
    assert (estate["code"], estate["name"]) == ("cuihu", "翠湖花园")
    assert [post["title"]["zh"] for post in estate["posts"]] == ["值班主任"]


def test_without_a_key_the_door_stays_shut(office: Office):
    for headers in ({}, {"Authorization": "Bearer"}, {"Authorization": "Basic eGlhb3dhbmc6eA=="}):
        told = Client().get("/api/estates", headers=headers)
        refused(told, 401, "no_token")
        assert told["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("raw", ["banli_", "banli_" + "A" * 43, "x" * 5000, "ключ", "banli_\x00", "null"])
def test_a_wrong_key_opens_nothing(office: Office, raw: str):
    refused(Client().get("/api/estates", headers={"Authorization": f"Bearer {raw}"}), 401, "no_token")


def test_a_revoked_expired_or_orphaned_key_opens_nothing(office: Office, machines: Machines):
    caller, token = machines["laoli"], ApiToken.objects
    assert caller.get("/api/estates").status_code == 200
    token.update(expires_at=timezone.now())
    refused(caller.get("/api/estates"), 401, "no_token")
    token.update(expires_at=None)
    Holding.objects.update(until=today())
    people.leave(staff=office.staff("laoli"))
    refused(caller.get("/api/estates"), 401, "no_token")
    people.revoke_token(token_id=token.get().pk)
    refused(caller.get("/api/estates"), 401, "no_token")


def test_a_session_opens_nothing_here(office: Office):
    client = Client()
    client.force_login(office.staff("xiaowang"), backend="banli.people.access.StaffBackend")
    refused(client.get("/api/estates"), 401, "no_token")


def test_who_tries_wrong_keys_waits_and_right_keys_do_not(
    office: Office, machines: Machines, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(access, "WRONG_KEYS", "2/m/ip")
    wrong = {"Authorization": "Bearer banli_guess"}
    for _ in range(2):
        refused(Client().get("/api/estates", headers=wrong), 401, "no_token")
    told = Client().get("/api/estates", headers=wrong)
    refused(told, 429, "too_many_tries")
    assert int(told["Retry-After"]) > 0
    assert machines["laoli"].get("/api/estates").status_code == 200


def test_an_estate_where_one_holds_no_post_is_not_there(office: Office, machines: Machines):
    foreign = Caller(office.staff("laoli"), "songfeng")
    for path in ("", "procedures", "tasks", "registers", "units", "posts", "passes/verdict?code=1"):
        refused(foreign.get(path), 404, "not_found")
    refused(Caller(office.staff("laoli"), "atlantis").get("tasks"), 404, "not_found")


def test_staff_without_a_post_see_no_estate_at_all(office: Office):
    idle = people.create_staff(username="idle", name="待岗小钱", password=None)
    caller = Caller(idle)
    assert caller.get("/api/estates").json() == {"items": [], "next": None}
    refused(caller.get("tasks"), 404, "not_found")


def test_the_gate_reads_no_resident_file_and_no_home_repairs(office: Office, machines: Machines):
    refused(machines["zhou"].get("units"), 403, "not_permitted")
    refused(machines["zhou"].get(f"units/{office.unit.pk}"), 403, "not_permitted")
    refused(machines["zhou"].get("registers/home-service"), 403, "not_permitted")


def test_only_the_gate_asks_what_a_pass_is_worth(office: Office, machines: Machines):
    refused(machines["laoli"].get("passes/verdict", code="1"), 403, "not_permitted")


def test_one_asks_only_for_tasks_of_ones_own_posts(office: Office, machines: Machines):
    problem = refused(machines["laoli"].get("tasks", post="director"), 403, "not_permitted")
    assert problem["posts"] == ["director"]
    assert machines["laoli"].get("tasks", post="duty_supervisor").status_code == 200
