"""Rounds on a phone: what waits, the checklist of one, and what a supervisor says about what was missed or wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banli.cases import held, rules
from banli.cases.models import Case
from banli.engine.refusals import Refusal
from banli.engine.routine import Routine
from banli.engine.text import Text
from banli.operation import happenings
from banli.people.access import Desk, desk_for
from banli.people.titles import post_title

from . import access, actions, forms, packs, queries, starting
from .models import Round, RoundPhoto

TOO_LATE = ("round_over", "round_done", "round_settled", "key_reused")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@login_required
@require_GET
@never_cache
def rounds(request: HttpRequest) -> HttpResponse:
    """What waits for me, what else falls due today; below, rounds of one kind (``?which=``), newest first."""
    desk, now = desk_for(request), timezone.now()
    sees = access.supervises(desk)
    which = request.GET.get("which", "unsettled" if sees else "done")
    if which not in queries.WHICH:
        raise Http404
    rows = list(queries.listed(desk, which, before(request))[: queries.PAGE + 1])
    shown = rows[: queries.PAGE]
    titles = {
        "unsettled": _("待处理"), "missed": _("未做"), "wrong": _("不正常"), "open": _("到期待做"), "done": _("已做"),
    }  # fmt: skip
    context = {
        "waiting": [queries.line(row) for row in queries.waiting(desk)], "ahead": queries.ahead(desk, now),
        "lines": [queries.line(row) for row in shown], "which": which, "supervises": sees,
        "choices": [
            {"title": title, "url": f"?which={name}", "current": name == which} for name, title in titles.items()
        ],
        "next": _after(shown[-1], which) if len(rows) > len(shown) else "",
        "problems": queries.problems() if sees else [],
    }  # fmt: skip
    return render(request, "routines/rounds.html", context)


@login_required
@require_GET
@never_cache
def round_(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: its checklist to fill in, or what was found."""
    desk = desk_for(request)
    return _page(request, desk, access.round_for(desk, pk))


@login_required
@require_POST
def findings(request: HttpRequest, pk: int) -> HttpResponse:
    """What was found on a round."""
    desk = desk_for(request)
    found = access.round_for(desk, pk)
    acting, routine = access.doing(desk, found), packs.of_version(found.version_id).routine
    typed, photos = forms.typed(request, routine), forms.photos(request, desk.staff.pk)
    uploads = list(photos.good.values())
    try:
        if photos.bad:
            raise Refusal("form_invalid", count=len(photos.bad), fields=photos.bad)
        actions.do(
            by=desk, acting=acting, round_id=found.pk, said=typed, note=typed[forms.NOTE], photos=uploads,
            key=request.POST.get("key", ""),
        )  # fmt: skip
    except Refusal as why:
        held.hold(desk.staff.pk, uploads)
        return _page(request, desk, access.round_for(desk, pk), why, typed=typed, photos=photos)
    held.forget(desk.staff.pk, uploads, request.POST)
    return redirect("routines:round", pk=found.pk)


@login_required
@require_POST
def case(request: HttpRequest, pk: int, check: str) -> HttpResponse:
    """Begin a case from a line that was not in order; on to it, where the desk takes part in it."""
    desk = desk_for(request)
    found = access.round_for(desk, pk)
    acting = access.starting(desk, found)
    try:
        begun = starting.start(by=desk, acting=acting, round_id=found.pk, check=check)
    except Refusal as why:
        return _page(request, desk, found, why)
    if access.sees_case(desk, Case.objects.get(pk=begun)):
        return redirect("desk:case", pk=begun)
    return redirect("routines:round", pk=found.pk)


@login_required
@require_POST
def settlement(request: HttpRequest, pk: int) -> HttpResponse:
    """What a supervisor did about it."""
    desk = desk_for(request)
    found = access.round_for(desk, pk)
    acting, said = access.settling(desk), request.POST.get("settlement", "")
    try:
        actions.settle(by=desk, acting=acting, round_id=found.pk, settlement=said)
    except Refusal as why:
        return _page(request, desk, access.round_for(desk, pk), why, settlement=said)
    return redirect("routines:round", pk=found.pk)


@login_required
@require_GET
@never_cache
def photo(request: HttpRequest, pk: int, sha256: str) -> HttpResponse:
    """A photograph of a round."""
    found = access.round_for(desk_for(request), pk)
    kept = RoundPhoto.objects.filter(round=found, sha256=sha256).first()
    if kept is None:
        raise Http404
    response = HttpResponse(actions.picture(kept), content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response


def _page(
    request: HttpRequest, desk: Desk, found: Round, refusal: Refusal | None = None, *,
    typed: dict[str, str] | None = None, settlement: str = "", photos: forms.Photos | None = None,
) -> HttpResponse:  # fmt: skip
    routine, photos = packs.of_version(found.version_id).routine, photos or forms.Photos()
    now = timezone.now()
    todo = found.state == Round.State.OPEN and now < found.until and desk.holds(found.post)
    context: dict[str, Any] = {
        "round": found, "routine": routine, "post": post_title(found.post), "refusal": refusal,
        "checks": _checks(desk, routine, found) if found.state == Round.State.DONE else [],
        "photos": list(found.photos.order_by("pk").values_list("sha256", flat=True)),
        "fields": forms.fields(routine, typed or {}, refusal, photos) if todo else [], "kept": photos.kept,
        "starts": _starts(routine),
        "may_settle": found.unsettled and access.supervises(desk) and found.done_by_id != desk.staff.pk,
        "settlement": settlement, "longest": actions.LONGEST_NOTE,
        "over": found.state == Round.State.OPEN and now >= found.until,
    }  # fmt: skip
    return render(request, "routines/round.html", context, status=_status(refusal))


def _status(refusal: Refusal | None) -> int:
    if refusal is None:
        return 200
    happenings.refused(refusal.code)
    return 409 if refusal.code in TOO_LATE else 422


def _starts(routine: Routine) -> Text | None:
    """What the case is called that a line which was not in order may begin."""
    book = rules.every_current().get(routine.starts or "")
    return book.procedure.title if book else None


def _checks(desk: Desk, routine: Routine, found: Round) -> list[dict[str, Any]]:
    begun, told = starting.begun(found) if routine.starts else {}, []
    offered = starting.offered(routine, found, begun) if access.may_start(desk, found) else set()
    for name, check in routine.checks.items():
        one = found.findings.get(name, {})
        told.append({
            "label": check.label, "wrong": bool(one.get("wrong")), "limits": forms.limits(check),
            "said": one.get("said", "") if check.reading else "", "unit": check.reading and check.reading.unit,
            "name": name, "offered": name in offered, "case": begun.get(name),
            "sees": name in begun and access.sees_case(desk, begun[name]),
        })  # fmt: skip
    return told


def before(request: HttpRequest) -> tuple[datetime, int] | None:
    """The place from which a list goes on; what is no place is answered with 404."""
    at, _dot, pk = request.GET.get("before", "").partition(".")
    if not at:
        return None
    if not (at.isascii() and at.isdigit() and pk.isascii() and pk.isdigit() and max(len(at), len(pk)) < 18):
        raise Http404
    try:
        return _EPOCH + timedelta(microseconds=int(at)), int(pk)
    except OverflowError:
        raise Http404 from None


def _after(last: Round, which: str) -> str:
    return f"?which={which}&before={place_of(last.due_at, last.pk)}"


def place_of(at: datetime, pk: int) -> str:
    """A row's place in a list that is sorted by a moment, then by number."""
    return f"{(at - _EPOCH) // timedelta(microseconds=1)}.{pk}"
