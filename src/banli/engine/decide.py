"""The engine: (rulebook, state, what somebody wants, facts, now) → what happened, or a Refusal.

Pure: no clock, no database. The same input gives the same events.
"""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from banli.engine import back_entry, consent, deductions, priced, record, verbs
from banli.engine import events as ev
from banli.engine.able import must_be_able
from banli.engine.allowed import has_been_at, may_do, may_enter, must_be_open, post_for
from banli.engine.answers import Moment, judge_all
from banli.engine.back_entry import OnPaper
from banli.engine.complained_of import must_be_sent, note_persons
from banli.engine.fields import OFFICE_ZONE, printable
from banli.engine.money import Tariff
from banli.engine.places import Places, nothing_held
from banli.engine.procedure import ROLES, Step
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.slots import Given
from banli.engine.state import State
from banli.engine.turn import Turn
from banli.engine.verbs import Outcome

__all__ = [
    "Act", "Actor", "Facts", "OnPaper", "Rulebook", "act", "amended", "mailed", "open_case", "override", "tick",
    "withdraw",
]  # fmt: skip

MAX_NOTE = 1000
OVERRIDES = ("reassign", "send_back", "reopen")
#: A drawn signature by its content, or how it was given otherwise.
_SIGNATURE = re.compile(r"^([0-9a-f]{64}|paper|call)$")


@dataclass(frozen=True)
class Actor:
    """Who acts. ``posts``: each post held now → the id of the person deputised for, or None.

    ``outsider``: somebody of OUTSIDERS who acts by themselves, through a link, without anybody of the office.
    """

    id: int | None
    posts: Mapping[str, int | None] = field(default_factory=dict)
    outsider: str = ""
    name: str = ""


