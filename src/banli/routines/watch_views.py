"""Shift logs: who is on watch, what was written, what stays open, and the hand-over that two sign for."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.operation import happenings
from banli.people.access import Acting, Denied, Desk, desk_for, require_post
from banli.people.titles import post_title
from banli.web.templatetags.say import say

from . import access, signing, watches
from .models import LogLine, Watch
from .views import before, place_of

PAGE = 30
TOO_LATE = (
    "watch_held",
    "watch_over",
    "watch_offered",
    "watch_not_offered",
    "matter_closed",
    "key_reused",
    "log_day_signed",
)
NOT_YOURS = ("watch_keeper", "watch_taker", "matter_not_yours")
Typed = dict[str, Any]


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def every(request: HttpRequest) -> HttpResponse:
    """Who is on watch at the posts that keep a log, past watches, and what one answers for. POST: a watch begins."""
    desk = desk_for(request)
    refusal = None
    if request.method == "POST":
        post = request.POST.get("post", "")
        acting = require_post(desk, post) if post in _posts(desk) else None
        if acting is None:
            raise Denied(post)
        try:
            row = watches.begin(by=desk, acting=acting)
            return redirect("routines:watch", pk=row.pk)
        except Refusal as why:
            refusal = why
    return _every(request, desk, refusal)


def _every(request: HttpRequest, desk: Desk, refusal: Refusal | None) -> HttpResponse:
    posts = _posts(desk)
    mine = Watch.objects.filter(estate=desk.estate, post__in=posts).select_related("keeper", "offered_to")
    held = {row.post: row for row in mine.filter(ended_at=None)}
    past = mine.filter(ended_at__isnull=False)
    place = before(request)
    if place is not None:
        at, pk = place
        past = past.filter(began_at__lte=at).exclude(began_at=at, pk__gte=pk)
    rows = list(past.order_by("-began_at", "-pk")[: PAGE + 1])
    shown = rows[:PAGE]
    answers = LogLine.objects.filter(estate=desk.estate, responsible=desk.staff, closed_at=None)
    asked = Watch.objects.filter(estate=desk.estate, offered_to=desk.staff, ended_at=None)
    context = {
        "posts": [(post, title, held.get(post), desk.holds(post)) for post, title in posts.items()],
        "asked": [(row, post_title(row.post)) for row in asked.select_related("keeper")],
        "past": [(row, post_title(row.post)) for row in shown], "mine": answers.order_by("pk"),
        "owed": len(signing.owed(desk.estate.pk, timezone.localdate())) if access.supervises(desk) else 0,
        "next": f"?before={place_of(shown[-1].began_at, shown[-1].pk)}" if len(rows) > PAGE else "",
        "refusal": refusal,
    }  # fmt: skip
    return render(request, "routines/watches.html", context, status=answered(refusal))


def _posts(desk: Desk) -> dict[str, Text]:
    """The posts that keep a log and that the desk may see: its own, or all of them."""
    sees = access.supervises(desk)
    return {post: title for post, title in access.log_keepers().items() if sees or desk.holds(post)}


@login_required
@require_GET
@never_cache
def watch(request: HttpRequest, pk: int) -> HttpResponse:
    """A watch's log; ``view=print``: the paper of the hand-over."""
    desk = desk_for(request)
    return _page(request, desk, access.watch_for(desk, pk))


@login_required
@require_POST
def lines(request: HttpRequest, pk: int) -> HttpResponse:
    """A line is written."""
    told = {name: request.POST.get(name, "")[:2000] for name in ("kind", "text", "next_step", "responsible")}
    kind = told["kind"] if told["kind"] in LogLine.Kind.values else LogLine.Kind.NOTE

    def do(desk: Desk, acting: Acting, found: Watch) -> None:
        watches.write(
            by=desk, acting=acting, watch_id=found.pk, kind=kind, text=told["text"], next_step=told["next_step"],
            responsible_id=_number(told["responsible"]), key=request.POST.get("key", ""),
        )  # fmt: skip

    return _done(request, pk, do, told)


@login_required
@require_POST
def closure(request: HttpRequest, pk: int) -> HttpResponse:
    """An open matter is over, with its result."""
    desk = desk_for(request)
    line = access.line_for(desk, pk)
    acting = desk.acting_as(line.post, *access.SUPERVISES) or next(iter(desk.posts.values()))
    try:
        watches.close(by=desk, acting=acting, line_id=line.pk, result=request.POST.get("result", "")[:2000])
    except Refusal as why:
        if not desk.holds(line.post, *access.SUPERVISES):
            return _every(request, desk, why)
        return _page(request, desk, line.watch, why)
    if not desk.holds(line.post, *access.SUPERVISES):
        return redirect("routines:watches")
    now = Watch.objects.filter(estate=desk.estate, post=line.post, ended_at=None).first()
    return redirect("routines:watch", pk=(now or line.watch).pk)


