"""The photograph of a letter of authority (Civil Code 165): kept sealed beside the letter, looked at for a reason.

It shows names, numbers and a signature, so it has no address of its own: each look is journalled first.
"""

import base64

from django.db import transaction

from banli.engine.refusals import Refusal
from banli.journal.pictures import Upload
from banli.journal.vault import VaultError
from banli.operation.happenings import action
from banli.people.access import Desk
from banli.people.actions import record
from banli.people.models import Acting

from .models import Authority, LetterScan


def keep(authority: Authority, taken: Upload) -> LetterScan:
    """Keep the photograph with its letter, in the transaction that enters the letter."""
    picture = base64.b64encode(taken.content).decode()
    return LetterScan.objects.create(authority=authority, sha256=taken.sha256, picture=picture)


def content(scan: LetterScan) -> bytes:
    """The photograph in clear, a JPEG. Raises VaultError where it does not open."""
    return base64.b64decode(scan.picture)


@action("unmask")
@transaction.atomic
def look(*, by: Desk, authority: Authority, reason: str, acting: Acting | None = None) -> str:
    """The photograph as a data URL, for a reason; who looked at which letter and why is journalled first."""
    reason = reason.strip()
    if not reason:
        raise Refusal("reason_required")
    scan = LetterScan.objects.filter(authority=authority).first()
    if scan is None:
        raise Refusal("nothing_to_show")
    try:
        shown = base64.b64encode(content(scan)).decode()
    except VaultError:
        raise Refusal("erased") from None
    body = {"authority": authority.pk, "field": "scan", "reason": reason[:200]}
    record(estate_id=by.estate.pk, kind="unmask", body=body, by=by.staff, acting=acting)
    return f"data:image/jpeg;base64,{shown}"