@dataclass(frozen=True)
class Facts:
    """What the office knows beside the form.

    ``taken``: the facts of the pack's vocabulary. ``settings``: the estate's, by name. ``holders``: post →
    ids of its holders now; ``names``: theirs; ``unable``: who of them does not do the work. ``holidays``: statutory
    rest days. ``record``: the form of the case this one rests on, where that stands. ``prices``: the estate's own, by
    line of the price list. ``brought``: the deposits that come with the start of a case. ``resting``: procedure → how
    many of its cases, still open, rest on this one. ``owners``: the ids of the room's owners now. ``confirmed``: the
    identity questions the owner on the telephone has answered right.
    ``given``: pool → what other cases hold of its slots. ``places``: what others hold of a place, or a vehicle holds.
    ``staff``: plain name → the ids of the staff called so.
    ``did``: the colleague who did on paper what is entered afterwards, with the posts they held then; None where
    nobody is named, or nobody known.
    """

    taken: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    holders: Mapping[str, Set[int]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    unable: Set[int] = frozenset()
    holidays: Set[date] = frozenset()
    record: Mapping[str, Any] | None = None
    prices: Mapping[str, Tariff] = field(default_factory=dict)
    brought: Mapping[str, int] = field(default_factory=dict)
    resting: Mapping[str, int] = field(default_factory=dict)
    owners: Set[int] = frozenset()
    confirmed: tuple[str, ...] = ()
    given: Mapping[str, Given] = field(default_factory=dict)
    places: Places = nothing_held
    staff: Mapping[str, Set[int]] = field(default_factory=dict)
    did: Actor | None = None
    zone: ZoneInfo = OFFICE_ZONE


@dataclass(frozen=True)
class Act:
    """What somebody wants to do with an open step. ``extra``: assignee, ticks, amount: as the verb asks.

    ``on_paper``: it was done before, on paper, and is entered afterwards.
    """

    step: str
    outcome: str
    branch: int | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""
    signature: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    on_paper: OnPaper | None = None


SYSTEM = Actor(None)


def open_case(
    book: Rulebook, applicant: str, act_first: Act | None, actor: Actor, facts: Facts, now: datetime
) -> tuple[list[ev.Event], State]:
    """Open a case and, where ``act_first`` is given, do its first step in the same breath; else something began it."""
    procedure, turn = book.procedure, Turn(book, State(), facts, now)
    on_paper = act_first.on_paper if act_first is not None else None
    post_for(back_entry.doer(turn, on_paper, actor), procedure.opened_by, "opens_post", book)
    if applicant not in procedure.applicant.roles:
        raise Refusal("applicant_role", roles=[ROLES[r] for r in procedure.applicant.roles])
    back_entry.begin(turn, on_paper, "", actor)
    record.must_stand(turn)
    turn.begin(applicant, begun=act_first is None)
    if act_first is not None:
        _do(turn, act_first, actor)
    return turn.events, turn.state


def act(
    book: Rulebook, state: State, wanted: Act, actor: Actor, facts: Facts, now: datetime
) -> tuple[list[ev.Event], State]:
    """Do an open step. Raises Refusal; then nothing happened."""
    turn = Turn(book, state, facts, now)
    token = state.token(wanted.step, wanted.branch)
    if token is not None:
        back_entry.begin(turn, wanted.on_paper, token.since, actor)
    _do(turn, wanted, actor)
    return turn.events, turn.state


def withdraw(
    book: Rulebook, state: State, reason: str, actor: Actor, facts: Facts, now: datetime
) -> tuple[list[ev.Event], State]:
    """Take the case back, while the procedure allows it."""
    must_be_open(state)
    rule = book.procedure.withdraw
    if rule is None:
        raise Refusal("not_permitted")
    post, _ = post_for(actor, rule.by, "withdraw_post", book)
    if rule.before and any(mark.step == rule.before for mark in state.marks):
        raise Refusal("withdraw_late", step=book.step_title(rule.before))
    turn = Turn(book, state, facts, now)
    turn.emit(ev.Reasoned("withdraw", reason_of(reason), actor.id, post))
    turn.end("withdrawn")
    return turn.events, turn.state


def override(
    book: Rulebook, state: State, what: str, target: str, reason: str,
    actor: Actor, facts: Facts, now: datetime, person: int | None = None,
) -> tuple[list[ev.Event], State]:  # fmt: skip
    """A supervisor's intervention: ``reassign``, ``send_back`` (while open) or ``reopen`` (after the end)."""
    rule = book.procedure.override
    if rule is None:
        raise Refusal("not_permitted")
    if what not in OVERRIDES:
        raise Refusal("not_permitted")
    post, _ = post_for(actor, rule.by, "override_post", book)
    turn = Turn(book, state, facts, now)
    turn.emit(ev.Reasoned(what, reason_of(reason), actor.id, post))
    if what == "reassign":
        must_be_open(state)
        step = book.flow.steps.get(target)
        if step is None or step.verb != "dispatch" or step.to is None or target not in state.assigned:
            raise Refusal("override_target", step=book.step_title(target))
        sent = must_be_sent(book, state, target, None, person, facts.holders, facts.names)
        must_be_able(book, state, target, None, sent, facts)
        turn.assign(target, sent)
        return turn.events, turn.state
    if target not in rule.to:
        raise Refusal("override_target", step=book.step_title(target))
    if not has_been_at(book, state, target):
        raise Refusal("override_target", step=book.step_title(target))
    if what == "send_back":
        must_be_open(state)
    elif state.status in ("new", "open"):
        raise Refusal("case_open")
    elif state.joined_to is not None:
        turn.emit(ev.PartedFrom(state.joined_to))
    turn.send_back(target)
    return turn.events, turn.state


def tick(book: Rulebook, state: State, facts: Facts, now: datetime) -> tuple[list[ev.Event], State]:
    """Let time pass: warnings and clocks that have run out. Nothing due, no events: twice is harmless."""
    turn = Turn(book, state, facts, now)
    if state.status == "open":
        turn.let_time_pass()
        turn.run_automatic()
    return turn.events, turn.state


def mailed(
    book: Rulebook, state: State, what: ev.MailSent | ev.MailFailed, facts: Facts, now: datetime
) -> tuple[list[ev.Event], State]:
    """What became of a message. One that was taken ends the step that waits for it; of one that failed its posts hear.

    A message may be taken after the case has gone on without it: then it is only written down that data left.
    """
    turn = Turn(book, state, facts, now)
    waits = state.token(what.step, what.branch) is not None
    waits = waits and state.mail(what.step, what.branch) == what.message
    if isinstance(what, ev.MailSent):
        turn.emit(what)
        if waits:
            turn.finish(ev.Done(what.step, what.branch, "sent", note=what.answer))
            turn.run_automatic()
    elif waits:
        turn.emit(what)
        turn.emit(ev.Told(book.flow.steps[what.step].posts(), None, "mail_failed", what.step))
    return turn.events, turn.state


def amended(
    book: Rulebook, state: State, values: Mapping[str, Any], case: int | None, moves: Mapping[str, str],
    facts: Facts, now: datetime,
) -> tuple[list[ev.Event], State]:  # fmt: skip
    """Another case, ``case``, changes this one (see :func:`banli.engine.record.take`)."""
    turn = Turn(book, state, facts, now)
    record.take(turn, values, case, moves)
    return turn.events, turn.state


def _do(turn: Turn, wanted: Act, actor: Actor) -> None:
    book, state = turn.book, turn.state
    step = book.flow.steps.get(wanted.step)
    if step is None:
        raise Refusal("unknown_step", step=wanted.step)
    must_be_open(state)
    token = state.token(wanted.step, wanted.branch)
    if token is None:
        raise _why_not_open(book, state, wanted)
    doer = back_entry.doer(turn, wanted.on_paper, actor)
    post, deputy_for = may_do(book, state, token, doer)
    if doer is not actor:
        may_enter(book, state, token, actor)
        turn.emit(ev.Told((), doer.id, "back_entered", wanted.step))
    outcome = _offered(book, step, wanted)
    note = written(wanted.note, "note")
    if outcome.reason and not note:
        raise Refusal("note_required", outcome=outcome.title)
    verb = verbs.find(step.verb)
    if outcome.good:
        record.must_be_clear(turn, step)
    if outcome.good and (verb.files or step.paper) and not step.voids:  # what is over is still taken back
        record.must_stand(turn)
    if outcome.asks:
        told = _answers(turn, wanted, step)
        turn.fill(wanted.step, wanted.branch, told)
        deductions.must_fit(turn, wanted.step, wanted.branch, told)
        for event in note_persons(book, turn.state, wanted.step, wanted.branch, told, turn.facts.staff):
            turn.emit(event)
    if outcome.good and (verb.signs or step.signed) and not _SIGNATURE.match(wanted.signature):
        raise Refusal("signature_required")
    verb.rules(turn.at(wanted.step, wanted.branch), wanted.outcome, wanted.extra)
    agreed = _agreed(turn, wanted, step, actor, good=outcome.good)
    signature = wanted.signature if outcome.good and (verb.signs or step.signed) else ""
    turn.conclude(
        ev.Done(
            wanted.step, wanted.branch, wanted.outcome, doer.id, post, deputy_for, note, signature,
            filed=verb.files, entered_by=None if doer is actor else actor.id, **agreed,
        ),
        wanted.extra,
    )  # fmt: skip


def _agreed(turn: Turn, wanted: Act, step: Step, actor: Actor, *, good: bool) -> dict[str, Any]:
    """What is kept of an owner's consent, or of their refusal through a link."""
    by_link = bool(actor.outsider)
    if good:
        return consent.given(turn, step, wanted.signature, wanted.extra, by_link=by_link)
    return {"way": "link", "person": wanted.extra["owner"]} if by_link else {}


def _offered(book: Rulebook, step: Step, wanted: Act) -> Outcome:
    """The outcome that was chosen, if it is one somebody may choose."""
    verb = verbs.find(step.verb)
    offered = [verb.outcome(name) for name in book.flow.targets[wanted.step]]
    offered = [outcome for outcome in offered if outcome.chosen and not verb.automatic]
    for outcome in offered:
        if outcome.name == wanted.outcome:
            return outcome
    raise Refusal(
        "unknown_outcome",
        step=book.step_title(wanted.step),
        outcome=wanted.outcome,
        choices=[outcome.title for outcome in offered],
    )


def _answers(turn: Turn, wanted: Act, step: Step) -> dict[str, Any]:
    values = {**turn.values(wanted.branch), f"outcome.{wanted.step}": wanted.outcome}
    moment = Moment(now=turn.now, zone=turn.facts.zone, rest_days=turn.facts.holidays)
    asked = turn.book.asked(wanted.step, values)
    told, bad = judge_all(asked, wanted.answers, values, moment, turn.book.procedure.form)
    try:
        told = priced.reckoned(turn.book, asked, told, values, turn.facts.prices)
        if not bad:
            priced.must_be_in_range(turn.book, told, values, turn.facts.prices)
    except Refusal as why:
        bad |= why.fields
    if bad:
        bad = {**_beside(turn, wanted, step), **bad}
        raise Refusal("form_invalid", fields=bad, count=len(bad))
    return told


def _beside(turn: Turn, wanted: Act, step: Step) -> dict[str, Refusal]:
    """What else is missing where answers are wrong, so that all of it is told at once: ticks, the signature."""
    verb, told = verbs.find(step.verb), dict[str, Refusal]()
    if verb.outcome(wanted.outcome).good and step.checklist:
        try:
            verb.rules(turn.at(wanted.step, wanted.branch), wanted.outcome, wanted.extra)
        except Refusal as why:
            told |= {"ticked": why} if why.code == "checklist_open" else {}
    if (
        verb.outcome(wanted.outcome).good
        and (verb.signs or step.signed)
        and not _SIGNATURE.match(wanted.signature)
    ):
        told["signature"] = Refusal("signature_required")
    return told


def reason_of(reason: str) -> str:
    """A reason as it is kept; refuses where there is none."""
    reason = written(reason, "reason")
    if not reason:
        raise Refusal("reason_required")
    return reason


def written(text: str, name: str) -> str:
    """A remark, trimmed: at most MAX_NOTE characters, none that cannot be printed."""
    text = text.strip()
    if len(text) > MAX_NOTE:
        raise Refusal("form_invalid", count=1, fields={name: Refusal("too_long", max=MAX_NOTE)})
    if not printable(text, "\n\t"):
        raise Refusal("form_invalid", count=1, fields={name: Refusal("bad_characters")})
    return text


def _why_not_open(book: Rulebook, state: State, wanted: Act) -> Refusal:
    """A task that is not open was done by somebody (``who``: their id), or is not due."""
    title = book.step_title(wanted.step)
    mark = next((m for m in state.marks if (m.step, m.branch) == (wanted.step, wanted.branch)), None)
    if mark:
        return Refusal("task_done", step=title, who=mark.by, at=mark.at)
    return Refusal("task_not_open", step=title)
