"""What every screen begins with on which something of a home is entered: the desk, its post, the home."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import HttpRequest

from banli.people.access import Acting, Desk, desk_for, require_post
from banli.people.views import whole_number

from . import access
from .models import Unit

T = TypeVar("T")


@dataclass(frozen=True)
class Filing(Generic[T]):
    """Who writes, as what, in the file of which home. ``follows``: what is there already and is to become another."""

    desk: Desk
    acting: Acting
    unit: Unit
    follows: T | None


def filing(request: HttpRequest, pk: int, find: Callable[[Desk, int, Unit], T]) -> Filing[T]:
    """404 for a home or an earlier row that is none of the estate's, 403 for whoever may not write in files."""
    desk = desk_for(request)
    acting = require_post(desk, *access.FILE_POSTS)
    unit = access.unit_for(desk, pk)
    asked = request.POST.get("follows") or request.GET.get("follows")
    return Filing(desk, acting, unit, find(desk, whole_number(asked), unit) if asked else None)
