"""The outbox: messages that leave the office, laid there in the transaction of what they tell of.

Who sends them claims one at a time; a claim runs out, so that one whose sender died is sent by another. So a message
may go twice, with the same Message-ID, and is never lost.
"""

import json
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from banli.estate.models import Estate
from banli.journal.statement import Part

from .models import Mail

#: Longer than a server may take to answer in all: then whoever was sending is dead.
CLAIM = timedelta(minutes=10)
#: What only a setting can mend is looked at again so often.
UNSET = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
#: RFC 5321, 4.5.4.1: four or five days.
GIVE_UP = timedelta(days=4)

_LAID = """
    INSERT INTO messages_mail (
        estate_id, case_id, paper_id, step, branch, message, fields, state, queued_at, next_at, address, answer,
        attempts, problem, said
    ) SELECT %(laid_estate)s, moved.id, told.paper, told.step, told.branch, told.message, told.fields, 'queued',
             %(laid_at)s, %(laid_at)s, '', '', 0, '', ''
      FROM moved, jsonb_to_recordset(%(laid_rows)s::jsonb)
                  AS told(paper bigint, step text, branch int, message text, fields jsonb)
"""
_CLAIM = """
    UPDATE messages_mail SET next_at = %s, tried_at = %s
     WHERE id = (SELECT id FROM messages_mail WHERE state = 'queued' AND next_at <= %s
                  ORDER BY next_at, id FOR UPDATE SKIP LOCKED LIMIT 1)
    RETURNING id
"""


def new_message(estate: Estate) -> str:
    """A Message-ID that nobody can guess and that stays the same however often the message is tried."""
    return f"<{uuid.uuid4().hex}@{estate.code}.banli>"


def laying(*, estate_id: int, rows: Collection[dict[str, Any]], at: datetime) -> Part:
    """Lay messages in the outbox, as a part of the statement that brings their case up to date.

    ``rows``: paper (id), step, branch, message, fields (names).
    """
    return Part("laid", _LAID, {"laid_estate": estate_id, "laid_at": at, "laid_rows": json.dumps(rows)})


def claim(now: datetime) -> Mail | None:
    """The next message that is due, for whoever calls alone, for as long as a claim holds; None where none is."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [now + CLAIM, now, now])
        found = cursor.fetchone()
    return Mail.objects.select_related("estate", "paper__form").get(pk=found[0]) if found else None


def explain_all(problem: str, now: datetime) -> int:
    """Nothing can be sent at all (no server is set): every message that is due says so, in one statement."""
    due = Mail.objects.filter(state=Mail.State.QUEUED, next_at__lte=now)
    return due.update(problem=problem, said="", next_at=now + UNSET)


def wait_for_setting(mail: Mail, problem: str, now: datetime) -> None:
    """It cannot be tried before somebody has set something; that is looked at again soon and counts as no attempt."""
    _queued(mail).update(problem=problem, said="", next_at=now + UNSET)


def try_later(mail: Mail, problem: str, said: str, now: datetime) -> None:
    """It was tried in vain: after one minute, two, four … and at last every hour again."""
    wait = min(timedelta(minutes=2 ** min(mail.attempts, 10)), LONGEST_WAIT)
    _queued(mail).update(problem=problem, said=said, attempts=F("attempts") + 1, next_at=now + wait)


def has_waited_too_long(mail: Mail, now: datetime) -> bool:
    """Whether a message that was tried in vain is given up."""
    return mail.attempts > 0 and now - mail.queued_at > GIVE_UP


def still_waits(mail: Mail) -> bool:
    """Whether nobody has stopped it since it was claimed."""
    return _queued(mail).exists()


def taken(*, message: str, address: str, answer: str, at: datetime) -> None:
    """The other side has it. True of one that was stopped while it was on its way, too."""
    mine = Mail.objects.filter(message=message).exclude(state=Mail.State.SENT)
    mine.update(
        state=Mail.State.SENT, address=address, answer=answer, ended_at=at, problem="", said="",
        attempts=F("attempts") + 1,
    )  # fmt: skip


def failed(*, message: str, address: str, answer: str, at: datetime) -> None:
    """Nobody tries it any more, until somebody has it tried again."""
    mine = Mail.objects.filter(message=message, state=Mail.State.QUEUED)
    mine.update(state=Mail.State.FAILED, address=address, answer=answer, ended_at=at, problem="", said="",
                attempts=F("attempts") + 1)  # fmt: skip


def again(*, message: str, at: datetime) -> None:
    """Try it at once, as if it had just been laid there. One that has gone, or is on its way, is left alone."""
    mine = Mail.objects.filter(Q(state=Mail.State.FAILED) | Q(state=Mail.State.QUEUED), message=message)
    mine.update(
        state=Mail.State.QUEUED, ended_at=None, address="", answer="", problem="", said="", attempts=0, next_at=at,
        queued_at=at,
    )  # fmt: skip


def stop(*, message: str, at: datetime) -> None:
    """The step is over without it: it is not sent any more. One that has gone has gone."""
    mine = Mail.objects.filter(message=message, state__in=[Mail.State.QUEUED, Mail.State.FAILED])
    mine.update(state=Mail.State.STOPPED, ended_at=at, address="", answer="", problem="", said="")


def not_gone(estate: Estate) -> QuerySet[Mail]:
    """What waits or failed at an estate, newest first."""
    found = Mail.objects.filter(estate=estate, state__in=[Mail.State.QUEUED, Mail.State.FAILED])
    return found.order_by("-id")


def of_case(case_id: int) -> QuerySet[Mail]:
    """A case's messages, oldest first."""
    return Mail.objects.filter(case_id=case_id).order_by("id")


def _queued(mail: Mail) -> QuerySet[Mail]:
    return Mail.objects.filter(pk=mail.pk, state=Mail.State.QUEUED)
