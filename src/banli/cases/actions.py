"""Everything that is done to a case. One action, one transaction: all of it happens, or none of it.

Each action carries an idempotency key. Sent twice, it is done once: the second answer is the first one's.
Refusals are :class:`banli.engine.refusals.Refusal`; then nothing was changed.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from banli.engine import back_entry, consent, decide, joining, verbs
from banli.engine import events as ev
from banli.engine.decide import Act, Actor, OnPaper
from banli.engine.procedure import ROLES
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.estate.models import Person, Unit
from banli.journal.chain import GENESIS, not_before
from banli.journal.vault import new_salt
from banli.operation.happenings import action
from banli.people.access import Acting, Desk, posts_of
from banli.people.models import Staff

from . import agreeing, facts, listing, repeats, rules, store
from .attachments import Upload
from .committing import Outcome, about_of, beginning, commit, commit_alone, left_waiting, until_not_overtaken
from .keys import checked_key, done_before, request_of
from .models import Case


@action("open")
def open_case(
    *, by: Desk, procedure: str, unit: Unit | None, applicant: Person | None, applicant_role: str,
    answers: Mapping[str, Any], key: str, note: str = "", signature: str = "", extra: Mapping[str, Any] | None = None,
    uploads: Iterable[Upload] = (), on_paper: OnPaper | None = None, now: datetime | None = None,
) -> Outcome:  # fmt: skip
    """Open a case and do its first step with ``answers``, in one breath; ``on_paper``: it was opened before, there."""
    clock = now or timezone.now()
    key = checked_key(key)
    if any(one is not None and one.estate_id != by.estate.pk for one in (unit, applicant)):
        raise Refusal("not_found")  # another estate's, as if it were not there
    asked = ("open", procedure, unit and unit.pk, applicant and applicant.pk, applicant_role)

    def once() -> Outcome:
        found = store.begin(procedure[:50], by.estate.pk, key)
        if found is None:
            raise Refusal("unknown_procedure", procedure=procedure[:50])
        at, book = not_before(clock, found.earliest), rules.rulebook(found.version)
        needs_home = book.procedure.about == "unit" or not book.procedure.takes(applicant_role, home=False)
        if book.procedure.about != "estate" and needs_home and (unit is None or applicant is None):
            raise Refusal("unit_required")
        if unit is not None and not book.procedure.takes(applicant_role, home=True):
            raise Refusal("applicant_role", roles=[ROLES[one] for one in book.procedure.applicant.roles])
        first = book.flow.root.items[0]
        act_first = Act(
            first, next(iter(book.flow.targets[first])), None, answers, note, signature, extra or {}, on_paper
        )
        request = request_of(*asked, act_first)
        if found.known is not None:
            return done_before(found.known, request)
        then = _happened(on_paper, at)
        case = Case(
            pk=found.case_id, estate=by.estate, procedure=procedure, version_id=found.version, unit=unit,
            applicant=applicant, applicant_role=applicant_role, opened_at=then, opened_by=by.staff, seq=0,
            head=GENESIS, vault_salt=new_salt(), record=facts.record_for(book, unit),
        )  # fmt: skip
        letter = facts.authority_for(book, unit, applicant, applicant_role, then, answers=answers)
        record = listing.record_form(book, case.record, first)
        again = repeats.came_before(book, case, answers, then)
        taken = facts.taken(book, applicant_role, letter, record, again)
        hold = _asks_holders(book, first, State())
        known_facts = facts.gather(
            book, by.estate, taken=taken, hold=hold, record=record, now=then, did=_did(by, on_paper, then),
            home=unit.pk if unit else None,
        )  # fmt: skip
        events, _ = decide.open_case(book, applicant_role, act_first, actor_of(by), known_facts, at)
        return commit(
            case, book, State(), events, kind="open", by=_doer(by, events), key=key, request=request, at=at,
            about=about_of(case, found.digest), uploads=uploads, letter=letter,
        )  # fmt: skip

    return until_not_overtaken(once)


@action("act")
def act(
    *, by: Desk, case_id: int, step: str, outcome: str, key: str, branch: int | None = None,
    answers: Mapping[str, Any] | None = None, note: str = "", signature: str = "",
    extra: Mapping[str, Any] | None = None, uploads: Iterable[Upload] = (), on_paper: OnPaper | None = None,
    now: datetime | None = None,
) -> Outcome:  # fmt: skip
    """Do an open step of a case. The case is of the desk's estate (access.py has seen to it).

    ``on_paper``: it was done before, on paper, perhaps by a colleague (ADR 0006).
    """
    wanted = Act(step, outcome, branch, answers or {}, note, signature, extra or {}, on_paper)
    request = request_of("act", case_id, wanted)

    def decided(case: Case, book: Rulebook, state: State, at: datetime) -> tuple[list[ev.Event], Any]:
        then, known_step = _happened(on_paper, at), book.flow.steps.get(step)
        files = known_step is not None and verbs.find(known_step.verb).files
        letter, again = None, False
        if files:
            told = {**state.form, **wanted.answers}
            letter = facts.authority_for(
                book, case.unit, case.applicant, case.applicant_role, then, case.pk, told
            )
            again = repeats.came_before(book, case, told, then)
        agrees = known_step is not None and bool(known_step.ways)
        record = listing.record_form(book, case.record, step)
        known_facts = facts.gather(
            book, case.estate,
            taken=facts.taken(book, case.applicant_role, letter, record, again) if files else None,
            hold=_asks_holders(book, step, state), sending=(state, step, wanted.branch), record=record,
            resting=facts.resting(book, step, case), now=then,
            owners=facts.owners_of(case.unit, then) if agrees else frozenset(),
            confirmed=agreeing.confirmed(by, case, signature, wanted.extra, at) if agrees else (),
            case=case.pk, did=_did(by, on_paper, then), home=case.unit_id,
        )  # fmt: skip
        events, _ = decide.act(book, state, wanted, actor_of(by), known_facts, at)
        return events, letter

    return on_case(by, case_id, "act", decided, key=key, request=request, clock=now, uploads=uploads)


@action("withdraw")
def withdraw(*, by: Desk, case_id: int, reason: str, key: str, now: datetime | None = None) -> Outcome:
    """Take the case back, while its procedure allows it."""

    def decided(case: Case, book: Rulebook, state: State, at: datetime) -> tuple[list[ev.Event], Any]:
        known = facts.gather(book, case.estate, now=at)
        return decide.withdraw(book, state, reason, actor_of(by), known, at)[0], None

    request = request_of("withdraw", case_id, reason)
    return on_case(by, case_id, "withdraw", decided, key=key, request=request, clock=now)


@action("join")
def join(
    *, by: Desk, case_id: int, main_id: int, note: str, key: str, now: datetime | None = None
) -> Outcome:
    """Join a repeated report to the open case of the same matter: this one is over, that one is told (P8).

    Refuses with ``join_target`` where that is none of this estate's open cases of the same procedure.
    """

    def decided(case: Case, book: Rulebook, state: State, at: datetime) -> tuple[list[ev.Event], Any]:
        known = facts.gather(book, case.estate, now=at)
        events = joining.join(book, state, main_id, note, actor_of(by), known, at)[0]
        same = Case.objects.filter(estate=case.estate, procedure=case.procedure, status=Case.Status.OPEN)
        if not same.exclude(pk=case.pk).filter(pk=main_id).exists():
            raise Refusal("join_target")
        return events, None

    request = request_of("join", case_id, main_id, note)
    return on_case(by, case_id, "join", decided, key=key, request=request, clock=now)


@action("intervene")
def override(
    *, by: Desk, case_id: int, what: str, step: str, reason: str, key: str, person_id: int | None = None,
    now: datetime | None = None,
) -> Outcome:  # fmt: skip
    """A supervisor's intervention, itself journalled with its reason: ``reassign``, ``send_back`` or ``reopen``."""
    if what not in ("reassign", "send_back", "reopen"):
        raise Refusal("override_target", step=step)

    def decided(case: Case, book: Rulebook, state: State, at: datetime) -> tuple[list[ev.Event], Any]:
        known = facts.gather(
            book, case.estate, hold=_asks_holders(book, step, state), sending=(state, step, None), now=at, case=case.pk
        )  # fmt: skip
        return decide.override(book, state, what, step, reason, actor_of(by), known, at, person_id)[0], None

    request = request_of("override", case_id, what, step, reason, person_id)
    return on_case(by, case_id, "override", decided, key=key, request=request, clock=now)


