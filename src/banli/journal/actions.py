"""Writing in the journal."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from banli.journal import chain
from banli.journal.models import Entry
from banli.journal.statement import Part, write

_WRITTEN = """
    INSERT INTO journal_entry (
        estate_id, stream, seq, kind, at, actor_id, post, deputy_for_id, key, body, prev, hash
    ) SELECT
        %(entry_estate_id)s, %(entry_stream)s, %(entry_seq)s, %(entry_kind)s, %(entry_at)s, %(entry_actor_id)s,
        %(entry_post)s, %(entry_deputy_for_id)s, %(entry_key)s, %(entry_body)s, %(entry_prev)s, %(entry_hash)s
    FROM moved
"""
_ADVANCED = """
    INSERT INTO journal_head (stream, seq, hash) VALUES (%(head_stream)s, %(head_seq)s, %(head_hash)s)
    ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, hash = excluded.hash RETURNING stream
"""

_LAST = """
    SELECT last.seq, last.hash, greatest(last.at, sealed.until)
      FROM (SELECT (max(day) + 1)::timestamp AT TIME ZONE %(zone)s AS until
              FROM journal_dayseal WHERE estate_id = %(estate)s) sealed
      LEFT JOIN (SELECT head.seq, head.hash, entry.at
                   FROM journal_head head LEFT JOIN journal_entry entry USING (stream, seq)
                  WHERE head.stream = %(stream)s) last ON true
"""


def earliest(estate: str, stream: str = "NULL") -> str:
    """SQL for the earliest moment an entry may have, given SQL for its estate and its stream; NULL for any.

    Time stands still in a stream, and after a sealed day, until a clock that was set back has caught up (ADR 0004).
    """
    return f"""greatest(
        (SELECT at FROM journal_entry WHERE stream = {stream} ORDER BY seq DESC LIMIT 1),
        (SELECT (max(day) + 1)::timestamp AT TIME ZONE '{settings.TIME_ZONE}'
           FROM journal_dayseal WHERE estate_id = {estate}))"""


def entry(
    *, estate_id: int, stream: str, seq: int, prev: bytes, kind: str, body: dict[str, Any], at: datetime,
    actor_id: int | None, post: str = "", deputy_for_id: int | None = None, key: str | None = None,
) -> Entry:  # fmt: skip
    """An entry that follows the one whose hash is ``prev``, not yet saved. The caller holds the stream's lock."""
    hashed = chain.digest(
        prev=prev, estate=estate_id, stream=stream, seq=seq, kind=kind, at=at, actor=actor_id, post=post,
        deputy_for=deputy_for_id, key=key, body=body,
    )  # fmt: skip
    return Entry(
        estate_id=estate_id, stream=stream, seq=seq, kind=kind, at=at, actor_id=actor_id, post=post,
        deputy_for_id=deputy_for_id, key=key, body=body, prev=prev, hash=hashed,
    )  # fmt: skip


def append(
    *, estate_id: int, stream: str, kind: str, body: dict[str, Any], by: Any = None, post: str = "",
    deputy_for: Any = None, key: str | None = None, at: datetime | None = None,
) -> Entry:  # fmt: skip
    """Write an entry of a stream that is not a case's own (sign-ins, unmaskings, postings) in this transaction.

    ``by`` and ``deputy_for`` are members of staff. The stream is locked until the transaction ends.
    """
    with transaction.atomic():
        lock(stream)
        with connection.cursor() as cursor:
            cursor.execute(_LAST, {"estate": estate_id, "stream": stream, "zone": settings.TIME_ZONE})
            seq, prev, floor = cursor.fetchone()
        told = entry(
            estate_id=estate_id, stream=stream, seq=(seq or 0) + 1, prev=bytes(prev or chain.GENESIS), kind=kind,
            body=body, at=chain.not_before(at or timezone.now(), floor), actor_id=by.pk if by else None, post=post,
            deputy_for_id=deputy_for.pk if deputy_for else None, key=key,
        )  # fmt: skip
        write(advanced(stream, told.seq, bytes(told.hash)), [written(told)])
        return told


def append_all(
    *, estate_id: int, stream: str, told: Sequence[tuple[str, dict[str, Any]]], by: Any = None, post: str = "",
    deputy_for: Any = None,
) -> None:  # fmt: skip
    """Write many entries of one moment, (kind, body) each, in as many statements as one takes and one for the rest."""
    if not told:
        return
    who: dict[str, Any] = {"by": by, "post": post, "deputy_for": deputy_for}
    with transaction.atomic():
        last = append(estate_id=estate_id, stream=stream, kind=told[0][0], body=told[0][1], **who)
        rest: list[Entry] = []
        for kind, body in told[1:]:
            last = entry(
                estate_id=estate_id, stream=stream, seq=last.seq + 1, prev=bytes(last.hash), kind=kind, body=body,
                at=last.at, actor_id=last.actor_id, post=post, deputy_for_id=last.deputy_for_id,
            )  # fmt: skip
            rest.append(last)
        Entry.objects.bulk_create(rest, batch_size=1000)
        write(advanced(stream, last.seq, bytes(last.hash)), ())


def lock(stream: str) -> None:
    """Nobody else writes in this stream until this transaction ends: what is asked of it before writing still holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [stream])


def advanced(stream: str, seq: int, hashed: bytes) -> Part:
    """The head of a stream that no case's row keeps, as the part that the rest of the statement belongs to."""
    return Part("moved", _ADVANCED, {"head_stream": stream, "head_seq": seq, "head_hash": hashed})


def written(told: Entry) -> Part:
    """An entry as a part of the statement that brings its case up to date."""
    row = {f"entry_{name}": value for name, value in vars(told).items() if name != "_state"}
    return Part("entry", _WRITTEN, {**row, "entry_body": json.dumps(told.body, ensure_ascii=False)})
