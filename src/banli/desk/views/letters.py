"""The letter of authority, to be printed."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from banli.estate import access
from banli.people.access import desk_for, require_post

from .. import letters


@login_required
@require_GET
@never_cache
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """An empty letter, or what has been typed so far, to be signed before it is entered."""
    desk = desk_for(request)
    require_post(desk, *access.FILE_POSTS)
    return _pdf(letters.draft(desk, access.unit_for(desk, pk), request.GET))


@login_required
@require_GET
@never_cache
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter as it was entered."""
    desk = desk_for(request)
    require_post(desk, *access.FILE_POSTS)
    found = access.authority_for(desk, pk)
    if found.erased_at is not None:
        raise Http404
    return _pdf(letters.entered(found))


def _pdf(made: bytes) -> HttpResponse:
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="letter-of-authority.pdf"'
    return response
