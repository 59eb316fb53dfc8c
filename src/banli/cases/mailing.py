"""The outbox is emptied: each message that is due is handed to the mail server, and its case told what came of it.

At least once: the server may take a message, and we die before that is written down; then the claim runs out and it
goes again under the same Message-ID, and the case's step ends once.
"""

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from banli.engine import events as ev
from banli.engine.pack import LEAST_SECRET
from banli.estate.own import secret_of
from banli.messages import outbox
from banli.messages.composing import compose
from banli.messages.models import Mail
from banli.messages.smtp import OURS, Answer, Server
from banli.papers.encrypting import encrypted
from banli.papers.files import file_for

from . import actions, facts, rules, store

log = logging.getLogger("banli.mail")
#: So many at one time: then the worker looks at its other jobs.
AT_ONCE = 50


def empty_outbox(now: datetime | None = None, server: Server | None = None) -> int:
    """Send what is due; how many messages were taken. Several at once, or twice, are harmless.

    Each message is its own transaction: one that cannot be made is reported, waits, and holds up no other.
    """
    now, server = now or timezone.now(), server or settings.BANLI_SMTP
    if server is None:
        outbox.explain_all("no_server", now)
        return 0
    sent = 0
    for _ in range(AT_ONCE):
        mail = outbox.claim(now)
        if mail is None:
            break
        try:
            answer = _send(mail, server, now)
            sent += answer.kind == "taken"
            if answer.problem in OURS:  # the others would fare no better: one is tried at a time
                outbox.explain_all(answer.problem, now)
                break
        except Exception:
            log.exception("message %s cannot be sent", mail.pk)
            outbox.try_later(mail, "broken", "", now)
    return sent


def _send(mail: Mail, server: Server, now: datetime) -> Answer:
    case, _, _ = store.read(mail.case_id)
    book = rules.rulebook(case.version_id)
    rule = book.flow.steps[mail.step].sends
    assert rule is not None  # only such steps lay messages
    own = facts.settings_of(book, case.estate, now)
    to = str(own.get(rule.to.removeprefix("setting.")) or "")
    password = secret_of(case.estate, rule.password.removeprefix("setting."), timezone.localdate(now))
    named = store.state_of(case).answer(rule.named.removeprefix("form."), mail.branch)
    unset = _unset(to, password, whose=own.get(rule.whose.removeprefix("setting.")), named=named)
    if unset:
        outbox.wait_for_setting(mail, unset, now)
        return Answer("later", unset)
    pdf = encrypted(bytes(file_for(mail.paper, mail.paper.copies[0]).pdf), password)
    message = compose(
        sender=server.sender, to=to, subject=rule.subject, body=rule.body, number=mail.paper.number,
        message=mail.message, pdf=pdf, at=timezone.now(),
    )  # fmt: skip
    if not outbox.still_waits(mail):
        return Answer("never")
    answer = server.hand_over(message, to)
    _tell(mail, answer, to, now)
    return answer


def _tell(mail: Mail, answer: Answer, to: str, now: datetime) -> None:
    """The case hears what the server said; the message is tried again later where that may help."""
    if answer.kind == "taken":
        sent = ev.MailSent(mail.step, mail.branch, mail.message, to, answer.said)
        actions.mailed(case_id=mail.case_id, what=sent)
        log.info("message taken", extra={"facts": {"case": mail.case_id, "attempts": mail.attempts + 1}})
    elif answer.kind == "later" and not outbox.has_waited_too_long(mail, now):
        outbox.try_later(mail, answer.problem, answer.said, now)
    else:
        said = answer.said or answer.problem
        actions.mailed(
            case_id=mail.case_id, what=ev.MailFailed(mail.step, mail.branch, mail.message, to, said)
        )


def _unset(to: str, password: str, *, whose: Any, named: Any) -> str:
    """What somebody has to set before anything can leave; nothing goes to another than the consent names (PIPL 23)."""
    if not to:
        return "no_address"
    if len(password) < LEAST_SECRET:
        return "no_password"
    return "" if whose and whose == named else "another_recipient"
