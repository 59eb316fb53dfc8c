"""Right at the first pass, opened again soon, and what somebody has to see to: as rows, log and pages say it."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import time_machine
from django.utils import timezone
from python_calamine import CalamineWorkbook

from banli.cases import actions, jobs, pausing, rules
from banli.cases.models import Case
from banli.cashier import actions as cashier
from banli.estate.actions import unmask
from banli.estate.keeping.reckoning import reckon
from banli.figures import quality
from banli.figures.period import Period
from banli.figures.quality import Passed, Watched
from tests.cases.complaints import complain, sent
from tests.cases.test_renovation import carded, permitted
from tests.desk.at_the_desk import give_telephone
from tests.desk.test_keeping import old_contract
from tests.desk.work import do, issued, key, signed, signed_in
from tests.figures.printed import words_of
from tests.figures.reckoning import Reckoned
from tests.figures.test_figures import chosen, exported
from tests.gate.test_cards import MORNING
from tests.office import Office, identity, today
from tests.routines import watching


def released(office: Office, *, returned: bool = False) -> int:
    """A goods pass carried through to the gate; where asked, sent back once before it."""
    case = signed(office)
    if returned:
        do(office, "laoli", case, "confirm", "returned", note="日期不对")
        do(office, "xiaowang", case, "fill", "done", answers=anew())
        do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "laoli", case, "confirm", "approved", signature="paper")
    do(office, "chen", case, "seal", "sealed")
    do(office, "xiaowang", case, "issue", "issued")
    do(office, "zhou", case, "gate", "released", extra={"ticked": [0]})
    return case


def anew() -> dict[str, Any]:
    """What is filled in once more."""
    return {
        "carrier": "租户刘先生", "carrier_id": identity(), "date": today().isoformat(),
        "goods": [{"name": "沙发", "count": 1}],
    }  # fmt: skip


def opened_again(office: Office, case: int, now: datetime) -> None:
    actions.override(
        by=office["laoli"], case_id=case, what="reopen", step="fill", reason="少放了一件", key=key(), now=now
    )


def seen(office: Office, now: datetime | None = None) -> Watched:
    return quality.watched(office.estate.pk, chosen(office), now or timezone.now(), rules.every_current())


def test_what_was_sent_back_is_not_right_at_the_first_pass_and_the_log_says_the_same(office: Office) -> None:
    released(office)
    released(office, returned=True)
    opened_again(office, released(office), timezone.now())
    opened_again(office, released(office), timezone.now() + timedelta(days=8))
    asked = Period(today() - timedelta(days=1), today() + timedelta(days=9))
    (told,) = quality.passed(office.estate.pk, asked)
    assert told == Passed("goods-release", 2, 1, 1) and told.rate == 50
    again = Reckoned(exported(office, asked), asked, timezone.now()).passed
    assert again == {"goods-release": [2, 1, 1]}


def test_nothing_stands_there_to_be_seen_to_in_a_new_office(office: Office) -> None:
    assert seen(office) == Watched(0, 0, 0, 0, 0, 0, 0)
    assert quality.passed(office.estate.pk, chosen(office)) == []


def test_a_slip_whose_day_went_by_unused_is_counted(office: Office) -> None:
    issued(office)
    jobs.wake(timezone.now() + timedelta(days=1, minutes=1))
    assert seen(office).unused == 1 and seen(office).out == 0


def test_who_looked_at_private_fields_and_what_was_not_erased_are_counted(office: Office) -> None:
    give_telephone(office, office.owner)
    for who in ("laoli", "chen"):
        unmask(by=office[who], person=office.owner, field="phone", reason="回访")
    old_contract(office)
    reckon(office.estate)
    told = seen(office)
    assert (told.unmasked, told.by, told.overdue) == (2, 2, 1)


def test_a_card_that_did_not_come_back_in_its_time_is_counted(office: Office) -> None:
    with time_machine.travel(MORNING, tick=True):
        cashier.open_shift(by=office["sun"], acting=office["sun"].posts["finance"], float_fen=50000)
        permitted(office)
        due = Case.objects.get(pk=carded(office, 2)).due_at
        assert due is not None and seen(office).out == 0
        assert seen(office, due + timedelta(minutes=1)).out == 3, "both cards and the permit they rest on"


def test_what_stands_still_and_what_is_carried_over_are_counted(office: Office) -> None:
    case = complain(office)
    sent(office, case)
    pausing.pause_clock(
        by=office["laoli"], case_id=case, clock="closing", branch=None, reason="等厂家寄配件",
        until=today() + timedelta(days=3), key=key(),
    )  # fmt: skip
    watching.matter(office, watching.begin(office), "三栋电梯异响")
    told = seen(office)
    assert (told.paused, told.carried, told.out) == (1, 1, 0)


def test_the_page_the_paper_and_the_spreadsheet_say_what_is_to_be_seen_to(office: Office) -> None:
    released(office, returned=True)
    unmasked = "期间内查看未遮盖的个人信息（次）"
    client, asked = signed_in(office, "chen"), chosen(office)
    page = client.get(f"/figures/?{asked.query}").content.decode()
    assert '<dd id="straight">0%</dd>' in page and unmasked in page and "了结后七天内重开" in page
    printed = words_of(client.get(f"/figures/report.pdf?{asked.query}").content)
    assert "一次办成率" in printed and "到期应删还没删的个人信息（现在）" in printed
    content = b"".join(client.get(f"/figures/figures.xlsx?{asked.query}").streaming_content)
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    assert book.get_sheet_by_name("一次办成").to_python()[2] == ["物品放行条", 1, 0, 0, 0]
    assert [unmasked, 0] in book.get_sheet_by_name("留意").to_python()
