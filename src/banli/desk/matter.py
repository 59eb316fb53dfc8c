"""What a case is about, in one line, so that two cases of one home can be told apart in a list."""

from collections.abc import Mapping
from typing import Any

from banli.cases.models import Case, Task
from banli.cases.record import in_one_line
from banli.engine.fields import Field
from banli.engine.rulebook import Rulebook
from banli.web.templatetags.say import say

#: Answers that say what it is about, by type; the first one of the form that is answered and not private.
_TELLING = ("table", "long_text")
_LONGEST = 60


def in_brief(case: Case, book: Rulebook) -> str:
    """The goods, the fault, the reason: the first telling answer of the form; empty where there is none."""
    for name, asked in book.procedure.form.items():
        answer = case.form.get(name)
        if asked.type in _TELLING and not asked.private and answer:
            return _cut(_said(asked, answer))
    return ""


def where_and_what(case: Case, book: Rulebook) -> str:
    """The same, after what is told in a line before it: the place. So two reports of one fault are known as such."""
    told: list[str] = []
    for name, asked in book.procedure.form.items():
        if asked.type in _TELLING:
            break
        if asked.type == "text" and not asked.private and (answer := case.form.get(name)):
            told.append(_cut(str(answer)))
    return " · ".join(filter(None, [*told, in_brief(case, book)]))


def of_task(task: Task, book: Rulebook) -> str:
    """What a task is about: its row, or what its case is about."""
    return of_row(task, book) or in_brief(task.case, book)


def of_row(task: Task, book: Rulebook) -> str:
    """The row of a table that a task is about, one card each; empty where it is about all of its case."""
    block = book.flow.each_around(task.step) if task.branch is not None else None
    name = book.flow.blocks[block].over if block else ""
    rows = task.case.form.get(name or "")
    if not name or task.branch is None or not isinstance(rows, list) or task.branch >= len(rows):
        return ""
    return _cut(_said(book.procedure.form[name], [rows[task.branch]]))


def whose(book: Rulebook, form: Mapping[str, Any], step: str, branch: int | None) -> str:
    """Whose row a step is about, by the first of its cells: the worker of this card; empty where there is no row."""
    return _cut(book.whose(form, step, branch))


def _said(asked: Field, answer: Any) -> str:
    if isinstance(answer, list):
        columns = asked.columns or {}  # the database keeps the cells in an order of its own
        answer = [{name: _cell(asked, name, row.get(name)) for name in columns} for row in answer]
    return " ".join(str(in_one_line(answer)).split())


def _cell(asked: Field, name: str, cell: Any) -> Any:
    """What a cell says: of a choice its label, not the name it is kept by."""
    column = (asked.columns or {}).get(name)
    options = column.options if column is not None else None
    return say(options[cell]) if options and cell in options else cell


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
