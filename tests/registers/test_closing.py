"""Months of a book: closed when they are over, opened again by two, and what comes in afterwards is marked."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases.audit.own import own
from banli.engine.clocks import add_months
from banli.engine.refusals import Refusal
from banli.registers import closing
from banli.registers.models import MonthClosing, RegisterRow
from tests.desk.at_the_desk import at, open_goods, text
from tests.office import Office, today

BOOK = "home-service"
THIS = today().replace(day=1)
LAST = add_months(THIS, -1)


def enter(office: Office, day: date, cells: str = "沙发") -> RegisterRow:
    """A row of the book, dated on a day."""
    return RegisterRow.objects.create(
        estate=office.estate, book=BOOK, case_id=open_goods(office), cells={"problem": cells}, found=cells,
        entered_at=timezone.make_aware(datetime.combine(day, datetime.min.time())) + timedelta(hours=9),
    )  # fmt: skip


def step(office: Office, who: str, act: str, month: date = LAST, reason: str = "月底对账") -> MonthClosing:
    desk = office[who]
    acting = desk.acting_as("director", "duty_supervisor")
    assert acting is not None
    do = {"close": closing.close, "ask": closing.ask_to_open, "open": closing.open_again}[act]
    return do(by=desk, acting=acting, book=BOOK, month=month, reason=reason)


def refused(office: Office, who: str, act: str, month: date = LAST, reason: str = "对账") -> str:
    with pytest.raises(Refusal) as why:
        step(office, who, act, month, reason)
    return why.value.code


def late(row: RegisterRow) -> bool:
    row.refresh_from_db()
    return row.late


def test_what_comes_into_a_closed_month_is_marked(office: Office):
    before = enter(office, LAST)
    closed = step(office, "chen", "close")
    assert (closed.rows, len(closed.digest)) == (1, 64)
    after, now, earlier = enter(office, LAST), enter(office, THIS), enter(office, add_months(LAST, -1))
    assert [late(row) for row in (before, after, now, earlier)] == [False, True, False, False]
    told = closing.months(office.estate.pk, BOOK)
    assert [(one.first, one.rows, one.late, one.closed, one.moved) for one in told] == [
        (LAST, 2, 1, True, False), (add_months(LAST, -1), 1, 0, False, False),
    ]  # fmt: skip


def test_nobody_takes_the_mark_away(office: Office):
    step(office, "chen", "close")
    row = enter(office, LAST)
    for change in ({"late": False}, {"late": False, "found": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RegisterRow.objects.filter(pk=row.pk).update(**change)
    RegisterRow.objects.filter(pk=row.pk).update(found="x")  # the case goes on


def test_a_row_that_goes_on_with_its_case_is_told_of(office: Office):
    row = enter(office, LAST)
    step(office, "chen", "close")
    RegisterRow.objects.filter(pk=row.pk).update(cells={"problem": "床"})
    assert [one.moved for one in closing.months(office.estate.pk, BOOK)] == [True]


def test_only_a_month_that_is_over_is_closed_and_once(office: Office):
    assert refused(office, "chen", "close", THIS) == "month_not_over"
    assert refused(office, "chen", "close", reason=" ") == "reason_required"
    step(office, "chen", "close")
    assert refused(office, "laoli", "close") == "month_closed"


def test_opening_again_takes_two(office: Office):
    assert refused(office, "chen", "ask") == "month_open"
    step(office, "chen", "close")
    assert refused(office, "laoli", "open") == "month_not_asked"
    step(office, "chen", "ask")
    assert refused(office, "laoli", "ask") == "month_asked"
    assert refused(office, "chen", "open") == "month_second"
    assert late(enter(office, LAST)) is True  # it is closed until the second has agreed
    assert step(office, "laoli", "open").asked_by_id == office.staff("chen").pk
    assert late(enter(office, LAST)) is False
    step(office, "laoli", "close")
    assert list(own()) == []


def test_the_database_keeps_two_apart_and_every_step(office: Office):
    chen = office.staff("chen")
    kept = {
        "estate": office.estate,
        "book": BOOK,
        "month": LAST,
        "reason": "x",
        "at": timezone.now(),
        "by": chen,
    }
    for wrong in (
        {"kind": "opened", "asked_by": chen}, {"kind": "opened"}, {"kind": "closed"}, {"kind": "asked", "rows": 1},
        {"kind": "asked", "reason": ""}, {"kind": "asked", "month": LAST + timedelta(days=1)},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            MonthClosing.objects.create(**{**kept, **wrong})
    step(office, "chen", "close")
    with pytest.raises(IntegrityError), transaction.atomic():
        MonthClosing.objects.all().delete()


def test_the_page_asks_no_more_with_more_months(office: Office):
    client, counts = at(office, "chen"), []
    for back in range(1, 4):
        enter(office, add_months(THIS, -back))
        client.get(f"/registers/{BOOK}/months/")
        with CaptureQueriesContext(connection) as asked:
            client.get(f"/registers/{BOOK}/months/")
        counts.append(len(asked))
        step(office, "chen", "close", add_months(THIS, -back))
    assert len(set(counts)) == 1, counts


def test_a_month_is_closed_on_the_screen_and_the_mark_is_seen(office: Office):
    enter(office, LAST)
    path, month = f"/registers/{BOOK}/months/", f"{LAST:%Y-%m}"
    sent = {"month": month, "act": "close", f"reason-{LAST:%Y%m}": "月底"}
    assert at(office, "xiaowang").post(path, sent).status_code == 403
    assert at(office, "chen").post(path, {**sent, f"reason-{LAST:%Y%m}": ""}).status_code == 422
    assert at(office, "chen").post(path, {**sent, "act": "burn"}).status_code == 404
    assert at(office, "chen").post(path, sent).status_code == 302
    told = text(at(office, "laoli").get(path))
    assert "已封账" in told and "提出解封" in told and "封账时 1 条" in told
    enter(office, LAST)
    told = text(at(office, "laoli").get(f"/registers/{BOOK}/"))
    assert "补登" in told
    assert "（补登）" in text(at(office, "laoli").get(f"/registers/{BOOK}/?view=print"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("entered", "now", "over"),
    [
        ("2026-11-30 23:00+08", "2026-12-01 00:20+08", True),  # by UTC it is still November
        ("2026-12-01 00:10+08", "2026-12-01 00:20+08", False),
        ("2026-11-30 23:00+08", "2026-11-30 23:59+08", False),
        ("2026-11-01 00:00+08", "2026-12-15 12:00+08", True),
    ],
)
def test_a_month_is_over_by_the_offices_clock(entered: str, now: str, over: bool):
    with connection.cursor() as cursor:
        cursor.execute("SELECT registers_month_over(%s, %s)", [entered, now])
        assert cursor.fetchone() == (over,)
