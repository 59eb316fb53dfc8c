"""From the office's objects to what the API tells of them. Nothing private leaves here in clear."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from banli.cases import access, private, queries, store
from banli.cases import models as cases
from banli.engine import verbs
from banli.engine.conditions import Condition
from banli.engine.fields import Column, Field, Question
from banli.engine.procedure import ROLES, Step
from banli.engine.rulebook import Rulebook
from banli.engine.state import State, Token
from banli.engine.text import Text
from banli.estate import models as estate
from banli.papers import models as papers
from banli.papers.standing import is_over
from banli.people.access import Desk

from . import answers as a

#: Verbs whose step takes ticks of a checklist, and the one that takes ticks of a table's rows, say so themselves:
#: they need these keys.
ROWS_KEY, TO_KEY = "items", "to"


def named(name: str, title: Text) -> a.Named:
    return a.Named(name=name, title=title)


# --- procedures ---------------------------------------------------------------------------------------------------


def procedure(book: Rulebook, version: str, *, may_open: bool) -> a.Procedure:
    """A procedure with its form and its steps, in the file's order."""
    told = book.procedure
    return a.Procedure(
        name=told.procedure,
        title=told.title,
        version=version,
        purpose=told.purpose,
        about=told.about,
        opened_by=list(told.opened_by),
        may_open=may_open,
        applicants=[named(role, ROLES[role]) for role in told.applicant.roles],
        form=[field(name, asked) for name, asked in told.form.items()],
        steps=[step(book, name) for name in book.flow.steps],
    )


def field(name: str, asked: Field) -> a.FormField:
    return a.FormField(
        **_question(name, asked, asked.choices()),
        help=asked.help,
        private=asked.private,
        when=_condition(asked.when),
        earliest=asked.earliest,
        latest=asked.latest,
        needed=asked.needed,
        at_least=asked.at_least,
        at_most=asked.at_most,
        differs_from=asked.differs_from,
        same_day_as=asked.same_day_as,
        refuses=[
            {
                "answer": list(rule.answer),
                "why": {"zh": rule.why.zh, "en": rule.why.en},
                "when": _condition(rule.when),
            }
            for rule in asked.refuses
        ],
        hours=[{"within": rule.within, "when": _condition(rule.when)} for rule in asked.hours],
        default=asked.default,
        columns=[_column(key, one) for key, one in (asked.columns or {}).items() if not one.reckoned],
    )


def _column(name: str, asked: Column) -> a.TableColumn:
    question = _question(name, asked, asked.options or {})
    return a.TableColumn(**question, at_least=asked.at_least, sorts=dict(asked.sorts))


def _question(name: str, asked: Question, options: Mapping[str, Text]) -> dict[str, Any]:
    return {
        "name": name,
        "type": asked.type,
        "label": asked.label,
        "required": asked.required,
        "options": [named(*option) for option in options.items()],
        "min": asked.min,
        "max": asked.max,
    }


def step(book: Rulebook, name: str) -> a.Step:
    """A step with the outcomes somebody may choose."""
    told = book.flow.steps[name]
    verb = verbs.find(told.verb)
    offered = [verb.outcome(outcome) for outcome in book.flow.targets[name]]
    return a.Step(
        name=name,
        title=book.step_title(name),
        verb=told.verb,
        posts=list(told.posts()),
        outsider=told.outside(),
        assigned_by=told.assigned_by(),
        automatic=verb.automatic,
        when=_condition(told.when),
        asks=[asked for asked in told.asks if book.procedure.form[asked].typed],
        signature=verb.signs or told.signed,
        outcomes=[
            a.Outcome(name=o.name, title=o.title, good=o.good, reason=o.reason)
            for o in offered
            if o.chosen and not verb.automatic
        ],
        checklist=[named(*item) for item in (told.checklist or {}).items()],
        rows=_rows(told),
        prices=[_price(book, line) for line in told.prices],
        assigns=told.to,
    )


def _price(book: Rulebook, line: str) -> a.PriceLine:
    told = book.pack.prices[line]
    return a.PriceLine(
        name=line, title=told.title, fen=told.fen, low=told.from_, high=told.to, cap=told.cap, unit=told.unit
    )


def _rows(told: Step) -> str | None:
    return told.items.removeprefix("form.") if told.items else None


def _condition(when: Condition | None) -> Any:
    return when.data if when is not None else None


# --- units and people ---------------------------------------------------------------------------------------------


def unit(told: estate.Unit) -> a.Unit:
    return a.Unit(
        id=told.pk,
        key=told.key,
        address=told.address,
        building=told.building.code,
        entrance=told.entrance,
        room=told.room,
        floor=told.floor,
    )


# --- cases --------------------------------------------------------------------------------------------------------


