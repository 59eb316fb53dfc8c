"""Pages of a list: where one ends, and the address of the next one."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from django.http import Http404, HttpRequest

from banli.desk import paging
from banli.engine.refusals import Refusal

T = TypeVar("T")


def cut(
    request: HttpRequest, found: Sequence[T], limit: int, place: Callable[[T], str]
) -> tuple[Sequence[T], str | None]:
    """The first ``limit`` of what was found (one more was asked for), and the address of the rows after them."""
    shown = found[:limit]
    return shown, following(request, place(shown[-1])) if len(found) > limit else None


def following(request: HttpRequest, after: str) -> str:
    """The address of the rows after a place, asked for in the same way."""
    asked = request.GET.copy()
    asked["after"] = after
    return f"{request.path}?{asked.urlencode()}"


def row_place(after: str) -> int | None:
    """Where to go on in a list ordered by number; None at its beginning."""
    return _read(paging.row, after)


def moment_place(after: str) -> tuple[datetime, int] | None:
    """Where to go on in a list ordered by moment and number; None at its beginning."""
    return _read(paging.place, after)


def _read(read: Callable[[str], T], after: str) -> T:
    """Refuses what no page of ours said."""
    try:
        return read(after)
    except Http404:
        raise Refusal("form_invalid", fields={"after": Refusal("wrong_form")}, count=1) from None
