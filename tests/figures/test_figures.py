"""The manager's figures: the same as an independent reckoning from the exported log; empty, queries, periods."""

import json
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from banli.cases import actions, jobs, packs, rules
from banli.cases.models import Case
from banli.figures import period, queries
from banli.journal.models import Entry
from banli.papers.models import Paper
from tests.cases import test_hot_work as hot
from tests.cashier.conftest import Till, till_pack
from tests.desk.work import do, goods, issued, key, repair, signed, signed_in
from tests.figures.printed import words_of
from tests.figures.reckoning import Reckoned
from tests.office import Office, identity, today

SCHEMA = json.loads((Path(__file__).parent / "ocel20.schema.json").read_text(encoding="utf-8"))


def asked_on(office: Office, now: datetime) -> int:
    """A goods pass for the day on which it is asked for."""
    answers = {
        "carrier": "租户刘先生", "carrier_id": identity(), "date": timezone.localdate(now).isoformat(),
        "goods": [{"name": "沙发", "count": 1}],
    }  # fmt: skip
    return actions.open_case(
        by=office["xiaowang"], procedure="goods-release", unit=office.unit, applicant=office.owner,
        applicant_role="owner", answers=answers, key=key(), now=now,
    ).case_id  # fmt: skip


def lived(office: Office) -> None:
    """Some days of an office: released, waiting, sent back, withdrawn, late; two of them before the period."""
    now = timezone.now()
    repair(office, now=now - timedelta(days=45))
    for hours in (30, 20, 9, 5):
        case = asked_on(office, now - timedelta(hours=hours + 6))
        do(
            office,
            "xiaowang",
            case,
            "sign",
            "signed",
            signature="paper",
            now=now - timedelta(hours=hours + 4),
        )
        do(office, "laoli", case, "confirm", "approved", signature="paper", now=now - timedelta(hours=hours))
    back = signed(office, now=now - timedelta(hours=8))
    do(office, "laoli", back, "confirm", "returned", note="日期不对", now=now - timedelta(hours=7))
    gone = goods(office, now=now - timedelta(hours=3))
    actions.withdraw(
        by=office["xiaowang"], case_id=gone, reason="不搬了", key=key(), now=now - timedelta(hours=1)
    )
    late = repair(office, now=now - timedelta(hours=2))
    repair(office, now=now - timedelta(minutes=40))
    extra = {"assignee": office.staff("zheng").pk}
    do(office, "xiaowang", late, "dispatch", "dispatched", extra=extra, now=now - timedelta(hours=1))
    do(office, "zheng", late, "take", "taken", now=now - timedelta(minutes=58))
    do(office, "zheng", late, "arrive", "arrived", now=now - timedelta(minutes=50))
    jobs.wake(now)


def chosen(office: Office) -> period.Period:
    return period.Period(today() - timedelta(days=10), today() + timedelta(days=1))


def exported(office: Office, asked: period.Period, who: str = "chen") -> dict[str, Any]:
    response = signed_in(office, who).get(f"/figures/events.json?{asked.query}")
    assert response.status_code == 200
    return json.loads(b"".join(response.streaming_content))


def test_the_figures_are_what_the_exported_log_says_reckoned_another_way(office: Office) -> None:
    lived(office)
    asked, now, estate = chosen(office), timezone.now(), office.estate.pk
    log = exported(office, asked)
    told = Reckoned(log, asked, now)
    volumes = queries.volumes(estate, asked)
    assert {one.procedure: one.opened for one in volumes} == dict(told.opened)
    ended = {
        (one.procedure, end): getattr(one, end)
        for one in volumes
        for end in ("done", "rejected", "withdrawn", "expired")
        if getattr(one, end)
    }
    assert ended == dict(told.ended) and ended["goods-release", "withdrawn"] == 1
    steps = {
        (one.procedure, one.step): (one.times, one.median, one.p90)
        for one in queries.step_times(estate, asked)
    }
    again = told.steps()
    assert steps.keys() == again.keys() and steps["goods-release", "confirm"][0] == 5
    for place, figures in steps.items():
        assert [float(one) for one in figures] == pytest.approx(again[place], abs=1e-3), place
    clocks = {
        (one.procedure, one.clock, how): getattr(one, how)
        for one in queries.on_time(estate, asked, now)
        for how in ("in_time", "late", "running_late")
        if getattr(one, how)
    }
    assert clocks == dict(told.clocks)
    assert {how for _procedure, _clock, how in clocks} == {"in_time", "late", "running_late"}
    course = queries.course(estate, asked)
    assert sum(one.opened for one in course) == sum(told.opened.values())
    assert sum(one.ended for one in course) == sum(told.ended.values())
    assert [one.day for one in course] == [asked.first + timedelta(days=n) for n in range(12)]


