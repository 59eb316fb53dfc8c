"""Fields that nobody types: which papers stand on the record, and what became of them (domain forms §5).

The office hands them over beside the record's form, as rows under ``papers``; a scenario writes them itself.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from banli.engine.relations import Asked

#: What a column may show: the number, the number of the paper in its place, whether it was renewed or taken back, or
#: an answer of the case that issued it.
Shown = Annotated[
    str, StringConstraints(pattern=r"^(paper\.(number|next|became)|form\.[a-z][a-z0-9_]{0,40})$")
]
BECAME = ("renewed", "back")
#: Where the rows lie among the names of a record's answers.
PAPERS = "papers"


class Listed(BaseModel):
    """The record's papers of one kind, from its own case and from those that rest on it.

    A text is the number of the newest that is out; a table has a row for each that is out, or, with ``of``, for each
    whose number stands in that table. ``gives``: a table's column → what it shows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    papers: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
    gives: dict[str, Shown] = {}
    of: Asked | None = None

    def answer(self, values: Mapping[str, Any]) -> Any:
        """What it comes to: a number, rows, or None where there is no such paper."""
        rows = [row for row in values.get(f"record.{PAPERS}") or () if row["paper"] == self.papers]
        if self.of is not None:
            told = {cell for row in values.get(self.of) or () for cell in row.values()}
            rows = [row for row in rows if row["paper.number"] in told]
        else:
            rows = [row for row in rows if is_out(row)]
        if not self.gives:
            return rows[-1]["paper.number"] if rows else None
        return [{column: row.get(name) for column, name in self.gives.items()} for row in rows] or None

    def names(self) -> Iterable[str]:
        """The answers of the issuing case that it shows."""
        return [name.removeprefix("form.") for name in self.gives.values() if name.startswith("form.")]


def is_out(row: Mapping[str, Any]) -> bool:
    """Whether somebody has it still: it was handed over, no other is in its place, and it was not taken back."""
    return row.get("in_hand", True) and not (row.get("paper.next") or row.get("paper.became"))
