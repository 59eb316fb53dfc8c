"""The rounds' pages: what a guard sees on the phone, what a supervisor has to see to, what a stranger does not."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.routines import actions
from banli.routines.models import Round, RoundPhoto
from tests.desk.at_the_desk import at, text
from tests.office import Office

from .walk import LATER, MORNING, PATROL, PUMPS, fallen_due, moment, png, walk


@pytest.fixture(autouse=True)
def later() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def sent(**more: object) -> dict[str, object]:
    return {"key": uuid4().hex, **more}


def test_the_page_in_english(office: Office) -> None:
    row = fallen_due(office)["pump-room"]
    technician = at(office, "zheng")
    technician.cookies["django_language"] = "en"
    page = text(technician.get(f"/rounds/{row.pk}/"))
    assert "Pump room round" in page and "in order between 0.3 and 0.8" in page


def test_the_guard_finds_the_round_walks_it_and_sees_it_done(office: Office) -> None:
    row, guard = fallen_due(office)["fire-patrol"], at(office, "zhou")
    page = text(guard.get("/rounds/"))
    assert "防火巡查" in page and "今天 22:00 到期" in page and "水泵房巡检" not in page
    assert "疏散通道" in text(guard.get(f"/rounds/{row.pk}/"))
    response = guard.post(f"/rounds/{row.pk}/findings/", sent(**PATROL))
    assert response.status_code == 302
    assert "门岗老周" in text(guard.get(response.url)) and "已做" in text(guard.get("/rounds/"))


def test_what_is_left_out_is_marked_where_it_is_missing_and_what_was_typed_stays(office: Office) -> None:
    row, technician = fallen_due(office)["pump-room"], at(office, "zheng")
    response = technician.post(
        f"/rounds/{row.pk}/findings/", sent(pressure="0.9", leaks="wrong", note="漏水")
    )
    page = text(response)
    assert response.status_code == 422
    assert "还没有勾选" in page and "要拍照" in page and "漏水" in page and 'value="0.9"' in page
    assert "，正常 0.3 至 0.8" in page


def test_a_photograph_is_kept_sealed_and_shown_to_those_who_may_see_the_round(office: Office) -> None:
    row = fallen_due(office)["pump-room"]
    taken = SimpleUploadedFile("a.png", png(), "image/png")
    told = sent(**{**PUMPS, "leaks": "wrong", "note": "二号泵漏水", "photo-1": taken})
    assert at(office, "zheng").post(f"/rounds/{row.pk}/findings/", told).status_code == 302
    kept = RoundPhoto.objects.get()
    assert "二号泵" not in kept.sealed
    for who, status in (("zheng", 200), ("zhao", 200), ("zhou", 403), ("he", 404)):
        assert at(office, who).get(f"/rounds/{row.pk}/photos/{kept.sha256}").status_code == status
    assert at(office, "zhao").get(f"/rounds/{row.pk}/photos/{'0' * 64}").status_code == 404


def test_what_is_no_picture_is_refused_at_its_field(office: Office) -> None:
    row = fallen_due(office)["pump-room"]
    told = sent(**PUMPS, **{"photo-2": SimpleUploadedFile("a.png", b"no picture", "image/png")})
    response = at(office, "zheng").post(f"/rounds/{row.pk}/findings/", told)
    assert response.status_code == 422 and Round.objects.get(pk=row.pk).state == "open"


def test_who_does_not_keep_the_post_neither_sees_nor_does_the_round(office: Office) -> None:
    row = fallen_due(office)["fire-patrol"]
    assert at(office, "xiaowang").get(f"/rounds/{row.pk}/").status_code == 403
    assert at(office, "he").get(f"/rounds/{row.pk}/").status_code == 404
    supervisor = at(office, "laoli")
    assert "做完了" not in text(supervisor.get(f"/rounds/{row.pk}/")), "a supervisor looks on"
    assert supervisor.post(f"/rounds/{row.pk}/findings/", sent(**PATROL)).status_code == 403


def test_a_missed_round_is_in_the_supervisors_notices_and_list_until_it_is_settled(office: Office) -> None:
    row = fallen_due(office)["fire-patrol"]
    with time_machine.travel(row.until, tick=False):
        assert "马上会记为未做" in text(at(office, "zhou").get(f"/rounds/{row.pk}/"))
        assert at(office, "zhou").post(f"/rounds/{row.pk}/findings/", sent(**PATROL)).status_code == 409
        actions.miss()
        supervisor = at(office, "laoli")
        page = text(supervisor.get("/notices/"))
        assert "“防火巡查”没有做" in page and f"/rounds/{row.pk}/" in page
        assert "防火巡查" in text(supervisor.get("/rounds/"))
        assert supervisor.post(f"/rounds/{row.pk}/settlement/", sent(settlement=" ")).status_code == 422
        told = sent(settlement="老周去处理水管爆裂")
        assert supervisor.post(f"/rounds/{row.pk}/settlement/", told).status_code == 302
        assert "水管爆裂" in text(supervisor.get(f"/rounds/{row.pk}/"))
        assert "防火巡查" not in text(supervisor.get("/rounds/"))
        assert "防火巡查" in text(supervisor.get("/rounds/?which=missed"))
        assert supervisor.post(f"/rounds/{row.pk}/settlement/", told).status_code == 409
        assert at(office, "zhou").post(f"/rounds/{row.pk}/settlement/", told).status_code == 403


def test_a_routine_that_stands_aside_is_told_to_supervisors(office: Office) -> None:
    version = fallen_due(office)["fire-patrol"].version
    version.problem = "ValueError: 读不懂"
    version.save()
    assert "排不出来" in text(at(office, "chen").get("/rounds/"))
    assert "排不出来" not in text(at(office, "zhou").get("/rounds/"))


@pytest.mark.parametrize("query", ["which=all", "before=x", "before=9.x", "before=999999999999999999.1"])
def test_an_address_that_names_no_list_is_not_there(office: Office, query: str) -> None:
    assert at(office, "zhou").get(f"/rounds/?{query}").status_code == 404


def test_a_long_list_goes_on_and_reads_no_more_for_more_rows(office: Office) -> None:
    fallen_due(office, MORNING, moment("2026-06-20T07:00"))
    actions.miss(moment("2026-06-20T07:00"))
    every = Round.objects.filter(estate=office.estate, state="missed")
    supervisor = at(office, "chen")
    in_frame = text(supervisor.get("/rounds/?which=wrong")).count('href="/rounds/')
    first = text(supervisor.get("/rounds/?which=missed"))
    assert first.count('href="/rounds/') - in_frame == 30 and "which=missed&amp;before=" in first
    counts = []
    for left in (3, 1):
        keep = list(every.order_by("-due_at", "-pk").values_list("pk", flat=True)[:left])
        Round.objects.exclude(pk__in=keep).delete()
        with CaptureQueriesContext(connection) as asked:
            supervisor.get("/rounds/?which=missed")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_wrong_and_the_done_are_lists_of_their_own(office: Office) -> None:
    rows = fallen_due(office)
    row = walk(
        office,
        "zheng",
        rows["lift-round"],
        dict.fromkeys(("running", "intercom", "lighting", "notice"), "ok"),
    )
    supervisor = at(office, "zhao")
    assert "电梯日常巡视" in text(supervisor.get("/rounds/?which=done"))
    assert "电梯日常巡视" not in text(supervisor.get("/rounds/?which=wrong"))
    assert "防火巡查" in text(supervisor.get("/rounds/?which=open"))
    assert row.state == "done"
