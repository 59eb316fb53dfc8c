"""A book's figures of a month, on the screen and on paper."""

import re
from datetime import date

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from banli.engine.clocks import add_months
from banli.people.access import desk_for

from .. import books, figures

_MONTH = re.compile(r"^(20\d\d)-(0[1-9]|1[0-2])$", re.ASCII)


@login_required
@require_GET
@never_cache
def register_figures(request: HttpRequest, book: str) -> HttpResponse:
    """What a month brought into the book; ``?month=2026-11``, this month unless asked."""
    desk = desk_for(request)
    found = books.book_for(desk, book)
    month = _month(request.GET.get("month", ""))
    context = {
        "book": found,
        "figures": figures.figures(desk.estate.pk, found, month),
        "earlier": f"?month={add_months(month, -1):%Y-%m}",
        "later": f"?month={add_months(month, 1):%Y-%m}" if month < _month("") else "",
        "now": timezone.now(),
    }
    return render(request, "desk/figures.html", context)


def _month(written: str) -> date:
    """The first day of a month; of this one where something else is written."""
    told = _MONTH.match(written)
    return date(int(told[1]), int(told[2]), 1) if told else timezone.localdate().replace(day=1)
