"""Why a clock is red: the page that tells it from the journal, and pausing a clock there."""

import re
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases import calendar, jobs
from banli.cases.audit import cases as audit_cases
from banli.cases.models import Case, Task
from banli.cases.pausing import pause_clock
from banli.desk import morning
from banli.engine.refusals import Refusal
from banli.estate.setting import set_version
from banli.journal.models import Entry
from banli.messages import actions as messages
from banli.people.access import require_post
from tests.cases.complaints import complain, photograph, sent
from tests.cases.test_additional_item import item
from tests.desk.at_the_desk import at, at_work, do, key, open_repair, text
from tests.office import ZONE, Office

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=ZONE)
FRIDAY = datetime(2026, 11, 27, 9, 0, tzinfo=ZONE)


@pytest.fixture
def monday():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def why(office: Office, case: int, who: str = "xiaowang") -> str:
    found = at(office, who).get(f"/cases/{case}/clocks/")
    assert found.status_code == 200
    page = text(found)  # type: ignore[arg-type]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")]))


def pausing(
    office: Office, who: str, case: int, clock: str = "closing", what: str = "pause", reason: str = "等配件",
    until: str | None = None,
):  # fmt: skip
    until = (timezone.localdate() + timedelta(days=30)).isoformat() if until is None else until
    told = {
        "what": what, "clock": clock, "branch": "", f"reason-clock-{clock}": reason, f"until-clock-{clock}": until,
        "key": key(),
    }  # fmt: skip
    return at(office, who).post(f"/cases/{case}/pauses/", told)


def test_a_red_repair_is_explained_minute_by_minute(office: Office, monday):
    case = open_repair(office)
    monday.shift(timedelta(minutes=20))
    jobs.wake()
    told = why(office, case)
    assert "从“登记报修”办完起算（今天 09:00，小王）" in told
    assert (
        "15 分钟内" in told
        and "设置“即时报修到场时限”（依据：《家居维修》流程第 3 步；北京市地方标准 DB11/T 751-2025 第 4.2.4 条）"
        in told
    )
    assert "今天 09:00 – 今天 09:15 计时 15 分" in told
    assert "合计 15 分，到 今天 09:15 为止" in told
    assert "告知：超时 · 前台 · 还没有人读" in told and "告知：超时 · 工程主管" in told
    notice = messages.unread(office["xiaowang"]).filter(code="clock_late").get()
    messages.mark_read(desk=office["xiaowang"], notice_ids=[notice.pk])
    assert "告知：超时 · 前台 · 小王 今天 09:20 已读" in why(office, case)


def test_days_are_told_one_by_one_and_the_last_that_rests_is_moved(office: Office):
    with time_machine.travel(datetime(2026, 11, 25, 9, 0, tzinfo=ZONE), tick=False):
        case = item(office)
        do(office, "xiaowang", case, "sign", "signed", signature="paper")
        told = why(office, case)
    assert "2026年11月25日 星期三 开始的当天，不算在内 不计" in told
    assert "2026年11月26日 星期四 第 1 天 1 天" in told
    assert "2026年11月28日 星期六 末日落在休息日，顺延 不计" in told
    assert "2026年11月30日 星期一 第 3 天 1 天" in told
    assert "合计 3 天，到 11月30日 24:00 为止" in told


def test_what_was_told_stays_when_the_calendar_changes_and_the_page_says_so(office: Office):
    with time_machine.travel(datetime(2026, 11, 25, 9, 0, tzinfo=ZONE), tick=False):
        case = item(office)
        do(office, "xiaowang", case, "sign", "signed", signature="paper")
        desk = office["chen"]
        calendar.change_days(
            by=desk, acting=require_post(desk, "director"), days=[date(2026, 11, 28)], kind="work", reason="街道通知"
        )  # fmt: skip
        told = why(office, case)
    assert "2026年11月28日 星期六 第 3 天（调休上班） 1 天" in told
    assert "开始计时以后日历改过；告知过的时限 11月30日 24:00 不变" in told


def test_a_month_is_told_with_its_days_in_between_taken_together(office: Office, monday):
    desk = office["chen"]
    set_version(
        by=desk, acting=require_post(desk, "director"), name="additional_item_approval",
        value="1 month", valid_from=MONDAY.date(), reason="试",
    )  # fmt: skip
    office.estate.refresh_from_db()
    for one in office.desks.values():
        one.estate.refresh_from_db()
    case = item(office)
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    told = why(office, case)
    assert "第 2 到 27 天，休息日也计 26 天" in told and "第 30 天 1 天" in told and "合计 30 天" in told


