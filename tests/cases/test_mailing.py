"""P9.6: what somebody agreed to goes to the network company by a real mail server, encrypted; or people see why not."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pypdf
import pytest
from django.utils import timezone

from banli.cases import actions, jobs, mailing
from banli.cases.audit.several import alone
from banli.cases.models import Case, Task
from banli.engine import events as ev
from banli.engine.refusals import Refusal
from banli.estate.setting import set_version
from banli.journal.models import Entry
from banli.messages.models import Mail, Notice
from banli.messages.smtp import Smtp
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.cases.test_actions import do, refused
from tests.cases.test_network import asked, consented, paid, told
from tests.messages.mail_server import DROP, TAKEN, Handler, MailServer, free_port, running
from tests.office import Office, identity, today

PASSWORD = "correct horse battery"
ADDRESS = "data@net.example"


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def server(handler: Handler) -> Iterator[MailServer]:
    with running(handler) as running_server:
        yield running_server


def set_up(office: Office, **change: str) -> None:
    """The estate knows its network company: its name, address and the password agreed on the telephone."""
    chen = office["chen"]
    usual = {
        "network_company": "云联网络",
        "network_company_mail": ADDRESS,
        "network_company_password": PASSWORD,
    }
    for name, value in {**usual, **change}.items():
        secret = value if name == "network_company_password" else ""
        set_version(
            by=chen, acting=chen.posts["director"], name=name, value=None if secret or not value else value,
            valid_from=today(), reason="与网络公司约定", secret=secret,
        )  # fmt: skip


def waiting(office: Office, **change: Any) -> int:
    """An account whose data is to be sent."""
    case = consented(office, asked(office, plan="monthly", install_fee=30000, **change))
    paid(office, case, 30000)
    do(office, "xiaowang", case, "issue", "issued")
    return case


def send(server: MailServer, now: datetime | None = None) -> int:
    return mailing.empty_outbox(now=now, server=server.settings)


def in_minutes(minutes: int) -> datetime:
    return timezone.now() + timedelta(minutes=minutes)


def sound() -> bool:
    """The journal and every row that follows from it agree."""
    found = [str(one) for part, _ in alone() for one in part.first]
    assert found == []
    return True


def test_the_data_goes_encrypted_and_the_step_ends_by_itself(office: Office, server: MailServer) -> None:
    set_up(office)
    case = waiting(office)
    mail = Mail.objects.get(case_id=case)
    assert (mail.state, mail.fields[0], mail.paper.kind) == ("queued", "case.unit", "network-data")
    assert Task.objects.get(case_id=case, state="open").step == "mail"
    assert send(server) == 1
    found = Case.objects.get(pk=case)
    assert (found.status, [c["state"] for c in found.clocks]) == ("done", ["stopped"])
    mail.refresh_from_db()
    assert (mail.state, mail.address, mail.answer) == ("sent", ADDRESS, TAKEN)
    (got,) = server.handler.got
    assert (server.handler.to, got["Message-ID"]) == ([ADDRESS], mail.message)
    (attached,) = got.iter_attachments()
    pdf = pypdf.PdfReader(io.BytesIO(attached.get_content()))
    assert b"/AESV3" in attached.get_content() and not pdf.decrypt("guessed at random")
    assert pdf.decrypt(PASSWORD)
    text = pdf.pages[0].extract_text()
    assert "张小明" in text and identity() in text and "13812345678" in text
    row = RegisterRow.objects.get(case_id=case, book="network").cells
    assert row["number"] == Paper.objects.get(case_id=case, kind="network-form").number
    assert (row["acknowledged"], row["sent_by"]["zh"]) == (TAKEN, "已发出")
    assert sound()


def test_the_journal_says_which_fields_went_and_not_what_was_in_them(
    office: Office, server: MailServer
) -> None:
    set_up(office)
    case = waiting(office)
    send(server)
    entries = list(Entry.objects.filter(stream=f"case/{case}").order_by("seq"))
    events = [one for entry in entries for one in entry.body["events"]]
    (queued,) = [one for one in events if one["event"] == "mail_queued"]
    assert queued["fields"] == ["case.unit", "form.holder", "form.holder_id", "form.phone", "form.plan"]
    last = entries[-1]
    assert (last.kind, last.actor_id) == ("mail", None)
    assert [one["event"] for one in last.body["events"]][:2] == ["mail_sent", "done"]
    (got,) = server.handler.got
    outside = f"{entries[-1].body}{queued}{got['Subject']}{got.get_body().get_content()}"
    assert not [one for one in (identity(), "13812345678", "张小明", "12-3-502") if one in outside]


def test_a_greylisted_message_goes_at_the_second_try(office: Office, server: MailServer) -> None:
    set_up(office)
    case = waiting(office)
    server.handler.rcpt = ["450 greylisted"]
    assert send(server) == 0
    mail = Mail.objects.get(case_id=case)
    assert (mail.state, mail.problem, mail.said, mail.attempts) == ("queued", "not_now", "450 greylisted", 1)
    assert send(server) == 0, "not before its time"
    assert send(server, in_minutes(2)) == 1
    assert Case.objects.get(pk=case).status == "done"
    assert sound()


def test_the_waits_grow_to_an_hour(office: Office, server: MailServer) -> None:
    set_up(office)
    waiting(office)
    server.handler.rcpt = ["450 no"] * 9
    now, waits = timezone.now() + timedelta(seconds=1), []
    for _ in range(9):
        assert send(server, now) == 0
        then = Mail.objects.get().next_at
        waits.append(round((then - now).total_seconds() / 60))
        now = then
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_connection_cut_off_sends_the_same_message_again(office: Office, server: MailServer) -> None:
    set_up(office)
    case = waiting(office)
    server.handler.data = [DROP]
    assert send(server) == 0
    assert Mail.objects.get().problem == "broke_off"
    assert send(server, in_minutes(2)) == 1
    assert len({got["Message-ID"] for got in server.handler.got}) == 1
    assert Case.objects.get(pk=case).status == "done"


def test_a_refusal_is_told_and_somebody_mends_the_address(office: Office, server: MailServer) -> None:
    set_up(office, network_company_mail="wrong@net.example")
    case = waiting(office)
    server.handler.rcpt = ["550 no such mailbox"]
    assert send(server) == 0
    mail = Mail.objects.get()
    assert (mail.state, mail.address, mail.answer) == ("failed", "wrong@net.example", "550 no such mailbox")
    assert Notice.objects.get(case_id=case).code == "mail_failed"
    assert send(server, in_minutes(600)) == 0, "nobody tries it any more"
    jobs.wake(timezone.now() + timedelta(days=3))
    assert Case.objects.get(pk=case).clocks[0]["state"] == "late"
    set_up(office)
    with refused("wrong_post"):
        do(office, "sun", case, "mail", "again")
    do(office, "xiaowang", case, "mail", "again")
    assert send(server, timezone.now() + timedelta(days=3, minutes=1)) == 1
    mail.refresh_from_db()
    assert (mail.state, mail.address) == ("sent", ADDRESS)
    found = Case.objects.get(pk=case)
    assert (found.status, found.clocks[0]["was_late"]) == ("done", True)
    assert sound()


def test_sent_by_hand_it_is_not_sent_by_the_system(office: Office, server: MailServer) -> None:
    set_up(office)
    case = waiting(office)
    with refused("note_required"):
        do(office, "xiaowang", case, "mail", "by_hand", answers={"sent_by": "paper"})
    with pytest.raises(Refusal, match="unknown_outcome"):
        do(office, "xiaowang", case, "mail", "sent")
    do(office, "xiaowang", case, "mail", "by_hand", note="对方停机", answers={"sent_by": "paper"})
    assert send(server) == 0 and server.handler.got == []
    assert Mail.objects.get().state == "stopped"
    assert Case.objects.get(pk=case).status == "done"
    assert sound()


def test_a_case_sent_back_stops_its_message_and_lays_another(office: Office, server: MailServer) -> None:
    set_up(office)
    case = waiting(office)
    by = office["laoli"]
    actions.override(by=by, case_id=case, what="send_back", step="apply", reason="写错", key="sent-back-1")
    assert (Mail.objects.get().state, send(server)) == ("stopped", 0)
    old = Paper.objects.get(case_id=case, kind="network-data")
    assert old.state == "void"
    do(office, "xiaowang", case, "apply", "done", answers=told(plan="sixty_hours", install_fee=30000))
    consented(office, case)
    do(office, "sun", case, "pay", "paid", extra={"fen": 0, "method": "cash"})
    do(office, "xiaowang", case, "issue", "issued")
    assert send(server, in_minutes(1)) == 1
    assert [mail.state for mail in Mail.objects.order_by("pk")] == ["stopped", "sent"]
    assert sound()


def test_one_taken_after_the_case_went_on_is_written_down(office: Office, server: MailServer) -> None:
    set_up(office)
    case = waiting(office)
    mail = Mail.objects.get()
    do(office, "xiaowang", case, "mail", "by_hand", note="对方停机", answers={"sent_by": "paper"})
    actions.mailed(case_id=case, what=ev.MailSent("mail", None, mail.message, ADDRESS, TAKEN))
    mail.refresh_from_db()
    assert mail.state == "sent", "it left after all"
    assert Case.objects.get(pk=case).status == "done"
    failed = ev.MailFailed("mail", None, mail.message, ADDRESS, "550 no")
    assert actions.mailed(case_id=case, what=failed) is None
    assert sound()


def test_death_between_answer_and_journal_loses_nothing(
    office: Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has it, we die before that is written: it goes again, and the case ends once."""
    set_up(office)
    case = waiting(office)

    def die(**what: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(mailing.actions, "mailed", die)
        with pytest.raises(SystemExit):
            send(server)
    assert Mail.objects.get().state == "queued" and Case.objects.get(pk=case).status == "open"
    assert send(server, in_minutes(5)) == 0, "somebody may still be sending it"
    assert send(server, in_minutes(11)) == 1
    assert len(server.handler.got) == 2 and len({got["Message-ID"] for got in server.handler.got}) == 1
    sent = ev.MailSent("mail", None, Mail.objects.get().message, ADDRESS, TAKEN)
    again = actions.mailed(case_id=case, what=sent)
    assert again is not None and again.again
    assert Entry.objects.filter(stream=f"case/{case}", kind="mail").count() == 1
    assert sound()


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"network_company_mail": ""}, "no_address"),
        ({"network_company_password": ""}, "no_password"),
        ({"network_company": "别家网络"}, "another_recipient"),
        ({"network_company": ""}, "another_recipient"),
    ],
)
def test_what_is_not_set_holds_it_back_and_setting_it_lets_it_go(
    office: Office, server: MailServer, change: dict[str, str], problem: str
) -> None:
    set_up(office, **change)
    waiting(office)
    assert send(server) == 0
    mail = Mail.objects.get()
    assert (mail.state, mail.problem, mail.attempts) == ("queued", problem, 0)
    set_up(office)
    assert send(server, in_minutes(2)) == 1


