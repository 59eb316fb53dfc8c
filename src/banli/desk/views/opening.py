"""The form that opens a case: for somebody of a home, or of the estate itself where no home is concerned."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from banli.cases import actions, facts, held, listing, queries
from banli.cases.access import procedure_for
from banli.cases.committing import Outcome
from banli.cases.models import Case
from banli.engine import events
from banli.engine.record import named
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.estate import queries as estate
from banli.estate.access import FILE_POSTS, unit_for
from banli.estate.models import Authority, Person, Unit
from banli.estate.queries import Resident
from banli.people.access import Desk, desk_for

from .. import known, resting
from ..applicants import Applicants
from ..back_entries import back_entry_of
from ..cards import cards
from ..forms import StepForm
from ..money import tariffs_of
from ..refusing import status_of
from .answering import go_on


@dataclass(frozen=True)
class Asker:
    """Whom a case is opened for: somebody of a home; or the office itself, of the estate. ``record``: it rests on."""

    unit: Unit | None = None
    person: Person | None = None
    role: str = "staff"
    record: Case | None = None

    @classmethod
    def of(cls, unit: Unit, who: Resident, record: Case | None) -> "Asker":
        return cls(unit, who.person, who.role, record)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def opening(request: HttpRequest, pk: int, procedure: str) -> HttpResponse:
    """The form of a procedure's first step, for somebody of the home; sent, it opens the case."""
    desk = desk_for(request)
    home = unit_for(desk, pk)
    book = procedure_for(desk, procedure)
    given = request.POST.get("act-applicant") or request.GET.get("applicant") or ""
    applicants = Applicants.of(book, estate.people_of(desk, home), given)
    page: dict[str, Any] = {
        "unit": home,
        "book": book,
        "applicants": applicants,
        "may_file": desk.holds(*FILE_POSTS),
    }
    found = facts.record_for(book, home)
    barring = resting.barred(desk, book, home, found)
    if barring is not None and barring.for_good:
        status = status_of(barring.refusal) if request.method == "POST" else 200
        return render(request, "desk/opening.html", {**page, "barred": barring}, status=status)
    if applicants.chosen is None:
        refusal = applicants.refusal if given or request.method == "POST" else None
        return render(
            request, "desk/opening.html", {**page, "refusal": refusal}, status=422 if refusal else 200
        )
    page |= {
        "barred": barring,
        "needs_authority": applicants.needs_authority,
        # Read where the form is shown, not where it opens a case.
        "same": cache(lambda: cards(queries.same_matter(home, procedure).select_related("applicant"))),
    }
    return _asked(request, desk, book, Asker.of(home, applicants.chosen, found), page)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def matter(request: HttpRequest, procedure: str) -> HttpResponse:
    """The same for a procedure that is about the estate: nobody applies, the office itself begins it."""
    desk = desk_for(request)
    book = procedure_for(desk, procedure)
    if book.procedure.about == "unit":
        raise Http404
    return _asked(request, desk, book, Asker(), {"book": book})


def _asked(
    request: HttpRequest, desk: Desk, book: Rulebook, asker: Asker, page: dict[str, Any]
) -> HttpResponse:
    form, letter = _form(desk, book, asker)
    if request.method == "POST":
        try:
            return _opened(request, desk, form, asker)
        except Refusal as why:
            form.refused(why)
    page |= {"form": form, "refusal": form.refusal, "letter": letter}
    status = status_of(form.refusal) if form.refusal else 200
    return render(request, "desk/opening.html", page, status=status)


def _form(desk: Desk, book: Rulebook, asker: Asker) -> tuple[StepForm, Authority | None]:
    """The form with what is known of the applicant, and the letter of authority they act on, if there is one."""
    step = book.flow.root.items[0]
    record = listing.record_form(book, asker.record, step)
    settings = facts.settings_of(book, desk.estate)
    told = known.at_opening(
        book, step, known.Sources(asker.person, asker.unit.pk if asker.unit else None, record, settings)
    )
    form = StepForm(book, step, desk.staff.pk, known=told, opening=True, estate=desk.estate.name)
    form.staff = cache(lambda: known.staff_named(desk.estate, book, step))
    form.tariffs = tariffs_of(desk, book, step, form.now)
    form.closed = resting.closed_answers(desk, book, asker.unit) if asker.unit else {}
    form.back = back_entry_of(
        desk,
        book,
        lambda: facts.holders_of(desk.estate, book.procedure.opened_by, form.now).values(),
        opening=True,
    )
    letter = facts.authority_for(book, asker.unit, asker.person, asker.role, form.now)
    taken = facts.taken(book, asker.role, letter, record)
    form.values = {
        "applicant": asker.role,
        **{f"fact.{name}": value for name, value in taken.items()},
        **{f"setting.{name}": value for name, value in settings.items()},
        **named(record),
    }
    return form, letter


def _opened(request: HttpRequest, desk: Desk, form: StepForm, asker: Asker) -> HttpResponse:
    sent = form.read(request.POST, request.FILES, outcome=form.outcomes[0].name)
    form.must_be_sound()
    told = actions.open_case(
        by=desk, procedure=form.book.procedure.procedure, unit=asker.unit, applicant=asker.person,
        applicant_role=asker.role, answers=sent.answers, key=request.POST.get("key", ""), note=sent.note,
        signature=sent.signature, extra=sent.extra, uploads=sent.uploads, on_paper=sent.on_paper,
    )  # fmt: skip
    held.forget(desk.staff.pk, sent.uploads, request.POST)
    return go_on(request, _next_page(desk, told))


def _next_page(desk: Desk, told: Outcome) -> str:
    """The case that was opened, or the one it led to at once, where that waits for this desk and the first is over."""
    ended = any(isinstance(one, events.Ended) for one in told.events)
    begun = [one.case for one in told.events if isinstance(one, events.CaseStarted) and one.case]
    if ended and len(begun) == 1 and queries.waits_for(desk, begun[0]):
        return reverse("desk:case", args=begun)
    return f"{reverse('desk:case', args=[told.case_id])}?done={told.seq}"
