"""What the counter's one box finds: homes, people, vehicles, papers and cases, however they are written."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import ClassVar

from django.urls import reverse

from banli.cases import rules
from banli.cases.models import Case
from banli.engine.paper_numbers import one_way
from banli.engine.plates import part_of_plate
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.estate import searching as estate
from banli.estate.belongings import Vehicle
from banli.estate.models import Unit
from banli.papers.finding import meant, names_whole
from banli.papers.models import Paper
from banli.people.access import Desk
from banli.registers.models import RegisterRow
from banli.registers.queries import LATELY, lately

from . import access
from .books import OpenBook, in_force
from .cards import title_of

SHOWN = 8
_OF_A_VISIT = ("person_name", "plate", "date")
_CASE = re.compile(r"(?:#|第)?(\d{1,18})号?", re.ASCII)  # #2481, and as the pages write it: 第 2481 号
_PAPER = re.compile(r"(?=.*[0-9])[A-Z]{1,6}-?[0-9OIL][0-9OIL-]{0,24}", re.ASCII)
#: A bare number that may be the beginning of a longer one: of a room's, of a mobile's, of a landline's.
_BEGUN = re.compile(r"\d{1,3}|1[3-9]\d{2,8}|0\d+", re.ASCII)


@dataclass(frozen=True)
class PaperFound:
    """A paper; ``whole``: the text is its whole number."""

    paper: Paper
    title: Text
    whole: bool


@dataclass(frozen=True)
class CaseFound:
    case: Case
    title: Text


@dataclass(frozen=True)
class VisitFound:
    """Somebody who came, or is to come: as the book of visits has them, without what is private."""

    row: RegisterRow
    title: Text
    words: str


@dataclass(frozen=True)
class Found:
    """Everything a text may mean, the likeliest kind first; ``nearest`` homes where it means nothing.

    ``older``: the books in which visits stand that are too long ago to be looked through here; only so many are
    ``looked_through``.
    """

    text: str
    units: list[Unit]
    persons: list[estate.PersonFound]
    vehicles: list[Vehicle]
    papers: list[PaperFound]
    cases: list[CaseFound]
    nearest: list[Unit]
    visits: list[VisitFound] = field(default_factory=list)
    older: list[OpenBook] = field(default_factory=list)
    looked_through: ClassVar[int] = LATELY

    def __bool__(self) -> bool:
        return bool(self.units or self.persons or self.vehicles or self.papers or self.cases or self.visits)

    @property
    def begun(self) -> bool:
        """Whether nothing but a case is found by a number that may be the beginning of another: 138 of a telephone."""
        others = self.units or self.persons or self.vehicles or self.papers or self.visits
        return bool(self.cases) and not others and _BEGUN.fullmatch(_plain(self.text)) is not None

    @property
    def only(self) -> str:
        """The address of what was meant, where the text can mean one thing only; else empty."""
        if self.begun:
            return ""
        exact = [unit for unit in self.units if getattr(unit, "rank", 0) == 0]
        units = exact if exact and len(exact) == 1 else self.units
        homes = [home for one in self.persons for home in one.homes]
        told = [reverse("desk:unit", args=[unit.pk]) for unit in units]
        told += [reverse("desk:unit", args=[home.unit.pk]) for home in homes]
        told += [reverse("desk:unit", args=[one.unit_id]) for one in self.vehicles]
        if not told:
            told = [reverse("desk:case", args=[one.paper.case_id]) for one in self.papers]
            told += [reverse("desk:case", args=[one.case.pk]) for one in self.cases]
        told += [reverse("desk:case", args=[one.row.case_id]) for one in self.visits]
        return told[0] if len(told) == 1 else ""


def look_up(desk: Desk, text: str, limit: int = SHOWN) -> Found:
    """Look everywhere. At most sixteen queries, however much is found."""
    wanted = " ".join(text.split())[:60]
    if not wanted or "\x00" in wanted:
        return Found(wanted.replace("\x00", ""), [], [], [], [], [], [])
    found = estate.search(desk, wanted, limit)
    papers, cases = _papers(desk, wanted), _cases(desk, wanted)
    nearest = [] if papers or cases else found.nearest
    # Whoever writes a whole number means that paper, and nobody whose initials it begins with.
    persons = [] if any(one.whole for one in papers) else found.persons
    asked = "" if any(one.whole for one in papers) else _of_a_visitor(wanted)
    visits = _visits(desk, asked) if asked else []
    nearest = [] if visits else nearest
    older = _visitors_books(desk) if asked else []
    return Found(wanted, found.units, persons, found.vehicles, papers, cases, nearest, visits, older)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper().replace(" ", "")


def _papers(desk: Desk, text: str) -> list[PaperFound]:
    """Papers by their number, with or without the dashes and zeros that are printed: FX-2026-000012, FX12."""
    if not _PAPER.match(one_way(text)):
        return []
    kinds = rules.current_papers()
    if not kinds:
        return []
    condition = reduce(or_, meant(text, kinds))
    found = Paper.objects.filter(condition, estate=desk.estate, kind__in=list(kinds))
    found = found.select_related("case__unit__building").order_by("-id")[:SHOWN]
    return [PaperFound(one, kinds[one.kind].title, names_whole(text, one, kinds)) for one in found]


def _of_a_visitor(text: str) -> str:
    """What of it a visit may be found by: a part of a plate, or of a name; empty where it is neither."""
    named = len(text) >= 2 and any(sign.isalpha() for sign in text)
    return part_of_plate(text) or (text if named else "")


def _visits(desk: Desk, words: str) -> list[VisitFound]:
    """Visits of late by who came or their plate, in part, the newest first: of procedures whose cases are visits.

    Whoever was here longer ago stands in the book.
    """
    told = []
    for name, book, kept in _kept_of_visits():
        found = lately(desk.estate.pk, kept, words)
        found = found.filter(case__procedure=name).select_related("case__unit__building")[:SHOWN]
        told += [
            VisitFound(one, book.procedure.title, _said(book, one.case))
            for one in found
            if access.may_see(desk, one.case)
        ]
    return told


def _kept_of_visits() -> Iterator[tuple[str, Rulebook, str]]:
    """The procedures whose cases are visits, each with the books they are entered in."""
    for name, book in rules.every_current().items():
        if book.procedure.contact == "visit":
            for kept in {step.book for step in book.flow.steps.values() if step.book}:
                yield name, book, kept


def _visitors_books(desk: Desk) -> list[OpenBook]:
    """The books of visits that this desk may read."""
    names = {kept for _name, _book, kept in _kept_of_visits()}
    return [book for name, book in in_force().items() if name in names and desk.holds(*book.posts)]


def _said(book: Rulebook, case: Case) -> str:
    """What a visit says of itself besides whom it is to: who comes, their plate, the day."""
    asked = book.procedure.form.items()
    told = [name for kind in _OF_A_VISIT for name, one in asked if one.type == kind and not one.private]
    return " · ".join(str(case.form[name]) for name in told if case.form.get(name))


def _cases(desk: Desk, text: str) -> list[CaseFound]:
    """The case of that number, as long as the desk may see it."""
    match = _CASE.fullmatch(_plain(text))
    if match is None:
        return []
    found = (
        Case.objects.filter(pk=int(match[1]), estate=desk.estate)
        .select_related("unit__building", "applicant")
        .order_by("pk")
    )
    return [CaseFound(one, title_of(one)) for one in found if access.may_see(desk, one)]
