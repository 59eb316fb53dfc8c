"""A power cut: the office worked on paper, and enters it afterwards. Journal, rows and books agree."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from banli.cases import actions, jobs, settings
from banli.cases.models import Case, Task
from banli.cases.queries import history
from banli.engine.decide import OnPaper
from banli.engine.refusals import Refusal
from banli.journal.models import Entry
from banli.messages.models import Notice
from banli.papers.models import BlankSheet, Paper
from banli.people.access import desk_of
from banli.people.actions import appoint, create_staff
from banli.registers import closing
from banli.registers.models import RegisterRow
from tests.cases.tampering.world import picture
from tests.cases.test_actions import do, goods, key, refused
from tests.cases.test_audit import everything
from tests.office import ZONE, Office, today
from tests.papers.blank_sheets import mark, printed

#: The lights went out at two; they are on again at half past four.
CUT = datetime(2026, 5, 6, 14, 0, tzinfo=ZONE)
LIGHT = datetime(2026, 5, 6, 16, 30, tzinfo=ZONE)
ID_DAY = CUT.date().isoformat()


def on_paper(minutes: int, **more: Any) -> OnPaper:
    """Done so many minutes after the lights went out."""
    return OnPaper((CUT + timedelta(minutes=minutes)).isoformat(), **more)


def for_another(office: Office, who: str, minutes: int, **more: Any) -> dict[str, Any]:
    """Somebody's act, entered from the paper they signed."""
    scan = picture("white")
    paper = on_paper(minutes, by=office.staff(who).pk, scan=scan.sha256, **more)
    return {"on_paper": paper, "uploads": (scan,)}


def opened(office: Office, minutes: int = 5, by: str = "xiaowang", **more: Any) -> int:
    told: dict[str, Any] = {"on_paper": on_paper(minutes, reference="空白表 0012"), **more}
    return actions.open_case(
        by=office[by], procedure="goods-release", unit=office.unit, applicant=office.owner, applicant_role="owner",
        answers=goods(date=ID_DAY), key=key(), **told,
    ).case_id  # fmt: skip


@pytest.fixture
def after(office: Office):
    """The office when the lights are on again."""
    with time_machine.travel(LIGHT, tick=False):
        yield office


def test_what_the_journal_keeps_is_both_times_and_the_case_stands_at_the_true_one(after: Office):
    case = opened(after)
    entry = Entry.objects.get(stream=f"case/{case}")
    assert entry.at == LIGHT
    assert entry.body["events"][0] == {
        "event": "back_entered", "at": "2026-05-06T06:05:00.000000+00:00", "reference": "空白表 0012",
    }  # fmt: skip
    assert Case.objects.get(pk=case).opened_at == CUT + timedelta(minutes=5)
    assert Task.objects.get(case_id=case, step="sign").opened_at == CUT + timedelta(minutes=5)
    assert everything() == []


def test_a_slip_that_was_written_by_hand_is_entered_step_by_step(after: Office):
    case = opened(after)
    do(after, "xiaowang", case, "sign", "signed", signature="paper", on_paper=on_paper(7))
    do(after, "laoli", case, "confirm", "approved", signature="paper", on_paper=on_paper(20))
    do(after, "chen", case, "seal", "sealed", on_paper=on_paper(25))
    do(after, "xiaowang", case, "issue", "issued", on_paper=on_paper(30))
    do(after, "zhou", case, "gate", "released", extra={"ticked": [0, 1]}, on_paper=on_paper(50))
    told = Case.objects.get(pk=case)
    assert (told.status, told.ended_at) == ("done", CUT + timedelta(minutes=50))
    clock = next(c for c in told.clocks if c["started"])
    assert not clock["was_late"]
    assert Task.objects.get(case_id=case, step="confirm").ended_at == CUT + timedelta(minutes=20)
    paper = Paper.objects.get(case_id=case)
    assert paper.issued_at == LIGHT, "its number was given when it was entered, and so without a gap"
    row = RegisterRow.objects.get(case_id=case)
    assert (row.entered_at, row.back_entered_at) == (CUT + timedelta(minutes=30), LIGHT)
    assert everything() == []


