"""Who calls, and at which estate: a bearer token instead of a session, then the same Desk as the screens'."""

from typing import cast

from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest
from ninja.security.http import HttpAuthBase

from banli.engine.refusals import Refusal
from banli.people.access import Desk, desk_of, estates_of
from banli.people.actions import verify_token
from banli.people.models import Staff

#: Wrong keys from one address before it is told to wait; a right key is never held up.
WRONG_KEYS = "30/m/ip"


class Bearer(HttpAuthBase):
    """The key made by `banli token`. No cookie is looked at: a browser's session opens nothing here."""

    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Staff:
        scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
        raw = raw.strip() if scheme.lower() == "bearer" else ""
        staff = verify_token(raw) if raw else None
        if staff is None:
            raise Refusal("too_many_tries" if raw and not _may_try_again(request) else "no_token")
        return staff


def _may_try_again(request: HttpRequest) -> bool:
    return bool(
        ratelimit.consume(
            request, app="banli.api", action="wrong_key", config={"wrong_key": WRONG_KEYS}, limit_get=True
        )
    )


def caller(request: HttpRequest) -> Staff:
    """Whose key the request came with."""
    return cast(Staff, request.auth)  # type: ignore[attr-defined]  # set by ninja from Bearer


def desk_at(request: HttpRequest, code: str) -> Desk:
    """The caller's desk at the estate with this code; 404 where they hold no post."""
    staff = caller(request)
    for estate in estates_of(staff):
        if estate.code == code:
            return desk_of(staff, estate.pk, strict=True)
    raise Http404