def test_the_clock_leads_there_from_the_case_the_inbox_and_the_counter(office: Office, monday):
    case = open_repair(office)
    monday.shift(timedelta(minutes=20))
    place = f"/cases/{case}/clocks/#clock-arrival"
    assert text(at(office, "xiaowang").get(f"/cases/{case}/")).count(f'href="{place}"') >= 3  # type: ignore[arg-type]
    inbox = text(at(office, "xiaowang").get("/inbox/"))  # type: ignore[arg-type]
    assert re.search(rf'<a class="item-why" href="{place}">.*?为什么红了', inbox, re.S)
    assert re.search(rf'<a class="item-why" href="{place}">', text(at(office, "xiaowang").get("/")))  # type: ignore[arg-type]
    jobs.wake()
    assert f'href="{place}"' in text(at(office, "xiaowang").get("/notices/"))  # type: ignore[arg-type]


def test_a_calm_clock_asks_nothing_of_the_inbox(office: Office, monday):
    open_repair(office)
    assert "item-why" not in text(at(office, "xiaowang").get("/inbox/"))  # type: ignore[arg-type]


def test_who_may_not_see_the_case_sees_no_clock(office: Office):
    case = open_repair(office)
    assert at(office, "xiaoqin").get(f"/cases/{case}/clocks/").status_code == 404
    assert at(office, "zhou").get(f"/cases/{case}/clocks/").status_code == 403
    assert pausing(office, "xiaoqin", case).status_code == 404


