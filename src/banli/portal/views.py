"""An owner's phone: what is asked of them, their signature or their refusal. Looking uses nothing up."""

import base64
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from banli.cases import attachments, links
from banli.cases.models import ConsentLink
from banli.engine.refusals import Refusal
from banli.operation import happenings

from . import access, limits
from .desk_phone import desk_phone
from .sheet import sheet_of

#: What an owner may have done; its page is no fault.
ANSWERED = ("signed", "refused")


def _outside(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For people without an account: no search engine, no way into the house, no knocking without end."""

    @wraps(view)
    def shown(request: HttpRequest, token: str, **rest: Any) -> HttpResponse:
        try:
            response = view(request, token, **rest)
        except access.TooMany:
            response = render(request, "portal/too_many.html", status=429)
        except Http404:
            response = render(request, "portal/closed.html", {"why": Refusal("link_unknown")}, status=404)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return shown


@never_cache
@_outside
@require_http_methods(["GET", "POST"])
def consent(request: HttpRequest, token: str) -> HttpResponse:
    """The application with its signature field; what became of it afterwards."""
    link = access.link_for(request, token)
    refusal, drawn = None, None
    typed: dict[str, str] = {}
    if request.method == "POST":
        if limits.too_many(request, "answer"):
            raise access.TooMany
        typed = {
            name: request.POST.get(name, "").replace("\x00", "")[:1000]
            for name in ("proof", "note", "outcome")
        }
        try:
            drawn = _drawn(request.POST.get("signature", ""))
            _answer(token, typed, drawn)
            return redirect("portal:consent", token=token)
        except Refusal as why:
            refusal = why
            happenings.refused(why.code)
            link = access.link_for(request, token)
    return _page(request, link, token, refusal, typed, drawn)


@never_cache
@_outside
@require_GET
def picture(request: HttpRequest, token: str, sha256: str) -> HttpResponse:
    """A photograph of the application, as long as the link waits."""
    link = access.link_for(request, token)
    if links.why_not(link, timezone.now()) is not None:
        return render(request, "portal/closed.html", {"link": link}, status=410)
    kept = access.picture_for(link, sha256)
    return HttpResponse(attachments.content(kept, link.case), content_type=kept.media_type)


def _drawn(sent: str) -> attachments.Upload | None:
    """What was drawn; None for an empty field, and for what is no drawing."""
    try:
        return attachments.signature(sent)
    except Refusal:
        return None


def _as_url(drawn: attachments.Upload | None) -> str:
    """A drawing that came with what was refused, to stand on the page again: it is kept nowhere."""
    if drawn is None:
        return ""
    return f"data:{drawn.media_type};base64,{base64.b64encode(drawn.content).decode()}"


def _answer(token: str, typed: dict[str, str], drawn: attachments.Upload | None) -> None:
    if typed["outcome"] == "refused":
        links.answer(token=token, outcome="refused", proof=typed["proof"], note=typed["note"])
        return
    if drawn is None:
        raise Refusal("link_unsigned")
    links.answer(token=token, outcome="signed", proof=typed["proof"], drawn=drawn)


def _page(
    request: HttpRequest, link: ConsentLink, token: str, refusal: Refusal | None, typed: dict[str, str],
    drawn: attachments.Upload | None,
) -> HttpResponse:  # fmt: skip
    closed = links.why_not(link, timezone.now())
    context: dict[str, Any] = {"link": link, "case": link.case, "estate": link.case.estate}
    context["desk_phone"] = desk_phone(link.case)
    if closed is not None:
        done = link.state in ANSWERED
        context |= {"why": closed, "done": done, "signed": link.state == "signed"}
        status = 200 if done and refusal is None else 410
        return render(request, "portal/closed.html", context, status=status)
    proof = links.proof_of(link.owner)
    context |= {
        "sheet": sheet_of(link, token), "refusal": refusal, "typed": typed, "proof": links.PROOFS.get(proof, ""),
        "wrong": refusal.fields.get("proof") if refusal else None,
        "unsigned": refusal if refusal and refusal.code == "link_unsigned" else None,
        "drawn": _as_url(drawn),
        "unreasoned": refusal if refusal and refusal.code == "note_required" else None,
    }  # fmt: skip
    return render(request, "portal/consent.html", context, status=422 if refusal else 200)
