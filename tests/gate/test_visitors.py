"""A visitor's pass at the gate: in, out, not twice, not on another day, not without the resident's word (P16)."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases import actions, audit
from banli.cases.models import Case
from banli.gate.actions import turn_away
from banli.gate.queries import judged
from banli.gate.verdict import Verdict
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.desk.at_the_desk import at, text
from tests.office import Office, today

_keys = count(1)


def key() -> str:
    return f"visitor-key-{next(_keys):06}"


def receive(office: Office, **change: Any) -> int:
    answers = {
        "visitor": "邻居", "persons": 2, "identity": "seen", "purpose": "visit", "day": today().isoformat(),
        "how": "call", **change,
    }  # fmt: skip
    return actions.open_case(
        by=office["xiaoliu"], procedure="visitor", unit=office.unit, applicant=office.tenant, applicant_role="tenant",
        answers=answers, key=key(),
    ).case_id  # fmt: skip


def do(office: Office, who: str, case: int, step: str, outcome: str, **more: Any) -> None:
    actions.act(by=office[who], case_id=case, step=step, outcome=outcome, key=key(), **more)


@pytest.fixture
def visit(office: Office) -> Paper:
    """Confirmed on the telephone, with a pass for today."""
    case = receive(office)
    do(office, "xiaoliu", case, "confirm", "agreed")
    do(office, "xiaoliu", case, "pass", "issued")
    return Paper.objects.get(case_id=case)


def go(guard: Client, paper: Paper, step: str, told: str = "") -> Any:
    return guard.post(f"/gate/passes/{paper.pk}/passage/", {"step": step, "key": told or key()})


def verdict(office: Office, paper: Paper, later: timedelta = timedelta()) -> Verdict:
    found = Paper.objects.select_related("case", "form", "estate", "used_by").get(pk=paper.pk)
    return judged(found, None, office.estate, timezone.now() + later)


def test_a_visitor_is_read_in_and_out_and_the_book_says_when(office: Office, visit: Paper) -> None:
    guard = at(office, "zhou")
    page = text(guard.post("/gate/checks/", {"code": visit.token}, follow=True))
    for said in ("有效", "邻居", "12-3-502", visit.number, "相符，进门"):
        assert said in page
    answer = go(guard, visit, "come_in", "one-and-the-same")
    assert answer["Location"] == f"/gate/passes/{visit.pk}/passage/"
    assert "已登记进门" in text(guard.get(answer["Location"]))
    assert go(guard, visit, "come_in", "one-and-the-same").status_code == 302, "a double click is once"
    assert "相符，离开" in text(guard.get(f"/gate/passes/{visit.pk}/"))
    go(guard, visit, "go_out")
    assert "已登记离开" in text(guard.get(answer["Location"]))
    assert Case.objects.get(pk=visit.case_id).status == "done"
    row = RegisterRow.objects.get(case_id=visit.case_id, book="visitors").cells
    assert (
        row["came_at"]
        and row["left_at"]
        and row["resident"] == "租户刘先生"
        and row["status"]["zh"] == "已办结"
    )
    assert list(audit.cases()) == []


def test_who_has_left_does_not_come_in_on_the_same_pass(office: Office, visit: Paper) -> None:
    guard = at(office, "zhou")
    go(guard, visit, "come_in")
    go(guard, visit, "go_out")
    told = verdict(office, visit)
    assert (told.kind, told.tone) == ("used", "red")
    assert go(guard, visit, "come_in").status_code == 409
    page = at(office, "xiaowang").get(f"/cases/{visit.case_id}/").content.decode()
    assert "已使用" in page.partition("paper-title")[2][:300]


def test_a_second_scan_does_not_write_somebody_out_who_only_came_in(office: Office, visit: Paper) -> None:
    guard = at(office, "zhou")
    go(guard, visit, "come_in")
    assert go(guard, visit, "come_in").status_code == 409
    assert Case.objects.get(pk=visit.case_id).status == "open"


def test_the_pass_is_good_on_its_day_only(office: Office, visit: Paper) -> None:
    assert verdict(office, visit).kind == "go"
    assert verdict(office, visit, timedelta(days=1)).kind == "expired"
    tomorrow = receive(office, day=(today() + timedelta(days=1)).isoformat())
    do(office, "xiaoliu", tomorrow, "confirm", "agreed")
    do(office, "xiaoliu", tomorrow, "pass", "issued")
    assert verdict(office, Paper.objects.get(case_id=tomorrow)).kind == "not_yet"


def test_a_visit_that_was_called_off_lets_nobody_in(office: Office, visit: Paper) -> None:
    actions.withdraw(by=office["xiaowang"], case_id=visit.case_id, reason="改天再来", key=key())
    assert verdict(office, visit).kind == "void"
    assert go(at(office, "zhou"), visit, "come_in").status_code == 409


def test_only_the_gate_writes_it_down_here_and_only_for_such_a_pass(office: Office, visit: Paper) -> None:
    assert go(at(office, "xiaowang"), visit, "come_in").status_code == 403
    assert at(office, "zhou").get(f"/gate/passes/{visit.pk}/passage/").status_code == 404, (
        "nobody has come yet"
    )
    assert at(office, "zhou").get(f"/gate/passes/{visit.pk}/entry/").status_code == 404, "it shows no face"


def test_the_gate_lists_who_is_to_come_today_and_who_is_inside(office: Office, visit: Paper) -> None:
    guard = at(office, "zhou")
    tomorrow = receive(office, visitor="送水工", day=(today() + timedelta(days=1)).isoformat())
    do(office, "xiaoliu", tomorrow, "confirm", "agreed")
    do(office, "xiaoliu", tomorrow, "pass", "issued")
    page = text(guard.get("/gate/"))
    assert "今天来访" in page and "邻居 → 12-3-502" in page and "还没来" in page and "送水工" not in page
    go(guard, visit, "come_in")
    page = text(guard.get("/gate/"))
    assert "还没来" not in page and "进门" in page
    assert "进门" in text(guard.get(f"/gate/passes/{visit.pk}/")), "the pass says when they came in"
    go(guard, visit, "go_out")
    assert "今天来访" not in text(guard.get("/gate/"))


def test_the_gate_finds_todays_visitor_by_name_or_plate(office: Office, visit: Paper) -> None:
    guard = at(office, "zhou")
    cars = []
    for name, plate in (("赵平安", "浙A6K888"), ("赵平", "浙AB1234")):
        case = receive(office, visitor=name, plate=plate)
        do(office, "xiaoliu", case, "confirm", "agreed")
        do(office, "xiaoliu", case, "pass", "issued")
        cars.append(f"/gate/passes/{Paper.objects.get(case_id=case).pk}/")
    for words, leads in (("赵平安", cars[0]), ("浙a·6k888", cars[0]), ("ab1234", cars[1])):
        assert guard.post("/gate/checks/", {"code": words})["Location"] == leads, words
    several = text(guard.post("/gate/checks/", {"code": "赵平"}))
    assert "赵平安 →" in several and "赵平 →" in several and "邻居 →" not in several
    assert "今天拦下" not in text(guard.get("/gate/")), "nobody was stopped"


def test_a_visitor_is_turned_away_with_a_reason_while_they_are_outside(office: Office, visit: Paper) -> None:
    guard, page = at(office, "zhou"), f"/gate/passes/{visit.pk}/"
    assert "不符，不放进" in text(guard.get(page))
    refused = guard.post(f"{page}refusal/", {"note": " ", "key": key()})
    assert refused.status_code == 409
    assert guard.post(f"{page}refusal/", {"note": "不是本人", "key": key()})["Location"] == "/gate/"
    assert "不是本人" in text(guard.get("/gate/"))
    go(guard, visit, "come_in")
    assert "不符，不放进" not in text(guard.get(page)), "who is inside may leave"
    assert guard.post(f"{page}refusal/", {"note": "不是本人", "key": key()}).status_code == 404
    assert [finding for check in audit.CHECKS.values() for finding in check()] == []


def test_the_last_figure_of_a_number_is_enough_for_what_still_holds(office: Office, visit: Paper) -> None:
    guard = at(office, "zhou")
    figure = str(visit.ordinal)
    assert guard.post("/gate/checks/", {"code": f"0{figure}"})["Location"] == f"/gate/passes/{visit.pk}/"
    Paper.objects.filter(pk=visit.pk).update(ordinal=7_000_000)
    assert "没有" in text(guard.post("/gate/checks/", {"code": "7000000"})), "that is no last figure"
    Paper.objects.filter(pk=visit.pk).update(ordinal=visit.ordinal)
    do(office, "xiaoliu", visit.case_id, "come_in", "scanned")
    do(office, "xiaoliu", visit.case_id, "go_out", "scanned")
    Paper.objects.filter(pk=visit.pk).update(valid_until=timezone.now() - timedelta(hours=1))
    stopped = guard.post("/gate/checks/", {"code": figure})
    assert stopped.status_code == 200 and figure in text(stopped)


def test_where_several_numbers_end_so_the_guard_chooses(office: Office, visit: Paper, slip: Paper) -> None:
    Paper.objects.filter(pk=slip.pk).update(ordinal=visit.ordinal)
    page = text(at(office, "zhou").post("/gate/checks/", {"code": str(visit.ordinal)}))
    assert "可能是这几张" in page and visit.number in page and slip.number in page


@pytest.mark.parametrize("words", ["钱多多", "浙A99999", "A99999"])
def test_whom_nobody_expects_is_said_to_be_so(office: Office, visit: Paper, words: str) -> None:
    guard = at(office, "zhou")
    page = text(guard.post("/gate/checks/", {"code": words}))
    assert words in page and "来访里" in page and "二维码" not in page
    assert "改一改再查" in page
    assert ("今天拦下" in text(guard.get("/gate/"))) is words.isascii(), "a name is no pass that was stopped"


def test_the_gates_page_asks_no_more_for_more_visitors(office: Office, visit: Paper) -> None:
    guard, counts = at(office, "zhou"), []
    for more in (0, 2):
        for _ in range(more):
            case = receive(office)
            do(office, "xiaoliu", case, "confirm", "agreed")
            do(office, "xiaoliu", case, "pass", "issued")
        guard.get("/gate/")
        with CaptureQueriesContext(connection) as read:
            guard.get("/gate/")
        counts.append(len(read))
    assert counts[0] == counts[1]


def test_a_pass_whose_day_is_over_says_what_to_do(office: Office, visit: Paper) -> None:
    told = verdict(office, visit, timedelta(days=1))
    assert told.kind == "expired" and "由住户再确认" in told.sentence.zh


def test_the_desk_sees_on_the_case_that_the_gate_sent_somebody_back(office: Office, visit: Paper) -> None:
    assert "拦下" not in text(at(office, "xiaoliu").get(f"/cases/{visit.case_id}/"))
    turn_away(paper=visit, reason="说不出去哪一户", key=key(), by=office["zhou"], at=timezone.now())
    page = text(at(office, "xiaoliu").get(f"/cases/{visit.case_id}/"))
    assert "门岗老周拦下" in page and f"{visit.number} · 门岗不放：说不出去哪一户" in page


@pytest.mark.parametrize(("came", "called"), [(True, "已使用"), (False, "已过期")])
def test_on_its_case_a_pass_is_called_used_only_where_somebody_came(
    office: Office, visit: Paper, came: bool, called: str
) -> None:
    if came:
        do(office, "zhou", visit.case_id, "come_in", "scanned")
        do(office, "zhou", visit.case_id, "go_out", "scanned")
    Paper.objects.filter(pk=visit.pk).update(
        state=Paper.State.EXPIRED, valid_until=timezone.now() - timedelta(hours=1)
    )
    assert called in text(at(office, "xiaoliu").get(f"/cases/{visit.case_id}/"))
