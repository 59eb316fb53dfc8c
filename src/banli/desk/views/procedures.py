"""The office's procedures as a handbook: everybody with a post may read every page of it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from banli.people.access import desk_for
from banli.people.titles import post_definitions

from .. import blank_forms, handbook, post_handbook


@login_required
@require_GET
@never_cache
def procedures(request: HttpRequest) -> HttpResponse:
    """The table of contents."""
    desk_for(request)
    posts = {post: one.title for post, one in post_definitions().items()}
    return render(request, "desk/procedures.html", {"procedures": handbook.contents(), "posts": posts})


@login_required
@require_GET
@never_cache
def post(request: HttpRequest, post: str) -> HttpResponse:
    """One post: what it answers for, its routines, its steps of every procedure. Made for paper too."""
    page = post_handbook.page(desk_for(request), post)
    return render(request, "desk/post_handbook.html", {"page": page})


@login_required
@require_GET
@never_cache
def procedure(request: HttpRequest, procedure: str) -> HttpResponse:
    """One procedure: what for, by whom, its chart, its steps, its clocks, what can never happen."""
    page = handbook.page(desk_for(request), procedure)
    return render(request, "desk/procedure.html", {"page": page, "procedure": page.rulebook.procedure})


@login_required
@require_GET
@never_cache
def blank(request: HttpRequest, procedure: str, paper: str, copy: str) -> HttpResponse:
    """An empty form, to be looked at."""
    made = blank_forms.specimen(desk_for(request), procedure, paper, copy)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{paper}-{copy}-specimen.pdf"'
    return response
