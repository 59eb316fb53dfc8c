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
from banli.gate.cards import gone_through
from banli.journal import joined
from banli.papers.models import Paper
from banli.papers.standing import is_over
from banli.people.access import Desk

from .cards import Card, cards
from .shelves import Shelf, begun, shelved

OPEN_SHOWN, PAPERS_SHOWN, VEHICLES_SHOWN, PAGE = 20, 12, 12, 10
#: A letter of authority that ends within so many days is pointed out.
ENDS_SOON = timedelta(days=7)
_LAST = 2**63 - 1
_OPEN = f"""
    SELECT id FROM cases_case WHERE unit_id = %(unit)s AND status = 'open' ORDER BY id DESC LIMIT {OPEN_SHOWN}
"""
_PAST = f"""
    SELECT id FROM cases_case WHERE unit_id = %(unit)s AND status <> 'open' AND id < %(before)s
     ORDER BY id DESC LIMIT {PAGE + 1}
"""
_VEHICLES = f"""
    SELECT id FROM estate_vehicle WHERE unit_id = %(unit)s AND since <= %(today)s
       AND (until IS NULL OR until >= %(today)s) ORDER BY since, id LIMIT {VEHICLES_SHOWN}
"""
_VALID = f"""
    SELECT paper.id FROM papers_paper paper JOIN cases_case ON cases_case.id = paper.case_id
     WHERE cases_case.unit_id = %(unit)s AND paper.state = 'valid' AND paper.valid_until IS NOT NULL
       AND (%(people)s::bigint[] IS NULL OR cases_case.applicant_id = ANY(%(people)s::bigint[]))
     ORDER BY paper.id DESC LIMIT {PAPERS_SHOWN}
"""


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
    going_on = joined.every(Case, _OPEN, {"unit": unit.pk}, joined=("applicant",), order="id DESC")
    return UnitSheet(
        unit,
        estate.unit_sheet(desk, unit),
        shelved(begun(desk)),
        cards(going_on),
        valid_papers(unit, now),
        _vehicles(unit),
        estate.payment_standing_of(unit.pk),
    )


def past_cases(unit: Unit, before: int | None = None) -> tuple[list[Card], int | None]:
    """The home's closed cases, newest first, and what to ask for next: those before this number. One query."""
    asked = {"unit": unit.pk, "before": _LAST if before is None else before}
    rows = joined.every(Case, _PAST, asked, joined=("applicant",), order="id DESC")
    return cards(rows[:PAGE]), rows[PAGE - 1].pk if len(rows) > PAGE else None


def _vehicles(unit: Unit) -> list[Vehicle]:
    """The vehicles that stand here today (P20)."""
    today = timezone.localdate()
    asked = {"unit": unit.pk, "today": today}
    shown = joined.every(Vehicle, _VEHICLES, asked, joined=("person",), order="since, id")
    return parking.with_periods(shown, today)


def valid_papers(unit: Unit, now: datetime, of: Collection[int] | None = None) -> list[ValidPaper]:
    """Passes of the home that still hold, the latest first; ``of``: those asked for by these people alone.

    What has no end is a record, not a pass.
    """
    asked = {"unit": unit.pk, "people": None if of is None else list(of)}
    found = joined.every(Paper, _VALID, asked, joined=("case", "case__applicant"), order="id DESC")
    return [
        ValidPaper(paper, rules.rulebook(paper.case.version_id).pack.papers[paper.kind].title)
        for paper in found
        if not is_over(paper, now) and not has_left(paper)
    ]


def has_left(paper: Paper) -> bool:
    """A pass that somebody came in on, whose case is closed: the visitor has left, and it lets nobody in (P16)."""
    return paper.case.status != Case.Status.OPEN and gone_through(paper) is not None
