"""The cashier's screens: what is to be paid, shifts, receipts, deposits held, prices, the day's report."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banli.cases import receipts as cases
from banli.cashier import access, actions, queries
from banli.cashier.forms import CloseForm, OpenForm, PriceForm, ReplaceForm
from banli.cashier.models import Posting
from banli.engine.refusals import Refusal
from banli.people.access import Denied, Desk, desk_for, require_post
from banli.web import spreadsheet
from banli.web.context import estate_name

from .. import paging, price_list, till_report, to_pay
from .answering import go_on

PAGE = 50
ANY_OF_THEM = (*access.CASHIERS, *access.SEES)


@login_required
@require_GET
@never_cache
def till(request: HttpRequest) -> HttpResponse:
    """What is to be paid and given back, and the shift of whoever asks."""
    desk = desk_for(request)
    require_post(desk, *ANY_OF_THEM)
    return _till(request, desk)


def _till(request: HttpRequest, desk: Desk, form: OpenForm | None = None) -> HttpResponse:
    shift = queries.my_shift(desk.estate.pk, desk.staff.pk)
    context = {
        "shift": shift,
        "tally": _tallied(queries.tally(shift)) if shift else None,
        "form": form or OpenForm(),
        "may_open": desk.holds(*access.CASHIERS),
        "waiting": to_pay.waiting(desk),
        "sees": desk.holds(*access.SEES),
        "held": queries.held_in_all(desk.estate.pk) if desk.holds(*access.SEES) else None,
    }
    return render(request, "desk/till.html", context, status=422 if form is not None else 200)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def shifts(request: HttpRequest) -> HttpResponse:
    """The shifts of the estate; somebody who only takes money sees their own. POST opens one."""
    desk = desk_for(request)
    require_post(desk, *ANY_OF_THEM)
    if request.method == "POST":
        return _opened(request, desk)
    before = paging.row(request.GET.get("before", ""))
    found = queries.shifts(desk.estate.pk, before=before)
    if not desk.holds(*access.SEES):
        found = found.filter(cashier=desk.staff)
    rows = list(found[: PAGE + 1])
    following = f"?before={rows[PAGE - 1].pk}" if len(rows) > PAGE else ""
    return render(request, "desk/shifts.html", {"shifts": rows[:PAGE], "next": following})


def _opened(request: HttpRequest, desk: Desk) -> HttpResponse:
    acting, form = require_post(desk, *access.CASHIERS), OpenForm(request.POST)
    if form.is_valid():
        try:
            actions.open_shift(by=desk, acting=acting, float_fen=form.cleaned_data["float"])
            return go_on(request, reverse("desk:till"))
        except Refusal as why:
            form.refuse(why, "float")
    return _till(request, desk, form)


@login_required
@require_GET
@never_cache
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    """A shift's sheet: what came and went, what should be there, the close. ``view=print``: for paper."""
    return _shift(request, desk_for(request), pk)


def _shift(request: HttpRequest, desk: Desk, pk: int, form: CloseForm | None = None) -> HttpResponse:
    found, _acting = access.shift_for(desk, pk)
    report = till_report.of_shift(found)
    context = {
        "shift": found,
        "report": report,
        "tally": _tallied(queries.tally(found) if found.closed_at is None else found.expected, found.counted),
        "form": form or CloseForm(),
        "sees": desk.holds(*access.SEES),
        "mine": found.cashier_id == desk.staff.pk and found.closed_at is None,
        "now": timezone.now(),
        "back": reverse("desk:shifts"),
        "address": reverse("desk:shift", args=[found.pk]),
        "excel": reverse("desk:shift_export", args=[found.pk]),
    }
    page = "desk/till_print.html" if request.GET.get("view") == "print" else "desk/shift.html"
    return render(request, page, context, status=422 if form is not None else 200)


@login_required
@require_GET
@never_cache
def shift_export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The shift's postings as .xlsx."""
    desk = desk_for(request)
    found, _acting = access.shift_for(desk, pk)
    return _excel(desk, till_report.of_shift(found))


