"""Telling somebody by e-mail, through the office's own mail server."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from .answers import Answer
from .channel import Note
from .smtp import Server


class ByMail:
    """A plain message. A note that is tried again keeps its Message-ID: a mailbox may see that it is one."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def send(self, to: str, note: Note, now: datetime) -> Answer:
        """See :class:`banli.messages.channel.Channel`."""
        told = EmailMessage(policy=SMTP)
        told["From"], told["To"], told["Subject"] = self.server.sender, to, note.subject
        told["Date"] = format_datetime(now)
        told["Message-ID"] = f"<{note.key}@{self.server.sender.partition('@')[2]}>"
        told["Auto-Submitted"] = "auto-generated"
        told.set_content(note.text + "\n")
        return self.server.hand_over(told, to)
