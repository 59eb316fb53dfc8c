"""One key, one action: what was asked is remembered with the key, and sent twice it is done once."""

import hashlib
from typing import Any

from banli.engine.decide import Act
from banli.engine.refusals import Refusal
from banli.journal.chain import canonical

from . import store
from .committing import Outcome


def request_of(*parts: Any) -> str:
    """The fingerprint of what was asked, so that one key cannot stand for two different actions."""
    told = [_asked(part) if isinstance(part, Act) else part for part in parts]
    try:
        return hashlib.sha256(canonical(told)).hexdigest()[:32]
    except (TypeError, ValueError, UnicodeEncodeError):
        raise Refusal("bad_characters") from None


def _asked(wanted: Act) -> dict[str, Any]:
    told = {**vars(wanted), "on_paper": wanted.on_paper and vars(wanted.on_paper)}
    return {name: value for name, value in told.items() if name != "on_paper" or value}


def checked_key(key: str) -> str:
    """An idempotency key that can be kept. Refuses with ``key_missing``."""
    if not (8 <= len(key) <= 80) or not key.isascii() or not key.isprintable():
        raise Refusal("key_missing")
    return key


def done_before(known: store.Known, request: str) -> Outcome:
    """The answer that was given when the key came first."""
    if known.request != request or not known.stream.startswith("case/"):
        raise Refusal("key_reused")
    return Outcome(int(known.stream.removeprefix("case/")), known.seq, again=True)
