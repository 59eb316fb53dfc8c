"""Copies of identity papers go when what they were taken for is over (PIPL 19, 47).

What a copy is for ends with its case, however that ends. For as long as the procedure says (``kept``) it can still be
asked for; then its content is erased. The row and the journal keep that it was there, when it went, and why.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from banli.engine.clocks import due, parse_duration
from banli.engine.fields import KEPT_UNLESS_SAID
from banli.engine.rulebook import Rulebook
from banli.journal.chain import not_before
from banli.journal.statement import Part
from banli.operation.happenings import action

from . import facts, rules, store
from .actions import Outcome, until_not_overtaken
from .models import Attachment, Case

log = logging.getLogger("banli.purge")
BATCH = 200
_PURGED = """
    UPDATE cases_attachment picture
       SET sealed = '', size = 0, purged_at = %(purged_at)s, purpose_ended_at = %(purged_since)s,
           kept_for = %(purged_kept)s
      FROM moved
     WHERE picture.case_id = moved.id AND picture.sha256 = ANY(%(purged_files)s::text[]) AND picture.purged_at IS NULL
    RETURNING picture.id
"""


@dataclass(frozen=True)
class Purged:
    """Why a copy is gone: when it went, when its case had ended, and how long it was kept after that."""

    at: datetime
    ended_at: datetime
    kept: str


def purge_all(now: datetime | None = None) -> int:
    """Purge the copies of every case that is over for long enough; of how many cases. Twice, or at once, is harmless.

    Each case is its own transaction: one that cannot be read is reported and holds up no other.
    """
    now, count, last = now or timezone.now(), 0, 0
    over = Case.objects.filter(
        attachments__identity_copy=True, attachments__purged_at=None, ended_at__lte=now
    )
    while batch := over.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True).distinct()[:BATCH]:
        for case_id in batch:
            last = case_id
            try:
                count += purge(case_id=case_id, now=now) is not None
            except Exception:
                log.exception("the copies of case %s cannot be purged", case_id)
    return count


@action("purge")
def purge(*, case_id: int, now: datetime | None = None) -> Outcome | None:
    """Erase a case's copies of identity papers. None while they are still needed, or where there are none."""
    clock = now or timezone.now()

    def once() -> Outcome | None:
        case, earliest, _ = store.read(case_id)
        at, book = not_before(clock, earliest), rules.rulebook(case.version_id)
        kept = kept_for(case, book, at)
        if case.ended_at is None or due(case.ended_at, parse_duration(kept), facts.ZONE) > at:
            return None
        copies = Attachment.objects.filter(case=case, identity_copy=True, purged_at=None)
        files = sorted(copies.values_list("sha256", flat=True))
        if not files:
            return None
        values = {
            "purged_at": at, "purged_since": case.ended_at, "purged_kept": kept, "purged_files": files,
        }  # fmt: skip
        written = store.write(
            case, book, store.state_of(case), [], kind="purge", by=store.Doer(), key=None, request="", at=at,
            about={"purged": files, "ended_at": case.ended_at.isoformat(), "kept": kept},
            parts=[Part("purged", _PURGED, values)],
        )  # fmt: skip
        return Outcome(case.pk, written.seq)

    return until_not_overtaken(once)


def kept_for(case: Case, book: Rulebook, at: datetime) -> str:
    """How long a case's copies outlast it, as its estate has set it now; the longest where they differ: they go
    together."""
    own = facts.settings_of(book, case.estate, at)
    named = {
        field.kept or KEPT_UNLESS_SAID for field in book.procedure.form.values() if field.type == "id_copy"
    }
    spans = [str(own[one.removeprefix("setting.")]) if one.startswith("setting.") else one for one in named]
    return max(spans, key=lambda span: due(at, parse_duration(span), facts.ZONE), default=KEPT_UNLESS_SAID)


def purged(case: Case, book: Rulebook) -> dict[str, Purged]:
    """The copies of a case that are gone, by SHA-256. One query where it may have any, else none."""
    if all(field.type != "id_copy" for field in book.procedure.form.values()):
        return {}
    gone = Attachment.objects.filter(case=case, purged_at__isnull=False).defer("sealed")
    return {
        one.sha256: Purged(one.purged_at, one.purpose_ended_at, one.kept_for)
        for one in gone
        if one.purged_at and one.purpose_ended_at
    }
