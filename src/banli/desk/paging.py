"""Where a list goes on: the last row's place, as it stands in an address."""

import re
from datetime import UTC, datetime, timedelta

from django.http import Http404

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"(\d{1,18})\.(\d{1,18})")
_ROW = re.compile(r"\d{1,18}")


def written(moment: datetime, pk: int) -> str:
    """A place in a list that is sorted by a moment, then by id."""
    return f"{(moment - _EPOCH) // timedelta(microseconds=1)}.{pk}"


def place(text: str) -> tuple[datetime, int] | None:
    """The place an address names; None where it names none. What is no place is answered with 404."""
    if not text:
        return None
    found = _PLACE.fullmatch(text) if text.isascii() else None
    if found is None:
        raise Http404
    try:
        return _EPOCH + timedelta(microseconds=int(found.group(1))), int(found.group(2))
    except OverflowError:
        raise Http404 from None


def row(text: str) -> int | None:
    """The id an address names, for lists sorted by id; None where it names none, 404 where it is no id."""
    if not text:
        return None
    if not text.isascii() or _ROW.fullmatch(text) is None:
        raise Http404
    return int(text)


def pair(text: str) -> tuple[int, int] | None:
    """Two ids an address names, for lists sorted by one and then the other; None where it names none, 404 else."""
    if not text:
        return None
    found = _PLACE.fullmatch(text) if text.isascii() else None
    if found is None:
        raise Http404
    return int(found.group(1)), int(found.group(2))