@login_required
@require_POST
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever is on watch has counted, signs, and asks somebody to take over."""
    told: Typed = {"to": request.POST.get("to", ""), "remark": request.POST.get("remark", "")[:2000]}

    def do(desk: Desk, acting: Acting, found: Watch) -> None:
        told["counted"] = {name: request.POST.get(name, "")[:10] for name in watches.kept_by(found.post)}
        watches.offer(
            by=desk, acting=acting, watch_id=found.pk, to=_number(told["to"]), counted=told["counted"],
            remark=told["remark"],
        )  # fmt: skip

    return _done(request, pk, do, told)


@login_required
@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """It is not handed over so."""

    def do(desk: Desk, acting: Acting, found: Watch) -> None:
        reason = request.POST.get("reason", "")[:2000]
        watches.withdraw(by=desk, acting=acting, watch_id=found.pk, reason=reason)

    return _done(request, pk, do, {})


@login_required
@require_POST
def taking(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever was asked signs for it."""

    def do(desk: Desk, acting: Acting, found: Watch) -> Watch:
        return watches.take(by=desk, acting=acting, watch_id=found.pk)

    return _done(request, pk, do, {})


def _done(
    request: HttpRequest, pk: int, do: Callable[[Desk, Acting, Watch], Watch | None], typed: Typed
) -> HttpResponse:
    desk = desk_for(request)
    found = access.watch_for(desk, pk)
    try:
        next_one = do(desk, access.on_watch(desk, found.post), found)
    except Refusal as why:
        return _page(request, desk, access.watch_for(desk, pk), why, typed)
    return redirect("routines:watch", pk=(next_one or found).pk)


def _page(
    request: HttpRequest, desk: Desk, found: Watch, refusal: Refusal | None = None, typed: Typed | None = None
) -> HttpResponse:
    mine, typed = found.keeper_id == desk.staff.pk and found.ended_at is None, typed or {}
    writes = mine and found.offered_at is None
    matters = list(watches.open_matters(desk.estate.pk, found.post))
    emergencies = [line for line in matters if line.kind == LogLine.Kind.EMERGENCY]
    last = watches.last_counted(found)
    context: dict[str, Any] = {
        "watch": found, "reads_days": desk.holds(found.post, *access.SUPERVISES),
        "post": post_title(found.post), "mine": mine, "writes": writes,
        "lines": found.lines.select_related("by", "responsible", "closed_by").order_by("pk"),
        "matters": matters, "emergencies": emergencies, "refusal": refusal, "typed": typed, "now": timezone.now(),
        "may_close": {line.pk for line in matters if mine or line.responsible_id == desk.staff.pk},
        "asked": found.offered_to_id == desk.staff.pk and found.ended_at is None,
        "write_fields": _write_fields(desk, typed, refusal) if writes else [],
        "offer_fields": _offer_fields(desk, found, last, typed, refusal) if writes and not emergencies else [],
        "counted": [
            (title, found.counted.get(name), last.get(name))
            for name, title in watches.kept_by(found.post).items()
        ],
    }  # fmt: skip
    page = "routines/watch_print.html" if request.GET.get("view") == "print" else "routines/watch.html"
    return render(request, page, context, status=answered(refusal))


def _write_fields(desk: Desk, typed: Typed, refusal: Refusal | None) -> list[dict[str, Any]]:
    kinds = {kind.value: str(kind.label) for kind in LogLine.Kind}
    people = {str(one.pk): one.name for one in watches.colleagues(desk.estate.pk)}
    told: list[dict[str, Any]] = [
        {"name": "kind", "type": "choice", "label": _("种类"), "options": kinds, "value": typed.get("kind", "note"),
         "required": True},
        {"name": "text", "type": "long_text", "label": _("内容"), "required": True, "max": watches.LONGEST["text"]},
        {"name": "next_step", "type": "text", "label": _("下一步"), "max": watches.LONGEST["next_step"],
         "help": _("未完事项、紧急事项才写。")},
        {"name": "responsible", "type": "choice", "label": _("责任人"), "options": people,
         "help": _("未完事项、紧急事项必须有责任人。")},
    ]  # fmt: skip
    return [_filled(one, typed, refusal) for one in told]


def _offer_fields(
    desk: Desk, found: Watch, last: Mapping[str, int], typed: Typed, refusal: Refusal | None
) -> list[dict[str, Any]]:
    counted = typed.get("counted", {})
    told: list[dict[str, Any]] = []
    for name, title in watches.kept_by(found.post).items():
        help_ = _("上次交接：%(number)s") % {"number": last[name]} if name in last else ""
        told.append({"name": name, "type": "integer", "label": say(title), "required": True, "help": help_,
                     "value": counted.get(name, "")})  # fmt: skip
    people = watches.colleagues(desk.estate.pk, found.post, *watches.STANDS_IN)
    takers = {str(one.pk): one.name for one in people if one.pk != desk.staff.pk}
    told += [
        {"name": "to", "type": "choice", "label": _("接班人"), "options": takers, "required": True},
        {"name": "remark", "type": "long_text", "label": _("交班说明"), "max": watches.LONGEST["remark"],
         "help": _("数目与上次不同的，在这里写原因。")},
    ]  # fmt: skip
    return [_filled(one, typed, refusal) for one in told]


def _filled(one: dict[str, Any], typed: Typed, refusal: Refusal | None) -> dict[str, Any]:
    wrong = refusal.fields.get(one["name"]) if refusal else None
    return {
        "required": False, "value": typed.get(one["name"], ""), **one, "error": say(wrong) if wrong else "",
    }  # fmt: skip


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None


def answered(refusal: Refusal | None) -> int:
    """The status of a page that says what was refused."""
    if refusal is None:
        return 200
    happenings.refused(refusal.code)
    return 403 if refusal.code in NOT_YOURS else 409 if refusal.code in TOO_LATE else 422
