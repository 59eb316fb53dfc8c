"""How a decision is written: consequences, entry and rows, all or nothing; and the cases it opens or changes."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

import psycopg
from django.db import IntegrityError, connection, transaction

from banli.engine import decide, joining
from banli.engine import events as ev
from banli.engine.decide import Actor
from banli.engine.folding import apply
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.estate.models import Authority
from banli.journal.chain import GENESIS, moment, not_before
from banli.journal.vault import new_salt, salt_mark

from . import booking, consequences, facts, placing, repeats, rules, store
from .attachments import Upload
from .models import Case
from .private import seal_events

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """What came of an action. ``again``: it had been done before by the same key; nothing new happened."""

    case_id: int
    seq: int
    again: bool = False
    events: tuple[ev.Event, ...] = field(default=())


def commit_alone(
    case: Case, book: Rulebook, before: State, events: list[ev.Event], *, kind: str, at: datetime
) -> Outcome:
    """What the system does to a case by itself: nobody's act, no key."""
    return commit(case, book, before, events, kind=kind, by=store.Doer(), key=None, request="", at=at)


def until_not_overtaken(once: Callable[[], T]) -> T:
    """Do it; do it again when somebody else acted on the same case, or with the same key, meanwhile.

    Whoever is overtaken has written nothing, and somebody else has: so this ends. After the first time it is done in
    a transaction, where a paper that does not hold says why.
    """
    around: Callable[[], AbstractContextManager[Any]] = nullcontext
    while True:
        try:
            with around():
                return once()
        except store.Overtaken:
            pass
        except IntegrityError as why:
            if _constraint(why) not in ("entry_key_once", booking.GIVEN_ONCE, *placing.GIVEN_ONCE):
                raise
        around = transaction.atomic


def commit(
    case: Case, book: Rulebook, before: State, events: list[ev.Event], *, kind: str, by: store.Doer, key: str | None,
    request: str, at: datetime, about: dict[str, Any] | None = None, uploads: Iterable[Upload] = (),
    letter: Authority | None = None,
) -> Outcome:  # fmt: skip
    """Seal what is private, let the events have their consequences, append the entry, bring the rows up to date.

    Most actions are one statement, and need no transaction around it. A paper's number is taken before, and has one.
    """
    back = ev.back_entry(events)
    several = (
        letter or before.mails or consequences.goes_elsewhere(events) or (back is not None and back.sheet)
    )
    alone = not several and not connection.in_atomic_block
    work = consequences.Consequences(case, book, by, at, start_child, change_other, back, alone=alone)
    numbered = any(isinstance(event, ev.PaperIssued) for event in events)
    with nullcontext() if alone and not numbered else transaction.atomic():
        work.uploads(uploads)
        work.require_pictures(events)
        events = seal_events(book, events, bytes(case.vault_salt))
        state, told = before, []
        for event, when in ev.timed(events, moment(at)):
            event = work.number(event, state)
            state = apply(state, event, when)
            told.append(event)
        parts = work.parts(told, state)
        said = {**(about or {}), **work.about(), **({"authority": letter.pk} if letter is not None else {})}
        written = store.write(
            case,
            book,
            state,
            told,
            kind=kind,
            by=by,
            key=key,
            request=request,
            at=at,
            about=said,
            parts=parts,
            provided=work.provided,
        )
        work.follow(told, before, state)
        if letter is not None:
            consequences.use_authority(letter, case, at)
    return Outcome(case.pk, written.seq, events=tuple(told))


def start_child(
    parent: Case, event: ev.CaseStarted, pictures: Iterable[Upload], by: store.Doer, at: datetime,
    back: ev.BackEntered | None = None,
) -> int:  # fmt: skip
    """Open the case that a step starts, with what it is given; its first step waits for whoever opens that procedure.

    The answers are given in clear and sealed anew, so that erasing one case leaves the other readable. ``back``: the
    step was done on paper, and is entered afterwards; so the case was opened when the step was done.
    """
    found = beginning(event.procedure, parent.estate_id)
    book, then = rules.rulebook(found.version), datetime.fromisoformat(back.at) if back else at
    case = Case(
        pk=found.case_id, estate=parent.estate, procedure=event.procedure, version_id=found.version, unit=parent.unit,
        applicant=parent.applicant, applicant_role=parent.applicant_role, parent=parent, opened_at=then,
        opened_by=by.staff, seq=0, head=GENESIS, vault_salt=new_salt(), record=facts.record_for(book, parent.unit),
    )  # fmt: skip
    return left_waiting(
        case,
        found.digest,
        event.values,
        pictures,
        by,
        at,
        carried=event.carried,
        back=back,
        about={"parent": parent.pk},
    )


