"""The list on a guard's phone: what it says, what it does not, and what it costs."""

import gzip
import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases.models import Case
from banli.gate import carried
from banli.gate import listed as listed_passes
from banli.gate.queries import judged
from banli.papers import passes
from banli.papers.models import Paper
from tests.cases.test_actions import do, key
from tests.cases.test_renovation import extended, in_days
from tests.gate.conftest import at_the_gate
from tests.gate.test_cards import cards, morning, works
from tests.gate.test_gate import let_go
from tests.gate.test_visitors import visit
from tests.office import ZONE, Office, today

__all__ = ["cards", "morning", "visit", "works"]  # fixtures


def listed(client: Client, **headers: str) -> dict[str, Any]:
    answer = client.get("/gate/list/", headers=headers)
    assert answer.status_code == 200
    told: dict[str, Any] = json.loads(answer.content)
    return told


def of(client: Client, paper: Paper) -> dict[str, Any]:
    return next(one for one in listed(client)["passes"] if one["id"] == paper.pk)


def test_a_slip_is_carried_with_its_goods_and_without_what_is_private(guard: Client, slip: Paper) -> None:
    entry = of(guard, slip)
    assert entry["number"] == slip.number and entry["code"] == passes.fingerprint(slip.token or "")
    assert entry["goods"] == [["双开门冰箱", "1", "右门有划痕", "大件"], ["餐椅", "6", "", ""]]
    assert ["房号", "12-3-502"] in entry["facts"]
    everything = guard.get("/gate/list/").content.decode()
    assert (slip.token or "") not in everything and "11010119900307123" not in everything


def test_the_verdict_turns_at_the_end_of_its_day_as_the_house_would_turn_it(
    guard: Client, slip: Paper
) -> None:
    midnight = datetime.combine(today() + timedelta(days=1), time.min, ZONE)
    told = of(guard, slip)["told"]
    assert [(piece[1], piece[4]) for piece in told] == [("jade", "go"), ("amber", "expired")]
    assert told[0][0] == 0 and told[1][0] == int(midnight.timestamp()) + 1
    full = Paper.objects.select_related("case__record", "form", "estate", "used_by").get(pk=slip.pk)
    for piece in told:
        at = datetime.fromtimestamp(piece[0], UTC) if piece[0] else timezone.now()
        verdict = judged(full, None, full.estate, at)
        assert piece[1:] == [verdict.tone, verdict.word.zh, verdict.sentence.zh, verdict.kind]


def test_what_is_over_is_carried_without_anybodys_name(guard: Client, slip: Paper) -> None:
    let_go(guard, slip)
    entry = of(guard, slip)
    assert set(entry) == {"id", "code", "number", "told"}
    assert [(piece[1], piece[4]) for piece in entry["told"]] == [("red", "used")]
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False):
        guard.force_login(slip.issued_by.__class__.objects.get(username="zhou"))
        told = listed(guard)
        assert told["passes"] == [] and told["whole"] and told["newest"] >= slip.pk


def test_a_card_turns_with_the_hours_and_its_photograph_stays_in_the_house(
    guard: Client, cards: list[Paper]
) -> None:
    entry = of(guard, cards[0])
    assert entry["face"] and ["房号", "12-3-502"] in entry["facts"]
    kinds = [piece[4] for piece in entry["told"]]
    assert kinds[:3] == ["go", "off_hours", "go"], "this morning, over noon or at night, then again"
    assert "base64," not in guard.get("/gate/list/").content.decode()


def test_a_visitor_is_carried_with_name_plate_and_the_way_that_is_next(guard: Client, visit: Paper) -> None:
    entry = of(guard, visit)
    assert entry["name"] == "邻居" and entry["ways"] == [["come_in", "进门"], ["go_out", "离开"]]
    guard.post(f"/gate/passes/{visit.pk}/passage/", {"step": "come_in", "key": key()})
    assert of(guard, visit)["ways"] == [["go_out", "离开"]]


def test_a_list_that_still_holds_is_not_sent_again(guard: Client, slip: Paper) -> None:
    first = guard.get("/gate/list/")
    again = guard.get("/gate/list/", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    let_go(guard, slip)
    assert guard.get("/gate/list/", headers={"If-None-Match": first["ETag"]}).status_code == 200
    packed = guard.get("/gate/list/", headers={"Accept-Encoding": "gzip"})
    assert json.loads(gzip.decompress(packed.content)) == listed(guard)


def test_no_other_estate_is_on_the_list(guard: Client, slip: Paper, office: Office) -> None:
    theirs = at_the_gate(office)
    Paper.objects.filter(pk=theirs.pk).update(estate=office.elsewhere)
    told = listed(guard)
    assert [one["id"] for one in told["passes"]] == [slip.pk] and told["estate"] == office.estate.pk
    assert theirs.number not in [one["number"] for one in told["passes"] if one["id"] != slip.pk]


def test_a_pass_that_is_being_written_is_not_said_to_be_long_over(guard: Client, slip: Paper) -> None:
    assert listed(guard)["newest"] < slip.pk
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=True):
        guard.force_login(slip.issued_by.__class__.objects.get(username="zhou"))
        assert listed(guard)["newest"] == slip.pk


