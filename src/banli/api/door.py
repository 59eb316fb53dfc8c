"""What every call passes on its way in and out, whatever its view: the language, and refusals in one form."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from banli.engine.refusals import Refusal

from . import problems
from .refusing import answer_to

LANGUAGES = {"zh": "zh-hans", "en": "en"}
View = Callable[..., HttpResponseBase]


def language_of(request: HttpRequest) -> str:
    """``zh`` or ``en``, as Accept-Language prefers; Chinese first where it says neither."""
    try:
        wanted = parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500])
    except ValueError:
        return "zh"
    return next((code[:2] for code, liked in wanted if liked and code[:2] in LANGUAGES), "zh")


def door(view: View) -> View:
    """The view, answering in the caller's language and never with a page for browsers."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        language = language_of(request)
        request.language = language  # type: ignore[attr-defined]
        with translation.override(LANGUAGES[language]):
            try:
                response = view(request, *args, **kwargs)
            except Exception as raised:
                response = answer_to(request, raised)
        if response.status_code == 405:
            response = _not_taken(request, response)
        response["Content-Language"] = LANGUAGES[language]
        response["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["Accept-Language", "Authorization"])
        return response

    answered.csrf_exempt = True  # type: ignore[attr-defined]  # a bearer token is no cookie: nobody else can send it
    return answered


def _not_taken(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    told = problems.answer(request, Refusal("wrong_method", method=request.method or ""))
    told["Allow"] = response["Allow"]
    return told


def nothing_here(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Every other address under /api/."""
    raise Http404
