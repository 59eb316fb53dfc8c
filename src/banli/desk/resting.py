"""What a procedure rests on, said before anything is filled in: the permit, for cards and an extension (P2.3, P3); and
what rests on a case."""

from dataclasses import dataclass

from django.utils import timezone

from banli.cases import access, facts, rules
from banli.cases.models import Case
from banli.engine import record
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.estate.models import Unit
from banli.people.access import Desk

from .cards import Card, cards


@dataclass(frozen=True)
class Barred:
    """A procedure that cannot be begun for a home. ``open``: the case of what it rests on, not yet so far;
    ``first``: what has to be begun before it, where this desk may."""

    title: Text
    refusal: Refusal
    open: Case | None = None
    first: Rulebook | None = None

    @property
    def said(self) -> Text:
        """Of which procedure, and why."""
        zh, en = self.refusal.say("zh"), self.refusal.say("en")
        return Text(zh=f"{self.title.zh}：{zh}", en=f"{self.title.en}: {en}")

    @property
    def for_good(self) -> bool:
        """Nothing can be entered, not even what was done on paper before: there is no record at all."""
        return self.refusal.code == "record_missing"


def barred(desk: Desk, book: Rulebook, unit: Unit, found: Case | None) -> Barred | None:
    """Why a case of ``book`` cannot rest on ``found``, the newest record of the home that stands; None where it can."""
    rule = book.procedure.rests_on
    if rule is None:
        return None
    why = record.refusal_of(rule, facts.record_form(book, found), timezone.localdate().isoformat())
    if why is None:
        return None
    begun = Case.objects.filter(unit=unit, procedure=rule.procedure, status=Case.Status.OPEN)
    waiting = begun.order_by("-pk").first() if found is None else None
    first = None if waiting else _first(rule.procedure, over=found is not None)
    return Barred(
        book.procedure.title, why, waiting, first if first and access.may_open(desk, first) else None
    )


def closed_answers(desk: Desk, book: Rulebook, unit: Unit) -> dict[str, Text]:
    """The answers with which a case of ``book`` would lead to what cannot be begun for the home, and why (P15)."""
    leading = [step for step in book.flow.steps.values() if step.starts and step.when]
    every = rules.every_current() if leading else {}
    told: dict[str, Text] = {}
    for step in leading:
        led = every.get(step.starts or "")
        why = barred(desk, led, unit, facts.record_for(led, unit)) if led is not None else None
        if why is not None and step.when is not None:
            told |= {value: why.said for atom in step.when.atoms() if atom.op == "in" for value in atom.value}
    return told


def _first(procedure: str, *, over: bool) -> Rulebook | None:
    """The procedure of the record itself; where its last day is past, the one that changes it."""
    every = rules.every_current()
    return (
        next((one for one in every.values() if _extends(one, procedure)), None)
        if over
        else every.get(procedure)
    )


def _extends(book: Rulebook, procedure: str) -> bool:
    rule = book.procedure.rests_on
    if rule is None or rule.procedure != procedure or rule.over != "allowed":
        return False
    return any(rule.last_day in step.amends for step in book.flow.steps.values())


def on_record(case: Case, book: Rulebook) -> list[Card]:
    """The cases that rest on this one, the newest first: a renovation's cards, extensions, items, hot work. Asked only
    where some of them have to be over before it is."""
    if not any(step.after_cases for step in book.flow.steps.values()):
        return []
    return cards(case.resting.select_related("unit__building", "applicant").order_by("-pk"))


def begun_by(case: Case, book: Rulebook) -> list[int]:
    """The cases that were started from this one; asked only where its procedure starts any."""
    if not any(step.starts for step in book.flow.steps.values()):
        return []
    return list(Case.objects.filter(parent=case).order_by("id").values_list("id", flat=True))