def test_no_more_is_carried_than_a_phone_can_bear_and_it_says_so(
    guard: Client, slip: Paper, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go(guard, slip)
    newer = at_the_gate(office)
    monkeypatch.setattr(carried, "MOST", 1)
    monkeypatch.setattr(listed_passes, "MOST", 1)
    told = listed(guard)
    assert [one["id"] for one in told["passes"]] == [newer.pk], "what is in force comes first"
    assert told["whole"] is False


def test_the_list_costs_as_many_queries_for_three_passes_as_for_one(
    guard: Client, cards: list[Paper], office: Office
) -> None:
    listed(guard)  # rulebooks are read once in the life of a process
    counts = []
    for several in (1, 3):
        for _each in range(several):
            at_the_gate(office)
        counts.append(asked(guard))
    assert counts[0] == counts[1] <= 10
    assert asked(guard) < counts[0], "what was told before is not read again"


def asked(guard: Client) -> int:
    with CaptureQueriesContext(connection) as seen:
        listed(guard)
    return len(seen)


def as_if_made_anew(guard: Client) -> dict[str, Any]:
    """The list, after it was seen to say the same as one that keeps nothing."""
    told = listed(guard)
    carried._last.clear()
    assert listed(guard) == told
    return told


def kinds(told: dict[str, Any], paper: Paper) -> list[str]:
    return [piece[4] for one in told["passes"] if one["id"] == paper.pk for piece in one["told"]]


def test_what_is_kept_of_the_list_is_true_the_moment_something_is_done(
    guard: Client, works: int, cards: list[Paper], office: Office
) -> None:
    slip, other = at_the_gate(office), at_the_gate(office)
    assert kinds(as_if_made_anew(guard), slip)[0] == kinds(as_if_made_anew(guard), other)[0] == "go"
    let_go(guard, slip)
    assert kinds(as_if_made_anew(guard), slip) == ["used"]
    guard.post(f"/gate/passes/{other.pk}/mismatch/", {"note": "多出一台电视", "key": key()})
    assert kinds(as_if_made_anew(guard), other) == ["void"]
    do(office, "xiaowang", cards[1].case_id, "in_use", "given_back", branch=1)
    assert kinds(as_if_made_anew(guard), cards[1]) == ["given_back"]
    office.estate.settings = {**office.estate.settings, "renovation_hours": "Mo-Su 20:00-22:00"}
    office.estate.save()
    assert kinds(as_if_made_anew(guard), cards[0])[0] == "off_hours"
    extended(office, in_days(90))
    assert kinds(as_if_made_anew(guard), cards[0]) == ["renewed"]


def test_what_is_kept_of_the_list_follows_the_record_that_a_card_rests_on(
    guard: Client, works: int, cards: list[Paper]
) -> None:
    assert kinds(as_if_made_anew(guard), cards[0])[0] == "go"
    record = Case.objects.get(pk=works)
    Case.objects.filter(pk=works).update(form={**record.form, "end_date": in_days(-1)})
    assert kinds(as_if_made_anew(guard), cards[0]) == ["record_over"]
    Case.objects.filter(pk=works).update(form=record.form)
    permit = Paper.objects.get(kind="renovation-permit")
    Paper.objects.filter(pk=permit.pk).update(state="void", voided_at=timezone.now(), void_reason="换人")
    facts = next(one for one in as_if_made_anew(guard)["passes"] if one["id"] == cards[0].pk)["facts"]
    assert permit.number not in [said for _label, said in facts]


def test_what_is_kept_of_the_list_turns_with_the_clock_and_the_day(
    guard: Client, cards: list[Paper], morning: Any
) -> None:
    begun = timezone.localtime()
    assert kinds(listed(guard), cards[0])[0] == "go"
    for later, kind in (
        (begun.replace(hour=12, minute=30), "off_hours"),
        (begun.replace(hour=14, minute=30), "go"),
        (begun.replace(hour=9) + timedelta(days=1), "go"),
    ):
        morning.move_to(later)
        guard.force_login(cards[0].issued_by.__class__.objects.get(username="zhou"))
        told = as_if_made_anew(guard)
        assert kinds(told, cards[0])[0] == kind
    asked_for = timezone.localdate() + timedelta(days=1)
    last = next(one for one in told["passes"] if one["id"] == cards[0].pk)["told"][-1][0]
    assert timezone.localdate(datetime.fromtimestamp(last, UTC)) == asked_for, "it holds for two days again"


def test_what_is_kept_of_the_list_is_kept_for_each_language(guard: Client, slip: Paper) -> None:
    assert of(guard, slip)["told"][0][2] == "可放行"
    guard.cookies["django_language"] = "en"
    assert of(guard, slip)["told"][0][2] == "May go"


def test_the_estate_sets_when_its_list_is_old(guard: Client, slip: Paper, office: Office) -> None:
    assert listed(guard)["ages"] == [1800, 43200]
    office.estate.settings = {**office.estate.settings, "gate_list_old": "1h"}
    office.estate.save(update_fields=["settings"])
    assert listed(guard)["ages"] == [3600, 43200]


def test_every_verdict_of_the_phones_own_is_in_the_readers_language(guard: Client, slip: Paper) -> None:
    said = listed(guard)["said"]
    assert said["foreign"][2] == "这是别的小区的放行条，本小区不能放行。" and said["unlisted"][:2] == [
        "amber",
        "先问前台",
    ]
    guard.cookies["django_language"] = "en"
    assert listed(guard)["said"]["unlisted"][1] == "Ask the desk"
