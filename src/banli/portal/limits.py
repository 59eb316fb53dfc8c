"""How often one address may knock. It is kept nowhere itself: only a keyed hash of it, for as long as it counts."""

import time

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

#: What is counted → how many in how many seconds.
LIMITS = {"look": (120, 60), "answer": (20, 300), "guess": (20, 300)}


def too_many(request: HttpRequest, what: str) -> bool:
    """Count one more; whether that is more than may be."""
    most, seconds = LIMITS[what]
    return _count(request, what, seconds) > most


def is_over(request: HttpRequest, what: str) -> bool:
    """Whether more were counted than may be; counts nothing."""
    most, seconds = LIMITS[what]
    return int(cache.get(_key(request, what, seconds), 0)) >= most


def _count(request: HttpRequest, what: str, seconds: int) -> int:
    key = _key(request, what, seconds)
    if cache.add(key, 1, timeout=2 * seconds):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out between the two
        return 1


def _key(request: HttpRequest, what: str, seconds: int) -> str:
    who = salted_hmac(
        "banli.portal.limits", request.META.get("REMOTE_ADDR", ""), algorithm="sha256"
    ).hexdigest()
    return f"portal:{what}:{who[:32]}:{int(time.time() // seconds)}"
