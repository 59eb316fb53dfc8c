"""What is found on a round begins the case that sees to it, with its photograph, once; each leads to the other."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases.audit import CHECKS
from banli.cases.models import Case, Task
from banli.engine.fields import Field
from banli.engine.findings import Found, handed
from banli.engine.refusals import Refusal
from banli.engine.routine import Routine
from banli.routines import packs, starting
from banli.routines.models import Round, RoundCase
from tests.desk.at_the_desk import at, text
from tests.office import Office

from .walk import LATER, PATROL, PUMPS, fallen_due, picture, png, walk


@pytest.fixture(autouse=True)
def later() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def leaking(office: Office) -> Round:
    row = fallen_due(office)["pump-room"]
    said = {**PUMPS, "leaks": "wrong", "pressure": "0.9"}
    return walk(office, "zheng", row, said, note="二号泵漏水", photos=[picture(), picture("blue")])


def press(office: Office, who: str, row: Round, check: str = "leaks") -> int:
    desk = office[who]
    return starting.start(
        by=desk, acting=next(iter(desk.posts.values())), round_id=row.pk, check=check, now=LATER
    )


def sound() -> bool:
    return [finding for check in CHECKS.values() for finding in check()] == []


def test_one_press_begins_the_work_order_with_what_was_found_and_its_photograph(office: Office) -> None:
    row, technician = leaking(office), at(office, "zheng")
    assert "另起工程单" in text(technician.get(f"/rounds/{row.pk}/"))
    response = technician.post(f"/rounds/{row.pk}/checks/leaks/case/", {"key": uuid4().hex})
    case = Case.objects.get()
    assert response.url == f"/cases/{case.pk}/"
    assert case.form == {
        "source": "inspection", "where": "plant", "trade": "water", "reported_by": "维修工老郑",
        "problem": "泵、阀、管没有渗漏和异响：不正常。二号泵漏水", "site": picture().sha256,
    }  # fmt: skip
    assert (case.procedure, case.opened_by) == ("work-order", office.staff("zheng"))
    waits = Task.objects.get(case=case)
    assert waits.step == "write" and set(waits.posts) == {
        "front_desk",
        "duty_supervisor",
        "engineering_supervisor",
    }
    assert technician.get(f"/cases/{case.pk}/attachments/{picture().sha256}").status_code == 200
    assert sound()


def test_the_clerk_finds_the_order_filled_in_and_only_adds_what_is_missing(office: Office) -> None:
    case = press(office, "zheng", leaking(office))
    clerk = at(office, "xiaowang")
    assert "二号泵漏水" in text(clerk.get(f"/cases/{case}/"))
    written = {
        "act-step": "write", "act-outcome": "done", "key": uuid4().hex, "source": "inspection", "where": "plant",
        "trade": "water", "urgency": "ordinary", "place": "地下一层水泵房", "reported_by": "维修工老郑",
        "problem": "二号泵漏水",
    }  # fmt: skip
    assert clerk.post(f"/cases/{case}/acts/", written).status_code == 302
    assert Case.objects.get(pk=case).form["site"] == picture().sha256, (
        "the photograph stays without being sent again"
    )


def test_pressed_twice_it_is_begun_once_and_each_line_begins_its_own(office: Office) -> None:
    row = leaking(office)
    assert press(office, "zheng", row) == press(office, "zhao", row)
    other = press(office, "zhao", row, "pressure")
    assert (
        Case.objects.get(pk=other).form["problem"]
        == "供水压力：0.9 MPa（应不低于 0.3、不高于 0.8）。二号泵漏水"
    )
    assert RoundCase.objects.count() == 2 and sound()


def test_what_is_in_order_begins_nothing(office: Office) -> None:
    row = leaking(office)
    for check in ("locked", "nothing"):
        with pytest.raises(Refusal) as why:
            press(office, "zheng", row, check)
        assert why.value.code == "round_line_in_order"
    page = at(office, "zheng").post(f"/rounds/{row.pk}/checks/locked/case/", {"key": uuid4().hex})
    assert page.status_code == 422 and "这一项没有查出不正常" in text(page)
    assert not Case.objects.exists()


def test_a_routine_that_names_no_procedure_offers_nothing(office: Office) -> None:
    row = leaking(office)
    routine = packs.of_version(row.version_id).routine
    assert starting.offered(routine, row, ()) == {"leaks", "pressure"}
    assert starting.offered(routine, row, ("leaks",)) == {"pressure"}
    for other in (None, "no-longer-there"):
        assert starting.offered(routine.model_copy(update={"starts": other}), row, ()) == set()


def test_the_round_and_its_case_lead_to_each_other(office: Office) -> None:
    row = leaking(office)
    case = press(office, "zhao", row)
    assert f'href="/cases/{case}/"' in text(at(office, "zheng").get(f"/rounds/{row.pk}/"))
    page = text(at(office, "xiaowang").get(f"/cases/{case}/"))
    assert f'href="/rounds/{row.pk}/"' in page and "“水泵房巡检”引出：泵、阀、管没有渗漏和异响" in page
    english = at(office, "xiaowang")
    english.cookies["django_language"] = "en"
    assert "Pumps, valves and pipes neither leak nor rattle" in text(english.get(f"/cases/{case}/"))


def test_whoever_has_the_case_sees_the_round_with_all_its_photographs(office: Office) -> None:
    row, clerk = leaking(office), at(office, "xiaowang")
    assert clerk.get(f"/rounds/{row.pk}/").status_code == 403
    press(office, "zhao", row)
    assert clerk.get(f"/rounds/{row.pk}/").status_code == 200
    assert clerk.get(f"/rounds/{row.pk}/photos/{picture('blue').sha256}").status_code == 200
    assert "另起" not in text(clerk.get(f"/rounds/{row.pk}/")), "that is for whoever does such rounds"
    assert clerk.post(f"/rounds/{row.pk}/checks/pressure/case/", {"key": uuid4().hex}).status_code == 403
    assert at(office, "sun").get(f"/rounds/{row.pk}/").status_code == 403


def test_a_guard_begins_an_order_without_having_a_part_in_it(office: Office) -> None:
    row = fallen_due(office)["fire-patrol"]
    walk(office, "zhou", row, {**PATROL, "signs": "wrong"}, note="二层灯不亮", photos=[picture()])
    guard = at(office, "zhou")
    response = guard.post(f"/rounds/{row.pk}/checks/signs/case/", {"key": uuid4().hex})
    assert response.url == f"/rounds/{row.pk}/"
    case = Case.objects.get()
    assert case.form["trade"] == "electric", "the line's own before the routine's"
    page = text(guard.get(response.url))
    assert f"第 {case.pk} 号" in page and f'href="/cases/{case.pk}/"' not in page


def test_photographs_are_not_lost_when_the_form_is_refused(office: Office) -> None:
    row, technician = fallen_due(office)["pump-room"], at(office, "zheng")
    wrong = {**PUMPS, "leaks": "wrong"}
    taken = {
        "photo-1": SimpleUploadedFile("a.png", png(), "image/png"),
        "photo-2": SimpleUploadedFile("b.png", b"no"),
    }
    page = technician.post(f"/rounds/{row.pk}/findings/", {"key": uuid4().hex, **wrong, **taken})
    held = picture().sha256
    assert page.status_code == 422 and f'name="photo-1-kept" value="{held}"' in text(page)
    assert f'src="/held/{held}"' in text(page) and 'name="photo-2-kept"' not in text(page)
    assert at(office, "zhao").get(f"/held/{held}").status_code == 404, "held for whoever took it"
    again = {"key": uuid4().hex, **wrong, "note": "漏水", "photo-1-kept": held}
    assert technician.post(f"/rounds/{row.pk}/findings/", again).status_code == 302
    assert [one.sha256 for one in row.photos.all()] == [held]
    assert technician.get(f"/held/{held}").status_code == 404, "kept with its round, and held no more"


def test_no_query_grows_with_what_was_begun(office: Office) -> None:
    row, technician = leaking(office), at(office, "zheng")
    counts = []
    for check in ("leaks", "pressure"):
        press(office, "zheng", row, check)
        technician.get(f"/rounds/{row.pk}/")
        with CaptureQueriesContext(connection) as asked:
            technician.get(f"/rounds/{row.pk}/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_what_the_form_has_become_since_is_left_to_whoever_writes_the_case() -> None:
    told = {"zh": "门", "en": "Door"}
    routine = Routine.model_validate({
        "routine": "look", "title": told, "purpose": told, "source": "-", "post": "gate", "within": "2h",
        "when": {"every": "day", "at": "09:00"}, "missed": "gate", "wrong": "gate", "starts": "order",
        "checks": {"door": {"label": told}},
        "gives": {
            "what": "check.found", "how": "soon", "site": "round.photo", "gone": "round.title", "who": "round.who",
        },
    })  # fmt: skip
    asked = {
        "what": Field.model_validate({"type": "text", "label": told, "max": 9}),
        "how": Field.model_validate({"type": "choice", "label": told, "options": {"later": told}}),
        "site": Field.model_validate({"type": "photo", "label": told}),
        "who": Field.model_validate({"type": "date", "label": told}),
    }
    found = Found("door", "wrong", "锁\n坏了", "老周", None)
    assert handed(routine, found, asked) == {"what": "门：不正常。锁 坏"}
