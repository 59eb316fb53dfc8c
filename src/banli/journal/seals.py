"""Day seals: the day's heads hashed together, chained to the day before, and signed."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from banli.journal import chain
from banli.journal.actions import advanced
from banli.journal.models import DaySeal
from banli.journal.statement import write

Head = tuple[str, int, bytes]


def seal_digest(prev: bytes, estate_id: int, day: date, heads: Iterable[Head]) -> bytes:
    """SHA-256 over the seal before, the estate, the day and every stream's last entry of that day."""
    told = hashlib.sha256(prev + f"{estate_id} {day.isoformat()}\n".encode())
    for stream, seq, hashed in sorted(heads):
        told.update(f"{stream} {seq} {hashed.hex()}\n".encode())
    return told.digest()


def heads_of(estate_id: int, day: date) -> tuple[list[Head], int, int]:
    """The last entry of every stream that moved that day, the count of the day's entries and the last one's id."""
    start = datetime.combine(day, time(), timezone.get_default_timezone())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (stream) stream, seq, hash, count(*) OVER (), max(id) OVER ()"
            " FROM journal_entry WHERE estate_id = %s AND at >= %s AND at < %s ORDER BY stream, seq DESC",
            [estate_id, start, start + timedelta(days=1)],
        )
        rows = cursor.fetchall()
    heads = [(stream, seq, bytes(hashed)) for stream, seq, hashed, _, _ in rows]
    return (heads, rows[0][3], rows[0][4]) if rows else (heads, 0, 0)


def seal_days(estate_id: int, today: date) -> list[DaySeal]:
    """Seal every day before ``today`` that has entries and no seal yet, in order. Safe to run twice, and at once."""
    sealed = []
    for day in _unsealed(estate_id, today):
        try:
            with transaction.atomic():
                sealed.append(_seal(estate_id, day))
        except IntegrityError:  # another worker sealed it at the same moment
            continue
    return sealed


def _unsealed(estate_id: int, today: date) -> list[date]:
    zone = settings.TIME_ZONE
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT (at AT TIME ZONE %s)::date AS day FROM journal_entry"
            " WHERE estate_id = %s AND at > coalesce((SELECT (max(day) + 1)::timestamp AT TIME ZONE %s"
            " FROM journal_dayseal WHERE estate_id = %s), '-infinity') ORDER BY day",
            [zone, estate_id, zone, estate_id],
        )
        return [day for (day,) in cursor.fetchall() if day < today]


def stream_of(estate_id: int) -> str:
    """The name under which the last seal of an estate is kept among the heads."""
    return f"seals/{estate_id}"


def _seal(estate_id: int, day: date) -> DaySeal:
    before = DaySeal.objects.filter(estate_id=estate_id, day__lt=day).order_by("-day").first()
    prev = bytes(before.digest) if before else chain.GENESIS
    heads, entries, last = heads_of(estate_id, day)
    told = seal_digest(prev, estate_id, day, heads)
    key = _key()
    write(advanced(stream_of(estate_id), DaySeal.objects.filter(estate_id=estate_id).count() + 1, told), ())
    return DaySeal.objects.create(
        estate_id=estate_id,
        day=day,
        last_entry=last,
        streams=len(heads),
        entries=entries,
        prev=prev,
        digest=told,
        key_id=_key_id(key),
        signature=key.sign(told),
        sealed_at=timezone.now(),
    )


def signature_holds(seal: DaySeal) -> bool:
    """Whether the seal's signature is ours and covers its digest."""
    key = _key()
    if seal.key_id != _key_id(key):
        return False
    try:
        key.public_key().verify(bytes(seal.signature), bytes(seal.digest))
    except InvalidSignature:
        return False
    return True


def _key_id(key: Ed25519PrivateKey) -> str:
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()[:16]


def _key() -> Ed25519PrivateKey:
    """The key that seals days; settings.JOURNAL_KEY is its 32-byte seed."""
    seed: bytes = settings.JOURNAL_KEY
    return Ed25519PrivateKey.from_private_bytes(seed)
