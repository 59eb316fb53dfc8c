"""Each day's shift log is read and signed by a supervisor; what nobody signed comes to light."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from banli.cases.audit import CHECKS
from banli.desk import morning
from banli.engine.refusals import Refusal
from banli.figures import queries
from banli.figures.period import month
from banli.routines import signing
from banli.routines.models import LogSignature, Watch
from tests.desk.at_the_desk import at, text
from tests.office import Office

from .walk import moment
from .watching import begin, offer, sign, take, write

NOW = moment("2026-05-14T09:00")
TODAY, YESTERDAY = date(2026, 5, 14), date(2026, 5, 13)


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def on_watch(office: Office, since: str = "2026-05-12T08:00", post: str = "front_desk") -> Watch:
    return begin(office, {"front_desk": "xiaowang", "gate": "zhou"}[post], post, moment(since))


def owed(office: Office) -> list[tuple[str, date]]:
    return [(one.post, one.day) for one in signing.owed(office.estate.pk, TODAY)]


def test_each_day_with_somebody_on_watch_is_to_be_signed_once_it_is_over(office: Office) -> None:
    on_watch(office)
    assert owed(office) == [("front_desk", date(2026, 5, 12)), ("front_desk", YESTERDAY)]
    sign(office, "laoli", "front_desk", date(2026, 5, 12))
    assert owed(office) == [("front_desk", YESTERDAY)]
    assert owed(office)[0][1] == YESTERDAY and signing.owed(office.elsewhere.pk, TODAY) == []


def test_a_watch_that_ended_at_midnight_leaves_the_new_day_alone(office: Office) -> None:
    watch = on_watch(office, "2026-05-12T08:00")
    offer(office, watch, now=moment("2026-05-12T23:50"))
    take(office, watch, now=moment("2026-05-13T00:00"))
    told = signing.days(office.estate.pk, date(2026, 5, 12), YESTERDAY)
    assert [(one.day, one.signed) for one in told] == [(date(2026, 5, 12), False), (YESTERDAY, False)]
    keepers = [one.keeper.username for one in signing.watches_of(office.estate.pk, "front_desk", YESTERDAY)]
    assert keepers == ["laoli"]


@pytest.mark.parametrize(
    ("who", "day", "code"),
    [
        ("laoli", TODAY, "log_day_running"),
        ("laoli", date(2026, 5, 1), "log_day_empty"),
        ("laoli", YESTERDAY, "log_sign_self"),
    ],
)
def test_what_is_not_signed_says_why(office: Office, who: str, day: date, code: str) -> None:
    watch = on_watch(office)
    offer(office, watch, now=moment("2026-05-13T12:00"))
    take(office, watch, now=moment("2026-05-13T12:05"))
    with pytest.raises(Refusal) as why:
        sign(office, who, "front_desk", day)
    assert why.value.code == code and not LogSignature.objects.exists()
    sign(office, "chen", "front_desk", YESTERDAY)
    with pytest.raises(Refusal) as why:
        sign(office, "chen", "front_desk", YESTERDAY)
    assert why.value.code == "log_day_signed"
    assert [finding for check in CHECKS.values() for finding in check()] == []


def test_the_posts_above_sign_and_no_other(office: Office) -> None:
    assert list(signing.superiors("gate")) == ["safety_supervisor", "director"]
    on_watch(office, post="gate")
    address = "/watches/days/gate/2026-05-13/"
    assert at(office, "laoli").get(address).status_code == 200, "a supervisor of another line reads it"
    assert "看过，签阅" not in text(at(office, "laoli").get(address))
    assert at(office, "laoli").post(f"{address}signature/").status_code == 403
    assert at(office, "xiaowang").get(address).status_code == 403
    assert at(office, "laoma").post(f"{address}signature/", {"remark": "已看"}).status_code == 302
    page = text(at(office, "zhou").get(address))
    assert "安全主管老马" in page and "已看" in page and "已签阅" in page


def test_the_day_shows_what_was_written_and_who_was_on_watch(office: Office) -> None:
    watch = on_watch(office)
    write(office, watch, "送水车来过", now=moment("2026-05-13T10:00"))
    write(office, watch, "前一天的事", now=moment("2026-05-12T10:00"))
    page = text(at(office, "laoli").get("/watches/days/front_desk/2026-05-13/"))
    assert "送水车来过" in page and "前一天的事" not in page and "小王" in page
    assert at(office, "laoli").get("/watches/days/front_desk/2026-5-13/").status_code == 404
    assert at(office, "laoli").get("/watches/days/technician/2026-05-13/").status_code == 404
    too_long = {"remark": "长" * 1001}
    answer = at(office, "laoli").post("/watches/days/front_desk/2026-05-13/signature/", too_long)
    assert answer.status_code == 422 and not LogSignature.objects.exists()
    assert at(office, "laoli").post("/watches/days/front_desk/2026-05-14/signature/").status_code == 422


def test_unsigned_days_are_on_the_morning_screen_and_in_the_figures(office: Office) -> None:
    on_watch(office)
    told = morning.morning(office["chen"], NOW)
    assert [one.day for one, _title in told.logs] == [date(2026, 5, 12), YESTERDAY] and not told.clear
    assert 'href="/watches/days/front_desk/2026-05-13/"' in text(at(office, "chen").get("/morning/"))
    assert queries.logs(office.estate.pk, month(2026, 5), NOW) == queries.Logs(2, 2)
    assert queries.logs(office.estate.pk, month(2026, 6), NOW) == queries.Logs(0, 0)
    sign(office, "laoli", "front_desk", YESTERDAY)
    assert queries.logs(office.estate.pk, month(2026, 5), NOW) == queries.Logs(2, 1)
    assert 'id="logs-unsigned">1<' in text(at(office, "chen").get("/figures/?period=2026-05"))


def test_the_list_leads_whoever_may_sign_and_asks_no_more_for_more_days(office: Office) -> None:
    on_watch(office, "2026-05-13T08:00")
    supervisor, counts = at(office, "laoli"), []
    for _ in range(2):
        supervisor.get("/watches/days/")
        with CaptureQueriesContext(connection) as asked:
            page = text(supervisor.get("/watches/days/"))
        counts.append(len(asked))
        Watch.objects.update(began_at=NOW - timedelta(days=9))
    assert "等您签阅" in page and page.count("/watches/days/front_desk/") == 9 and counts[0] == counts[1]
    english = at(office, "laoli")
    english.cookies["django_language"] = "en"
    assert "Days of the shift log" in text(english.get("/watches/days/"))