@action("tick")
def tick(*, case_id: int, now: datetime | None = None) -> Outcome | None:
    """Let time pass on a case: warnings, clocks that ran out. None where nothing was due, so twice is harmless."""
    clock = now or timezone.now()

    def once() -> Outcome | None:
        case, earliest, _ = store.read(case_id)
        now = not_before(clock, earliest)
        book, state = rules.rulebook(case.version_id), store.state_of(case)
        events, _ = decide.tick(book, state, facts.gather(book, case.estate, now=now), now)
        if not events:
            return None
        return commit_alone(case, book, state, events, kind="tick", at=now)

    return until_not_overtaken(once)


@action("mail")
def mailed(*, case_id: int, what: ev.MailSent | ev.MailFailed, now: datetime | None = None) -> Outcome | None:
    """What became of a message that a step sent; one that was taken ends the step. Told twice, it is written once.

    None where a message failed that nothing waits for any more.
    """
    clock = now or timezone.now()
    sent = isinstance(what, ev.MailSent)
    key = checked_key(f"mail {what.message.split('@')[0].strip('<')}") if sent else None
    request = request_of("mail", case_id, what.message) if sent else ""

    def once() -> Outcome | None:
        case, earliest, known = store.read(case_id, key)
        if known is not None:
            return done_before(known, request)
        now = not_before(clock, earliest)
        book, state = rules.rulebook(case.version_id), store.state_of(case)
        record = facts.record_form(book, case.record)
        known_facts = facts.gather(book, case.estate, record=record, now=now)
        events, _ = decide.mailed(book, state, what, known_facts, now)
        if not events:
            return None
        return commit(
            case, book, state, events, kind="mail", by=store.Doer(), key=key, request=request, at=now
        )

    return until_not_overtaken(once)