def test_the_log_is_ocel_2_and_names_nobody(office: Office) -> None:
    lived(office)
    log = exported(office, chosen(office))
    jsonschema_rs.validator_for(SCHEMA, validate_formats=True).validate(log)
    types = {one["name"] for one in log["eventTypes"]}
    objects = {one["id"]: one["type"] for one in log["objects"]}
    assert {one["type"] for one in log["events"]} == types and "confirm.approved" in types
    assert set(objects.values()) == {one["name"] for one in log["objectTypes"]}
    linked = {link["objectId"] for one in log["events"] for link in one["relationships"]}
    assert linked == set(objects) and len({one["id"] for one in log["events"]}) == len(log["events"])
    text = json.dumps(log, ensure_ascii=False)
    for private in ("张女士", "刘先生", "老李", "13812345678", "12-3-502", "沙发", "不搬了"):
        assert private not in text
    taken = Entry.objects.get(kind="export")
    assert (taken.body["export"], taken.post) == ("events", "director")


def test_a_case_that_ended_before_the_period_is_not_in_the_log_and_another_estates_never(
    office: Office,
) -> None:
    now = timezone.now()
    old = asked_on(office, now - timedelta(days=40))
    actions.withdraw(
        by=office["xiaowang"], case_id=old, reason="不搬了", key=key(), now=now - timedelta(days=39)
    )
    new = goods(office)
    assert [one["id"] for one in exported(office, chosen(office))["objects"]] == [f"case/{new}"]
    assert exported(office, chosen(office), who="he")["objects"] == []
    assert queries.volumes(office.elsewhere.pk, chosen(office)) == []


def test_a_permit_whose_after_check_is_overdue_is_named(office: Office) -> None:
    case = hot.issued(office)
    page = signed_in(office, "laoma").get("/figures/").content.decode()
    assert "没有发了证、该查没查的" in page and "代管押金与班次" not in page
    hot.do(office, "laoma", case, "ready", "passed", extra=hot.READY)
    overdue = Case.objects.get(pk=case).due_at + timedelta(minutes=1)
    told = queries.unchecked(office.estate.pk, chosen(office), overdue, rules.every_current())
    number = Paper.objects.get(case_id=case, kind="hot-work-permit").number
    assert [(one.case, one.step, one.number) for one in told] == [(case, "after_check", number)]


def test_a_step_that_is_no_inspection_of_a_permit_is_no_unchecked_permit(office: Office) -> None:
    found = queries.after_checks(rules.every_current())
    steps = {(procedure, step) for procedure, step, _ in found}
    assert {("hot-work", "after_check"), ("renovation", "inspect"), ("stairs-lift", "check")} <= steps
    assert not {one for one in steps if one[0] in ("work-order", "home-repair", "complaint", "visitor")}
    assert ("stairs-lift", "check", "carrying-undertaking") in found


def test_deposits_must_agree_with_the_ledger_and_it_is_shown_where_they_do_not(office: Office) -> None:
    packs.keep(till_pack())
    till = Till(office)
    shift = till.open()
    for _ in range(2):
        till.pay(till.case())
    estate = till.office.estate.pk
    assert queries.deposits(estate, chosen(till.office), ["till-cards"]) == queries.Deposits(40000, 40000)
    client = signed_in(till.office, "chen")
    page = client.get("/figures/").content.decode()
    assert '<span class="figures" id="held-ledger">400.00</span>' in page and "相符" in page
    assert queries.shifts(estate, chosen(till.office)) == queries.Shifts(1, 1, 0)
    assert shift.closed_at is None
    one = Case.objects.filter(procedure="till-cards").first()
    assert one is not None
    one.standing["paid"] = []
    one.save(update_fields=["standing"])
    page = client.get("/figures/").content.decode()
    assert "押金对不上" in page and '<span class="figures" id="held-cases">200.00</span>' in page