@login_required
@require_POST
def shift_closure(request: HttpRequest, pk: int) -> HttpResponse:
    """Close one's own shift: counted by method, balanced or explained and signed."""
    desk = desk_for(request)
    found, acting = access.shift_for(desk, pk)
    if found.cashier_id != desk.staff.pk:
        raise Denied(*access.CASHIERS)
    form = CloseForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            actions.close_shift(
                by=desk, acting=acting, shift=found, counted=form.counted, explanation=told["explanation"],
                signed=told["signed"] == "yes",
            )  # fmt: skip
            return go_on(request, reverse("desk:shift", args=[found.pk]))
        except Refusal as why:
            form.refuse(why, "explanation" if why.code == "shift_differs" else None)
    return _shift(request, desk, pk, form)


@login_required
@require_GET
@never_cache
def day(request: HttpRequest) -> HttpResponse:
    """A day's report; ``view=print`` for paper."""
    desk = desk_for(request)
    require_post(desk, *access.SEES)
    asked = _day(request)
    report = till_report.of_day(desk.estate.pk, asked)
    context = {
        "report": report, "day": asked, "now": timezone.now(), "back": reverse("desk:till"),
        "address": f"{reverse('desk:till_day')}", "query": f"?day={asked}",
        "excel": f"{reverse('desk:till_day_export')}?day={asked}",
    }  # fmt: skip
    page = "desk/till_print.html" if request.GET.get("view") == "print" else "desk/till_day.html"
    return render(request, page, context)


@login_required
@require_GET
@never_cache
def day_export(request: HttpRequest) -> HttpResponseBase:
    """The day's postings as .xlsx."""
    desk = desk_for(request)
    require_post(desk, *access.SEES)
    return _excel(desk, till_report.of_day(desk.estate.pk, _day(request)))


def _excel(desk: Desk, report: till_report.Report) -> HttpResponseBase:
    written = spreadsheet.write(till_report.sheet(report))
    name = f"{report.title} {estate_name(desk.estate)}.xlsx".replace(":", "")
    return FileResponse(written.file, as_attachment=True, filename=name)


def _day(request: HttpRequest) -> date:
    told = request.GET.get("day", "")
    if not told:
        return timezone.localdate()
    try:
        found = date.fromisoformat(told)
    except ValueError:
        raise Http404 from None
    if not 2000 <= found.year <= 2099:
        raise Http404
    return found


@login_required
@require_GET
@never_cache
def receipts(request: HttpRequest) -> HttpResponse:
    """Find a receipt or refund slip by number, room, payer, case or reference."""
    desk = desk_for(request)
    require_post(desk, *access.SEES)
    words, before = (
        request.GET.get("q", "")[:60].replace("\x00", ""),
        paging.row(request.GET.get("before", "")),
    )
    rows = list(queries.receipts(desk.estate.pk, words=words, before=before)[: PAGE + 1])
    more = rows[PAGE - 1].pk if len(rows) > PAGE else None
    following = ""
    if more:
        told = request.GET.copy()
        told["before"] = str(more)
        following = f"?{told.urlencode()}"
    return render(request, "desk/receipts.html", {"rows": rows[:PAGE], "words": words, "next": following})


@login_required
@require_GET
@never_cache
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """One receipt: its lines, what of it was used, whether it is void, and voiding it."""
    desk = desk_for(request)
    found, _acting = access.posting_for(desk, pk)
    return _receipt(request, desk, found)


def _receipt(
    request: HttpRequest, desk: Desk, found: Posting, form: ReplaceForm | None = None
) -> HttpResponse:
    reversed_by = getattr(found, "reversed_by", None)
    in_shift = found.shift is not None and found.shift.closed_at is None
    context = {
        "posting": found,
        "lines": (found.paper.snapshot if found.paper else {}).get("receipt.lines", []),
        "reversed_by": reversed_by,
        "spends": list(found.case.spends.filter(of=found.step).order_by("unit")) if found.case else [],
        "form": form or ReplaceForm(initial={"method": found.method, "reference": found.reference}),
        "may_replace": found.kind == "taken" and reversed_by is None and in_shift and found.by_id != desk.staff.pk
        and desk.holds(*access.SECOND),
        "own": found.by_id == desk.staff.pk,
        "in_shift": in_shift,
    }  # fmt: skip
    return render(request, "desk/receipt.html", context, status=422 if form is not None else 200)


