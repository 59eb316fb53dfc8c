"""Links for owners, as the desk sends, watches and takes them back."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banli.cases import links
from banli.cases.access import case_for
from banli.engine.refusals import Refusal
from banli.estate.access import FILE_POSTS
from banli.people.access import desk_for, require_post
from banli.people.views import whole_number

from .. import consents
from .answering import go_on
from .cases import branch_of, page


@login_required
@require_POST
@never_cache
def offered(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link and show it, once: as a picture to scan, as a text to send."""
    desk = desk_for(request)
    found = case_for(desk, pk)
    step = request.POST.get("act-step", "")[:50].replace("\x00", "")
    branch, owner = branch_of(request.POST.get("act-branch", "")), request.POST.get("owner", "")
    try:
        made = links.offer(
            by=desk, case=found, step=step, branch=branch, owner=whole_number(owner) if owner else None,
            key=request.POST.get("key", "")[:80], by_sms=request.POST.get("by") == "sms",
        )  # fmt: skip
    except Refusal as why:
        return page(request, desk, found, why)
    url = consents.address(request, made.token)
    context: dict[str, Any] = {"case": found, "link": made.link, "url": url, "code": consents.code(url)}
    context["told"] = consents.told_of(made.link)
    return render(request, "desk/consent_link.html", context)


@login_required
@require_GET
@never_cache
def state(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Whether the owner has answered. Asked every few seconds by the page that shows the link: it goes on by itself."""
    desk = desk_for(request)
    found = case_for(desk, pk)
    held = consents.link_for(desk, found, link)
    if held.state == "waiting" and held.expires_at > timezone.now():
        part = "desk/_consent_state.html" if request.headers.get("HX-Request") else "desk/consent_state.html"
        return render(request, part, {"case": found, "link": held, "told": consents.told_of(held)})
    return go_on(request, reverse("desk:case", args=[found.pk]))


@login_required
@require_POST
def withdrawal(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    """Take a link back."""
    desk = desk_for(request)
    found = case_for(desk, pk)
    require_post(desk, *FILE_POSTS)
    held = consents.link_for(desk, found, link)
    links.withdraw(by=desk, link=held)
    return redirect("desk:case", pk=found.pk)
