"""One case on one screen: where it stands, what it says, whose turn it is, what happened, what may be done."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from banli.cases import access, facts, queries, repeats, rules, store
from banli.cases.models import Case
from banli.cases.record import Record
from banli.cases.said import owners_in, people_in, said
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.engine.text import Text
from banli.estate.access import ERASE_POSTS
from banli.gate.queries import Stop, stops_of
from banli.papers.models import Paper
from banli.papers.queries import papers_of_case
from banli.papers.standing import is_over
from banli.people.access import Desk

from . import due, matter
from .access import may_unmask
from .answers import Answer, answers
from .cards import Card, cards
from .case_tasks import OpenTask, tasks
from .clock_lines import ClockLine, clock_lines
from .forms import StepForm
from .interventions import Interventions, interventions
from .origins import Origin, origin_of
from .resting import begun_by, on_record
from .round_findings import Finding, finding_of
from .stages import Stage, stages
from .telling import Told, tell
from .unit_sheet import has_left


@dataclass(frozen=True)
class ShownPaper:
    """A paper of the case. ``state`` as it is worth now; ``may_open``: whether the desk may see it and print it;
    ``is_card``: whether it has a card's size, so that many are printed at once; ``whose``: the worker of its row."""

    paper: Paper
    title: Text
    state: str
    may_open: bool
    is_card: bool
    whose: str


@dataclass(frozen=True)
class Alike:
    """A case about the same matter. ``here``: of the same room; else it is about the same thing in another one."""

    case: Case
    title: Text
    here: bool


@dataclass(frozen=True)
class CaseSheet:
    """Everything the page of a case shows. ``names``: those of the staff in it, by id."""

    case: Case
    book: Rulebook
    state: State
    names: dict[int, str]
    due: due.Due | None
    stages: list[Stage]
    answers: list[Answer]
    clocks: list[ClockLine]
    tasks: list[OpenTask]
    papers: list[ShownPaper]
    stops: list[Stop]
    history: list[Told]
    may_unmask: bool
    may_withdraw: bool
    may_hold: bool
    repeats: list[Card]
    parted: list[str]
    joinable: list[Card]
    interventions: Interventions
    alike: list[Alike]
    children: list[int]
    resting: list[Card]
    finding: Finding | None
    origin: Origin | None

    @property
    def up_next(self) -> list[tuple[OpenTask, int]]:
        """What comes next: a step that waits once for each of several cards only once, with for how many."""
        alike = {(task.key.partition(".")[0], task.holders): task for task in reversed(self.tasks)}
        many = Counter((task.key.partition(".")[0], task.holders) for task in self.tasks)
        return [(alike[key], n) for key, n in many.items()]

    @property
    def role(self) -> Text:
        record = Record(self.case, self.book, self.state, {}, facts.ZONE)
        return Text(**record.value("case.applicant_role"))

    @property
    def why_not(self) -> Text | None:
        """Why it came to no good end, by the step at which it did."""
        told = Record(self.case, self.book, self.state, {}, facts.ZONE).value("case.why_not")
        return Text(**told) if told else None

    @property
    def has_cards(self) -> bool:
        """Whether there are cards that the desk may print, all at once."""
        return any(one.is_card and one.may_open and one.state == Paper.State.VALID for one in self.papers)

    @property
    def phones(self) -> list[Answer]:
        """The telephone numbers it says."""
        return [one for one in self.answers if one.kind == "phone" and one.mask]

    @property
    def refused_form(self) -> bool:
        """Whether a form on the page says itself what was refused."""
        return any(task.form is not None and task.form.refusal is not None for task in self.tasks)

    @property
    def sent_back(self) -> Told | None:
        """Who sent the case back last, and why, as long as nobody has done anything since."""
        last = next((one for one in self.history if one.actor_id is not None), None)
        return last if last is not None and last.tone == "amber" and last.note else None

    def done(self, seq: str, desk: Desk) -> Told | None:
        """What whoever asks has just done here: the entry their own action led them from."""
        found = next((one for one in self.history if str(one.seq) == seq), None)
        return found if found is not None and found.actor_id == desk.staff.pk else None


def case_sheet(desk: Desk, case: Case, shown: StepForm | None = None, chosen: str = "") -> CaseSheet:
    """The case for this desk. No query count grows with rows.

    One form is on the page: ``shown``, that was refused; else that of the task ``chosen``; else that of the first task
    this desk may do.
    """
    now, book, state = timezone.now(), rules.rulebook(case.version_id), store.state_of(case)
    told = said(case, people_in(case, state), owners_in(state))
    record = Record(case, book, state, told.names, facts.ZONE, given=told.given)
    papers = papers_of_case(case.pk)
    happened = queries.history(case, known=told.names)
    for paper in papers:
        paper.case = case
    return CaseSheet(
        case=case,
        book=book,
        state=state,
        names=dict(told.names),
        due=due.of_case(book, case.clocks, now) if case.status == Case.Status.OPEN else None,
        stages=stages(record),
        answers=answers(record),
        clocks=clock_lines(book, state, told.names),
        tasks=tasks(desk, record, papers, shown, chosen, now),
        papers=[_paper(desk, book, state.form, paper, now) for paper in papers],
        stops=stops_of(papers),
        history=[tell(book, one, state.form) for one in happened],
        may_unmask=may_unmask(desk, case, state),
        may_withdraw=access.may_withdraw(desk, book, state),
        may_hold=state.status != "open" and not case.erased and desk.holds(*ERASE_POSTS),
        repeats=_repeats(state),
        parted=_parted(state, happened),
        joinable=_joinable(desk, case, book, state, now),
        interventions=interventions(desk, case, book, state, now),
        alike=[
            Alike(one, rules.rulebook(one.version_id).procedure.title, one.unit_id == case.unit_id)
            for one in repeats.alike(book, case)
        ],
        children=begun_by(case, book),
        resting=on_record(case, book),
        finding=finding_of(case),
        origin=origin_of(desk, case, state),
    )


def _repeats(state: State) -> list[Card]:
    """The reports that were joined to this case. Nothing is asked where there are none."""
    if not state.repeats:
        return []
    found = (
        Case.objects.filter(pk__in=state.repeats).select_related("unit__building", "applicant").order_by("pk")
    )
    return cards(found)


def _parted(state: State, happened: list[queries.Happened]) -> list[str]:
    """The reports that were joined to this case and are no more, while whoever has it in hand may still mix them up."""
    if state.status != "open":
        return []
    told = [line.note for one in happened for line in one.lines if line.code == "parted"]
    return sorted({number for number in told if int(number) not in state.repeats}, key=int)


def _joinable(desk: Desk, case: Case, book: Rulebook, state: State, now: datetime) -> list[Card]:
    """The open cases whose matter this one may repeat, while this desk may join it."""
    rule = book.procedure.withdraw
    if rule is None or rule.joins != "yes" or not access.may_withdraw(desk, book, state):
        return []
    return cards(queries.repeatable(case, now))


def _paper(
    desk: Desk, book: Rulebook, form: Mapping[str, Any], paper: Paper, now: datetime
) -> ShownPaper:  # fmt: skip
    definition = book.pack.papers[paper.kind]
    state = Paper.State(paper.state)
    if state in (Paper.State.VALID, Paper.State.EXPIRED) and has_left(paper):
        state = Paper.State.USED
    elif state == Paper.State.VALID and is_over(paper, now):
        state = Paper.State.EXPIRED
    return ShownPaper(
        paper, definition.title, str(state), desk.holds(*definition.printed_by), definition.size == "card",
        matter.whose(book, form, paper.step, paper.branch),
    )  # fmt: skip
