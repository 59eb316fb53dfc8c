"""The office's procedures as a handbook: everybody with a post may read every page of it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from banli.people.access import desk_for

from .. import handbook


@login_required
@require_GET
@never_cache
def procedures(request: HttpRequest) -> HttpResponse:
    """The table of contents."""
    desk_for(request)
    return render(request, "desk/procedures.html", {"procedures": handbook.contents()})


@login_required
@require_GET
@never_cache
def procedure(request: HttpRequest, procedure: str) -> HttpResponse:
    """One procedure: what for, by whom, its chart, its steps, its clocks, what can never happen."""
    page = handbook.page(desk_for(request), procedure)
    return render(request, "desk/procedure.html", {"page": page, "procedure": page.rulebook.procedure})
