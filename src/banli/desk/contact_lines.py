"""The line of time of a home, or of somebody, in words: cases, calls, visits, papers, messages, coming and leaving."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from banli.cases import rules
from banli.cases.contacts import CALLS
from banli.cases.models import Case, Contact, Task
from banli.engine import verbs
from banli.estate.models import Occupancy, Person, Unit
from banli.messages.channel import CHANNELS
from banli.messages.models import Delivery

from . import time_line
from .cards import title_of
from .paging import Spot

#: kind → its title and its icon.
KINDS: dict[str, tuple[Any, str]] = {
    "case": (gettext_lazy("办件"), "files"),
    "call": (gettext_lazy("来电"), "phone"),
    "visit": (gettext_lazy("来访"), "user-check"),
    "reply": (gettext_lazy("回电、回访"), "phone-call"),
    "paper": (gettext_lazy("单据"), "file-certificate"),
    "message": (gettext_lazy("消息"), "device-mobile"),
    "move": (gettext_lazy("迁入迁出"), "home"),
}
#: Of the calls that are owed so many are told.
OWED = 20
_TONES = {"sent": "jade", "arrived": "jade", "failed": "red", "stopped": "quiet"}


@dataclass(frozen=True)
class Line:
    """One thing of the line. ``state``: of a case; ``said``: how a call or a message ended. ``dated``: of a day."""

    kind: str
    at: datetime
    title: Any
    case: Case | None = None
    unit: Unit | None = None
    person: str = ""
    by: str = ""
    more: str = ""
    state: str = ""
    said: Any = ""
    tone: str = ""
    owed: bool = False
    dated: bool = False

    @property
    def icon(self) -> str:
        return KINDS[self.kind][1]

    @property
    def kind_title(self) -> Any:
        return KINDS[self.kind][0]


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    following: Spot | None


def page(
    of: Unit | Person,
    *,
    kinds: Iterable[str] = time_line.KINDS,
    after: Spot | None = None,
    size: int = time_line.PAGE,
) -> Page:
    """A page of the line; before its first the calls that are owed. At most nine queries, whatever there was."""
    kinds = tuple(kinds)
    found = time_line.found(of, kinds=kinds, after=after, page=size)
    told = {part: _TOLD[part]([one for one in found.spots if one.part == part]) for part in _TOLD}
    lines = [told[one.part][one.pk] for one in found.spots if one.pk in told[one.part]]
    owed = _owed(of) if after is None and "reply" in kinds else []
    return Page(owed + lines, found.following)


Told = dict[int, Line]


def _cases(spots: list[Spot]) -> Told:
    if not spots:
        return {}
    kinds = time_line.procedure_kinds()
    rows = Case.objects.filter(pk__in=[one.pk for one in spots])
    return {
        case.pk: Line(
            kinds.get(case.procedure, "case"), case.opened_at, title_of(case), case, case.unit, _name(case.applicant),
            case.opened_by.name if case.opened_by else "", state=case.status,
        )
        for case in rows.select_related("unit", "applicant", "opened_by")
    }  # fmt: skip


def _contacts(spots: list[Spot]) -> Told:
    if not spots:
        return {}
    rows = Contact.objects.filter(pk__in=[one.pk for one in spots])
    return {
        one.pk: _contact(one) for one in rows.select_related("case__unit", "case__applicant", "unit", "by")
    }


def _contact(one: Contact) -> Line:
    book = rules.rulebook(one.case.version_id)
    whose = (one.case, one.unit, _name(one.case.applicant), one.by.name if one.by else "")
    if one.kind == Contact.Kind.PAPER:
        title = book.pack.papers[book.flow.steps[one.step].paper or ""].title
        return Line("paper", one.at, title, *whose, more=one.number)
    outcome = verbs.find(book.flow.steps[one.step].verb).outcome(one.outcome)
    return Line("reply", one.at, book.step_title(one.step), *whose, said=outcome.told,
                tone="" if outcome.good else "amber")  # fmt: skip


def _messages(spots: list[Spot]) -> Told:
    if not spots:
        return {}
    rows = Delivery.objects.filter(pk__in=[one.pk for one in spots])
    return {
        one.pk: Line(
            "message", one.queued_at, str(one.get_purpose_display()), one.case, one.unit, _name(one.person),
            more=f"{CHANNELS[one.channel]} {one.address}".strip(), said=str(one.get_state_display()),
            tone=_TONES.get(one.state, ""),
        )
        for one in rows.select_related("case", "unit", "person")
    }  # fmt: skip


def _moves(title: Callable[[], str], day: str, why: str) -> Callable[[list[Spot]], Told]:
    def told(spots: list[Spot]) -> Told:
        if not spots:
            return {}
        at = {one.pk: one.at for one in spots}
        rows = Occupancy.objects.filter(pk__in=at).select_related("unit", "person")
        return {
            one.pk: Line(
                "move", at[one.pk], title(), None, one.unit, one.person.name, dated=True,
                more=" · ".join(filter(None, (str(one.get_role_display()), str(getattr(one, f"get_{why}_display")())))),
            )
            for one in rows
        }  # fmt: skip

    return told


_TOLD: dict[int, Callable[[list[Spot]], Told]] = {
    time_line.CAME: _moves(lambda: _("已迁入"), "since", "arrival"),
    time_line.LEFT: _moves(lambda: _("已迁出"), "until", "departure"),
    time_line.CASE: _cases,
    time_line.CALL: _contacts,
    time_line.PAPER: _contacts,
    time_line.MESSAGE: _messages,
}


def _owed(of: Unit | Person) -> list[Line]:
    """The calls that are owed on open cases, the nearest first. Two queries."""
    mine = Q(unit=of) if isinstance(of, Unit) else Q(applicant=of)
    going_on = list(Case.objects.filter(mine, status=Case.Status.OPEN).values_list("pk", "version"))
    wanted = Q(pk__in=())
    for version in {version for _pk, version in going_on}:
        steps = [name for name, step in rules.rulebook(version).flow.steps.items() if step.verb in CALLS]
        wanted |= Q(case__version=version, step__in=steps)
    tasks = Task.objects.filter(
        wanted, case__in=[pk for pk, _version in going_on], state=Task.State.OPEN
    ).select_related("case__unit", "case__applicant")
    return [
        Line(
            "reply", one.opened_at, rules.rulebook(one.case.version_id).step_title(one.step), one.case, one.case.unit,
            _name(one.case.applicant), said=_("待联系"), tone="amber", owed=True,
        )
        for one in tasks.order_by("order_at", "pk")[:OWED]
    ]  # fmt: skip


def _name(person: Person | None) -> str:
    return person.name if person else ""
