"""A page for every home: its people, and its cases with their answers, pictures and papers. Without any script."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine, Template

from banli.cases import facts, rules, store
from banli.cases.models import Case
from banli.cases.record import Record
from banli.engine.fields import PICTURES
from banli.estate.belongings import PaymentStanding, Vehicle
from banli.estate.contracts.models import Contract
from banli.estate.contracts.queries import line_of, whole
from banli.estate.disclosure import clear_of
from banli.estate.models import Authority, Estate, Occupancy, Unit
from banli.estate.parking import with_periods
from banli.estate.pets.kinds import licence_of, titled
from banli.estate.pets.models import Pet
from banli.estate.scopes import scope_titles
from banli.journal.vault import VaultError

PAGES = Path(__file__).parent / "pages"
AT_ONCE = 200
ERASED = "（已按规定删除 erased under the retention rules）"

#: Case → what its papers are called and where they lie; (case, SHA-256) → where the picture lies.
Papers = Mapping[int, list[tuple[str, str]]]
Pictures = Mapping[tuple[int, str], str]


@dataclass(frozen=True)
class Told:
    """A case on its home's page: label, value, and where a picture lies."""

    case: Case
    title: str
    answers: list[tuple[str, str, str]]
    papers: list[tuple[str, str]]


@cache
def page(name: str) -> Template:
    """A page's template, which lies beside this file."""
    return Engine(autoescape=True).from_string((PAGES / name).read_text("utf-8"))


def href(unit: Unit) -> str:
    """Where a home's page lies; its key has no character that a file's name cannot have, but for what is typed."""
    return (
        f"homes/{unit.pk}-{''.join(sign if sign.isalnum() or sign == '-' else '_' for sign in unit.key)}.html"
    )


def pages(estate: Estate, papers: Papers, pictures: Pictures) -> Iterator[tuple[Unit, bytes]]:
    """Every home's page. So many homes are read at once, by a fixed number of queries."""
    units = Unit.objects.filter(estate=estate).select_related("building").order_by("key")
    waiting: list[Unit] = []
    for unit in units.iterator(AT_ONCE):
        waiting.append(unit)
        if len(waiting) == AT_ONCE:
            yield from _pages(estate, waiting, papers, pictures)
            waiting = []
    yield from _pages(estate, waiting, papers, pictures)


def _pages(
    estate: Estate, units: list[Unit], papers: Papers, pictures: Pictures
) -> Iterator[tuple[Unit, bytes]]:
    lives = _by_unit(
        Occupancy.objects.filter(unit__in=units).select_related("person").order_by("since", "pk")
    )
    letters = _by_unit(
        Authority.objects.filter(unit__in=units).select_related("principal", "delegate").order_by("pk")
    )
    agreed = _by_unit(whole(Contract.objects.filter(unit__in=units)).order_by("since", "pk"))
    entered = Vehicle.objects.filter(unit__in=units).select_related("person").order_by("since", "pk")
    vehicles = _by_unit(with_periods(list(entered)))
    pets = _by_unit(Pet.objects.filter(unit__in=units).select_related("person").order_by("since", "pk"))
    standings = _by_unit(PaymentStanding.objects.filter(unit__in=units).order_by("as_of"))
    cases = _by_unit(Case.objects.filter(unit__in=units).select_related("applicant", "unit").order_by("pk"))
    for unit in units:
        told = {
            "estate": estate,
            "unit": unit,
            "people": [(one, clear.phone, clear.id_number) for one, clear in _opened(lives[unit.pk])],
            "letters": [(one, _matters(one)) for one in letters[unit.pk]],
            "contracts": [(line_of(one), _pages_of(one)) for one in agreed[unit.pk]],
            "vehicles": vehicles[unit.pk],
            "pets": [(one, titled(one.kind), licence_of(one)) for one in pets[unit.pk]],
            "standings": standings[unit.pk],
            "cases": [_case(one, papers.get(one.pk, []), pictures) for one in cases[unit.pk]],
        }
        yield unit, page("home.html").render(Context(told)).encode()


def _pages_of(contract: Contract) -> list[str]:
    return [f"contracts/{contract.pk}/{number:02d}.jpg" for number in range(1, contract.page_count + 1)]  # type: ignore[attr-defined]  # counted with the rows


def _by_unit(rows: Iterable[Any]) -> dict[int, list[Any]]:
    told: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        told[row.unit_id].append(row)
    return told


def _opened(lives: Iterable[Occupancy]) -> Iterator[tuple[Occupancy, Any]]:
    return ((one, clear_of(one.person)) for one in lives)


def _matters(letter: Authority) -> str:
    titles = scope_titles()
    return "、".join(titles[scope].zh if scope in titles else scope for scope in letter.scopes)


def _case(case: Case, papers: list[tuple[str, str]], pictures: Pictures) -> Told:
    book = rules.rulebook(case.version_id)
    record = Record(case, book, store.state_of(case), {}, facts.ZONE, openly=True)
    answers = []
    for place in record.state.form:
        name, _, branch = place.partition("@")
        record.branch = int(branch) if branch else None
        asked = book.procedure.form[name]
        value = _value(record, name)
        where = pictures.get((case.pk, value), "") if asked.type in PICTURES else ""
        if value:
            label = f"{asked.label.zh} {int(branch) + 1}" if branch else asked.label.zh
            answers.append((label, "图 picture" if where else value, where))
    return Told(case, book.procedure.title.zh, answers, papers)


def _value(record: Record, name: str) -> str:
    try:
        return said(record.value(f"form.{name}"))
    except VaultError:
        return ERASED


def said(value: Any) -> str:
    """An answer as text: the Chinese of what has two languages; a table's rows one after another."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return str(value["zh"]) if "zh" in value else "，".join(said(part) for part in value.values() if part)
    if isinstance(value, list | tuple):
        return "；".join(said(part) for part in value)
    return str(value)
