"""What a case says by name (``form.carrier``, ``step.confirm.by``): for papers, books and screens."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from banli.engine import verbs
from banli.engine.clock_wording import ClockWording
from banli.engine.consent import WAYS
from banli.engine.fields import YES_NO, Column, Field
from banli.engine.hours import parse_hours
from banli.engine.procedure import ENDS, ROLES
from banli.engine.rulebook import Rulebook
from banli.engine.state import Mark, State
from banli.engine.text import Text

from . import private
from .models import Case

#: Ends after which it is asked why: what was applied for was refused, or was not carried out.
UNSERVED = ("rejected", "not_done")


@dataclass
class Record:
    """A case seen by name. ``names`` gives the name of a member of staff by id; ``paper`` the number of its paper."""

    case: Case
    book: Rulebook
    state: State
    names: Mapping[int, str]
    zone: ZoneInfo
    branch: int | None = None
    paper: str = ""
    openly: bool = False  # for a paper: private answers in clear, moments as such
    given: Mapping[str, Any] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        """Text, a number, ``{"zh", "en"}``, rows of a table, or ``{"sealed", "mask"}``; None where there is nothing."""
        room, _, rest = name.partition(".")
        if name in self.given:
            return self.given[name]
        if room == "form":
            table, _, column = rest.partition(".")
            return self._cell(table, column) if column else self._answer(rest)
        if room == "step":
            step, _, what = rest.partition(".")
            return self._step(step, what)
        if room == "case":
            return self._case(rest)
        if room == "setting":
            return self._setting(rest)
        return self.paper or None if name == "paper.number" else None

    def first(self, names: Iterable[str]) -> Any:
        """The first of several that says something: a case may have taken one of several ways."""
        return next((told for name in names if (told := self.value(name)) is not None), None)

    def _answer(self, name: str) -> Any:
        asked = self.book.procedure.form.get(name)
        value = self.state.answer(name, self.branch)
        if asked is None or value is None:
            return None
        if asked.private:
            if self.openly:
                return private.open_answer(self.case, name, value)
            return {"sealed": value, "mask": private.masked(self.case, self.book, name, value)}
        if asked.type == "table":
            return [{k: shown(c, row.get(k)) for k, c in (asked.columns or {}).items()} for row in value]
        return shown(asked, value, asked.choices())

    def _cell(self, table: str, column: str) -> Any:
        """A cell of the table's row that this branch is about."""
        rows = self._answer(table)
        return rows[self.branch].get(column) if rows and self.branch is not None else None

    def _setting(self, name: str) -> Any:
        """A setting as the case has kept it since it was opened, in words; a whole number as such."""
        setting = self.book.pack.settings[name]
        value = self.book.setting(name, self.state.settings)
        if setting.type == "hours":
            return plain(parse_hours(value).text)
        if setting.type == "duration":
            return {language: ClockWording(self.book, language).duration(value) for language in ("zh", "en")}
        if setting.type == "yes_no":
            return plain(YES_NO[value])
        return f"{value / 100:.2f}" if setting.type == "money" else value

    def _step(self, step: str, what: str) -> Any:
        if what == "assignee":
            person = self.state.assigned.get(step)
            return self.names.get(person) if person else None
        if what == "receipt":
            return self._receipt(step)
        mark = self.state.mark(step, self.branch)
        return self._of(mark, what) if mark else None

    def _receipt(self, step: str) -> str | None:
        """The numbers of the receipts that what was paid at a step stands on; usually one."""
        numbers = [
            one.receipt for one in self.state.paid if one.step == step and one.branch in (None, self.branch)
        ]
        return "、".join(dict.fromkeys(filter(None, numbers))) or None

    def _of(self, mark: Mark, what: str) -> Any:
        if what == "by":
            return self.signer(mark)
        if what == "deputy_for":
            return self.names.get(mark.deputy_for) if mark.deputy_for else None
        if what == "at":
            return None if self._outcome(mark).by_clock else self.local(mark.at)  # nobody did it then
        if what == "post":
            return plain(self.book.post_title(mark.post)) if mark.post else None
        if what == "way":
            return plain(WAYS[mark.way]) if mark.way else None
        if what == "outcome":
            return plain(self._outcome(mark).told)
        return {"note": mark.note, "signature": mark.signature}.get(what) or None

    def _outcome(self, mark: Mark) -> verbs.Outcome:
        return verbs.find(self.book.flow.steps[mark.step].verb).outcome(mark.outcome)

    def signer(self, mark: Mark) -> Any:
        """Who put their name to a step: the outsider where one signs, else the member of staff."""
        step = self.book.flow.steps[mark.step]
        who = step.outside()
        if step.signer is not None:
            return self.value(step.signer)
        if who in ("applicant", "resident") and self.case.applicant:
            return self.case.applicant.name
        if who == "unit.owner":
            return (
                self.given.get(f"person.{mark.person}")
                or self.given.get("unit.owner")
                or {"zh": "业主", "en": "owner"}
            )
        return self.names.get(mark.by) if mark.by else None

    def _case(self, what: str) -> Any:
        case = self.case
        if what == "unit":
            return case.unit.key if case.unit else None
        if what == "applicant":
            return case.applicant.name if case.applicant else None
        if what == "applicant_role":
            return plain(ROLES[case.applicant_role])
        if what == "procedure":
            return plain(self.book.procedure.title)
        if what == "repeated":
            told = self.state.facts.get("repeated")
            return plain(YES_NO[told]) if told else None
        if what == "why_not":
            return self._why_not()
        if what == "status":
            ended = ENDS.get(self.state.status)
            return plain(ended) if ended else {"zh": "办理中", "en": "open"}
        if what == "opened_at":
            return self.local(case.opened_at)
        if what == "opened_by":
            return self.names.get(case.opened_by_id or 0)
        return str(case.pk) if what in ("number", "id") else None

    def _why_not(self) -> dict[str, str] | None:
        """Why a case came to no good end: the first step that went wrong and still stands, and what was written there.

        What a follow-up finds is another matter: it is about what was done, or that nothing was.
        """
        if self.state.status not in UNSERVED:
            return None
        marks = sorted(self.state.marks, key=lambda mark: self.book.flow.order[mark.step])
        bad = next(
            (one for one in marks if not (self._outcome(one).good or self._outcome(one).answered)), None
        )
        if bad is None:
            return None
        step, ended = self.book.step_title(bad.step), self._outcome(bad).told
        return {
            "zh": f"{step.zh}：{ended.zh}" + (f"（{bad.note}）" if bad.note else ""),
            "en": f"{step.en}: {ended.en}" + (f" ({bad.note})" if bad.note else ""),
        }

    def local(self, at: str | datetime) -> str | datetime:
        """A moment on the office's clock: ``2026-05-01 14:30``."""
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        if self.openly:
            return moment
        return moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")


