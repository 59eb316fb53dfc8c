"""The page of a case, and what may be done there: its steps, taking it back, a supervisor's intervention."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from banli.cases import actions, attachments, held, rules, store
from banli.cases.access import attachment_for, case_for
from banli.cases.models import Case
from banli.cases.queries import started_by, waits_for
from banli.engine import draw
from banli.engine.refusals import Refusal
from banli.people.access import Denied, Desk, desk_for
from banli.people.views import whole_number

from .. import access, follow_ups
from ..calling import call_of
from ..case_sheet import case_sheet
from ..case_tasks import record_of, task_form
from ..forms import StepForm
from ..private_answers import masked_answer, unmask
from ..refusing import status_of
from .answering import go_on

#: Where one came from, and is led back to: what the address and the forms call it → the screen.
CAME_FROM = {"inbox": "desk:inbox", "calls": "desk:follow_ups"}
#: What the house keeps as pictures; nothing else is ever handed out as one.
PICTURES = ("image/jpeg", "image/png")


@login_required
@require_GET
@never_cache
def case(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it stands, what it says, what is next. ``?done=<entry>``: what whoever asks has just done."""
    desk = desk_for(request)
    return page(request, desk, case_for(desk, pk))


@login_required
@require_POST
def acts(request: HttpRequest, pk: int) -> HttpResponse:
    """Do an open step."""
    desk = desk_for(request)
    found = case_for(desk, pk)
    name, branch = request.POST.get("act-step", ""), branch_of(request.POST.get("act-branch", ""))
    record = record_of(found)
    if name not in record.book.flow.steps:
        return page(request, desk, found, Refusal("unknown_step", step=name[:50].replace("\x00", "")))
    form = task_form(desk, record, name, branch, timezone.now())
    try:
        sent = form.read(request.POST, request.FILES)
        form.must_be_sound()
        told = actions.act(
            by=desk, case_id=found.pk, step=name, outcome=sent.outcome, branch=branch, answers=sent.answers,
            note=sent.note, signature=sent.signature, extra=sent.extra, uploads=sent.uploads,
            key=request.POST.get("key", ""), on_paper=sent.on_paper,
        )  # fmt: skip
    except Refusal as why:
        return page(request, desk, case_for(desk, pk), why, form.refused(why))
    held.forget(desk.staff.pk, sent.uploads, request.POST)
    return _on(request, desk, found, told.seq)


@login_required
@require_POST
def withdrawal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the case back."""
    desk = desk_for(request)
    found = case_for(desk, pk)
    reason = request.POST.get("withdraw-reason", "")
    try:
        told = actions.withdraw(by=desk, case_id=found.pk, reason=reason, key=request.POST.get("key", ""))
    except Refusal as why:
        return page(request, desk, case_for(desk, pk), why, typed=Typed("withdraw", reason))
    return _on(request, desk, found, told.seq)


@login_required
@require_POST
def joining(request: HttpRequest, pk: int) -> HttpResponse:
    """The report repeats the matter of an open case: it is joined to it, and one goes on there."""
    desk = desk_for(request)
    found = case_for(desk, pk)
    main, note = whole_number(request.POST.get("join-to", "")), request.POST.get("join-note", "")
    try:
        actions.join(by=desk, case_id=found.pk, main_id=main or 0, note=note, key=request.POST.get("key", ""))
    except Refusal as why:
        return page(request, desk, case_for(desk, pk), why, typed=Typed("join", note, str(main or "")))
    return go_on(request, reverse("desk:case", args=[main]))


@login_required
@require_POST
def intervention(request: HttpRequest, pk: int) -> HttpResponse:
    """A supervisor sends somebody else, sends the case back, or opens it again; always with a reason."""
    desk = desk_for(request)
    found = case_for(desk, pk)
    what = request.POST.get("what", "")[:20]
    control = "reassign" if what == "reassign" else "back"
    to, reason = request.POST.get(f"{control}-to", "")[:60], request.POST.get(f"{control}-reason", "")
    step, _, person = to.replace("\x00", "").partition(":")
    try:
        told = actions.override(
            by=desk, case_id=found.pk, what=what, step=step, reason=reason, key=request.POST.get("key", ""),
            person_id=whole_number(person) if person else None,
        )  # fmt: skip
    except Refusal as why:
        return page(request, desk, case_for(desk, pk), why, typed=Typed(what, reason, to))
    return _on(request, desk, found, told.seq)


@login_required
@require_POST
@never_cache
def unmasking(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one private answer, for a reason that is journalled with the look. The answer is kept nowhere."""
    desk = desk_for(request)
    found = case_for(desk, pk)
    record = record_of(found)
    if not access.may_unmask(desk, found, record.state):
        raise Denied
    place = request.POST.get("field", "")
    answer = masked_answer(record, place)
    context: dict[str, Any] = {"case": found, "label": answer.label, "masked": answer.mask}
    try:
        told = unmask(by=desk, record=record, place=place, reason=request.POST.get("reason", ""))
        context["clear"], context["picture"], status = told.text, told.picture, 200
        context["tel"] = answer.kind == "phone"
    except Refusal as why:
        context["refusal"], status = why, status_of(why)
    part = "estate/_unmasked.html" if request.headers.get("HX-Request") else "desk/unmasked.html"
    return render(request, part, context, status=status)