def test_what_left_in_the_dark_is_entered_on_the_next_day_though_the_slip_was_good_on_that_day_only(
    after: Office,
):
    with time_machine.travel(LIGHT + timedelta(days=1), tick=False):
        case = opened(after)
        do(after, "xiaowang", case, "sign", "signed", signature="paper", on_paper=on_paper(7))
        do(after, "laoli", case, "confirm", "approved", signature="paper", on_paper=on_paper(20))
        do(after, "chen", case, "seal", "sealed", on_paper=on_paper(25))
        do(after, "xiaowang", case, "issue", "issued", on_paper=on_paper(30))
        jobs.wake(timezone.now() + timedelta(minutes=119))
        ticked = {"ticked": [0, 1]}
        do(after, "xiaowang", case, "gate", "released", extra=ticked, **for_another(after, "zhou", 50))
        paper = Paper.objects.get(case_id=case)
        assert (paper.state, paper.used_by, paper.used_at) == (
            "used", after.staff("zhou"), CUT + timedelta(minutes=50),
        )  # fmt: skip
        assert RegisterRow.objects.get(case_id=case).cells["guard"] == "门岗老周"
        assert everything() == []


def test_a_slip_nobody_says_was_used_runs_out_two_hours_after_it_was_entered(after: Office):
    with time_machine.travel(LIGHT + timedelta(days=1), tick=False):
        case = opened(after)
        do(after, "xiaowang", case, "sign", "signed", signature="paper", on_paper=on_paper(7))
        do(after, "laoli", case, "confirm", "approved", signature="paper", on_paper=on_paper(20))
        do(after, "chen", case, "seal", "sealed", on_paper=on_paper(25))
        do(after, "xiaowang", case, "issue", "issued", on_paper=on_paper(30))
        jobs.wake(timezone.now() + timedelta(minutes=121))
        assert Case.objects.get(pk=case).status == "expired"


def test_a_colleagues_signature_is_entered_from_their_paper_and_they_hear_of_it(after: Office):
    with time_machine.travel(CUT - timedelta(hours=1), tick=False):
        case = opened(after, -90)
        do(after, "xiaowang", case, "sign", "signed", signature="paper")
    hire(after, "xiaolin")
    do(after, "xiaolin", case, "confirm", "approved", signature="paper", **for_another(after, "laoli", 20))
    entry = Entry.objects.filter(stream=f"case/{case}").latest("seq")
    assert (entry.actor_id, entry.post) == (after.staff("xiaolin").pk, "front_desk")
    assert Task.objects.get(case_id=case, step="confirm").done_by == after.staff("laoli")
    notice = Notice.objects.get(code="back_entered")
    assert (notice.staff_id, notice.about) == (after.staff("laoli").pk, "confirm")
    told = history(Case.objects.get(pk=case))[0]
    assert (told.who, told.entered_by, told.at) == ("老李", "小林", CUT + timedelta(minutes=20))
    assert told.post.zh == "值班主任"
    assert everything() == []


def hire(office: Office, username: str) -> None:
    """A second clerk at the desk."""
    staff = create_staff(username=username, name="小林", password=None)
    appoint(estate=office.estate, staff=staff, post="front_desk", since=date(2020, 1, 1))
    office.desks[username] = desk_of(staff, office.estate.pk)


def test_the_clerk_who_filed_it_cannot_enter_the_supervisors_signature(after: Office):
    case = opened(after)
    do(after, "xiaowang", case, "sign", "signed", signature="paper", on_paper=on_paper(7))
    with refused("four_eyes_filer"):
        do(
            after,
            "xiaowang",
            case,
            "confirm",
            "approved",
            signature="paper",
            **for_another(after, "laoli", 20),
        )
    assert not Notice.objects.filter(code="back_entered").exists()


def test_a_picture_that_nobody_sent_is_no_evidence(after: Office):
    hire(after, "xiaolin")
    case = opened(after)
    do(after, "xiaowang", case, "sign", "signed", signature="paper", on_paper=on_paper(7))
    paper = on_paper(20, by=after.staff("laoli").pk, scan="0" * 64)
    with pytest.raises(Refusal) as why:
        do(after, "xiaolin", case, "confirm", "approved", signature="paper", on_paper=paper)
    assert why.value.fields["paper"].code == "bad_file"
    with refused("back_entry_scan"):
        paper = on_paper(20, by=after.staff("laoli").pk)
        do(after, "xiaolin", case, "confirm", "approved", signature="paper", on_paper=paper)