def test_the_page_the_paper_and_the_spreadsheet_say_the_same(office: Office) -> None:
    lived(office)
    client, asked = signed_in(office, "laoli"), chosen(office)
    page = client.get(f"/figures/?{asked.query}")
    told = page.context["report"]
    assert f'<dd id="opened">{told.opened}</dd>' in page.content.decode() and told.opened == 8
    printed = words_of(client.get(f"/figures/report.pdf?{asked.query}").content)
    assert f"{told.rate}%" in printed and "主任签名" in printed
    assert all(one.procedure in printed for one in told.volumes)
    content = b"".join(client.get(f"/figures/figures.xlsx?{asked.query}").streaming_content)
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    assert book.sheet_names == [
        "办件量",
        "逐日",
        "各步用时",
        "时限",
        "一次办成",
        "留意",
        "回访",
        "值班记录",
        "分类逐月",
    ]
    rows = book.get_sheet_by_name("办件量").to_python()[2:]
    assert {str(row[0]): row[1] for row in rows} == {one.procedure: one.figure.opened for one in told.volumes}
    client.cookies["django_language"] = "en"
    english = client.get(f"/figures/?{asked.query}").content.decode()
    assert "Goods release pass" in english and "Rejected, not carried out or withdrawn" in english


def test_a_time_without_cases_says_so(office: Office) -> None:
    page = signed_in(office, "chen").get("/figures/?period=2001").content.decode()
    for words in (
        "这段时间没有新立，也没有结束",
        "这段时间没有办件",
        "这段时间没有到头的时限",
        "这段时间没有办完的步骤",
    ):
        assert words in page
    assert "data-chart" not in page


@pytest.mark.parametrize(
    "address", ["/figures/?", "/figures/report.pdf?", "/figures/events.json?", "/figures/figures.xlsx?"]
)
def test_how_often_it_asks_does_not_grow(office: Office, address: str) -> None:
    client, counts = signed_in(office, "chen"), []
    address += chosen(office).query
    for _ in range(3):
        issued(office)
        repair(office)
        b"".join(client.get(address))
        with CaptureQueriesContext(connection) as asked:
            b"".join(client.get(address))
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2] < 25


@pytest.mark.parametrize(
    ("told", "first", "last"),
    [
        ({}, date(2026, 10, 26), date(2026, 11, 24)),
        ({"period": "2028-02"}, date(2028, 2, 1), date(2028, 2, 29)),
        ({"period": "2026-12"}, date(2026, 12, 1), date(2026, 12, 31)),
        ({"period": "2026Q4"}, date(2026, 10, 1), date(2026, 12, 31)),
        ({"period": "2025"}, date(2025, 1, 1), date(2025, 12, 31)),
        ({"since": "2026-05-06"}, date(2026, 5, 6), date(2026, 5, 6)),
        ({"since": "2026-05-06", "until": "2026-06-01"}, date(2026, 5, 6), date(2026, 6, 1)),
    ],
)
def test_a_period_is_read_from_the_address(told: dict[str, str], first: date, last: date) -> None:
    found = period.asked(told, date(2026, 11, 24))
    assert (found.first, found.last) == (first, last)
    assert found.end - found.start == timedelta(days=(last - first).days + 1)


def test_the_months_before_a_new_year_are_last_year(office: Office) -> None:
    names = [one.name for _title, one in period.usual(date(2027, 1, 15))]
    assert names == ["", "2027-01", "2026-12", "2027Q1", "2026Q4", "2027", "2026"]


@pytest.mark.parametrize(
    "query",
    [
        "period=2026-13",
        "since=2026-02-30",
        "since=2026-05-02&until=2026-05-01",
        "since=2001-01-01&until=2026-01-01",
    ],
)
def test_what_is_no_period_is_refused_with_a_sentence(office: Office, query: str) -> None:
    client = signed_in(office, "chen")
    answer = client.get(f"/figures/?{query}")
    assert answer.status_code == 422 and answer.context["wrong"] in answer.content.decode()
    for address in ("events.json", "report.pdf", "follow-ups/report.pdf"):
        assert client.get(f"/figures/{address}?{query}").status_code == 404


def test_a_day_belongs_to_the_offices_date_line(office: Office) -> None:
    moment = datetime(2026, 5, 1, 0, 30, tzinfo=timezone.get_default_timezone())  # in UTC still April
    asked_on(office, moment)
    assert [one.opened for one in queries.volumes(office.estate.pk, period.month(2026, 5))] == [1]
    assert sum(one.opened for one in queries.volumes(office.estate.pk, period.month(2026, 4))) == 0
    assert queries.course(office.estate.pk, period.month(2026, 5))[0].opened == 1
