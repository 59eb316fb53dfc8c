"""The resident file of a home: the screen, and the paper, masked or opened for a reason."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banli.engine.refusals import Refusal
from banli.estate.access import FILE_POSTS, READ_POSTS, UNMASK_POSTS, unit_for
from banli.estate.disclosure import unmask_file
from banli.estate.models import Unit
from banli.estate.views import FIELD_LABELS
from banli.people.access import Desk, desk_for, require_post

from .. import resident_file
from ..resident_paper import printed
from . import time_lines


@login_required
@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything the house knows of a home. Its line of time goes on with ``after``, narrowed to a ``kind``."""
    desk = desk_for(request)
    require_post(desk, *READ_POSTS)
    return _shown(request, desk, unit_for(desk, pk))


@login_required
@require_GET
@never_cache
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The file to be printed and archived, its private fields masked."""
    desk = desk_for(request)
    require_post(desk, *READ_POSTS)
    return _pdf(printed(desk, resident_file.resident_file(desk, unit_for(desk, pk))))


@login_required
@require_POST
@never_cache
def unmasking(request: HttpRequest, pk: int) -> HttpResponse:
    """The same with telephones and numbers in clear, for a reason that is journalled with the printing."""
    desk = desk_for(request)
    acting = require_post(desk, *UNMASK_POSTS)
    unit = unit_for(desk, pk)
    told = resident_file.resident_file(desk, unit)
    reason = request.POST.get("reason", "").replace("\x00", "")
    try:
        clear = unmask_file(by=desk, unit=unit, persons=told.history.persons, reason=reason, acting=acting)
    except Refusal as why:
        return _shown(request, desk, unit, why)
    return _pdf(printed(desk, told, clear))


def _shown(request: HttpRequest, desk: Desk, unit: Unit, refusal: Refusal | None = None) -> HttpResponse:
    page = time_lines.line_of(request, unit) | {"unit": unit}
    if page["more"]:
        return render(request, "desk/_time_line.html", page)
    page |= {
        "file": resident_file.resident_file(desk, unit),
        "may_file": desk.holds(*FILE_POSTS),
        "may_unmask": desk.holds(*UNMASK_POSTS),
        "labels": FIELD_LABELS,
        "refusal": refusal,
    }
    return render(request, "desk/resident_file.html", page, status=422 if refusal else 200)


def _pdf(made: bytes) -> HttpResponse:
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="resident-file.pdf"'
    return response
