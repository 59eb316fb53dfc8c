"""Abstract answers: of all values a name can have, one for each way the conditions can tell them apart."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations, product
from typing import Any

from banli.engine.check.domains import Domain, domains_of
from banli.engine.conditions import Atom, Condition
from banli.engine.fields import Field
from banli.engine.procedure import Step
from banli.engine.rulebook import Rulebook

#: A moment to reckon deadlines from; which one does not matter.
NOW = datetime(2026, 5, 1, 1, tzinfo=UTC)
#: Rows tried in an ``each`` block: none where the table allows it, one, and two.
ROWS = (1, 2)


@dataclass(frozen=True)
class Opening:
    """How a case can begin: the applicant's role, the facts and the settings that conditions ask for."""

    applicant: str
    facts: dict[str, str]
    settings: dict[str, Any]

    def label(self) -> str:
        told = [f"applicant={self.applicant}"] if self.applicant else []
        told += [f"fact.{k}={v}" for k, v in self.facts.items()]
        told += [f"setting.{k}={v}" for k, v in self.settings.items()]
        return f"open ({', '.join(told)})" if told else "open"


class Choices:
    """The abstract values of one procedure. A name that no condition and no deadline asks about has none."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self._domains = domains_of(book)
        self._atoms: dict[str, list[Atom]] = {}
        for when in _conditions(book):
            self._ask(when)
        self.counted = _counted(book)
        for name in _amounts(book):
            self._atoms.setdefault(name, []).append(Atom(name, "at_least", 1))
        self.fields = self._relevant()
        self._values = {name: self._of_field(name, book.procedure.form[name]) for name in self.fields}

    @property
    def names(self) -> frozenset[str]:
        """The names that conditions ask about."""
        return frozenset(self._atoms)

    def values(self, field: str) -> list[Any]:
        """The abstract answers of a field, where its answer matters."""
        return self._values.get(field, [])

    def openings(self) -> Iterator[Opening]:
        """Every way a case can begin that conditions can tell apart."""
        roles = self._of_word("applicant") if "applicant" in self._atoms else [""]
        for role, facts, settings in product(roles, self.facts(), self._settings()):
            yield Opening(role, facts, settings)

    def facts(self) -> list[dict[str, str]]:
        """Every combination of facts that conditions can tell apart."""
        return self._combined("fact.")

    def answers(self, step: Step, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Every way a step's questions can be answered that conditions can tell apart."""
        asked = [name for name in step.asks if name in self.fields]
        return self._answers(asked, dict(values), {})

    def _answers(
        self, asked: list[str], seen: dict[str, Any], told: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        if not asked:
            yield told
            return
        name, rest = asked[0], asked[1:]
        field = self.book.procedure.form[name]
        when = field.when
        possible = self._values[name] if when is None or when.holds(seen) else [None]
        possible = [one for one in possible if not any(rule.hits(one, seen) for rule in field.refuses)]
        for value in possible:
            yield from self._answers(rest, {**seen, f"form.{name}": value}, {**told, name: value})

    def _ask(self, when: Condition | None) -> None:
        for atom in when.atoms() if when else ():
            self._atoms.setdefault(atom.name, []).append(atom)

    def _relevant(self) -> frozenset[str]:
        """The fields whose answers matter, and those on which it depends whether they are asked."""
        form = self.book.procedure.form
        wanted = {name.removeprefix("form.") for name in self._atoms if name.startswith("form.")}
        wanted |= set(self.counted)
        told: set[str] = set()
        while wanted - told:
            name = (wanted - told).pop()
            told.add(name)
            self._ask(form[name].when)
            when = form[name].when
            others = {atom.name for atom in when.atoms()} if when else set()
            wanted |= {other.removeprefix("form.") for other in others if other.startswith("form.")}
        return frozenset(told)

    def _settings(self) -> list[dict[str, Any]]:
        return self._combined("setting.")

    def _combined(self, prefix: str) -> list[dict[str, Any]]:
        names = sorted(name for name in self._atoms if name.startswith(prefix))
        values = [self._of(name) for name in names]
        plain = [name.removeprefix(prefix) for name in names]
        return [dict(zip(plain, one, strict=True)) for one in product(*values)]

    def _of(self, name: str) -> list[Any]:
        domain = self._domains[name]
        if domain.kind == "number":
            return self._distinct(name, _points(domain, self._atoms.get(name, ())))
        if domain.kind == "words":
            return self._distinct(name, _subsets(domain.values))
        return self._of_word(name) if domain.kind == "word" else ["…"]

    def _of_word(self, name: str) -> list[Any]:
        return self._distinct(name, self._domains[name].values)

    def _of_field(self, name: str, field: Field) -> list[Any]:
        none = [] if field.required else [None]
        if field.type == "table":
            least = max(field.min if field.min is not None else int(field.required), 1)
            sizes = [n for n in ROWS if least <= n <= (field.max or n)] or [least]
            return [*none, *([{}] * size for size in sizes)]
        if field.type == "date":
            return [*none, NOW.date().isoformat()]
        if field.type == "datetime":
            return [*none, NOW.replace(tzinfo=None).isoformat(timespec="minutes")]
        return [*none, *self._of(f"form.{name}")]

    def _distinct(self, name: str, values: Iterable[Any]) -> list[Any]:
        """One value for each way in which the conditions' comparisons can turn out."""
        atoms = self._atoms.get(name, [])
        told: dict[tuple[bool, ...], Any] = {}
        for value in values:
            told.setdefault(tuple(atom.holds({name: value}) for atom in atoms), value)
        return list(told.values())


def _conditions(book: Rulebook) -> Iterator[Condition | None]:
    yield from (step.when for step in book.flow.steps.values())
    yield from (fee.when for step in book.flow.steps.values() for fee in step.fees)
    yield from (clock.when for clock in book.procedure.clocks.values())
    yield from (rule.when for rule in book.procedure.never)


def _counted(book: Rulebook) -> frozenset[str]:
    """Fields deadlines and rows rest on: whether they are answered matters."""
    # A time that counts from a moment counts from now where that was left blank: answered or not is one situation.
    deadlines = [
        due for clock in book.procedure.clocks.values() if not ((due := clock.due).at and due.within)
    ]
    deadlines += [step.valid_until for step in book.flow.steps.values() if step.valid_until]
    names = {due.at or due.end_of or "" for due in deadlines}
    names |= {f"form.{block.over}" for block in book.flow.blocks.values() if block.over}
    tables = {fee.times for step in book.flow.steps.values() for fee in step.fees if fee.times}
    tables |= {step.deductions for step in book.flow.steps.values() if step.deductions}
    names |= {name for name in tables if book.procedure.form[name.removeprefix("form.")].type == "table"}
    return frozenset(name.removeprefix("form.") for name in names if name)


def _amounts(book: Rulebook) -> frozenset[str]:
    """Numbers that charges rest on: whether they come to anything matters."""
    fees = [fee for step in book.flow.steps.values() for fee in step.fees]
    names = {name for fee in fees for name in (fee.times, fee.amount) if name}
    form = book.procedure.form
    return frozenset(n for n in names if form[n.removeprefix("form.")].type in ("integer", "money"))


def _points(domain: Domain, atoms: Iterable[Atom]) -> Iterator[int]:
    limits: set[int] = {domain.least, domain.most}
    for atom in atoms:
        values = atom.value if atom.op == "in" else (atom.value,)
        limits.update(v + near for v in values if isinstance(v, int) for near in (-1, 0, 1))
    return (point for point in sorted(limits) if domain.least <= point <= domain.most)


def _subsets(values: tuple[str, ...]) -> Iterator[list[str]]:
    for size in range(1, len(values) + 1):
        for some in combinations(values, size):
            yield list(some)