def change_other(
    case: Case, event: ev.RecordChanged | ev.JoinedTo | ev.PartedFrom, by: store.Doer, at: datetime
) -> None:
    """Carry out what a step changes in another case."""
    if isinstance(event, ev.RecordChanged):
        change_record(case, event, by, at)
    else:
        tell_main(case, event, by, at)


def tell_main(case: Case, event: ev.JoinedTo | ev.PartedFrom, by: store.Doer, at: datetime) -> None:
    """The case in hand learns that its matter was reported again (refuses where it has ended meanwhile), or was not."""
    main, earliest, _ = store.read(event.case)
    book, state, when = rules.rulebook(main.version_id), store.state_of(main), not_before(at, earliest)
    kind, told = (
        ("repeated", joining.repeated) if isinstance(event, ev.JoinedTo) else ("parted", joining.parted)
    )
    events, _ = told(book, state, case.pk, facts.gather(book, main.estate, now=when), when)
    commit(main, book, state, events, kind=kind, by=by, key=None, request="", at=when)


def change_record(case: Case, event: ev.RecordChanged, by: store.Doer, at: datetime) -> None:
    """Carry out what a step changes in the case this one rests on, and in what else rests on that (P3.5, P3.6).

    Each of them gets an entry of its own; the cases are taken in the order of their ids.
    """
    if case.record_id is None:
        return
    of = {place.split(".")[0] for place in event.moves}
    resting = Case.objects.filter(record=case.record_id, status=Case.Status.OPEN, procedure__in=of)
    touched = {case.record_id, *resting.exclude(pk=case.pk).values_list("pk", flat=True)}
    for pk in sorted(touched):
        other, earliest, _ = store.read(pk)
        book, state, when = rules.rulebook(other.version_id), store.state_of(other), not_before(at, earliest)
        moves = {
            step: outcome
            for (procedure, step), outcome in ((p.split("."), o) for p, o in event.moves.items())
            if procedure == other.procedure
        }
        values = event.values if pk == case.record_id else {}
        known = facts.gather(book, other.estate, record=facts.record_form(book, other.record), now=when)
        events, _ = decide.amended(book, state, values, case.pk, moves, known, when)
        commit(other, book, state, events, kind="amend", by=by, key=None, request="", at=when)


def about_of(case: Case, version: str) -> dict[str, Any]:
    """What the first entry says of the case beside its events, so that the case's row can be rebuilt."""
    return {
        "procedure": case.procedure,
        "version": version,
        "unit": case.unit_id,
        "applicant": case.applicant_id,
        "applicant_role": case.applicant_role,
        "salt": salt_mark(bytes(case.vault_salt)),
        **({"record": case.record_id} if case.record_id else {}),
    }


def _constraint(why: IntegrityError) -> str | None:
    """Which constraint refused."""
    return why.__cause__.diag.constraint_name if isinstance(why.__cause__, psycopg.Error) else None


def beginning(procedure: str, estate_id: int) -> store.Beginning:
    """For a case that another thing begins; refuses where there is no such procedure."""
    found = store.begin(procedure, estate_id, "")
    if found is None:
        raise Refusal("unknown_procedure", procedure=procedure)
    return found


def left_waiting(
    case: Case, version: str, values: Mapping[str, Any], pictures: Iterable[Upload], by: store.Doer, at: datetime, *,
    carried: Mapping[str, int] | None = None, back: ev.BackEntered | None = None,
    about: Mapping[str, Any] | None = None,
) -> int:  # fmt: skip
    """Open a case and leave its first step, filled with ``values``, waiting."""
    book, then = rules.rulebook(case.version_id), case.opened_at
    letter = facts.authority_for(book, case.unit, case.applicant, case.applicant_role, then, answers=values)
    record = facts.record_form(book, case.record)
    again = repeats.came_before(book, case, values, then)
    taken = facts.taken(book, case.applicant_role, letter, record, again)
    known = facts.gather(book, case.estate, taken=taken, record=record, now=then)
    known = replace(known, brought=carried or {})
    opener = Actor(by.staff.pk if by.staff else None, dict.fromkeys(book.procedure.opened_by))
    events, _ = decide.open_case(book, case.applicant_role, None, opener, known, then)
    if back:
        events.insert(0, ev.BackEntered(at=back.at))
    if values:
        events.append(ev.Filled(book.flow.root.items[0], None, dict(values)))
    commit(
        case, book, State(), events, kind="open", by=by, key=None, request="", at=at,
        about={**about_of(case, version), **(about or {})}, uploads=pictures,
    )  # fmt: skip
    return case.pk
