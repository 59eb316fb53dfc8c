"""Looking at a private answer of a case, for a reason: who looked at what and why is journalled first."""

import base64
from dataclasses import dataclass

from django.db import transaction
from django.http import Http404

from banli.cases import attachments, private
from banli.cases.models import Attachment
from banli.cases.record import Record, in_one_line
from banli.engine.fields import PICTURES, printable
from banli.engine.refusals import Refusal
from banli.estate.access import UNMASK_POSTS
from banli.journal.vault import VaultError
from banli.operation.happenings import action
from banli.people.access import Desk
from banli.people.actions import record as journal

from .answers import Answer, answers

LONGEST_REASON = 200


@dataclass(frozen=True)
class Clear:
    """A private answer: its text, or its picture as a data URL."""

    text: str = ""
    picture: str = ""


def masked_answer(record: Record, place: str) -> Answer:
    """The private answer at that place of the form; 404 where there is none."""
    found = next((one for one in answers(record) if one.place == place and one.type == "private"), None)
    if found is None:
        raise Http404
    return found


@action("unmask")
@transaction.atomic
def unmask(*, by: Desk, record: Record, place: str, reason: str) -> Clear:
    """The answer in clear. The estate's stream keeps the look: the case's own is for what is done to it."""
    reason = reason.strip()
    if not reason:
        raise Refusal("reason_required")
    if len(reason) > LONGEST_REASON:
        raise Refusal("too_long", max=LONGEST_REASON)
    if not printable(reason):
        raise Refusal("bad_characters")
    case = record.case
    try:
        clear = private.open_answer(case, place, record.state.form[place])
        told = _picture(record, clear) if _is_picture(record, place) else Clear(str(in_one_line(clear)))
    except VaultError:
        raise Refusal("erased") from None
    body = {"case": case.pk, "field": place, "reason": reason}
    acting = by.acting_as(*UNMASK_POSTS) or by.acting_as(*by.posts)
    journal(estate_id=case.estate_id, kind="unmask", body=body, by=by.staff, acting=acting)
    return told


def _is_picture(record: Record, place: str) -> bool:
    return record.book.procedure.form[place.split("@")[0]].type in PICTURES


def _picture(record: Record, sha256: str) -> Clear:
    """The picture inside the page itself: it has no address at which it could be had without a reason."""
    kept = Attachment.objects.get(case=record.case, sha256=sha256)
    if kept.purged_at is not None:
        raise Refusal("erased")
    content = base64.b64encode(attachments.content(kept, record.case)).decode()
    return Clear(picture=f"data:{kept.media_type};base64,{content}")