@login_required
@require_GET
@never_cache
def chart(request: HttpRequest, pk: int) -> HttpResponse:
    """The procedure's chart as this case has gone it so far."""
    found = case_for(desk_for(request), pk)
    state = store.state_of(found)
    done, waiting = {mark.step for mark in state.marks}, {token.step for token in state.tokens}
    drawn = draw.svg(rules.rulebook(found.version_id), get_language() or "zh", done=done, open=waiting)
    return HttpResponse(drawn, content_type="image/svg+xml")


@login_required
@require_GET
@never_cache
def attachment(request: HttpRequest, pk: int, sha256: str) -> HttpResponse:
    """A photograph or a drawn signature of a case."""
    found, kept = attachment_for(desk_for(request), pk, sha256)
    return _picture(attachments.content(kept, found), kept.media_type)


@login_required
@require_GET
@never_cache
def held_picture(request: HttpRequest, sha256: str) -> HttpResponse:
    """A picture that came with a form that was refused, for whoever sent it."""
    upload = held.held(desk_for(request).staff.pk, sha256)
    if upload is None:
        raise Http404
    return _picture(upload.content, upload.media_type)


@dataclass(frozen=True)
class Typed:
    """What was typed into a withdrawal or an intervention that was refused."""

    what: str
    reason: str
    to: str = ""


def page(
    request: HttpRequest, desk: Desk, found: Case, refusal: Refusal | None = None, form: StepForm | None = None,
    typed: Typed | None = None,
) -> HttpResponse:  # fmt: skip
    sheet = case_sheet(desk, found, form, request.GET.get("task", ""))
    came_from = _came_from(request)
    now = timezone.now()
    call = call_of(sheet, now) if came_from == "calls" else None
    context = {
        "call": call,
        "owed": follow_ups.of_call(desk, found.pk, call, now) if call else None,
        "sheet": sheet,
        "case": found,
        "desk": desk,
        "typed": typed,
        "refusal": refusal,
        "done": sheet.done(request.GET.get("done", ""), desk),
        "next": came_from,
    }
    template = "desk/call.html" if call else "desk/case.html"
    return render(request, template, context, status=status_of(refusal) if refusal else 200)


def _on(request: HttpRequest, desk: Desk, found: Case, seq: int) -> HttpResponse:
    """After an action: on with the case, or to the inbox one came from once nothing of it waits for this desk.

    After a call on to the next one, or to the complaint it led to.
    """
    case = f"{reverse('desk:case', args=[found.pk])}?done={seq}"
    came_from = _came_from(request)
    if came_from == "calls":
        started = started_by(found, seq)
        return go_on(request, reverse("desk:case", args=[started]) if started else reverse("desk:follow_ups"))
    if not came_from:
        return go_on(request, case)
    if waits_for(desk, found.pk):
        return go_on(request, f"{case}&next={came_from}")
    return go_on(request, f"{reverse(CAME_FROM[came_from])}?done={found.pk}.{seq}")


def _came_from(request: HttpRequest) -> str:
    told = request.POST.get("next") or request.GET.get("next") or ""
    return told if told in CAME_FROM else ""


def branch_of(text: str) -> int | None:
    """The row a step belongs to; none outside an ``each`` block."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise Http404
    return int(text)


def _picture(content: bytes, media_type: str) -> HttpResponse:
    response = HttpResponse(
        content, content_type=media_type if media_type in PICTURES else "application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = "inline"
    return response
