"""One line, one count and one span for every request: its number, its route, who, how it ended, how long it took."""

import logging
import re
from collections.abc import Callable
from time import perf_counter
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from . import happenings, metrics, traces

log = logging.getLogger("banli.requests")
HEADER = "X-Request-ID"
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
#: What is asked by machines every few seconds.
UNREMARKABLE = frozenset({"healthz", "readyz", "metrics"})
_NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)
#: The rows an address may name. Words in an address are never told: somebody may have typed them.
_ROWS = {"pk": "row", "case": "case", "unit": "unit"}


class Requests:
    """Middleware. The number comes from our proxy where it gives one, and goes back with the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = perf_counter()
        given = request.headers.get(HEADER, "")  # only a trusted proxy's is left there
        number = given if _NUMBER.fullmatch(given) else uuid4().hex[:16]
        request.number = number  # type: ignore[attr-defined]
        with happenings.during({"request": number}) as facts, traces.span("request", serving=True) as span:
            response = self.get_response(request)
            seconds = perf_counter() - began
            response[HEADER] = number
            route = route_of(request)
            facts |= _about(request, route, response, seconds)
            span.rename(f"{facts['method']} {route}")
            span.tell(facts)
        if not request.path_info.startswith(settings.STATIC_URL):
            metrics.count_request(route, facts["method"], response.status_code, seconds)
            if route not in UNREMARKABLE:
                log.log(_level(response.status_code), "request", extra={"facts": facts})
        return response


def route_of(request: HttpRequest) -> str:
    """The name of the address's pattern; ``none`` for what is no address of ours."""
    match = request.resolver_match
    return (match.view_name or match.route) if match else "none"


def _about(request: HttpRequest, route: str, response: HttpResponse, seconds: float) -> dict[str, Any]:
    method = request.method if request.method in METHODS else "other"
    told: dict[str, Any] = {"method": method, "route": route, "status": response.status_code}
    if request.resolver_match is not None:
        for name, value in request.resolver_match.kwargs.items():
            if name in _ROWS and isinstance(value, int):
                told["case" if request.resolver_match.route.startswith("cases/") else _ROWS[name]] = value
    staff = getattr(request, "auth", None) or getattr(request, "_cached_user", None)
    if getattr(staff, "pk", None) is not None:
        told["staff"] = staff.pk  # type: ignore[union-attr]
    desk = getattr(request, "desk", None)
    if desk is not None:
        told["estate"] = desk.estate.pk
    told["ms"] = round(seconds * 1000, 1)
    return told


def _level(status: int) -> int:
    return logging.ERROR if status >= 500 else logging.INFO
