"""What a guard did without a network, as the house takes it: once, at its true time, and never in silence."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from banli.cases import audit
from banli.cases.models import Case
from banli.journal.models import Entry
from banli.messages.models import Notice
from banli.papers.models import Paper
from banli.people.actions import appoint
from banli.people.models import Staff
from banli.registers.models import RegisterRow
from tests.cases.test_actions import do, key
from tests.desk.at_the_desk import at, text
from tests.gate.test_cards import cards, morning, works
from tests.gate.test_gate import let_go
from tests.gate.test_visitors import visit
from tests.office import Office

__all__ = ["cards", "morning", "visit", "works"]  # fixtures


def record(
    office: Office, slip: Paper, did: str = "passed", ago: int = 10, off: int = 0, **more: Any
) -> dict[str, Any]:
    """As the phone writes it, ``ago`` seconds ago, by a clock that is ``off`` seconds fast."""
    now = int(timezone.now().timestamp() * 1000) + off * 1000
    return {
        "key": key(), "state": "waiting", "staff": office.staff("zhou").pk, "estate": office.estate.pk, "did": did,
        "paper": slip.pk, "number": slip.number, "told": "go", "at": now - ago * 1000, "listed": now - 600_000,
        "sent": now,
    } | more  # fmt: skip


def send(client: Client, told: Any) -> Any:
    return client.post("/gate/records/", json.dumps(told), content_type="application/json")


def back_entered(paper: Paper) -> dict[str, Any]:
    entries = Entry.objects.filter(stream=f"case/{paper.case_id}").order_by("seq")
    events = [
        event for entry in entries for event in entry.body["events"] if event["event"] == "back_entered"
    ]
    return events[-1]  # type: ignore[no-any-return]


def test_goods_that_left_are_entered_at_their_true_time_and_once(
    guard: Client, slip: Paper, office: Office
) -> None:
    told = record(office, slip, ticked=[0, 1], ago=0)
    for _ in range(2):
        answer = send(guard, told | {"sent": int(timezone.now().timestamp() * 1000)})
        assert (answer.status_code, answer.json()) == (200, {"done": True, "sentence": ""})
    kept = Paper.objects.get(pk=slip.pk)
    assert (kept.state, kept.used_by) == ("used", office.staff("zhou"))
    event = back_entered(slip)
    assert kept.used_at and datetime.fromisoformat(event["at"]) == kept.used_at
    assert "门岗手机离线记录：手机钟" in event["reference"] and "by" not in event
    row = RegisterRow.objects.get(case_id=slip.case_id)
    assert row.back_entered_at is not None
    assert [one for check in audit.CHECKS.values() for one in check()] == []


@pytest.mark.parametrize("off", [-86400, -600, 0, 600, 86400])
def test_a_phones_clock_that_goes_wrong_moves_nothing(
    guard: Client, slip: Paper, office: Office, off: int
) -> None:
    before = timezone.now()
    assert send(guard, record(office, slip, ticked=[0, 1], ago=0, off=off)).json()["done"]
    used = Paper.objects.get(pk=slip.pk).used_at
    assert used and abs(used - before) < timedelta(seconds=60)


def test_a_record_from_the_future_is_of_now(guard: Client, slip: Paper, office: Office) -> None:
    assert send(guard, record(office, slip, ticked=[0, 1], ago=-7200)).json()["done"]
    used = Paper.objects.get(pk=slip.pk).used_at
    assert used and used <= timezone.now()


def test_of_a_slip_the_list_did_not_have_every_line_was_held_against_the_paper(
    guard: Client, slip: Paper, office: Office
) -> None:
    assert send(guard, record(office, slip, told="unlisted", what="goods", ago=0)).json()["done"]
    assert Paper.objects.get(pk=slip.pk).state == "used"


def test_goods_that_were_not_all_ticked_are_a_finding(guard: Client, slip: Paper, office: Office) -> None:
    answer = send(guard, record(office, slip, ticked=[0], ago=0)).json()
    assert not answer["done"] and "餐椅" in answer["sentence"]
    assert Paper.objects.get(pk=slip.pk).state == "valid"


def test_a_slip_that_was_used_elsewhere_meanwhile_is_told_to_who_answers_for_the_gate(
    guard: Client, slip: Paper, office: Office
) -> None:
    let_go(guard, slip)
    told = record(office, slip, ticked=[0, 1], ago=0)
    first, second = (send(guard, told).json() for _ in range(2))
    assert first == second and not first["done"] and first["sentence"]
    found = Entry.objects.get(kind="gate_conflict")
    assert found.body["did"] == "passed" and found.body["paper"] == slip.pk and found.body["phone"]["at"]
    assert {one.post for one in Notice.objects.filter(code="gate_conflict")} == {
        "safety_supervisor",
        "director",
    }
    assert "没网时放行，传回来对不上" in text(guard.get("/gate/"))
    for who in ("chen", "laoma"):
        page = text(at(office, who).get("/notices/"))
        assert "传回来对不上，请核查" in page and slip.number in page and f"/cases/{slip.case_id}/" in page
    assert [one for check in audit.CHECKS.values() for one in check()] == []


def test_an_audit_misses_a_notice_that_somebody_took_away(guard: Client, slip: Paper, office: Office) -> None:
    let_go(guard, slip)
    send(guard, record(office, slip, ticked=[0, 1], ago=0))
    Notice.objects.filter(code="gate_conflict").first().delete()  # type: ignore[union-attr]
    assert any("a row is missing" in one.what for check in audit.CHECKS.values() for one in check())


def test_a_release_the_house_had_done_when_the_network_broke_off_is_no_conflict(
    guard: Client, slip: Paper, office: Office
) -> None:
    let_go(guard, slip, key="one-and-the-same-key")
    told = record(office, slip, ticked=[0, 1], key="one-and-the-same-key")
    assert send(guard, told).json() == {"done": True, "sentence": ""}
    assert not Entry.objects.filter(kind="gate_conflict").exists()


def test_goods_that_were_turned_back_void_the_slip(guard: Client, slip: Paper, office: Office) -> None:
    assert send(guard, record(office, slip, "stopped", reason="多出一台电视", ago=0)).json()["done"]
    kept = Paper.objects.get(pk=slip.pk)
    assert (kept.state, kept.void_reason) == ("void", "多出一台电视")
    assert Case.objects.get(pk=slip.case_id).status == "open"


def test_a_stop_is_in_the_days_list(guard: Client, slip: Paper, office: Office) -> None:
    told = record(office, slip, "shown", paper=0, number="", told="forged", ago=0)
    for _ in range(2):
        assert send(guard, told).json()["done"]
    assert Entry.objects.filter(kind="stopped").count() == 1
    assert "伪造" in text(guard.get("/gate/"))


def test_a_worker_who_came_in_is_in_the_days_list_and_one_who_was_turned_away_too(
    guard: Client, cards: list[Paper], office: Office
) -> None:
    assert send(guard, record(office, cards[0])).json()["done"]
    page = text(guard.get("/gate/"))
    assert "今天凭证进入" in page and "工人甲" in page
    assert send(guard, record(office, cards[1], "stopped", reason="照片不是本人")).json()["done"]
    assert "照片不是本人" in text(guard.get("/gate/"))


def test_a_worker_whose_card_was_lost_meanwhile_is_a_finding(
    guard: Client, cards: list[Paper], office: Office
) -> None:
    do(office, "xiaowang", cards[0].case_id, "in_use", "lost", branch=cards[0].branch, note="丢了")
    answer = send(guard, record(office, cards[0])).json()
    assert not answer["done"] and "报失" in answer["sentence"]


def test_a_visitor_who_came_and_went_is_in_the_book(guard: Client, visit: Paper, office: Office) -> None:
    for step in ("come_in", "go_out"):
        assert send(guard, record(office, visit, step=step, ago=0)).json()["done"]
    row = RegisterRow.objects.get(case_id=visit.case_id, book="visitors").cells
    assert row["came_at"] and row["left_at"]


def test_a_pass_that_is_not_on_file_is_a_finding_and_another_estates_tells_nothing(
    guard: Client, slip: Paper, office: Office
) -> None:
    answer = send(guard, record(office, slip, paper=10**14, number="", told="unlisted")).json()
    assert answer == {"done": False, "sentence": "系统里没有这张单据。"}
    Paper.objects.filter(pk=slip.pk).update(estate=office.elsewhere)
    assert send(guard, record(office, slip)).json()["sentence"] == "系统里没有这张单据。"
    assert "—" in text(at(office, "chen").get("/notices/"))


def test_somebody_elses_record_is_not_taken_for_ones_own(guard: Client, slip: Paper, office: Office) -> None:
    told = record(office, slip, ticked=[0, 1], ago=0)
    assert send(guard, told).json()["done"]
    other = Staff.objects.create(username="xiaozhou", name="小周")
    appoint(estate=office.estate, staff=other, post="gate", since=timezone.localdate())
    client = Client()
    client.force_login(other)
    assert send(client, told).status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"did": "danced"}, {"did": ["passed"]}, {"told": "nonsense"}, {"at": "yesterday"}, {"at": 10**30}, {"key": "x"},
        {"paper": -1}, {"paper": 10**40}, {"ticked": 7}, {"ticked": ["a"]}, {"ticked": list(range(2000))},
        {"reason": "字" * 900}, {"reason": "\0"}, {"number": "\x07"},
    ],
)  # fmt: skip
def test_what_no_phone_writes_is_refused_and_changes_nothing(
    guard: Client, slip: Paper, office: Office, change: dict[str, Any]
) -> None:
    before = Entry.objects.count()
    answer = send(guard, record(office, slip) | change)
    assert answer.status_code == 422 and answer.json()["sentence"]
    assert Entry.objects.count() == before
    assert Paper.objects.get(pk=slip.pk).state == "valid"


@pytest.mark.parametrize(
    "body", ["", "[]", "null", "7", '"x"', "{", '{"estate": 1}', '{"estate": null, "key": 1}']
)
def test_what_is_no_record_at_all_is_refused(guard: Client, slip: Paper, body: str) -> None:
    assert guard.post("/gate/records/", body, content_type="application/json").status_code == 422


def test_a_record_is_done_at_its_own_estate_by_who_keeps_the_gate_there(
    guard: Client, slip: Paper, office: Office
) -> None:
    assert send(guard, record(office, slip, estate=office.elsewhere.pk)).status_code == 404
    assert send(at(office, "xiaowang"), record(office, slip)).status_code == 403


def test_who_would_send_is_asked_first(guard: Client, slip: Paper, office: Office) -> None:
    told = guard.get("/gate/records/").json()
    assert told["staff"] == office.staff("zhou").pk and len(told["token"]) > 30
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(office.staff("zhou"))
    token = strict.get("/gate/records/").json()["token"]
    told = json.dumps(record(office, slip, ticked=[0, 1], ago=0))
    assert strict.post("/gate/records/", told, content_type="application/json").status_code == 403
    answer = strict.post(
        "/gate/records/", told, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert answer.json()["done"]


def test_the_worker_and_the_page_are_kept_below_the_gates_addresses(guard: Client, slip: Paper) -> None:
    worker = guard.get("/gate/worker.js")
    assert worker["Service-Worker-Allowed"] == "/" and b"gate/offline/worker" in worker.content
    page = text(guard.get("/gate/offline/"))
    assert slip.number not in page and "没有网络" in page
    assert guard.get("/gate/phone.webmanifest").json()["start_url"] == "/gate/"
