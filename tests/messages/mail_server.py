"""A mail server that speaks SMTP on a port of this machine, and is as unwilling as a test wants it."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from banli.messages.smtp import Smtp

TAKEN = "250 OK queued as 4F2A"
DROP = "drop"  # instead of an answer: the connection is cut


@dataclass
class Handler:
    """``rcpt`` and ``data``: what is answered to the first, second … message; TAKEN when there is nothing left."""

    rcpt: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    got: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.data.pop(0) if self.data else TAKEN
        if answer == DROP or answer.startswith("2"):  # what is cut off may have been taken: nobody can tell
            self.got.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
            self.to += envelope.rcpt_tos
        if answer == DROP:
            server.transport.abort()
        return answer


@dataclass
class MailServer:
    """``settings``: how the house is told of it."""

    handler: Handler
    settings: Smtp


@contextmanager
def running(handler: Handler, **how: Any) -> Iterator[MailServer]:
    """The server, for as long as the test needs it. ``how`` goes to aiosmtpd."""
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port, ready_timeout=10, **how)
    controller.start()
    try:
        yield MailServer(handler, Smtp("127.0.0.1", port, "none", "wuye@cuihu.example"))
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A certificate for 127.0.0.1 that nobody knows: the server's side of it, and the file that trusts it."""
    from ipaddress import ip_address

    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    chain, private = folder / "mail.crt", folder / "mail.key"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, private)
    return context, str(chain)


def lets_in(user: str, password: str) -> Any:
    """An authenticator that knows one account."""

    def judge(server: Any, session: Any, envelope: Any, mechanism: str, told: Any) -> AuthResult:
        known = LoginPassword(user.encode(), password.encode())
        return AuthResult(success=told == known, handled=False)

    return judge