def test_the_page_asks_no_more_of_the_database_for_more_clocks_and_pauses(office: Office, monday):
    one = open_repair(office)
    many = at_work(office)
    client = at(office, "xiaowang")
    client.get(f"/cases/{one}/clocks/")

    def asked(case: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/cases/{case}/clocks/")
        return len(queries)

    assert asked(one) == asked(many)


# --- pausing ---


def handling(office: Office) -> int:
    """A valid complaint that is being dealt with: three days run."""
    case = complain(office)
    sent(office, case)
    return case


def closing(case: int) -> dict:
    return next(clock for clock in Case.objects.get(pk=case).clocks if clock["clock"] == "closing")


def test_a_supervisor_pauses_a_complaint_and_lets_it_go_on(office: Office, monday):
    case = handling(office)
    before = closing(case)["due"]
    page = why(office, case, "laoli")
    assert "暂停计时" in page and "值班主任、主任可以写明原因暂停" in page
    assert pausing(office, "laoli", case).status_code == 302
    assert closing(case)["state"] == "paused"
    assert datetime.fromisoformat(before) not in set(
        Task.objects.filter(case_id=case).values_list("due_at", flat=True)
    )
    monday.shift(timedelta(days=2, hours=1))
    jobs.wake()
    told = why(office, case, "laoli")
    assert "已暂停" in told and "共暂停 2 天 1 小时" in told and "现在继续的话：合计 3 天" in told
    assert "暂停 · 等配件 · 预计到 12月23日 24:00 · 老李" in told and "继续计时" in told
    assert pausing(office, "laoli", case, what="resume", reason="配件到了").status_code == 302
    after = datetime.fromisoformat(closing(case)["due"])
    assert after == datetime(2026, 12, 1, tzinfo=ZONE)  # the third day was a Saturday, so Monday at 24:00
    assert "这一天过完时暂停着" in why(office, case)
    kinds = list(Entry.objects.filter(stream=f"case/{case}").values_list("kind", flat=True))
    assert kinds.count("pause") == kinds.count("resume") == 1
    assert list(audit_cases()) == []
    story = re.sub(r"<[^>]+>", " ", text(at(office, "laoli").get(f"/cases/{case}/")))  # type: ignore[arg-type]
    assert "暂停计时" in story and "等配件" in story


def answered(office: Office) -> int:
    """A complaint of which only the last clock runs."""
    case, seen = handling(office), photograph()
    answers = {"found": "二楼地面有污渍", "site_photo": seen.sha256}
    do(office, "wu", case, "visit", "arrived", answers=answers, uploads=[seen])
    do(office, "wu", case, "answer", "reached", answers={"measure": "今天上午清扫", "promise": "no"})
    return case


def test_a_paused_clock_makes_no_case_late(office: Office, monday):
    case = answered(office)
    pausing(office, "laoli", case)
    monday.shift(timedelta(days=9))
    jobs.wake()
    found = Case.objects.get(pk=case)
    assert found.due_at == datetime.fromisoformat(closing(case)["until"]) and found.wake_at is None
    assert closing(case)["state"] == "paused" and not closing(case)["was_late"]
    assert "item-why" not in text(at(office, "wu").get("/inbox/"))  # type: ignore[arg-type]


def test_a_pause_that_lasts_longer_than_expected_is_red_until_it_goes_on(office: Office, monday):
    case = answered(office)
    today = timezone.localdate()
    for wrong in (
        "",
        "星期五",
        (today - timedelta(days=1)).isoformat(),
        (today + timedelta(days=367)).isoformat(),
    ):
        refused = pausing(office, "laoli", case, until=wrong)
        assert refused.status_code == 422 and "请写预计哪天恢复计时" in text(refused)
    pausing(office, "laoli", case, until=(today + timedelta(days=2)).isoformat())
    assert "预计到" in why(office, case, "laoli")
    monday.shift(timedelta(days=2))
    late = "/cases/?status=late"
    assert f'href="/cases/{case}/"' not in text(at(office, "laoli").get(late))
    monday.shift(timedelta(days=1))
    page = text(at(office, "laoli").get(late))
    assert f'href="/cases/{case}/"' in page and "（暂停）" in page
    assert re.search(rf'<a class="item-why" href="/cases/{case}/clocks/#clock-closing">', page)
    assert "应已恢复" in why(office, case, "laoli") and not closing(case)["was_late"]
    assert [one.case.pk for one in morning.morning(office["laoli"], timezone.now()).cases] == [case]
    pausing(office, "laoli", case, what="resume", reason="配件到了")
    assert "until" not in closing(case)
    assert f'href="/cases/{case}/"' not in text(at(office, "laoli").get(late))
    assert list(audit_cases()) == []


def test_who_is_not_named_in_the_rule_cannot_pause_and_a_reason_is_asked(office: Office, monday):
    case = handling(office)
    for who, reason, status, code in (
        ("xiaowang", "等配件", 403, "须由值班主任"), ("laoli", " ", 422, "请写明原因"),
        ("laoli", "因" * 1001, 422, "字"),
    ):  # fmt: skip
        refused = pausing(office, who, case, reason=reason)
        assert refused.status_code == status and code in text(refused)
    refused = pausing(office, "laoli", case, clock="feedback")
    assert refused.status_code == 403
    refused = pausing(office, "laoli", case, what="resume")
    assert refused.status_code == 409 and "没有暂停" in text(refused)
    assert closing(case)["state"] == "running"
    assert "暂停计时" not in why(office, case, "xiaowang")


def test_the_same_pause_sent_twice_is_one(office: Office, monday):
    case, once = handling(office), key()
    told = {
        "by": office["laoli"],
        "case_id": case,
        "clock": "closing",
        "branch": None,
        "reason": "等配件",
        "until": timezone.localdate() + timedelta(days=3),
        "key": once,
    }
    assert not pause_clock(**told).again and pause_clock(**told).again
    with pytest.raises(Refusal, match="clock_paused"):
        pause_clock(**{**told, "key": key()})


def test_it_is_told_in_english(office: Office, monday):
    case = open_repair(office)
    monday.shift(timedelta(minutes=20))
    jobs.wake()
    client = at(office, "xiaowang")
    client.cookies["django_language"] = "en"
    page = text(client.get(f"/cases/{case}/clocks/"))  # type: ignore[arg-type]
    main = page[page.index("<main") : page.index("</main>")].replace("小王", "")
    assert "How the time was counted" in main and re.findall(r"[\u4e00-\u9fff]+", main) == []


def test_who_stands_above_hears_of_a_complaint_that_is_late_and_the_page_says_who_was_told(
    office: Office, monday
):
    case = handling(office)
    monday.shift(timedelta(hours=3, minutes=56))
    jobs.wake()
    assert not messages.unread(office["laoli"]).filter(code="clock_overdue").exists()
    monday.shift(timedelta(hours=2))
    assert jobs.wake() == 1 and jobs.wake() == 0
    told = messages.unread(office["laoli"]).filter(code="clock_overdue", about="feedback")
    assert told.count() == 1 and told.get().case_id == case
    notices = text(at(office, "laoli").get("/notices/"))  # type: ignore[arg-type]
    assert "“答复业户”超时了，还没办" in notices
    page = why(office, case)
    assert "超时2 小时还没办的，告知其上级" in page.replace("超时 2 小时", "超时2 小时")
    assert "告知：超时了，还没办" in page and "已提醒" in page
    assert list(audit_cases()) == []


def test_a_department_head_who_was_sent_is_reminded_in_person_before_the_time_is_up(office: Office, monday):
    case = handling(office)
    due = datetime.fromisoformat(closing(case)["due"])
    monday.move_to(due - timedelta(hours=4))
    jobs.wake()
    reminded = messages.unread(office["wu"]).filter(code="clock_reminded", about="closing")
    assert reminded.count() == 1 and reminded.get().staff == office.staff("wu")
    assert "提醒：还没办" in why(office, case)
    assert "提醒：“办完”还没办" in text(at(office, "wu").get("/notices/"))  # type: ignore[arg-type]
    found = Case.objects.get(pk=case)
    assert found.wake_at is not None and found.wake_at <= due
