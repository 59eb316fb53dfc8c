"""One home on one screen: its people, what may be done for them, what is going on, what was."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from banli.cases import rules
from banli.cases.models import Case
from banli.engine.text import Text
from banli.estate import parking
from banli.estate import queries as estate
from banli.estate.belongings import PaymentStanding, Vehicle
from banli.estate.models import Unit
from banli.papers.models import Paper
from banli.papers.standing import is_over
from banli.people.access import Desk

from .cards import Card, cards
from .shelves import Shelf, begun, shelved

OPEN_SHOWN, PAPERS_SHOWN, VEHICLES_SHOWN, PAGE = 20, 12, 12, 10
#: A letter of authority that ends within so many days is pointed out.
ENDS_SOON = timedelta(days=7)


@dataclass(frozen=True)
class ValidPaper:
    paper: Paper
    title: Text


@dataclass(frozen=True)
class Warning:
    tone: str
    sentence: str


@dataclass(frozen=True)
class UnitSheet:
    """What the counter shows of a home. ``resident`` is the file's own sheet."""

    unit: Unit
    resident: estate.UnitSheet
    shelves: list[Shelf]
    open_cases: list[Card]
    papers: list[ValidPaper]
    vehicles: list[Vehicle]
    standing: PaymentStanding | None

    @property
    def warnings(self) -> list[Warning]:
        """What the clerk should know before promising anything."""
        now, told = timezone.now(), []
        late = [card for card in self.open_cases if card.clock and card.clock.due < now]
        if late:
            told.append(Warning("red", _("有 %(n)s 件已经超时。") % {"n": len(late)}))
        if not self.resident.of_role("owner", "co_owner"):
            told.append(Warning("amber", _("这套房还没有登记业主。")))
        for coming in self.resident.coming:
            names = {
                "name": coming.person.name,
                "role": coming.get_role_display(),
                "day": f"{coming.since:%Y-%m-%d}",
            }
            told.append(Warning("ink", _("%(name)s（%(role)s）从 %(day)s 起登记在这套房。") % names))
        soon = timezone.localdate(now + ENDS_SOON)
        for line in self.resident.authorities:
            delegate = line.authority.delegate
            if delegate is not None and line.authority.valid_to <= soon:
                names = {"name": delegate.name, "day": f"{line.authority.valid_to:%Y-%m-%d}"}
                told.append(Warning("amber", _("%(name)s的委托到 %(day)s 为止。") % names))
        held = Counter(self._held_by_others())
        told += [
            Warning(
                "amber", _("%(name)s已不住这里，还有 %(n)s 张有效的单据没有收回。") % {"name": name, "n": n}
            )
            for (_person, name), n in held.items()
        ]
        return told

    def _held_by_others(self) -> Iterator[tuple[int, str]]:
        """Of each pass that still holds and was issued to somebody who belongs here no more, that person.

        It is taken back in its own case, where its money is settled; until then the counter is told (P2).
        """
        here = {one.person.pk for one in self.resident.people}
        for one in self.papers:
            who = one.paper.case.applicant
            if who is not None and who.pk not in here:
                yield who.pk, who.name


def unit_sheet(desk: Desk, unit: Unit) -> UnitSheet:
    """Everything but the history. Nine queries, however many people, cases and vehicles there are."""
    now = timezone.now()
    going_on = (
        Case.objects.filter(unit=unit, status=Case.Status.OPEN).select_related("applicant").order_by("-id")
    )
    return UnitSheet(
        unit,
        estate.unit_sheet(desk, unit),
        shelved(begun(desk)),
        cards(going_on[:OPEN_SHOWN]),
        valid_papers(unit, now),
        _vehicles(unit),
        estate.payment_standing_of(unit.pk),
    )


def past_cases(unit: Unit, before: int | None = None) -> tuple[list[Card], int | None]:
    """The home's closed cases, newest first, and what to ask for next: those before this number. One query."""
    closed = Case.objects.filter(unit=unit).exclude(status=Case.Status.OPEN).select_related("applicant")
    if before is not None:
        closed = closed.filter(pk__lt=before)
    rows = list(closed.order_by("-id")[: PAGE + 1])
    return cards(rows[:PAGE]), rows[PAGE - 1].pk if len(rows) > PAGE else None


def _vehicles(unit: Unit) -> list[Vehicle]:
    """The vehicles that stand here today (P20)."""
    today = timezone.localdate()
    entered = Vehicle.objects.filter(unit=unit, since__lte=today).exclude(until__lt=today)
    shown = list(entered.select_related("person").order_by("since", "pk")[:VEHICLES_SHOWN])
    return parking.with_periods(shown, today)


def valid_papers(unit: Unit, now: datetime, of: Collection[int] | None = None) -> list[ValidPaper]:
    """Passes of the home that still hold, the latest first; ``of``: those asked for by these people alone.

    What has no end is a record, not a pass.
    """
    found = Paper.objects.filter(case__unit=unit, state=Paper.State.VALID, valid_until__isnull=False)
    if of is not None:
        found = found.filter(case__applicant__in=of)
    return [
        ValidPaper(paper, rules.rulebook(paper.case.version_id).pack.papers[paper.kind].title)
        for paper in found.select_related("case__applicant").order_by("-id")[:PAPERS_SHOWN]
        if not is_over(paper, now) and not gone_through(paper)
    ]


def gone_through(paper: Paper) -> bool:
    """A pass that somebody came in on, whose case is closed: the visitor has left, and it lets nobody in (P16)."""
    steps = rules.rulebook(paper.case.version_id).flow.steps
    scanned = [m["step"] for m in paper.case.standing.get("marks", ()) if m["outcome"] == "scanned"]
    return paper.case.status != Case.Status.OPEN and any(steps[one].holds == paper.kind for one in scanned)