def task(desk: Desk, waiting: queries.Waiting) -> a.Task:
    """An open task, with why the caller may not do it, if so."""
    told, case, book = waiting.task, waiting.case, waiting.book
    state = store.state_of(case)
    token = state.token(told.step, told.branch) or Token(told.step, told.branch)
    why = access.why_not(desk, book, state, token)
    return a.Task(
        id=told.pk,
        case=case.pk,
        procedure=named(case.procedure, waiting.procedure),
        step=step(book, told.step),
        branch=told.branch,
        unit=case.unit.key if case.unit else None,
        applicant=case.applicant.name if case.applicant else None,
        posts=told.posts,
        person=told.person_id,
        opened_at=told.opened_at,
        due_at=told.due_at,
        refused=a.WhyNot(code=why.code, detail=why.say(get_language() or "zh")) if why else None,
    )


def case(
    desk: Desk, told: cases.Case, book: Rulebook, waiting: Iterable[cases.Task], issued: Iterable[papers.Paper],
    journal: a.Page[a.Entry],
) -> a.Case:  # fmt: skip
    """A case as it stands."""
    state = store.state_of(told)
    return a.Case(
        id=told.pk,
        procedure=named(told.procedure, book.procedure.title),
        version=told.version.digest,
        status=told.status,
        unit=unit(told.unit) if told.unit else None,
        applicant=a.Person(id=told.applicant.pk, name=told.applicant.name) if told.applicant else None,
        applicant_role=told.applicant_role,
        opened_at=told.opened_at,
        opened_by=told.opened_by.name if told.opened_by else None,
        ended_at=told.ended_at,
        due_at=told.due_at,
        parent=told.parent_id,
        seq=told.seq,
        answers=answered(told, book, state),
        tasks=[task(desk, _waiting(told, one, book)) for one in waiting],
        clocks=[clock(book, one) for one in state.clocks if one.clock in book.procedure.clocks],
        papers=[paper(book, one, timezone.now()) for one in issued],
        may_withdraw=access.may_withdraw(desk, book, state),
        may_intervene=access.may_intervene(desk, book),
        journal=journal,
    )


def _waiting(told: cases.Case, one: cases.Task, book: Rulebook) -> queries.Waiting:
    one.case = told
    return queries.Waiting(one, book.procedure.title, book.step_title(one.step), book)


def answered(told: cases.Case, book: Rulebook, state: State) -> dict[str, Any]:
    """The answers as they are stored; a private one only as its mask."""
    said: dict[str, Any] = {}
    for key, value in state.form.items():
        asked = book.procedure.form.get(key.split("@")[0])
        if asked is None or value is None:
            continue
        said[key] = {"masked": private.masked(told, book, key, value)} if asked.private else value
    return said


def clock(book: Rulebook, told: Any) -> a.Clock:
    return a.Clock(
        name=told.clock,
        title=book.procedure.clocks[told.clock].title,
        branch=told.branch,
        started_at=datetime.fromisoformat(told.started),
        due_at=datetime.fromisoformat(told.due),
        state=told.state,
        late=told.state == "late" or told.was_late,
    )


def paper(book: Rulebook, told: papers.Paper, now: datetime) -> a.Paper:
    """A paper of a case; one whose time ran out is expired, marked so already or not."""
    definition = book.pack.papers.get(told.kind)
    over = told.state == papers.Paper.State.VALID and is_over(told, now)
    return a.Paper(
        id=told.pk,
        kind=told.kind,
        title=definition.title if definition else Text(zh=told.kind, en=told.kind),
        number=told.number,
        state="expired" if over else told.state,
        issued_at=told.issued_at,
        issued_by=told.issued_by.name,
        valid_from=told.valid_from,
        valid_until=told.valid_until,
        used_at=told.used_at,
        used_by=told.used_by.name if told.used_by else None,
        void_reason=told.void_reason,
    )


def entry(told: queries.Happened) -> a.Entry:
    return a.Entry(
        seq=told.entry.seq,
        kind=told.entry.kind,
        at=told.entry.at,
        happened_at=told.at if told.back else None,
        entered_by=told.entered_by,
        by=told.who,
        post=told.post,
        deputy_for=told.deputy_for,
        hash=bytes(told.entry.hash).hex(),
        lines=[
            a.Line(
                code=line.code, title=line.title, detail=line.detail, note=line.note, signature=line.signature,
                late=line.late,
            )
            for line in told.lines
        ],
    )  # fmt: skip


# --- registers ----------------------------------------------------------------------------------------------------


def cells(told: Mapping[str, Any]) -> dict[str, Any]:
    """A row's cells; of a sealed one only the mask."""
    return {
        name: {"masked": cell.get("mask", "")} if isinstance(cell, Mapping) and "sealed" in cell else cell
        for name, cell in told.items()
    }