def test_without_a_server_it_waits_and_says_so(office: Office, server: MailServer) -> None:
    set_up(office)
    case = waiting(office)
    assert mailing.empty_outbox(server=None) == 0
    assert (Mail.objects.get().problem, Case.objects.get(pk=case).status) == ("no_server", "open")
    assert send(server, in_minutes(2)) == 1


def test_a_server_that_is_away_is_asked_once_for_all_that_waits(office: Office) -> None:
    set_up(office)
    first = waiting(office)
    second = consented(office, asked(office, plan="monthly", install_fee=0))
    do(office, "xiaowang", second, "issue", "issued")
    away = Smtp("127.0.0.1", free_port(), "none", "wuye@cuihu.example")
    assert mailing.empty_outbox(server=away) == 0
    waits = {mail.case_id: (mail.problem, mail.attempts) for mail in Mail.objects.all()}
    assert waits == {first: ("unreachable", 1), second: ("unreachable", 0)}


def test_after_four_days_it_is_given_up(office: Office, server: MailServer) -> None:
    set_up(office)
    case = waiting(office)
    server.handler.rcpt = ["450 later", "450 later still"]
    send(server)
    assert send(server, timezone.now() + timedelta(days=5)) == 0
    assert Mail.objects.get().state == "failed"
    assert Notice.objects.filter(case_id=case, code="mail_failed").count() == 1
