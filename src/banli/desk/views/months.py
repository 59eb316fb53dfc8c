"""The months of a book: closed when they are over, and opened again by two."""

from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from banli.engine.refusals import Refusal
from banli.people.access import desk_for, require_post
from banli.people.forms import OfficeForm
from banli.registers import closing

from .. import access, books
from ..refusing import status_of
from .answering import go_on

ACTS: dict[str, Callable[..., Any]] = {
    "close": closing.close, "ask": closing.ask_to_open, "open": closing.open_again,
}  # fmt: skip


class ClosingForm(OfficeForm):
    """Which month, what, and why."""

    kinds: ClassVar[dict[str, str]] = {}
    month = forms.DateField(input_formats=["%Y-%m"])
    act = forms.ChoiceField(choices=[(act, act) for act in ACTS])
    reason = forms.CharField(label=_("原因或依据"), max_length=200)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def months(request: HttpRequest, book: str) -> HttpResponse:
    """The months of a book that are over. POST: one is closed, asked for, or opened again, with a reason."""
    desk = desk_for(request)
    found = books.book_for(desk, book)
    refusal: Refusal | None = None
    form: ClosingForm | None = None
    if request.method == "POST":
        acting = require_post(desk, *access.CLOSES)
        form = ClosingForm({**request.POST.dict(), "reason": _reason(request)})
        if form.is_valid():
            told = form.cleaned_data
            month: date = told["month"]
            try:
                ACTS[told["act"]](by=desk, acting=acting, book=found.name, month=month, reason=told["reason"])
                return go_on(request, reverse("desk:register_months", args=[found.name]))
            except Refusal as why:
                refusal = why
        elif "month" in form.errors or "act" in form.errors:
            raise Http404  # no page sends that
        else:
            refusal = Refusal("reason_required")
    page = {
        "book": found, "months": closing.months(desk.estate.pk, found.name), "refusal": refusal,
        "may_close": desk.holds(*access.CLOSES), "staff_id": desk.staff.pk,
    }  # fmt: skip
    return render(request, "desk/register_months.html", page, status=status_of(refusal) if refusal else 200)


def _reason(request: HttpRequest) -> str:
    """Every month on the page has a form of its own, and so its field a name of its own."""
    return request.POST.get("reason-" + request.POST.get("month", "").replace("-", ""), "")
