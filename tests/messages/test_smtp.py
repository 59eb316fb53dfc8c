"""Handing a message to a real mail server: taken, not now, never; TLS, accounts, servers that are not there."""

from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.utils import timezone

from banli.engine.text import Text
from banli.messages.composing import compose
from banli.messages.smtp import Answer, Smtp, server_in
from tests.messages.mail_server import DROP, TAKEN, Handler, certificate, free_port, lets_in, running

TO = "desk@net.example"


def message(to: str = TO) -> EmailMessage:
    return compose(
        sender="wuye@cuihu.example", to=to, number="WZ-2026-000001", message="<abc@cuihu.banli>",
        subject=Text(zh="网络开通资料", en="Data"), body=Text(zh="见附件", en="Attached"),
        pdf=b"%PDF-1.7 .\r\n.", at=timezone.now(),
    )  # fmt: skip


def test_a_message_is_taken_and_the_answer_kept() -> None:
    handler = Handler()
    with running(handler) as server:
        assert server.settings.hand_over(message(), TO) == Answer("taken", said=TAKEN)
    (got,) = handler.got
    assert handler.to == [TO]
    assert (got["Message-ID"], got["Subject"]) == ("<abc@cuihu.banli>", "WZ-2026-000001 网络开通资料")
    (paper,) = got.iter_attachments()
    assert (paper.get_filename(), paper.get_content()) == ("WZ-2026-000001.pdf", b"%PDF-1.7 .\r\n.")
    assert "见附件" in got.get_body().get_content()


@pytest.mark.parametrize(
    ("handler", "kind", "problem", "said"),
    [
        (Handler(rcpt=["550 no such mailbox"]), "never", "refused", "550 no such mailbox"),
        (Handler(rcpt=["450 greylisted, come again"]), "later", "not_now", "450 greylisted, come again"),
        (Handler(data=["554 we do not take this"]), "never", "refused", "554 we do not take this"),
        (Handler(data=["452 disk full"]), "later", "not_now", "452 disk full"),
        (Handler(rcpt=["421 shutting down"]), "later", "not_now", "421 shutting down"),
    ],
)
def test_what_the_server_says_decides(handler: Handler, kind: str, problem: str, said: str) -> None:
    with running(handler) as server:
        assert server.settings.hand_over(message(), TO) == Answer(kind, problem, said)  # type: ignore[arg-type]


def test_a_connection_that_breaks_off_is_tried_again() -> None:
    handler = Handler(data=[DROP])
    with running(handler) as server:
        answer = server.settings.hand_over(message(), TO)
        assert (answer.kind, answer.problem) == ("later", "broke_off")
        assert server.settings.hand_over(message(), TO).kind == "taken"
    assert {got["Message-ID"] for got in handler.got} == {"<abc@cuihu.banli>"}


def test_a_server_that_is_not_there_is_our_own_affair() -> None:
    answer = Smtp("127.0.0.1", free_port(), "none", "wuye@cuihu.example").hand_over(message(), TO)
    assert (answer.kind, answer.problem) == ("later", "unreachable")


def test_over_tls_somebody_whom_the_server_knows_is_let_in(tmp_path: Path) -> None:
    context, trusted = certificate(tmp_path)
    handler = Handler()
    how = {
        "tls_context": context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": lets_in("wuye", "pw"),
    }
    with running(handler, **how) as server:
        known = replace(server.settings, tls="starttls", user="wuye", password="pw", authority=trusted)
        assert known.hand_over(message(), TO).kind == "taken"
        wrong = replace(known, password="other").hand_over(message(), TO)
        assert (wrong.kind, wrong.problem) == ("later", "not_let_in")
        strange = replace(known, authority="").hand_over(message(), TO)
        assert (strange.kind, strange.problem) == ("later", "no_tls")
    assert len(handler.got) == 1


def test_no_tls_where_it_is_asked_for_sends_nothing() -> None:
    handler = Handler()
    with running(handler) as server:
        answer = replace(server.settings, tls="starttls").hand_over(message(), TO)
        assert (answer.kind, answer.problem) == ("later", "no_tls")
        answer = replace(server.settings, user="wuye", password="pw").hand_over(message(), TO)
        assert (answer.kind, answer.problem) == ("later", "password_in_clear")
    assert handler.got == []


def test_tls_from_the_first_byte(tmp_path: Path) -> None:
    context, trusted = certificate(tmp_path)
    handler = Handler()
    with running(handler, ssl_context=context) as server:
        assert replace(server.settings, tls="tls", authority=trusted).hand_over(message(), TO).kind == "taken"


def test_the_environment_names_the_server(tmp_path: Path) -> None:
    (tmp_path / "smtp-password").write_text("from a file\n")
    told = {
        "BANLI_SMTP_HOST": "mail.example",
        "BANLI_SMTP_FROM": "wuye@cuihu.example",
        "BANLI_SMTP_USER": "wuye",
    }
    server = server_in(told, tmp_path)
    assert server == Smtp("mail.example", 587, "starttls", "wuye@cuihu.example", "wuye", "from a file")
    assert "from a file" not in repr(server)
    assert server_in({**told, "BANLI_SMTP_PASSWORD": "own", "BANLI_SMTP_TLS": "tls"}, tmp_path) == Smtp(
        "mail.example", 465, "tls", "wuye@cuihu.example", "wuye", "own"
    )
    assert server_in({}, tmp_path) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"BANLI_SMTP_TLS": "ssl"},
        {"BANLI_SMTP_FROM": "nobody"},
        {"BANLI_SMTP_PORT": "70000"},
        {"BANLI_SMTP_PORT": "x"},
    ],
)
def test_what_makes_no_sense_is_refused_at_the_start(wrong: dict[str, str], tmp_path: Path) -> None:
    told = {"BANLI_SMTP_HOST": "mail.example", "BANLI_SMTP_FROM": "wuye@cuihu.example", **wrong}
    with pytest.raises(ValueError, match=next(iter(wrong))):
        server_in(told, tmp_path)
