"""Follow-up and satisfaction: the same as the exported logs say; the summary report on paper and archived (P18)."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases import rules
from banli.figures import classes, period, satisfaction
from banli.journal.models import Entry
from tests.cases.complaints import communicate, complain, do, handled, local, sent
from tests.desk.work import signed_in
from tests.figures.printed import words_of
from tests.figures.reckoning import Reckoned
from tests.figures.test_figures import chosen, exported
from tests.office import Office

XES = "{http://www.xes-standard.org/}"
KINDS = {"string": str, "int": int, "date": str, "boolean": lambda told: told == "true"}


def called(office: Office, *outcomes: str, **answers: str) -> int:
    """A complaint that was dealt with, and followed up so, one call after the other."""
    case = complain(office)
    sent(office, case)
    handled(office, case)
    later = local(timezone.now() + timedelta(hours=3))
    for outcome in outcomes:
        do(
            office, "xiaowang", case, "follow_up", outcome, answers=answers, extra={"at": later},
            note="楼道还是脏" if outcome in ("dissatisfied", "complains") else "",
        )  # fmt: skip
    return case


def lived(office: Office) -> None:
    """Calls of every kind, and one that is still owed."""
    called(office, "no_answer", "satisfied", solved="solved", manner="good")
    called(office, "later", "fair", solved="partly")
    called(office, "declined")
    called(office, "dissatisfied", solved="unsolved", manner="poor")
    called(office)
    communicate(office)


def test_follow_ups_are_what_the_exported_log_says_reckoned_another_way(office: Office) -> None:
    lived(office)
    asked, estate = chosen(office), office.estate.pk
    told = Reckoned(exported(office, asked), asked, timezone.now())
    places = satisfaction.places(rules.every_current())
    assert ("complaint", "follow_up") in places
    again = {
        (procedure, step, "reached" if how == "opened" else how): number
        for (procedure, step, how), number in told.ends.items()
        if (procedure, step) in places
    }
    found: dict[tuple[str, str, str], int] = {}
    for one in satisfaction.contacts(estate, asked, places):
        place = (one.procedure, one.step, one.how)
        found[place] = found.get(place, 0) + one.times
    assert found == again and found["complaint", "follow_up", "reached"] == 5
    total = satisfaction.report(estate, asked)["total"]
    assert (total["owed"], total["done"], total["attempts"]) == (5, 4, 2)
    assert (total["rate"], total["reach"]) == (67, 80), "two of three who judged; four of five that were owed"


def test_complaints_by_class_and_month_are_what_the_log_says(office: Office) -> None:
    lived(office)
    asked = chosen(office)
    told = Reckoned(exported(office, asked), asked, timezone.now())
    by_class = {"有效投诉": "complaint", "沟通性投诉": "communication"}
    (book,) = classes.classes(office.estate.pk, asked, rules.every_current())
    found = {
        ("complaints", by_class[name["zh"]], f"{month:%Y-%m}"): counts[place]
        for month, counts in book.months.items()
        for place, name in enumerate(book.names)
    }
    again = {place: number for place, number in told.entered.items() if place[0] == "complaints"}
    assert found == again and sorted(book.total) == [1, 5]


def test_the_log_as_xes_says_the_same(office: Office) -> None:
    lived(office)
    asked, now = chosen(office), timezone.now()
    response = signed_in(office, "chen").get(f"/figures/events.xes?{asked.query}")
    root = ElementTree.fromstring(b"".join(response.streaming_content))
    assert root.tag == f"{XES}log" and root.get("xes.version") == "1849.2016"
    objects, events = [], []
    for trace in root.iter(f"{XES}trace"):
        head = values(trace)
        objects.append({"id": head["concept:name"], "type": head["procedure"]})
        for event in trace.iter(f"{XES}event"):
            told = values(event)
            events.append({
                "type": told.pop("concept:name"), "time": told.pop("time:timestamp"),
                "attributes": [{"name": key, "value": value} for key, value in told.items()],
                "relationships": [{"objectId": head["concept:name"]}],
            })  # fmt: skip
    again = Reckoned({"objects": objects, "events": events}, asked, now)
    told = Reckoned(exported(office, asked), asked, now)
    for name in ("opened", "ended", "clocks", "ends", "entered"):
        assert getattr(again, name) == getattr(told, name), name
    text = ElementTree.tostring(root, encoding="unicode")
    for private in ("张女士", "刘先生", "老李", "13800571500", "12-3-502", "楼道"):
        assert private not in text
    assert Entry.objects.filter(kind="export").count() == 2


def values(element: ElementTree.Element) -> dict[str, object]:
    """The attributes that stand directly in an element."""
    return {
        str(one.get("key")): KINDS[kind](str(one.get("value")))
        for one in element
        if (kind := one.tag.removeprefix(XES)) in KINDS
    }


def test_the_report_names_procedures_callers_months_questions_and_reasons(office: Office) -> None:
    lived(office)
    asked = chosen(office)
    page = signed_in(office, "laoli").get(f"/figures/follow-ups/?{asked.query}").content.decode()
    for words in (
        "有效投诉",
        "小王",
        "楼道还是脏",
        "问题解决了没有",
        "解决了一部分 1",
        '<dd id="rate">67%</dd>',
        'data-chart="judged"',
    ):
        assert words in page, words
    printed = words_of(
        signed_in(office, "laoli").get(f"/figures/follow-ups/report.pdf?{asked.query}").content
    )
    for told in ("回访总结报告", "67%", "按回访人", "楼道还是脏", "解决了一部分 1", "主任签名"):
        assert told in printed, told
    figures = signed_in(office, "chen").get(f"/figures/?{asked.query}").content.decode()
    assert '<span class="figures" id="satisfied">67%</span>' in figures and "沟通性投诉" in figures


def test_an_archived_report_stays_as_it_was(office: Office) -> None:
    called(office, "satisfied")
    asked, client = chosen(office), signed_in(office, "chen")
    told = client.post("/figures/follow-ups/archive/", {"since": f"{asked.first}", "until": f"{asked.last}"})
    called(office, "satisfied")
    kept = client.get(told["Location"]).content.decode()
    assert '<dd id="done">1</dd>' in kept and "第 1 份，陈主任" in kept
    assert "第 1 份" not in client.get("/figures/follow-ups/").content.decode()
    assert told["Location"] in client.get("/figures/follow-ups/").content.decode()
    assert "第 1 份，陈主任" in words_of(client.get(f"{told['Location']}report.pdf").content)
    assert client.get("/figures/follow-ups/archive/2/").status_code == 404
    elsewhere = signed_in(office, "he")
    for address in (told["Location"], f"{told['Location']}report.pdf"):
        assert elsewhere.get(address).status_code == 404


def test_what_is_no_period_is_not_archived(office: Office) -> None:
    client = signed_in(office, "chen")
    assert client.post("/figures/follow-ups/archive/", {"period": "2026-13"}).status_code == 404
    assert client.get("/figures/follow-ups/?period=2026-13").status_code == 422
    assert not Entry.objects.filter(kind="report").exists()


def test_a_time_without_calls_says_so(office: Office) -> None:
    page = signed_in(office, "chen").get("/figures/follow-ups/?period=2001").content.decode()
    assert "这段时间没有回访" in page and "data-chart" not in page
    assert satisfaction.report(office.estate.pk, period.year(2001))["total"]["rate"] is None


@pytest.mark.parametrize(
    "address", ["/figures/follow-ups/?", "/figures/follow-ups/report.pdf?", "/figures/events.xes?"]
)
def test_how_often_it_asks_does_not_grow(office: Office, address: str) -> None:
    client, counts = signed_in(office, "chen"), []
    address += chosen(office).query
    for more in (1, 2):
        for _ in range(more):
            called(office, "dissatisfied", solved="unsolved")
        b"".join(client.get(address))
        with CaptureQueriesContext(connection) as read:
            b"".join(client.get(address))
        counts.append(len(read))
    assert counts[0] == counts[1] < 25