@pytest.mark.parametrize("who", ["he", "gone"])
def test_only_a_colleague_of_this_estate_did_it(after: Office, who: str):
    hire(after, "xiaolin")
    case = opened(after)
    do(after, "xiaowang", case, "sign", "signed", signature="paper", on_paper=on_paper(7))
    scan = picture("white")
    did = after.staff("he").pk if who == "he" else 10**9
    paper = on_paper(20, by=did, scan=scan.sha256)
    with refused("wrong_post" if who == "he" else "back_entry_person"):
        do(
            after,
            "xiaolin",
            case,
            "confirm",
            "approved",
            signature="paper",
            on_paper=paper,
            uploads=(scan,),
        )


def test_after_three_days_only_a_supervisor_enters_it(after: Office):
    with time_machine.travel(LIGHT + timedelta(hours=72), tick=False):
        with refused("back_entry_limit"):
            opened(after)
        with refused("back_entry_reason"):
            opened(after, by="laoli", **for_another(after, "xiaowang", 5))
        case = opened(after, by="laoli", **for_another(after, "xiaowang", 5, reason="停电三天"))
        told = Case.objects.get(pk=case)
        assert told.standing["filers"] == [after.staff("xiaowang").pk, after.staff("laoli").pk]
        assert everything() == []


def test_an_estate_sets_its_own_limit(after: Office):
    director, desk = after["chen"].acting_as("director"), after["chen"]
    assert director is not None
    settings.change(
        by=desk, acting=director, name="back_entry_limit", value="1h", valid_from=CUT.date(), reason="停电多"
    )
    after["xiaowang"].estate.refresh_from_db()
    with refused("back_entry_limit"):
        opened(after, 89)
    assert opened(after, 90)


def test_neither_a_time_to_come_nor_one_before_the_step_was_due_is_taken(after: Office):
    with refused("back_entry_future"):
        opened(after, 151)
    case = opened(after)
    with refused("back_entry_order"):
        do(after, "xiaowang", case, "sign", "signed", signature="paper", on_paper=on_paper(4))
    assert Case.objects.get(pk=case).seq == 1


def test_sent_twice_it_is_entered_once(after: Office):
    case = opened(after)
    once = {"signature": "paper", "on_paper": on_paper(7), "key": "sign-once"}
    first = do(after, "xiaowang", case, "sign", "signed", **once)
    again = do(after, "xiaowang", case, "sign", "signed", **once)
    assert (again.again, again.seq) == (True, first.seq)
    with refused("key_reused"):
        do(after, "xiaowang", case, "sign", "signed", **{**once, "on_paper": on_paper(8)})


def test_what_falls_into_a_closed_month_is_marked_there_too(office: Office):
    first = timezone.make_aware(datetime.combine(today().replace(day=1), datetime.min.time()))
    before = first - timedelta(hours=1)
    acting = office["chen"].acting_as("director")
    assert acting is not None
    with time_machine.travel(first + timedelta(hours=2), tick=False):
        month = timezone.localdate(before).replace(day=1)
        closing.close(by=office["chen"], acting=acting, book="goods-release", month=month, reason="月底")
        day = timezone.localdate(before).isoformat()

        def paper(minutes: int) -> OnPaper:
            return OnPaper((before + timedelta(minutes=minutes)).isoformat())

        case = actions.open_case(
            by=office["xiaowang"], procedure="goods-release", unit=office.unit, applicant=office.owner,
            applicant_role="owner", answers=goods(date=day), key=key(), on_paper=paper(0),
        ).case_id  # fmt: skip
        do(office, "xiaowang", case, "sign", "signed", signature="paper", on_paper=paper(1))
        do(office, "laoli", case, "confirm", "approved", signature="paper", on_paper=paper(2))
        do(office, "chen", case, "seal", "sealed", on_paper=paper(3))
        do(office, "xiaowang", case, "issue", "issued", on_paper=paper(4))
        row = RegisterRow.objects.get(case_id=case)
        assert (row.late, timezone.localdate(row.entered_at).isoformat()) == (True, day)
        assert everything() == []


def numbered(office: Office, many: int = 2, paper: str = "goods-release-slip") -> list[str]:
    """Sheets that were printed before the lights went out."""
    batch = printed(office, many, paper, at=CUT - timedelta(days=30))
    return [sheet.serial for sheet in batch.sheets.order_by("pk")]


def on_sheet(minutes: int, sheet: str) -> OnPaper:
    return on_paper(minutes, sheet=sheet)


