"""How journal entries are chained: each one's hash covers the one before it in its stream."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

GENESIS = bytes(32)


def canonical(data: Any) -> bytes:
    """JSON in one way only: sorted keys, no spaces, UTF-8. Floats are refused: they do not survive storage exactly."""
    return _CANONICAL.encode(data).encode()


def _refuse(value: Any) -> Any:
    raise TypeError(f"{type(value).__name__} cannot stand in the journal")


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_refuse)


def moment(at: datetime) -> str:
    """A moment as the journal writes it: UTC, microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def not_before(now: datetime, earliest: datetime | None) -> datetime:
    """The moment an entry says: now, but never before what the journal already says happened (see ADR 0004)."""
    return now if earliest is None or now >= earliest else earliest


def digest(
    *, prev: bytes, estate: int, stream: str, seq: int, kind: str, at: datetime, actor: int | None, post: str,
    deputy_for: int | None, key: str | None, body: Any,
) -> bytes:  # fmt: skip
    """The SHA-256 of an entry, 32 bytes: over the previous hash and everything the entry says."""
    told = said(
        estate=estate, stream=stream, seq=seq, kind=kind, at=at, actor=actor, post=post, deputy_for=deputy_for,
        key=key, body=body,
    )  # fmt: skip
    return hashlib.sha256(prev + told).digest()


def said(
    *, estate: int, stream: str, seq: int, kind: str, at: datetime, actor: int | None, post: str,
    deputy_for: int | None, key: str | None, body: Any,
) -> bytes:  # fmt: skip
    """Everything an entry says, as its hash covers it after the previous hash."""
    return canonical([estate, stream, seq, kind, moment(at), actor, post, deputy_for, key, body])
