"""A message as it goes: a subject and a text that say nothing of anybody, and one encrypted paper."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from banli.engine.text import Text

_EITHER = "\n\n----\n\n"


def compose(
    *, sender: str, to: str, subject: Text, body: Text, number: str, message: str, pdf: bytes, at: datetime
) -> EmailMessage:  # fmt: skip
    """``number`` is the paper's: the subject begins with it, so that the other side can answer by it."""
    told = EmailMessage(policy=SMTP)
    told["From"], told["To"] = sender, to
    told["Subject"] = f"{number} {subject.zh}"
    told["Date"] = format_datetime(at)
    told["Message-ID"] = message
    told["Auto-Submitted"] = "auto-generated"
    told.set_content(f"{body.zh.strip()}{_EITHER}{subject.en}\n\n{body.en.strip()}\n")
    told.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{number}.pdf")
    return told
