"""How often one address may knock. It is kept nowhere itself: only a keyed hash of it, for as long as it counts."""

import math
import time

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

#: What is counted → how many in how many seconds.
LIMITS = {"look": (120, 60), "answer": (20, 300), "guess": (20, 300)}


def too_many(request: HttpRequest, what: str) -> bool:
    """Count one more; whether that is more than may be."""
    window, _ = divmod(time.time(), LIMITS[what][1])
    _count(_key(request, what, int(window)), LIMITS[what][1])
    return _knocks(request, what) > LIMITS[what][0]


def is_over(request: HttpRequest, what: str) -> bool:
    """Whether as many were counted as may be; counts nothing."""
    return _knocks(request, what) >= LIMITS[what][0]


def _knocks(request: HttpRequest, what: str) -> int:
    """About how many in the seconds just past: this window's, and of the one before the share that still counts.

    Without the share, whoever waits for the window to turn over could knock twice as often.
    """
    window, passed = divmod(time.time(), LIMITS[what][1])
    now, before = (_key(request, what, int(window) - back) for back in (0, 1))
    found = cache.get_many([now, before])
    return int(found.get(now, 0)) + math.ceil(int(found.get(before, 0)) * (1 - passed / LIMITS[what][1]))


def _count(key: str, seconds: int) -> None:
    if cache.add(key, 1, timeout=2 * seconds):
        return
    try:
        cache.incr(key)
    except ValueError:  # it ran out between the two
        cache.set(key, 1, timeout=2 * seconds)


def _key(request: HttpRequest, what: str, window: int) -> str:
    who = salted_hmac(
        "banli.portal.limits", request.META.get("REMOTE_ADDR", ""), algorithm="sha256"
    ).hexdigest()
    return f"portal:{what}:{who[:32]}:{window}"