def test_a_numbered_sheet_becomes_the_case_and_serves_all_its_steps(after: Office):
    first, second = numbered(after)
    case = opened(after, on_paper=on_sheet(5, " kb fx 1 "))
    do(after, "xiaowang", case, "sign", "signed", signature="paper", on_paper=on_sheet(7, first))
    sheet = BlankSheet.objects.get(serial=first)
    assert (sheet.state, sheet.case_id, sheet.ended_by) == ("used", case, after.staff("xiaowang"))
    assert Entry.objects.get(stream=f"case/{case}", seq=1).body["events"][0]["sheet"] == first
    assert BlankSheet.objects.get(serial=second).state == "unused"
    assert everything() == []


def test_a_sheet_becomes_one_case_only_and_the_refusal_says_which(after: Office):
    first, second = numbered(after)
    case = opened(after, on_paper=on_sheet(5, first))
    with pytest.raises(Refusal) as why:
        opened(after, on_paper=on_sheet(9, first))
    assert why.value.code == "blank_used"
    assert f"办件 {case}（物品放行条 12-3-502）" in why.value.say("zh")
    assert Case.objects.count() == 1, "nothing is half done"
    other = opened(after, on_paper=on_sheet(9, second))
    with refused("blank_used"):
        do(after, "xiaowang", other, "sign", "signed", signature="paper", on_paper=on_sheet(11, first))
    assert Case.objects.get(pk=other).seq == 1


def test_sent_twice_a_sheet_is_entered_once(after: Office):
    first = numbered(after)[0]
    again = [
        actions.open_case(
            by=after["xiaowang"], procedure="goods-release", unit=after.unit, applicant=after.owner,
            applicant_role="owner", answers=goods(date=ID_DAY), key="sheet-once", on_paper=on_sheet(5, first),
        )
        for _ in range(2)
    ]  # fmt: skip
    assert [one.again for one in again] == [False, True] and again[0].case_id == again[1].case_id


def test_no_sheet_is_entered_that_was_not_printed_for_this_before(after: Office):
    numbered(after)
    repair = numbered(after, 1, "repair-order")[0]
    late = printed(after, 1).sheets.get().serial
    elsewhere = printed(after, 9, who="xiaoqin", at=CUT - timedelta(days=30)).sheets.latest("pk").serial
    for sheet, code in (
        ("KB-FX-0099", "blank_unknown"), (repair, "blank_unknown"), (elsewhere, "blank_unknown"),
        (late, "blank_later"), ("FX-2026-000123", "blank_serial"),
    ):  # fmt: skip
        with refused(code):
            opened(after, on_paper=on_sheet(5, sheet))
    assert not Case.objects.exists()


@pytest.mark.parametrize("state", ["spoiled", "lost"])
def test_a_sheet_that_is_spoiled_or_lost_is_not_entered(after: Office, state: str):
    first = numbered(after)[0]
    mark(after, BlankSheet.objects.get(serial=first), state, "夹在哪本里了")
    with pytest.raises(Refusal) as why:
        opened(after, on_paper=on_sheet(5, first))
    assert why.value.code == f"blank_{state}" and "夹在哪本里了" in why.value.say("zh")
    if state == "lost":
        mark(after, BlankSheet.objects.get(serial=first), "unused", "找到了")
        assert opened(after, on_paper=on_sheet(5, first))


def test_an_estate_may_take_numbered_sheets_only(after: Office):
    assert opened(after, on_paper=on_paper(5)), "a sheet without a serial is taken where nothing else is set"
    chen = after["chen"]
    settings.change(
        by=chen, acting=chen.posts["director"], name="blank_unnumbered", value="no", valid_from=LIGHT.date(),
        reason="空白表都编号了",
    )  # fmt: skip
    after["xiaowang"].estate.refresh_from_db()
    with refused("blank_required"):
        opened(after, on_paper=on_paper(5))
    case = opened(after, on_paper=on_sheet(5, numbered(after)[0]))
    do(after, "xiaowang", case, "sign", "signed", signature="paper", on_paper=on_paper(7))
    told = {"at": f"{CUT:%Y-%m-%dT%H:%M}", "caller": "邻居", "said": "楼道没有灯", "leads_to": "nothing"}
    assert actions.open_case(
        by=after["xiaowang"], procedure="call", unit=None, applicant=None, applicant_role="staff", answers=told,
        key=key(), on_paper=on_paper(7),
    ), "a procedure that prints nothing has no sheets"  # fmt: skip
    assert everything() == []
