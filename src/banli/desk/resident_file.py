"""The resident file of a home on one screen (P14): its people, and every case and contact there ever was.

Cases and contacts go on page by page; the other parts are shown whole, up to more than a home ever has. A contact is a
call or a follow-up of a case, made or owed: its task, with how often it was tried.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, Sum
from django.utils import timezone

from banli.cases import rules
from banli.cases.models import Case, Task
from banli.cashier.access import SEES as SEES_MONEY
from banli.cashier.models import LedgerEntry
from banli.engine import verbs
from banli.engine.text import Text
from banli.estate.history import History, history_of
from banli.estate.models import Unit
from banli.journal.models import Entry
from banli.people.access import Desk

from . import price_list
from .cards import Card, cards
from .unit_sheet import ValidPaper, valid_papers

PAGE = 10
#: Steps of these verbs are a contact with somebody of the home.
CONTACTS = frozenset({"call", "follow_up"})


@dataclass(frozen=True)
class Contact:
    """A call or a follow-up. ``outcome`` is None while it is owed; ``tries`` counts those in vain."""

    task: Task
    title: Text
    procedure: Text
    outcome: Text | None
    tries: int


@dataclass(frozen=True)
class Deposit:
    case: int
    title: Text
    fen: int


@dataclass(frozen=True)
class ResidentFile:
    """The file. ``deposits`` is None for whoever does not see the money."""

    unit: Unit
    history: History
    papers: list[ValidPaper]
    deposits: list[Deposit] | None


def resident_file(desk: Desk, unit: Unit) -> ResidentFile:
    """Everything but cases and contacts. Ten queries at most, whatever the home has seen."""
    money = desk.holds(*SEES_MONEY)
    return ResidentFile(
        unit,
        history_of(desk, unit),
        valid_papers(unit, timezone.now()),
        _deposits(unit) if money else None,
    )


def cases(unit: Unit, before: int | None = None, page: int = PAGE) -> tuple[list[Card], int | None]:
    """Every case of the home, the newest first, and what to ask for next: those before this number. Two queries."""
    found = Case.objects.filter(unit=unit).select_related("applicant", "opened_by")
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-id")[: page + 1])
    return cards(rows[:page]), rows[page - 1].pk if len(rows) > page else None


def contacts(unit: Unit, before: int | None = None, page: int = PAGE) -> tuple[list[Contact], int | None]:
    """Every contact there was or is owed, the newest first, and what to ask for next. Three queries."""
    versions = Case.objects.filter(unit=unit).order_by().values_list("version_id", flat=True).distinct()
    wanted = Q(pk__in=())
    for version in versions:
        steps = [name for name, step in rules.rulebook(version).flow.steps.items() if step.verb in CONTACTS]
        wanted |= Q(case__version=version, step__in=steps)
    found = Task.objects.filter(wanted, case__unit=unit).exclude(state=Task.State.CANCELLED)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.select_related("case__applicant", "done_by").order_by("-id")[: page + 1])
    tries = _tries(rows[:page])
    return [_contact(task, tries) for task in rows[:page]], rows[page - 1].pk if len(rows) > page else None


def _contact(task: Task, tries: Counter[tuple[str, str, int | None]]) -> Contact:
    book = rules.rulebook(task.case.version_id)
    verb = verbs.find(book.flow.steps[task.step].verb)
    return Contact(
        task, book.step_title(task.step), book.procedure.title,
        verb.outcome(task.outcome).title if task.outcome else None,
        tries[task.case.stream, task.step, task.branch],
    )  # fmt: skip


def _tries(tasks: Iterable[Task]) -> Counter[tuple[str, str, int | None]]:
    """(stream, step, branch) → how often somebody tried in vain."""
    told: Counter[tuple[str, str, int | None]] = Counter()
    streams = {task.case.stream for task in tasks}
    acts = Entry.objects.filter(stream__in=streams, body__events__contains=[{"event": "attempted"}])
    for stream, body in acts.values_list("stream", "body") if streams else ():
        for event in body["events"]:
            if event["event"] == "attempted":
                told[stream, event["step"], event.get("branch")] += 1
    return told


def _deposits(unit: Unit) -> list[Deposit]:
    """What is held for the home, by case and line, from the ledger alone."""
    lines = {name: line.title for (_pack, name), line in price_list.lines().items()}
    held = (
        LedgerEntry.objects.filter(account=LedgerEntry.Account.DEPOSITS, case__unit=unit)
        .values("case_id", "price")
        .annotate(told=Sum("fen"))
        .exclude(told=0)
        .order_by("case_id", "price")
    )
    return [
        Deposit(
            one["case_id"], lines.get(one["price"], Text(zh=one["price"], en=one["price"])), -int(one["told"])
        )
        for one in held
    ]