@login_required
@require_POST
def replacement(request: HttpRequest, pk: int) -> HttpResponse:
    """Void a receipt and write it anew: by a second person, in the same shift."""
    desk = desk_for(request)
    found, _acting = access.posting_for(desk, pk)
    require_post(desk, *access.SECOND)
    form = ReplaceForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            cases.replace_receipt(
                by=desk, posting=found, method=told["method"], reference=told["reference"], reason=told["reason"],
                key=request.POST.get("key", ""),
            )  # fmt: skip
            return go_on(request, reverse("desk:receipts"))
        except Refusal as why:
            form.refuse(why)
    return _receipt(request, desk, found, form)


@login_required
@require_GET
@never_cache
def deposits(request: HttpRequest) -> HttpResponse:
    """The deposits held, by room and case, with what each room's come to; their sum is the ledger's account."""
    desk = desk_for(request)
    require_post(desk, *access.SEES)
    after = paging.pair(request.GET.get("after", "")) or (-1, 0)
    rows = queries.held(desk.estate.pk, after=after, limit=queries.HELD_AT_ONCE + 1)
    shown = rows[: queries.HELD_AT_ONCE]
    if len(rows) > queries.HELD_AT_ONCE:  # a case is never cut in two
        shown = [one for one in shown if one.case != rows[-1].case]
    titles = {name: line.title for (_pack, name), line in price_list.lines().items()}
    context = {
        "rows": [(one, titles.get(one.price)) for one in shown],
        "total": queries.held_in_all(desk.estate.pk),
        "next": f"?after={shown[-1].unit_id}.{shown[-1].case}" if len(rows) > len(shown) and shown else "",
    }
    return render(request, "desk/deposits.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def prices(request: HttpRequest) -> HttpResponse:
    """The price list, which everybody may read; ``view=print``: posted on A4. POST: the estate sets a line."""
    desk = desk_for(request)
    found = price_list.price_list(desk, timezone.localdate())
    chosen = next((one for one in found if f"{one.pack}.{one.name}" == request.GET.get("line", "")), None)
    form: PriceForm | None = None
    if request.method == "POST":
        acting = require_post(desk, *access.SETS_PRICES)
        if chosen is None:
            raise Http404
        form = PriceForm(request.POST, line=chosen.line)
        if form.is_valid():
            try:
                actions.set_price(
                    by=desk, acting=acting, pack=chosen.pack, name=chosen.name, line=chosen.line, amounts=form.amounts,
                    valid_from=form.day, source=form.cleaned_data["source"],
                )  # fmt: skip
                return go_on(request, reverse("desk:prices"))
            except Refusal as why:
                form.refuse(why)
    may_set = desk.holds(*access.SETS_PRICES)
    context = {
        "lines": found, "chosen": chosen if may_set else None, "may_set": may_set, "now": timezone.now(),
        "form": form or (PriceForm(line=chosen.line, initial=_usual(chosen)) if chosen and may_set else None),
    }  # fmt: skip
    page = "desk/prices_print.html" if request.GET.get("view") == "print" else "desk/prices.html"
    return render(request, page, context, status=422 if form is not None else 200)


def _usual(line: price_list.PriceLine) -> dict[str, Any]:
    tariff = line.tariff
    yuan: Callable[[int | None], str] = lambda fen: f"{fen / 100:.2f}" if fen is not None else ""  # noqa: E731
    return {
        "fen": yuan(tariff.fen),
        "low": yuan(tariff.low),
        "high": yuan(tariff.high),
        "cap": yuan(tariff.cap),
    }


def _tallied(expected: dict[str, int], counted: dict[str, int] | None = None) -> list[dict[str, Any]]:
    """What should be there by method, and what was counted."""
    return [
        {
            "title": queries.LABELS[method], "expected": expected.get(method, 0),
            "counted": counted.get(method) if counted else None,
            "gap": counted.get(method, 0) - expected.get(method, 0) if counted else 0,
        }
        for method in expected
    ]  # fmt: skip