@action("act_through_link")
def act_through_link(
    *, estate_id: int, case_id: int, person_id: int, step: str, branch: int | None, outcome: str, key: str,
    must_be: Callable[[Case], None], note: str = "", signature: str = "", uploads: Iterable[Upload] = (),
    now: datetime | None = None,
) -> Outcome:  # fmt: skip
    """An owner ends their own step from afar; nobody of the office acts.

    ``must_be`` refuses a case that has changed.
    """
    wanted = Act(step, outcome, branch, {}, note, signature, {"owner": person_id})
    owner = Actor(None, outsider=consent.OWNER)

    def decided(case: Case, book: Rulebook, state: State, at: datetime) -> tuple[list[ev.Event], Any]:
        must_be(case)
        known = facts.gather(
            book, case.estate, record=facts.record_form(book, case.record), resting=facts.resting(book, step, case),
            owners=facts.owners_of(case.unit, at), now=at,
        )  # fmt: skip
        return decide.act(book, state, wanted, owner, known, at)[0], None

    request = request_of("link", case_id, wanted)
    return on_case(
        None,
        case_id,
        "act",
        decided,
        key=key,
        request=request,
        clock=now,
        uploads=uploads,
        estate_id=estate_id,
    )


def on_case(
    by: Desk | None, case_id: int, kind: str, decided: Any, *, key: str, request: str, clock: datetime | None,
    uploads: Iterable[Upload] = (), estate_id: int | None = None,
) -> Outcome:  # fmt: skip
    """Read, decide, write. Of two actions at once one writes; the other reads what it left, and decides again.

    ``by`` is None where nobody of the office acts; then ``estate_id`` says whose case it must be.
    """
    of = by.estate.pk if by is not None else estate_id
    clock = clock or timezone.now()
    key = checked_key(key)

    def once() -> Outcome:
        try:
            case, earliest, known = store.read(case_id, key)
        except Case.DoesNotExist:
            raise Refusal("not_found") from None
        if case.estate_id != of:
            raise Refusal("not_found")
        if known is not None:
            return done_before(known, request)
        book, state, at = rules.rulebook(case.version_id), store.state_of(case), not_before(clock, earliest)
        try:
            events, letter = decided(case, book, state, at)
        except Refusal as why:
            raise _named(why) from None
        return commit(
            case, book, state, events, kind=kind, by=_doer(by, events), key=key, request=request, at=at,
            uploads=uploads, letter=letter,
        )  # fmt: skip

    return until_not_overtaken(once)


