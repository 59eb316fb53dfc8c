"""The rows of a workbook's sheets: what each says, and what is wrong with one that does not say it well."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text

from .cells import bare
from .kinds import KINDS, Column, Kind
from .workbook import Leaf, Rounded, Row, Workbook

declare(
    {
        "sheet_unknown": Text(
            zh="没有找到可以导入的表。请用模板，表名和第一行的列名不要改。",
            en="No sheet to take in was found. Use the template, and leave its sheet names and headings as they are.",
        ),
        "column_missing": Text(zh="缺少“{title}”这一列。", en="The column “{title}” is missing."),
    }
)


@dataclass(frozen=True)
class Fault:
    """What is wrong, where it stands: the sheet, the row as Excel counts it, the column's letter and heading."""

    sheet: str
    row: int
    column: str
    title: Text | None
    why: Refusal

    def told(self) -> dict[str, Any]:
        title = {"zh": self.title.zh, "en": self.title.en} if self.title else None
        return {
            "sheet": self.sheet, "row": self.row, "column": self.column, "title": title,
            "zh": self.why.say("zh"), "en": self.why.say("en"),
        }  # fmt: skip


@dataclass
class Line:
    """A row of a known sheet. ``values`` holds what was said, by column; a blank cell is not in it."""

    kind: Kind
    sheet: str
    number: int
    values: dict[str, Any]
    letters: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, key: str, why: Refusal) -> None:
        column = self.kind.by_key.get(key)
        letter = self.letters.get(key, "")
        self.faults.append(Fault(self.sheet, self.number, letter, column.title if column else None, why))


def lines(workbook: Workbook) -> Iterator[Line]:
    """Every row below the headings of every sheet that is known, in the order in which they depend on one another."""
    for kind, leaf, heading in known(workbook):
        rows = workbook.rows(leaf)
        heads: dict[int, Column] = {}
        letters: dict[str, str] = {}
        for row in rows:
            if row.number < heading:
                continue
            if row.number == heading:
                heads = kind.heads(row.cells)
                letters = {column.key: letter_of(at) for at, column in heads.items()}
                continue
            yield _line(kind, leaf, row, heads, letters)


def known(workbook: Workbook) -> list[tuple[Kind, Leaf, int]]:
    """The sheets that can be taken in, with the row of their headings; a sheet is known by its name or its headings."""
    found: list[tuple[Kind, Leaf, int]] = []
    for leaf in workbook.leaves:
        named = [kind for kind in KINDS if bare(leaf.name) in (bare(kind.title.zh), bare(kind.title.en))]
        top = _first(workbook.rows(leaf), 5)
        for kind in named or KINDS:
            heading = next((row.number for row in top if kind.heads(row.cells)), 0)
            if heading:
                found.append((kind, leaf, heading))
                break
    found.sort(key=lambda one: KINDS.index(one[0]))
    if not found:
        raise Refusal("sheet_unknown")
    return found


def strange(workbook: Workbook) -> list[dict[str, str]]:
    """Columns and sheets that nobody asked for: they are left out, and that is said."""
    told: list[dict[str, str]] = []
    taken = known(workbook)
    for leaf in workbook.leaves:
        if all(leaf != one for _, one, _ in taken) and _first(workbook.rows(leaf), 1):
            told.append(
                {"zh": f"没有导入“{leaf.name}”表。", "en": f"The sheet “{leaf.name}” was not taken in."}
            )
    for kind, leaf, heading in taken:
        head = next(row for row in workbook.rows(leaf) if row.number == heading)
        known_places = kind.heads(head.cells)
        for at, cell in enumerate(head.cells):
            if cell and at not in known_places:
                told.append({
                    "zh": f"“{leaf.name}”表的“{cell}”列不认识，没有导入。",
                    "en": f"The column “{cell}” of “{leaf.name}” is not known and was not taken in.",
                })  # fmt: skip
    return told[:20]


def _first(rows: Iterable[Row], most: int) -> list[Row]:
    told = []
    for row in rows:
        told.append(row)
        if len(told) == most:
            break
    return told


def _line(kind: Kind, leaf: Leaf, row: Row, heads: Mapping[int, Column], letters: Mapping[str, str]) -> Line:
    line = Line(kind, leaf.name, row.number, {}, letters)
    for at, column in heads.items():
        text = row.cells[at] if at < len(row.cells) else ""
        if not text:
            if column.required:
                line.wrong(column.key, Refusal("required"))
            continue
        try:
            if isinstance(text, Rounded):
                raise Refusal("cell_rounded")
            line.values[column.key] = column.read(text)
        except Refusal as why:
            line.wrong(column.key, why)
    return line


def letter_of(at: int) -> str:
    """The letter of a column, counted from 0: A, B, … AA."""
    letters = ""
    while at >= 0:
        letters = chr(65 + at % 26) + letters
        at = at // 26 - 1
    return letters