def shown(asked: Column | Field, value: Any, choices: Mapping[str, Text] | None = None) -> Any:
    """A stored answer as people read it."""
    if value is None:
        return None
    options = choices or asked.options or {}
    if isinstance(value, list):
        several = [options[v] for v in value if v in options]
        return {"zh": "、".join(t.zh for t in several), "en": ", ".join(t.en for t in several)}
    if isinstance(value, str) and value in options:
        return plain(options[value])
    if asked.type == "money":
        return f"{value / 100:.2f}"
    return value.replace("T", " ") if asked.type == "datetime" else value


def plain(text: Text) -> dict[str, str]:
    """A text as JSON."""
    return {"zh": text.zh, "en": text.en}


def in_one_line(value: Any) -> Any:
    """A value as a cell of a book: a table's rows in one line."""
    if isinstance(value, list):
        if not any(isinstance(cell, Mapping) for row in value for cell in row.values()):
            return _line(value)
        said = [[{k: _in(v, tongue) for k, v in row.items()} for row in value] for tongue in ("zh", "en")]
        return dict(zip(("zh", "en"), map(_line, said), strict=True))
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value


def _line(rows: Iterable[Mapping[str, Any]]) -> str:
    return "；".join(map(_row, rows))


def _row(row: Mapping[str, Any]) -> str:
    """沙发 × 2，大件: a number that follows the first cell is how many, what else is said stands after a comma."""
    first, *rest = [cell for cell in row.values() if cell not in (None, "")] or [""]
    if rest and isinstance(rest[0], int):
        first = f"{first} × {rest.pop(0)}"
    return "，".join(map(str, (first, *rest)))


def _in(cell: Any, tongue: str) -> Any:
    """A cell in one language; a number or what somebody typed is the same in both."""
    return cell[tongue] if isinstance(cell, Mapping) else cell


def searchable(cells: Mapping[str, Any]) -> str:
    """The plain text of a row's cells, in both languages; what is private only as its mask."""
    told: list[str] = []
    for value in cells.values():
        if isinstance(value, Mapping):
            told.extend(str(value[k]) for k in ("zh", "en", "mask") if value.get(k))
        elif value is not None:
            told.append(str(value))
    return " ".join(told)
