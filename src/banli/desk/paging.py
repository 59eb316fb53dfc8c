"""Where a list goes on: the last row's place, as it stands in an address."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.http import Http404

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"(\d{1,18})\.(\d{1,18})")
_ROW = re.compile(r"\d{1,18}")
_SPOT = re.compile(r"(-?\d{1,18})\.(\d)\.(\d{1,18})")


@dataclass(frozen=True)
class Spot:
    """A place in a list that is put together of several kinds of rows: the moment, which kind, which row of it."""

    at: datetime
    part: int
    pk: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}.{self.part}.{self.pk}"


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


def spot(text: str) -> Spot | None:
    """The place an address names in a list of several kinds of rows; None where it names none, 404 else."""
    if not text:
        return None
    found = _SPOT.fullmatch(text) if text.isascii() else None
    if found is None:
        raise Http404
    try:
        return Spot(
            _EPOCH + timedelta(microseconds=int(found.group(1))), int(found.group(2)), int(found.group(3))
        )
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
