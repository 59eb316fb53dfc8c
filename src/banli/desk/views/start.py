"""Where one lands after signing in, and the way home from anywhere."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from banli.people.access import desk_for, estates_of

from ..start import start_url


@login_required
@require_GET
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """The desk's own start page; who holds no post anywhere is told so."""
    if not estates_of(request.user):  # type: ignore[arg-type]  # login_required has seen to it
        return redirect("people:estates")
    return redirect(start_url(desk_for(request)))
