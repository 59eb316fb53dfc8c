"""How a screen answers after it did something."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect


def go_on(request: HttpRequest, url: str) -> HttpResponse:
    """Go on to another screen. Whole, also where htmx sent the form: each screen has scripts and looks of its own."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
