"""Photographed papers: a letter of authority's (Civil Code 165), a contract's pages. Sealed, looked at for a reason.

They show names, numbers and signatures, so they have no address of their own: each look is journalled first.
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

from .contracts.models import ContractPage
from .models import Authority, LetterScan


def keep(authority: Authority, taken: Upload) -> LetterScan:
    """Keep the photograph with its letter, in the transaction that enters the letter."""
    return LetterScan.objects.create(authority=authority, sha256=taken.sha256, picture=written(taken))


def written(taken: Upload) -> str:
    """A photograph as the text that is sealed."""
    return base64.b64encode(taken.content).decode()


def content(scan: LetterScan | ContractPage) -> bytes:
    """The photograph in clear, a JPEG. Raises VaultError where it does not open."""
    return base64.b64decode(scan.picture)


def shown(scan: LetterScan | ContractPage) -> str:
    """The photograph as a data URL, for whoever has seen to it that the look is journalled."""
    return f"data:image/jpeg;base64,{base64.b64encode(content(scan)).decode()}"


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
        picture = shown(scan)
    except VaultError:
        raise Refusal("erased") from None
    body = {"authority": authority.pk, "field": "scan", "reason": reason[:200]}
    record(estate_id=by.estate.pk, kind="unmask", body=body, by=by.staff, acting=acting)
    return picture