def open_waiting(
    *,
    by: Desk,
    acting: Acting,
    procedure: str,
    values: Mapping[str, Any],
    pictures: Iterable[Upload],
    at: datetime,
) -> int:
    """Open a case of the estate that no case starts: something the house found. Its first step, filled with ``values``,
    waits for whoever opens that procedure. In the transaction of what began it.
    """
    found = beginning(procedure, by.estate.pk)
    at = not_before(at, found.earliest)
    case = Case(
        pk=found.case_id, estate=by.estate, procedure=procedure, version_id=found.version, applicant_role="staff",
        opened_at=at, opened_by=by.staff, seq=0, head=GENESIS, vault_salt=new_salt(),
    )  # fmt: skip
    return left_waiting(case, found.digest, values, pictures, store.Doer(by.staff, acting), at)


def actor_of(desk: Desk) -> Actor:
    """The desk as the engine sees it."""
    held = {p: a.deputy_for.pk if a.deputy_for else None for p, a in desk.posts.items()}
    return Actor(desk.staff.pk, held, name=desk.staff.name)


def _happened(on_paper: OnPaper | None, at: datetime) -> datetime:
    """The moment an action is decided by: when it was done on paper, else now."""
    return back_entry.moment_of(on_paper, facts.ZONE, at) if on_paper is not None else at


def _did(by: Desk, on_paper: OnPaper | None, then: datetime) -> Actor | None:
    """The colleague who did on paper what is entered now, with the posts they held at that moment."""
    if on_paper is None or on_paper.by in (None, by.staff.pk):
        return None
    staff = Staff.objects.filter(pk=on_paper.by, is_active=True).first()
    if staff is None:
        return None
    held = posts_of(staff, by.estate.pk, then)
    return Actor(
        staff.pk, {p: a.deputy_for.pk if a.deputy_for else None for p, a in held.items()}, name=staff.name
    )


def _doer(by: Desk | None, events: Iterable[ev.Event]) -> store.Doer:
    """Who did it, in the post that the engine found; nobody of the office where an owner acts through a link."""
    if by is None:
        return store.Doer()
    post = next(
        (
            e.post
            for e in events
            if isinstance(e, (ev.BackEntered, ev.Done, ev.Attempted, ev.Reasoned, ev.ReceiptReplaced))
            and e.post
        ),
        "",
    )
    return store.Doer(by.staff, by.posts.get(post))


def _asks_holders(book: Rulebook, step: str, state: State) -> tuple[str, ...]:
    known = step in book.flow.steps and book.sends_to(step, state)
    return book.sends_up(step, state) if known else ()


def _named(why: Refusal) -> Refusal:
    """A refusal that tells of somebody's act, with their name and the time on the office's clock."""
    if why.code != "task_done":
        return why
    name = Staff.objects.filter(pk=why.params["who"]).values_list("name", flat=True).first()
    at = datetime.fromisoformat(why.params["at"]).astimezone(facts.ZONE)
    return Refusal("task_done", **{**why.params, "who": name or "—", "at": f"{at:%Y-%m-%d %H:%M}"})
