"""Rounds fall due, are done, are missed, and are settled; each once, whoever is at work at the same time."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from banli.cases import settings
from banli.cases.audit import CHECKS
from banli.cases.settings import catalogue
from banli.engine.refusals import Refusal
from banli.estate import setting
from banli.journal.models import Entry
from banli.messages.models import Notice
from banli.routines import actions, packs, queries
from banli.routines.models import Plan, Round, RoundPhoto, RoutineVersion
from tests.office import Office, load_packs

from .walk import LATER, MORNING, PATROL, PUMPS, a_round, fallen_due, moment, picture, settle, walk


def refused(why: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {why.value.code, *(one.code for one in why.value.fields.values())}


def told() -> list[tuple[str, str]]:
    return sorted(Notice.objects.filter(case=None).values_list("code", "post"))


def sound() -> bool:
    return [finding for check in CHECKS.values() for finding in check()] == []


def test_what_fell_due_before_the_estate_had_the_routine_is_nobodys_omission(office: Office) -> None:
    assert actions.plan(LATER) == 0
    assert not Round.objects.exists()
    assert Plan.objects.count() == 2 * RoutineVersion.objects.filter(current=True).count()


def test_rounds_fall_due_by_the_calendar_once_however_often_the_worker_looks(office: Office) -> None:
    rows = fallen_due(office)
    assert sorted(rows) == ["fire-patrol", "lift-round", "pump-room"]
    assert Round.objects.count() == 6, "two estates"
    assert actions.plan(LATER) == 0 and actions.plan(LATER + timedelta(minutes=5)) == 0
    patrol = Round.objects.get(estate=office.estate, routine="fire-patrol")
    assert (patrol.due_at, patrol.until) == (moment("2026-05-14T10:00"), moment("2026-05-14T12:00"))
    assert sound()


def test_a_round_of_one_moment_is_there_once(office: Office) -> None:
    row = fallen_due(office)["fire-patrol"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.create(
            estate=row.estate, version=row.version, routine=row.routine, post=row.post, due_at=row.due_at,
            until=row.until,
        )  # fmt: skip


def test_an_estate_without_lifts_has_no_rounds_of_them(office: Office) -> None:
    chen = office["chen"]
    settings.change(
        by=chen, acting=chen.posts["director"], name="has_lift", value="no", valid_from=date(2026, 5, 1),
        reason="多层", now=moment("2026-05-01T09:00"),
    )  # fmt: skip
    office.estate.refresh_from_db()
    fallen_due(office)
    assert not Round.objects.filter(estate=office.estate, routine="lift-round").exists()
    assert Round.objects.filter(estate=office.elsewhere, routine="lift-round").exists()
    assert "has_lift" in catalogue()


def test_the_estates_own_rest_day_moves_what_was_due_on_it(office: Office) -> None:
    chen = office["chen"]
    day = date(2026, 5, 11)  # a Monday
    with time_machine.travel(moment("2026-05-01T09:00")):
        setting.set_days(by=chen, acting=chen.posts["director"], days=[day], kind="rest", reason="台风")
    fallen_due(office, moment("2026-05-10T12:00"), moment("2026-05-12T12:00"))
    due = dict(Round.objects.filter(routine="slips-reconciled").values_list("estate__code", "due_at"))
    assert due == {"cuihu": moment("2026-05-12T09:30"), "songfeng": moment("2026-05-11T09:30")}


def test_a_routine_that_cannot_be_read_stands_aside_and_stops_no_other(office: Office) -> None:
    actions.plan(MORNING)
    patrol = RoutineVersion.objects.get(routine="fire-patrol", current=True)
    broken = RoutineVersion.objects.create(
        pack="property",
        routine="fire-patrol",
        digest="0" * 64,
        compiled="{}",
        current=False,
        loaded_at=MORNING,
    )
    patrol.current, broken.current = False, True
    patrol.save()
    broken.save()
    packs.of_version.cache_clear()
    assert actions.plan(LATER) == 4
    assert [name for name, why in queries.problems() if why] == ["fire-patrol"]
    broken.delete()
    load_packs()
    assert queries.problems() == []
    assert actions.plan(LATER) == 2, "what was held up is made as soon as it can be"


def test_whoever_keeps_the_post_does_the_round_and_what_was_found_is_kept(office: Office) -> None:
    row = walk(office, "zhou", fallen_due(office)["fire-patrol"], PATROL)
    assert (row.state, row.wrong, row.done_by) == ("done", False, office.staff("zhou"))
    assert told() == [] and sound()


def test_a_finding_is_told_with_its_note_and_picture_and_settled_by_another(office: Office) -> None:
    row = fallen_due(office)["pump-room"]
    said = {**PUMPS, "pressure": "0.29"}
    with pytest.raises(Refusal) as why:
        walk(office, "zheng", row, said)
    assert refused(why) == {"form_invalid", "wrong_without_note", "round_without_photo"}
    assert not Entry.objects.filter(kind="round_done").exists()
    row = walk(
        office, "zheng", row, said, note="二号泵压力低", photos=[picture(), picture(), picture("blue")]
    )
    assert row.wrong and row.unsettled
    assert RoundPhoto.objects.count() == 2, "the same picture twice is kept once"
    assert told() == [("round_wrong", "engineering_supervisor")]
    row = settle(office, "zhao", row)
    assert not row.unsettled and row.settled_by == office.staff("zhao")
    assert sound()


def test_a_round_not_done_in_time_is_missed_once_and_its_supervisors_hear_of_it(office: Office) -> None:
    row = fallen_due(office)["fire-patrol"]
    assert actions.miss(row.until - timedelta(seconds=1)) == 2, (
        "the lifts', of both estates: those were over at 11"
    )
    with pytest.raises(Refusal) as why:
        walk(office, "zhou", row, PATROL, now=row.until)
    assert refused(why) == {"round_over"}
    assert actions.miss(row.until) == 4, "the pumps' too"
    assert actions.miss(row.until) == 0
    row.refresh_from_db()
    assert (row.state, row.ended_at) == ("missed", row.until)
    mine = Notice.objects.filter(about=str(row.pk)).order_by("post").values_list("code", "post")
    assert list(mine) == [("round_missed", "duty_supervisor"), ("round_missed", "safety_supervisor")]
    settle(office, "laoli", row, "老周去处理水管爆裂", now=row.until)


def test_a_round_is_done_once(office: Office) -> None:
    row = fallen_due(office)["fire-patrol"]
    first = walk(office, "zhou", row, PATROL, key="walked-once-1")
    again = walk(office, "zhou", row, PATROL, key="walked-once-1")
    assert first.ended_at == again.ended_at
    assert Entry.objects.filter(kind="round_done").count() == 1
    with pytest.raises(Refusal) as why:
        walk(office, "zhou", row, PATROL)
    assert refused(why) == {"round_done"}
    with pytest.raises(Refusal) as why:
        walk(office, "zheng", fallen_due(office)["pump-room"], PUMPS, key="walked-once-1")
    assert refused(why) == {"key_reused"}


def test_nobody_settles_what_they_found_themselves_nor_what_needs_nothing(office: Office) -> None:
    rows = fallen_due(office, until=moment("2026-05-18T09:30"))
    row = rows["lift-maintenance"]
    found = {"due": "ok", "signed": "wrong", "left": "ok"}
    walk(office, "zhao", row, found, note="没有签字", now=row.due_at)
    for who, said, code in (("zhao", "已补", "round_settle_self"), ("chen", " ", "reason_required")):
        with pytest.raises(Refusal) as why:
            settle(office, who, row, said)
        assert refused(why) == {code}
    settle(office, "chen", row)
    with pytest.raises(Refusal) as why:
        settle(office, "laoli", row)
    assert refused(why) == {"round_settled"}
    with pytest.raises(Refusal) as why:
        settle(office, "laoli", rows["cleaning-check"])
    assert refused(why) == {"round_nothing_to_settle"}


@pytest.mark.parametrize(
    ("note", "code"), [("长" * 1001, "too_long"), ("坏\x00字", "bad_characters"), ("第一行\n第二行", "")]
)
def test_a_note_is_of_lines_that_can_be_kept(office: Office, note: str, code: str) -> None:
    row = fallen_due(office)["fire-patrol"]
    if not code:
        assert walk(office, "zhou", row, PATROL, note=note).note == note
        return
    with pytest.raises(Refusal) as why:
        walk(office, "zhou", row, PATROL, note=note)
    assert refused(why) == {"form_invalid", code}


def test_a_round_keeps_to_the_routine_as_it_was_when_it_fell_due(office: Office) -> None:
    row = fallen_due(office)["fire-patrol"]
    RoutineVersion.objects.filter(pk=row.version_id).update(current=False)
    assert walk(office, "zhou", row, PATROL).state == "done"


@pytest.mark.parametrize("hour", ["10:00", "10:40", "21:59", "22:00", "22:40"])
def test_one_patrol_waits_whatever_the_hour_a_test_runs_at(office: Office, hour: str) -> None:
    now = moment(f"2026-05-14T{hour}")
    row = a_round(office, now)
    assert row.due_at <= now < row.until
