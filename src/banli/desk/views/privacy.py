"""Personal information: what is kept and why; somebody's own copy of it; erasing it once they left."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banli.engine.refusals import Refusal
from banli.estate import disclosure, erasing, privacy
from banli.estate.access import ERASE_POSTS, TAKEOUT_POSTS, UNMASK_POSTS, person_for
from banli.estate.models import NOBODY, Person
from banli.people.access import Desk, desk_for, require_post

from ..person_export import exported


@login_required
@require_GET
def kept(request: HttpRequest) -> HttpResponse:
    """Every kind of personal information with its ground and its time. Whoever has a post may read it."""
    desk = desk_for(request)
    context = {
        "kept": privacy.kept().values(),
        "may_erase": desk.holds(*ERASE_POSTS),
        "may_take": desk.holds(*TAKEOUT_POSTS),
    }
    return render(request, "desk/privacy.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def erasure(request: HttpRequest, pk: int) -> HttpResponse:
    """What can be erased of somebody who asks for it, and what must be kept and why. POST erases it."""
    desk = desk_for(request)
    acting = require_post(desk, *(UNMASK_POSTS if request.method == "GET" else ERASE_POSTS))
    person = person_for(desk, pk)
    if request.method == "GET":
        return _shown(request, desk, person)
    try:
        erasing.erase_person(by=desk, person=person, reason=_reason(request), acting=acting)
    except Refusal as why:
        return _shown(request, desk, person, why)
    return redirect(f"{reverse('desk:erasure', args=[pk])}?done=1")


@login_required
@require_POST
@never_cache
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything kept about somebody, for themselves."""
    desk = desk_for(request)
    acting = require_post(desk, *UNMASK_POSTS)
    person = person_for(desk, pk)
    try:
        clear = disclosure.export_person(by=desk, person=person, reason=_reason(request), acting=acting)
    except Refusal as why:
        return _shown(request, desk, person, why)
    response = HttpResponse(exported(desk, person, clear), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="person-{pk}.zip"'
    return response


def _shown(request: HttpRequest, desk: Desk, person: Person, refusal: Refusal | None = None) -> HttpResponse:
    found, every = erasing.erasable(person), privacy.kept()
    context = {
        "person": person,
        "found": found,
        "goes": [every[name] for name in found.goes if name in every],
        "stays": [one for name, one in every.items() if name not in (*found.goes, *erasing.WHENEVER_ASKED)],
        "refusal": refusal,
        "done": "done" in request.GET,
        "may_erase": desk.holds(*ERASE_POSTS),
        "erased_name": NOBODY,
    }
    return render(request, "desk/erasure.html", context, status=422 if refusal else 200)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").replace("\x00", "")
