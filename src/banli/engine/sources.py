"""The names by which papers, books and forms refer to a case: ``form.goods``, ``step.seal.by``, ``case.unit``.

One vocabulary for all of them, so that the checker can say of each name whether it will be there.
"""

import re
from collections.abc import Mapping

from banli.engine.paper import GIVEN, STEP_RECORD
from banli.engine.procedure import Procedure
from banli.engine.text import Text

#: What a paper may print beside the form and the steps.
PAPER = {f"{room}.{name}" for room, names in GIVEN.items() for name in names}
#: What a book may have in a column beside the form and the steps.
BOOK = {
    "case.number", "case.procedure", "case.unit", "case.applicant", "case.applicant_role", "case.status",
    "case.opened_at", "case.opened_by", "case.repeated", "case.authority", "case.why_not", "paper.number",
}  # fmt: skip
#: What a form may be filled in with beforehand (``known``), and the types of field each fits.
KNOWN: Mapping[str, tuple[str, ...]] = {
    "applicant.name": ("person_name", "text"),
    "applicant.phone": ("phone",),
    "applicant.id": ("cn_id",),
    "case.today": ("date",),
    "case.now": ("datetime",),
    "unit.standing": ("choice",),
}
#: How the payments of a home stand, as the file says it: the options of a choice that begins with it.
STANDINGS = ("paid", "owing", "unknown")

_NAME = re.compile(r"^(form|step)\.([a-z][a-z0-9_]*)(?:\.([a-z_]+))?$")


def field_of(name: str) -> str | None:
    """The form's field a name refers to."""
    found = _NAME.match(name)
    return found.group(2) if found and found.group(1) == "form" and not found.group(3) else None


def cell_of(name: str) -> tuple[str, str] | None:
    """The table and the column a name refers to: ``form.workers.trade``, a cell of the row that an entry is about."""
    found = _NAME.match(name)
    return (found.group(2), found.group(3)) if found and found.group(1) == "form" and found.group(3) else None


def step_of(name: str) -> str | None:
    """The step whose record a name refers to."""
    found = _NAME.match(name)
    return found.group(2) if found and found.group(1) == "step" else None


def problem(name: str, procedure: Procedure, given: set[str]) -> Text | None:
    """Why ``name`` says nothing in this procedure, or None. ``given``: PAPER or BOOK."""
    if name in given:
        return None
    field, step, found, cell = field_of(name), step_of(name), _NAME.match(name), cell_of(name)
    if cell is not None:
        asked = procedure.form.get(cell[0])
        there = asked is not None and cell[1] in (asked.columns or {})
        return (
            None if there else Text(zh="没有这个表格或这一列", en="there is no such table, or no such column")
        )
    if field is not None:
        return None if field in procedure.form else Text(zh="没有这个字段", en="there is no such field")
    if step is not None and found is not None:
        if step not in dict(procedure.each_step()):
            return Text(zh="没有这个步骤", en="there is no such step")
        if found.group(3) in STEP_RECORD:
            return None
        record = ", ".join(STEP_RECORD)
        return Text(zh=f"步骤的记录只有 {record}", en=f"a step's record has {record}")
    known = ", ".join(sorted(given))
    return Text(zh=f"另外只有 {known}", en=f"beside these there is {known}")
