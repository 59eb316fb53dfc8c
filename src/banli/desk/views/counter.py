"""The counter: one box for everything; one screen per home; the form that opens a case."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from banli.cases import actions, facts, queries
from banli.cases.access import procedure_for
from banli.engine.record import named
from banli.engine.refusals import Refusal
from banli.engine.turn import Rulebook
from banli.estate import queries as estate
from banli.estate.access import FILE_POSTS, READ_POSTS, UNMASK_POSTS, unit_for
from banli.estate.models import Authority, Unit
from banli.estate.queries import Resident
from banli.estate.views import FIELD_LABELS
from banli.people.access import Desk, desk_for, estates_of, require_post
from banli.people.views import whole_number

from .. import access, held, known
from ..applicants import Applicants
from ..cards import cards, done_today
from ..forms import StepForm
from ..money import tariffs_of
from ..refusing import status_of
from ..search import look_up
from ..unit_sheet import past_cases, unit_sheet
from .answering import go_on

WAITING_SHOWN = 5


@login_required
@require_GET
def counter(request: HttpRequest) -> HttpResponse:
    """The search box with what waits below it. A text that can mean one thing only leads straight there."""
    if not estates_of(request.user):  # type: ignore[arg-type]  # login_required has seen to it
        return redirect("desk:start")  # which says so
    desk = desk_for(request)
    if not access.at_counter(desk):
        return redirect("desk:inbox")
    text = request.GET.get("q", "")
    found = look_up(desk, text) if text.strip() else None
    if request.headers.get("HX-Request"):
        return render(request, "desk/_found.html", {"found": found, "may_file": desk.holds(*FILE_POSTS)})
    if found is not None and found.only:
        return redirect(found.only)
    context = {
        "found": found,
        "text": found.text if found else "",
        "may_file": desk.holds(*FILE_POSTS),
        "waiting": queries.inbox(desk, limit=WAITING_SHOWN),
        "waiting_count": queries.inbox_count(desk),
        "done": done_today(desk),
    }
    return render(request, "desk/counter.html", context)


@login_required
@require_GET
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One home: who lives there, what is going on, what may be begun."""
    desk = desk_for(request)
    require_post(desk, *READ_POSTS)
    home = unit_for(desk, pk)
    before = request.GET.get("before")
    past, following = past_cases(home, whole_number(before) if before else None)
    history = {"past": past, "next": f"?before={following}" if following else ""}
    if before and request.headers.get("HX-Request"):
        return render(request, "desk/_past.html", {"unit": home, **history})
    person = request.GET.get("person", "")
    sheet = unit_sheet(desk, home)
    chosen = [r.occupancy.pk for r in sheet.resident.people if str(r.person.pk) == person]
    context = {
        "unit": home,
        "sheet": sheet,
        "chosen": chosen[0] if chosen else None,
        "may_file": desk.holds(*FILE_POSTS),
        "may_unmask": desk.holds(*UNMASK_POSTS),
        "labels": FIELD_LABELS,
        **history,
    }
    return render(request, "desk/unit.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest, pk: int, procedure: str) -> HttpResponse:
    """The form of a procedure's first step, for somebody of the home; sent, it opens the case."""
    desk = desk_for(request)
    home = unit_for(desk, pk)
    _, book = procedure_for(desk, procedure)
    if book.procedure.about != "unit":
        raise Http404
    given = request.POST.get("act-applicant") or request.GET.get("applicant") or ""
    applicants = Applicants.of(book, estate.people_of(desk, home), given)
    page: dict[str, Any] = {
        "unit": home,
        "book": book,
        "applicants": applicants,
        "may_file": desk.holds(*FILE_POSTS),
    }
    if applicants.chosen is None:
        refusal = applicants.refusal if given or request.method == "POST" else None
        return render(
            request, "desk/opening.html", {**page, "refusal": refusal}, status=422 if refusal else 200
        )
    form, letter = _form(desk, home, book, applicants.chosen)
    if request.method == "POST":
        try:
            return _opened(request, desk, home, form, applicants.chosen)
        except Refusal as why:
            form.refused(why)
    page |= {
        "form": form,
        "refusal": form.refusal,
        "letter": letter,
        "needs_authority": applicants.needs_authority,
        "same": cards(queries.same_matter(home, procedure).select_related("applicant")),
    }
    status = status_of(form.refusal) if form.refusal else 200
    return render(request, "desk/opening.html", page, status=status)


def _form(desk: Desk, unit: Unit, book: Rulebook, applicant: Resident) -> tuple[StepForm, Authority | None]:
    """The form with what is known of the applicant, and the letter of authority they act on, if there is one."""
    step = book.flow.root.items[0]
    record = facts.record_form(book, facts.record_for(book, unit))
    settings = facts.settings_of(book, desk.estate)
    told = known.at_opening(book, step, applicant.person, record, settings)
    form = StepForm(book, step, desk.staff.pk, known=told, opening=True, estate=desk.estate.name)
    form.tariffs = tariffs_of(desk, book, step, form.now)
    letter = facts.authority_for(book, unit, applicant.person, applicant.role, form.now)
    taken = facts.taken(book, applicant.role, letter, record)
    form.values = {
        "applicant": applicant.role,
        **{f"fact.{name}": value for name, value in taken.items()},
        **{f"setting.{name}": value for name, value in settings.items()},
        **named(record),
    }
    return form, letter


def _opened(
    request: HttpRequest, desk: Desk, unit: Unit, form: StepForm, applicant: Resident
) -> HttpResponse:
    sent = form.read(request.POST, request.FILES, outcome=form.outcomes[0].name)
    form.must_be_sound()
    told = actions.open_case(
        by=desk, procedure=form.book.procedure.procedure, unit=unit, applicant=applicant.person,
        applicant_role=applicant.role, answers=sent.answers, key=request.POST.get("key", ""), note=sent.note,
        signature=sent.signature, extra=sent.extra, uploads=sent.uploads,
    )  # fmt: skip
    held.forget(desk.staff.pk, sent.uploads, request.POST)
    return go_on(request, f"{reverse('desk:case', args=[told.case_id])}?done={told.seq}")
