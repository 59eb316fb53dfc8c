"""Cases: open one, read it with its journal, do its steps, take it back, intervene. The screens' own actions."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Query, Router, Status

from banli.cases import access, actions, queries, rules
from banli.cases.models import Case
from banli.engine.procedure import ROLES
from banli.engine.refusals import Refusal
from banli.estate.access import unit_for
from banli.estate.models import Person, Unit
from banli.estate.queries import people_of
from banli.papers.queries import papers_of_case
from banli.people.access import Desk

from .. import answers as a
from .. import pages, telling
from ..access import desk_at
from ..forms import Doing, DoStep, IdempotencyKey, Intervene, JournalAsked, OpenCase, Withdraw
from ..pictures import take

router = Router(tags=["cases"])
#: Papers of one case that are told: the newest.
PAPERS_SHOWN, ENTRIES_SHOWN = 20, 30


@router.post("/estates/{slug:estate}/cases", response={201: a.Done})
def open_case(
    request: HttpRequest, response: HttpResponse, estate: str, sent: OpenCase, key: IdempotencyKey
) -> Status[a.Done]:
    """Open a case and do its first step, in one breath."""
    desk = desk_at(request, estate)
    book = rules.current(sent.procedure)
    unit, applicant = _about(desk, sent)
    taken = take(book, sent, desk.estate)
    done = actions.open_case(
        by=desk,
        procedure=sent.procedure,
        unit=unit,
        applicant=applicant,
        applicant_role=sent.applicant_role,
        answers=taken.answers,
        key=key,
        note=sent.note,
        signature=taken.signature,
        extra=_extra(sent),
        uploads=taken.uploads,
        on_paper=taken.on_paper,
    )
    return Status(201, _told(response, desk, done))


@router.get("/estates/{slug:estate}/cases/{row:case}", response=a.Case)
def case(request: HttpRequest, estate: str, case: int) -> a.Case:
    """A case as it stands: answers, open steps, clocks, papers, and the newest entries of its journal."""
    desk = desk_at(request, estate)
    found = access.case_for(desk, case)
    book = rules.rulebook(found.version_id)
    waiting = queries.open_tasks([found.pk]).get(found.pk, [])
    issued = papers_of_case(found.pk, PAPERS_SHOWN)
    return telling.case(desk, found, book, waiting, issued, _journal(found, None, ENTRIES_SHOWN))


@router.get("/estates/{slug:estate}/cases/{row:case}/journal", response=a.Page[a.Entry])
def journal(request: HttpRequest, estate: str, case: int, asked: Query[JournalAsked]) -> a.Page[a.Entry]:
    """Everything that happened to a case, the newest first."""
    found = access.case_for(desk_at(request, estate), case)
    return _journal(found, pages.row_place(asked.after), asked.limit)


@router.post("/estates/{slug:estate}/cases/{row:case}/acts", response=a.Done)
def act(
    request: HttpRequest, response: HttpResponse, estate: str, case: int, sent: DoStep, key: IdempotencyKey
) -> a.Done:
    """Do an open step."""
    desk = desk_at(request, estate)
    found = access.case_for(desk, case)
    taken = take(rules.rulebook(found.version_id), sent, desk.estate, found)
    done = actions.act(
        by=desk,
        case_id=found.pk,
        step=sent.step,
        outcome=sent.outcome,
        branch=sent.branch,
        key=key,
        answers=taken.answers,
        note=sent.note,
        signature=taken.signature,
        extra=_extra(sent),
        uploads=taken.uploads,
        on_paper=taken.on_paper,
    )
    return _told(response, desk, done)


@router.post("/estates/{slug:estate}/cases/{row:case}/withdrawal", response=a.Done)
def withdrawal(
    request: HttpRequest, response: HttpResponse, estate: str, case: int, sent: Withdraw, key: IdempotencyKey
) -> a.Done:
    """Take a case back, while its procedure allows it."""
    desk = desk_at(request, estate)
    found = access.case_for(desk, case)
    return _told(response, desk, actions.withdraw(by=desk, case_id=found.pk, reason=sent.reason, key=key))


@router.post("/estates/{slug:estate}/cases/{row:case}/intervention", response=a.Done)
def intervention(
    request: HttpRequest, response: HttpResponse, estate: str, case: int, sent: Intervene, key: IdempotencyKey
) -> a.Done:
    """A supervisor reassigns, sends back or reopens, with a reason that is journalled."""
    desk = desk_at(request, estate)
    found = access.case_for(desk, case)
    done = actions.override(
        by=desk,
        case_id=found.pk,
        what=sent.what,
        step=sent.step,
        reason=sent.reason,
        key=key,
        person_id=sent.person,
    )
    return _told(response, desk, done)


def _about(desk: Desk, sent: OpenCase) -> tuple[Unit | None, Person | None]:
    """The home and the applicant. Who somebody is to a home is read from its file, never taken on trust."""
    if sent.unit is None or sent.applicant is None:
        return None, None
    unit = unit_for(desk, sent.unit)
    for one in people_of(desk, unit):
        if one.person.pk == sent.applicant and one.role == sent.applicant_role:
            return unit, one.person
    why = Refusal("not_of_unit", role=ROLES[sent.applicant_role])
    raise Refusal("form_invalid", fields={"applicant": why}, count=1)


def _extra(sent: Doing) -> dict[str, Any]:
    """What the verbs ask beside the answers, as the engine takes it."""
    told: dict[str, Any] = {"ticked": sent.ticked} if sent.ticked else {}
    if sent.assignee is not None:
        told["assignee"] = sent.assignee
    if sent.consent is not None:
        told |= sent.consent.model_dump()
    if sent.again is not None:
        told["at"] = sent.again
    return {**told, **(sent.payment.model_dump() if sent.payment else {})}


def _told(response: HttpResponse, desk: Desk, done: actions.Outcome) -> a.Done:
    response["Location"] = reverse("api:case", args=[desk.estate.code, done.case_id])
    if done.again:
        response["Idempotent-Replay"] = "true"
    return a.Done(case=done.case_id, seq=done.seq)


def _journal(found: Case, before: int | None, limit: int) -> a.Page[a.Entry]:
    told = queries.history(found, before=before, limit=limit + 1)
    shown = [telling.entry(one) for one in told[:limit]]
    where = reverse("api:journal", args=[found.estate.code, found.pk])
    following = f"{where}?limit={limit}&after={shown[-1].seq}" if len(told) > limit else None
    return a.Page(items=shown, next=following)
