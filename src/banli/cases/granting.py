"""A case authorises somebody: the estate's books get the person, what they are to the room, and the letter."""

from datetime import date, datetime, timedelta

from django.utils import timezone

from banli.engine import events as ev
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.estate import actions as estate
from banli.estate.actions import Particulars
from banli.estate.authority import actions as authority_actions
from banli.estate.models import Authority, Occupancy, Person
from banli.people.access import Desk

from . import private
from .models import Case
from .store import Doer


def authorise(case: Case, book: Rulebook, event: ev.Authorised, by: Doer, at: datetime) -> None:
    """Enter the person a step names, for the case's room, and the applicant's letter of authority (Civil Code 165).

    Done again, after an extension, it adds the days that were missing; what stood before stays as it was.
    """
    staff = by.staff or case.opened_by  # an owner may have set it going by themselves
    assert staff is not None and case.unit is not None and case.applicant is not None
    desk = Desk(staff, case.estate, {by.post: by.acting} if by.acting else {})
    told, today, until = (
        _particulars(case, book, event),
        timezone.localdate(at),
        date.fromisoformat(event.until),
    )
    person = _at_the_room(desk, case, told, event.role, today, until, by, at)
    authority_actions.grant_authority(
        by=desk, unit=case.unit, principal=case.applicant, delegate=person, scopes=list(event.scopes),
        valid_from=today, valid_to=until, evidence_kind=Authority.Evidence.SIGNED_PAPER,
        evidence_note=f"{book.procedure.title.zh} #{case.pk}", acting=by.acting, at=at,
    )  # fmt: skip


def _particulars(case: Case, book: Rulebook, event: ev.Authorised) -> Particulars:
    rule = book.flow.steps[event.step].authorises
    assert rule is not None
    said = {}
    for key, name in rule.fields().items():
        own = f"{name}@{event.branch}"
        place = own if event.branch is not None and own in case.form else name
        value = case.form.get(place)
        said[key] = private.open_answer(case, place, value) if book.procedure.form[name].private else value
    paper = {"id_kind": Person.Paper.CN_ID, "id_number": said["id_number"]} if said.get("id_number") else {}
    return Particulars(name=str(said["name"]), phone=said.get("phone") or "", **paper)


def _at_the_room(
    desk: Desk, case: Case, told: Particulars, role: str, since: date, until: date, by: Doer, at: datetime
) -> Person:
    """The person, written down at the room for those of the days for which they are not yet."""
    assert case.unit is not None
    try:
        added = estate.add_person(
            by=desk, unit=case.unit, particulars=told, role=role, since=since, until=until, acting=by.acting, at=at
        )  # fmt: skip
    except Refusal as why:
        if why.code != "already_recorded":
            raise
        person = estate.known_person(case.estate_id, told)
        assert person is not None  # it was found at this room a moment ago
        held = Occupancy.objects.filter(unit=case.unit, person=person, role=role, since__lte=until)
        last = held.order_by("-since").first()
        if last is not None and last.until is not None and last.until < until:
            estate.add_person(
                by=desk, unit=case.unit, particulars=told, role=role, since=last.until + timedelta(days=1),
                until=until, acting=by.acting, at=at,
            )  # fmt: skip
        return person
    return added.person
