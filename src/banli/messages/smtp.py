"""Handing a message to the office's mail server, by SMTP; what it answers says whether to try again.

RFC 5321: an answer of 2xx has it delivered, 4xx says later, 5xx says never. What goes wrong before the message itself
is judged (no connection, no TLS, a password refused) is our own affair, mended by whoever keeps the server: later.
"""

import os
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from .answers import Answer, one_line

__all__ = ["OURS", "Answer", "Server", "Smtp", "server_in"]

TIMEOUT = 60.0  # seconds for each answer
PORTS = {"starttls": 587, "tls": 465, "none": 25}


#: Problems of the server itself, whatever the message.
OURS = ("unreachable", "not_let_in", "no_tls", "password_in_clear")


class Server(Protocol):
    """Somebody who takes messages on: the one thing that sending needs to know of a mail server."""

    @property
    def sender(self) -> str:
        """The address that messages come from."""

    def hand_over(self, message: EmailMessage, to: str) -> Answer:
        """Give it the message for one address. Never raises for what a server or network can do."""


@dataclass(frozen=True)
class Smtp:
    """A mail server. ``tls``: starttls, tls (from the first byte) or none; without it no password is sent.

    ``authority``: a file with the certificates to trust, where they are not the machine's own.
    """

    host: str
    port: int
    tls: str
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    authority: str = ""

    def hand_over(self, message: EmailMessage, to: str) -> Answer:
        """See :class:`Server`."""
        if self.user and self.tls == "none":
            return Answer("later", "password_in_clear")
        try:
            client = self._connected()
        except smtplib.SMTPAuthenticationError as why:
            return Answer("later", "not_let_in", _line(why.smtp_code, why.smtp_error))
        except smtplib.SMTPNotSupportedError:
            return Answer("later", "no_tls")
        except ssl.SSLError as why:
            return Answer("later", "no_tls", one_line(why.reason or "TLS"))
        except smtplib.SMTPResponseException as why:
            return Answer("later", "unreachable", _line(why.smtp_code, why.smtp_error))
        except (OSError, smtplib.SMTPException) as why:
            return Answer("later", "unreachable", one_line(str(why)))
        try:
            return self._given(client, message, to)
        except (OSError, smtplib.SMTPException) as why:  # it may have taken it: the Message-ID stays the same
            return Answer("later", "broke_off", one_line(str(why)))
        finally:
            _leave(client)

    def _connected(self) -> smtplib.SMTP:
        trust = ssl.create_default_context(cafile=self.authority or None) if self.tls != "none" else None
        client: smtplib.SMTP
        if self.tls == "tls":
            client = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=trust)
        else:
            client = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            client.ehlo_or_helo_if_needed()
            if self.tls == "starttls":
                client.starttls(context=trust)
                client.ehlo()
            if self.user:
                client.login(self.user, self.password)
        except BaseException:
            _leave(client)
            raise
        return client

    def _given(self, client: smtplib.SMTP, message: EmailMessage, to: str) -> Answer:
        for code, said in (client.mail(self.sender), client.rcpt(to)):
            if code not in (250, 251):
                return _refused(code, said)
        code, said = client.data(message.as_bytes())
        return Answer("taken", said=_line(code, said)) if code == 250 else _refused(code, said)


def server_in(environment: Mapping[str, str], secrets: Path) -> Smtp | None:
    """The server that the environment names; None where it names none. The password may lie in a file of its own.

    ValueError where what is written makes no sense.
    """
    host = environment.get("BANLI_SMTP_HOST", "").strip()
    if not host:
        return None
    tls, sender = environment.get("BANLI_SMTP_TLS", "starttls"), environment.get("BANLI_SMTP_FROM", "")
    if tls not in PORTS:
        raise ValueError(
            "BANLI_SMTP_TLS 只能是 starttls、tls 或 none / BANLI_SMTP_TLS is starttls, tls or none"
        )
    if "@" not in sender or not sender.isascii() or not sender.isprintable() or " " in sender:
        raise ValueError("BANLI_SMTP_FROM 要写发件人邮箱 / BANLI_SMTP_FROM has to be the sender's address")
    port = environment.get("BANLI_SMTP_PORT", "") or str(PORTS[tls])
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise ValueError("BANLI_SMTP_PORT 要在 1 到 65535 之间 / BANLI_SMTP_PORT lies between 1 and 65535")
    user, kept = environment.get("BANLI_SMTP_USER", ""), secrets / "smtp-password"
    password = environment.get("BANLI_SMTP_PASSWORD", "")
    if user and not password and os.path.exists(kept):
        password = kept.read_text("utf-8").strip()
    return Smtp(host, int(port), tls, sender, user, password, environment.get("BANLI_SMTP_CA", ""))


def _refused(code: int, said: bytes) -> Answer:
    never = 500 <= code < 600
    return Answer("never" if never else "later", "refused" if never else "not_now", _line(code, said))


def _leave(client: smtplib.SMTP) -> None:
    try:
        client.quit()
    except (OSError, smtplib.SMTPException):
        client.close()


def _line(code: int, said: bytes | str) -> str:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return one_line(f"{code} {words}")
