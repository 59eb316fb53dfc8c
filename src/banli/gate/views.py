"""The guard's pages: scan or type, one verdict; tick off goods and let them go, look at a face and let it in."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.gate import access, actions, cards, queries
from banli.gate.standing import holder
from banli.gate.verdict import REASONS, Verdict
from banli.gate.visits import called, visits
from banli.papers.models import Paper
from banli.people.access import Desk, desk_for


@login_required
@require_GET
@never_cache
def gate(request: HttpRequest) -> HttpResponse:
    """Scan or type; below, what went out today and what was stopped."""
    desk = desk_for(request)
    access.require_gate(desk)
    now = timezone.now()
    gone = queries.releases(desk.estate, now, _before(request))
    shown = gone[: queries.RELEASES_SHOWN]
    context: dict[str, Any] = {"releases": shown, "next": _after(shown) if len(gone) > len(shown) else ""}
    context |= {"stops": queries.stops(desk.estate, now), "came_in": cards.came_in(desk.estate, now)}
    context |= {"watched": queries.watched(desk.estate), "visits": visits(desk.estate, now)}
    context |= {"conflicts": queries.conflicts(desk.estate, now)}
    return render(request, "gate/gate.html", context)


def _several(request: HttpRequest, meant: list[Paper], context: dict[str, Any]) -> HttpResponse:
    """The pass that is meant, or those that may be; nobody was stopped."""
    if len(meant) == 1:
        return redirect("gate:check", pk=meant[0].pk)
    return render(request, "gate/visitors.html", context)


@login_required
@require_POST
def checks(request: HttpRequest) -> HttpResponse:
    """The verdict on what was scanned or typed: a pass, today's visitor by name or plate, or a number's last figure."""
    desk = desk_for(request)
    access.require_gate(desk)
    code, now = request.POST.get("code", ""), timezone.now()
    if queries.numbered(code, desk.estate) is None:
        if meant := called(desk.estate, code, now):
            return _several(request, [one.paper for one in meant], {"visits": meant, "typed": code})
        if alike := queries.of_figure(code, desk.estate, now):
            return _several(request, alike, {"alike": alike, "typed": code})
    return _answer(request, desk, code)


@require_GET
@never_cache
def scanned(request: HttpRequest, token: str) -> HttpResponse:
    """A pass's own address: the verdict for the gate's keeper; for others only whether it holds, and where."""
    desk = _keeper(request)
    if desk is not None:
        return _answer(request, desk, token)
    told = queries.standing_of(token, timezone.now())
    if told is None:
        raise Http404
    verdict, paper = told
    context = {"verdict": verdict, "estate": paper.estate, "reason": REASONS.get(verdict.kind)}
    context |= {"used_once": holder(paper) is None, "title": Text(**paper.form.definition["title"])}
    return render(request, "gate/standing.html", context)


@login_required
@require_GET
@never_cache
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """The verdict on one pass, with its goods to tick off while it may go."""
    desk = desk_for(request)
    return _check(request, desk, access.pass_for(desk, pk))


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the goods go; GET shows when that was done."""
    desk = desk_for(request)
    found = access.pass_for(desk, pk)
    if request.method == "GET":
        if found.state != Paper.State.USED:
            raise Http404
        return render(request, "gate/released.html", {"paper": found})
    ticked = [int(place) for place in request.POST.getlist("ticked") if place.isdecimal() and len(place) < 6]
    try:
        actions.release(paper=found, ticked=ticked, key=request.POST.get("key", ""), by=desk)
    except Refusal as why:
        return _check(request, desk, access.pass_for(desk, pk), why, ticked=ticked)
    return redirect("gate:release", pk=found.pk)


@login_required
@require_POST
def mismatch(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn the goods back: the slip is void."""
    desk = desk_for(request)
    found = access.pass_for(desk, pk)
    note = request.POST.get("note", "")
    try:
        actions.turn_back(paper=found, reason=note, key=request.POST.get("key", ""), by=desk)
    except Refusal as why:
        return _check(request, desk, access.pass_for(desk, pk), why, note=note)
    return redirect("gate:check", pk=found.pk)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody in on their card; GET shows when that was last done today."""
    desk = desk_for(request)
    found, now = access.card_for(desk, pk), timezone.now()
    if request.method == "GET":
        told = cards.last_entry(found, now)
        if told is None:
            raise Http404
        return render(request, "gate/entered.html", {"paper": found, "entry": told})
    try:
        actions.let_in(paper=found, key=request.POST.get("key", ""), by=desk, at=now)
    except Refusal as why:
        return _check(request, desk, access.card_for(desk, pk), why)
    return redirect("gate:entry", pk=found.pk)


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def passage(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down that somebody goes in or out on their pass; GET shows which of them was written down last."""
    desk = desk_for(request)
    found = access.through_for(desk, pk)
    if request.method == "GET":
        told = cards.gone_through(found)
        if told is None:
            raise Http404
        return render(request, "gate/passed.html", {"paper": found, "told": told})
    step, key = request.POST.get("step", ""), request.POST.get("key", "")
    try:
        actions.go_through(paper=found, step=step, key=key, by=desk, at=timezone.now())
    except Refusal as why:
        return _check(request, desk, access.through_for(desk, pk), why)
    return redirect("gate:passage", pk=found.pk)


@login_required
@require_POST
def refusal(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn somebody away whose card or pass would do: why is kept, and listed among the day's stops."""
    desk = desk_for(request)
    found, note = access.stoppable_for(desk, pk), request.POST.get("note", "")
    try:
        actions.turn_away(
            paper=found, reason=note, key=request.POST.get("key", ""), by=desk, at=timezone.now()
        )
    except Refusal as why:
        return _check(request, desk, access.stoppable_for(desk, pk), why, note=note)
    return redirect("gate:gate")


def _answer(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    verdict, found = actions.check(code=code, by=desk, at=timezone.now())
    if found is not None:
        return redirect("gate:check", pk=found.pk)
    return render(
        request, "gate/check.html", {"verdict": verdict, "typed": queries.typed(code) or queries.spoken(code)}
    )


def _check(
    request: HttpRequest, desk: Desk, found: Paper, refusal: Refusal | None = None, **typed: Any
) -> HttpResponse:
    verdict: Verdict = queries.judged(found, None, desk.estate, timezone.now())
    context = {"verdict": verdict, "paper": found, "refusal": refusal if verdict.go else None, **typed}
    read = cards.card(found)
    if read is None:
        context["manifest"] = queries.manifest(found)
        return render(request, "gate/check.html", context, status=409 if refusal else 200)
    context["card"] = read
    if verdict.go and read.portrait:
        context["portrait"] = actions.show(paper=found, name=read.portrait, by=desk)
    return render(request, "gate/card.html", context, status=409 if refusal else 200)


def _keeper(request: HttpRequest) -> Desk | None:
    """The desk of whoever keeps a gate; None for everybody else, signed in or not."""
    if not request.user.is_authenticated:
        return None
    try:
        desk = desk_for(request)
    except Http404:
        return None
    return desk if desk.holds(access.GATE) else None


def _before(request: HttpRequest) -> tuple[datetime, int] | None:
    at, _, pk = request.GET.get("before", "").rpartition("_")
    try:
        moment = datetime.fromisoformat(at).astimezone(UTC)
        return (moment, int(pk)) if pk.isdecimal() and len(pk) < 19 else None
    except (ValueError, OverflowError):
        return None


def _after(shown: list[Paper]) -> str:
    last = shown[-1]
    at = timezone.localtime(last.used_at).isoformat() if last.used_at else ""
    return f"?before={at.replace('+', '%2B')}_{last.pk}"
