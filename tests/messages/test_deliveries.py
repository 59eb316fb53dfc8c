"""Notices go beside the screen to whoever wants that, once each, by a real mail server; or it is told why not."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from banli.cases import jobs
from banli.desk.delivered import note
from banli.messages import deliveries, spreading
from banli.messages.models import Delivery, Notice, Reach
from banli.people.actions import appoint, name_deputy
from tests.desk.work import repair, sent
from tests.messages.mail_server import DROP, Handler, MailServer, running
from tests.messages.telling import MAIL, reached, tell, turn_on
from tests.office import Office, today


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def server(handler: Handler, settings: Any) -> Iterator[MailServer]:
    with running(handler) as running_server:
        settings.BANLI_SMTP = running_server.settings
        yield running_server


def late(office: Office) -> int:
    """A repair that nobody went to: the front desk and engineering hear of it."""
    case = repair(office)
    jobs.wake(timezone.now() + timedelta(minutes=16))
    return case


def the(**told: Any) -> Delivery:
    return Delivery.objects.get(**told)


def test_a_late_clock_goes_to_the_mailbox_of_whoever_wants_that(
    office: Office, server: MailServer, settings: Any
):
    settings.BANLI_PASS_ORIGIN = "https://banli.example.com"
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    case = late(office)
    assert tell() == 1
    (got,) = server.handler.got
    said = got.get_content()
    assert (server.handler.to, got["Subject"]) == ([MAIL], "【翠湖花园】“到场”超时了")
    for words in (f"第 {case} 号", "家居维修", "时限：", f"https://banli.example.com/cases/{case}/"):
        assert words in said
    for private in ("租户刘先生", "12-3-502", "502", "水龙头"):
        assert private not in said and private not in str(got["Subject"])
    found = the()
    assert (found.state, found.attempts, found.address) == ("sent", 1, "x***@wuye.example")
    assert found.answer.startswith("250 ")


def test_it_is_written_in_the_language_of_whoever_reads_it(office: Office, server: MailServer):
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    staff = office.staff("xiaowang")
    staff.language = "en"
    staff.save(update_fields=["language"])
    late(office)
    tell()
    assert "“Arrival” is late" in server.handler.got[0]["Subject"]


def test_told_twice_or_at_once_it_goes_once(office: Office, server: MailServer):
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    late(office)
    assert [tell(), tell(), tell()] == [1, 0, 0]
    Notice.objects.update(spread_at=None)  # as if the worker had died before that was written down
    assert tell() == 0
    assert len(server.handler.got) == 1


def test_a_deputy_hears_it_too_and_who_holds_two_posts_hears_it_once(office: Office, server: MailServer):
    turn_on(office, "mail")
    appoint(
        estate=office.estate, staff=office.staff("xiaowang"), post="engineering_supervisor", since=today()
    )
    name_deputy(
        estate=office.estate, post="engineering_supervisor", principal=office.staff("zhao"),
        deputy=office.staff("laoli"), starts_at=timezone.now() - timedelta(minutes=1),
        ends_at=timezone.now() + timedelta(days=1), reason="外出培训", by=office.staff("chen"),
        acting=office["chen"].posts["director"],
    )  # fmt: skip
    for who in ("xiaowang", "laoli"):
        reached(office, who, mail=f"{who}@wuye.example")
    late(office)
    assert tell() == 2
    assert sorted(server.handler.to) == ["laoli@wuye.example", "xiaowang@wuye.example"]


def test_only_what_somebody_chose_goes(office: Office, server: MailServer):
    turn_on(office, "mail")
    reached(office, "xiaowang", {"due": ["mail"]}, mail=MAIL)
    reached(office, "zheng", {"assigned": ["mail"]}, mail="zheng@wuye.example")
    sent(office, late(office))
    assert tell() == 1
    assert server.handler.to == ["zheng@wuye.example"]


def test_nothing_goes_where_the_estate_has_not_turned_it_on(office: Office, server: MailServer):
    reached(office, "xiaowang", mail=MAIL)
    late(office)
    assert tell() == 0 and not Delivery.objects.exists()
    assert not Notice.objects.filter(spread_at=None).exists()


def test_what_was_read_on_the_screen_meanwhile_is_not_sent(office: Office, server: MailServer):
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    late(office)
    spreading.spread()
    Notice.objects.filter(post="front_desk").update(read_at=timezone.now(), read_by=office.staff("xiaowang"))
    assert tell() == 0
    assert the().state == "stopped"


def test_what_lay_for_more_than_a_day_stays_on_the_screen(office: Office, server: MailServer):
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    late(office)
    assert tell(timezone.now() + timedelta(days=2)) == 0
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    ("begin", "end", "waits"),
    [
        (time(22), time(7), True),
        (time(1), time(9), True),
        (time(9), time(18), False),
        (time(3), time(2), True),
    ],
)
def test_quiet_hours_hold_back_what_is_not_urgent(
    office: Office, server: MailServer, begin: time, end: time, waits: bool
):
    turn_on(office, "mail")
    reached(office, "zheng", quiet=(begin, end), mail="zheng@wuye.example")
    sent(office, repair(office))
    night = timezone.make_aware(datetime.combine(today() + timedelta(days=1), time(4)))
    Notice.objects.update(at=night)
    assert tell(night) == (0 if waits else 1)
    if waits:
        over = timezone.make_aware(datetime.combine(today() + timedelta(days=1), end))
        over += timedelta(days=begin > end and time(4) >= begin)
        assert (the().problem, the().next_at, the().tried_since) == ("quiet", over, None)
        assert tell(over) == 1


def test_what_is_urgent_goes_through_quiet_hours(office: Office, server: MailServer):
    turn_on(office, "mail")
    reached(office, "xiaowang", quiet=(time(0), time(23, 59)), mail=MAIL)
    late(office)
    assert tell() == 1


def test_a_server_that_says_later_is_asked_again_with_growing_waits(office: Office, server: MailServer):
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    server.handler.data = ["451 try later", "451 try later", "451 try later"]
    late(office)
    now = timezone.now()
    waits = []
    for _ in range(3):
        assert tell(now) == 0
        waits.append(the().next_at - now)
        now = the().next_at
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert (the().problem, the().said) == ("not_now", "451 try later")
    assert tell(now) == 1
    assert (the().attempts, the().problem, the().said) == (4, "", "")


def test_what_nobody_takes_for_a_day_is_given_up_and_may_be_tried_again(office: Office, server: MailServer):
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    server.handler.data = ["451 later"] * 2
    late(office)
    tell()
    later = timezone.now() + timedelta(days=1, minutes=1)
    assert tell(later) == 0
    assert (the().state, the().problem) == ("failed", "not_now")
    deliveries.again(delivery=the(), now=later)
    assert tell(later) == 1
    deliveries.again(delivery=the(), now=later)  # one that has gone stays gone
    assert the().state == "sent"


def test_a_mailbox_that_is_not_there_is_given_up_at_once(office: Office, server: MailServer):
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    server.handler.rcpt = ["550 no such mailbox"]
    late(office)
    assert tell() == 0
    assert (the().state, the().problem, the().said) == ("failed", "refused", "550 no such mailbox")


def test_cut_off_between_taking_and_answering_it_goes_again_as_the_same_message(
    office: Office, server: MailServer
):
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    server.handler.data = [DROP]
    late(office)
    assert tell() == 0
    assert tell(the().next_at) == 1
    one, other = server.handler.got
    assert one["Message-ID"] == other["Message-ID"]


def test_a_sender_that_died_is_followed_by_another(office: Office, server: MailServer):
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    late(office)
    now = timezone.now()
    spreading.spread(now)
    assert deliveries._claim(now) is not None  # and nothing more is heard of it
    assert tell(now) == 0
    assert tell(now + timedelta(minutes=11)) == 1


def test_a_server_that_is_away_is_tried_with_one_and_holds_up_all(office: Office, settings: Any):
    turn_on(office, "mail")
    for who in ("xiaowang", "zhao"):
        reached(office, who, mail=f"{who}@wuye.example")
    late(office)
    with running(Handler()) as server:
        settings.BANLI_SMTP = server.settings
    assert tell() == 0
    assert sorted(Delivery.objects.values_list("problem", "attempts")) == [
        ("unreachable", 0),
        ("unreachable", 1),
    ]


def test_without_a_server_it_waits_and_says_so(office: Office):
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    late(office)
    assert tell() == 0
    assert (the().problem, the().attempts, the().tried_since) == ("no_server", 0, None)
    assert tell(timezone.now() + timedelta(days=1, minutes=1)) == 0
    assert (the().state, the().problem) == ("failed", "no_server")


def test_one_that_cannot_be_written_holds_up_no_other(office: Office, server: MailServer):
    turn_on(office, "mail")
    for who in ("xiaowang", "zhao"):
        reached(office, who, mail=f"{who}@wuye.example")
    late(office)
    spreading.spread()

    def words(delivery: Delivery, now: datetime) -> Any:
        if delivery.staff == office.staff("xiaowang"):
            raise ValueError("cannot be written")
        return note(delivery, now)

    assert deliveries.send_due(words) == 1
    assert the(staff=office.staff("xiaowang")).problem == "broken"


def test_addresses_are_kept_sealed(office: Office):
    reached(office, "xiaowang", mail=MAIL)
    with connection.cursor() as cursor:
        cursor.execute("SELECT mail FROM messages_reach")
        assert MAIL.encode() not in str(cursor.fetchone()).encode()
    assert Reach.objects.get().mail == MAIL


def test_spreading_many_costs_no_more_queries_than_one(office: Office, server: MailServer):
    turn_on(office, "mail")
    reached(office, "xiaowang", mail=MAIL)
    counts = []
    for many in (1, 3):
        for _ in range(many):
            repair(office)
        jobs.wake(timezone.now() + timedelta(minutes=16))
        with CaptureQueriesContext(connection) as told:
            assert spreading.spread() == many
        counts.append(len(told))
    assert counts[0] == counts[1]
