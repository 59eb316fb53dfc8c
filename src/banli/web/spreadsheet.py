"""Tables as a spreadsheet. Every cell is text or a number, never a formula, whatever was typed into a form."""

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

#: Excel takes 1,048,576 rows a sheet; what is more goes on the next sheet.
ROWS_A_SHEET = 1_000_000
_NARROWEST, _WIDEST = 8, 48
#: What a sheet's name may not have, and what stands for it: in Chinese the same sign, wide.
_NOT_IN_A_NAME = str.maketrans("[]:*?/\\", "（）：＊？／＼")
_NOT_IN_A_LATIN_NAME = str.maketrans("[]:*?/\\", "()-----")


@dataclass(frozen=True)
class Sheet:
    """A title line, a header line, then the rows as they come."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[str | int]]


@dataclass(frozen=True)
class Written:
    """The file, wound back to its start, and how many rows are in it."""

    file: IO[bytes]
    rows: int


def write(*sheets: Sheet, rows_a_sheet: int = ROWS_A_SHEET) -> Written:
    """Write the spreadsheet row by row: what it takes does not grow with the rows. Names of sheets must differ."""
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  # the caller sends it and closes it
    workbook = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    head = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
    text = workbook.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    number = workbook.add_format({"valign": "top"})
    title = workbook.add_format({"bold": True, "font_size": 13})
    written = 0
    for sheet in sheets:
        page = _Page(workbook.add_worksheet(_name(sheet.name, 0)), sheet, title, head, text, number)
        parts = 1
        for row in sheet.rows:
            if page.rows == rows_a_sheet:
                page.finish()
                worksheet = workbook.add_worksheet(_name(sheet.name, parts))
                page, parts = _Page(worksheet, sheet, title, head, text, number), parts + 1
            page.add(row)
            written += 1
        page.finish()
    workbook.close()
    file.seek(0)
    return Written(file, written)


class _Page:
    """One worksheet while it is being written, downwards only."""

    def __init__(
        self, paper: Worksheet, sheet: Sheet, title: Format, head: Format, text: Format, number: Format
    ) -> None:
        self.paper, self.sheet, self.text, self.number, self.rows = paper, sheet, text, number, 0
        self.widths = [_NARROWEST] * len(sheet.columns)
        paper.set_landscape()
        paper.set_paper(9)  # A4
        paper.fit_to_pages(1, 0)
        paper.repeat_rows(1)
        paper.set_footer("&P / &N")
        paper.write_string(0, 0, sheet.title, title)
        for place, column in enumerate(sheet.columns):
            paper.write_string(1, place, column, head)
            self._widen(place, column)
        paper.freeze_panes(2, 1)

    def add(self, row: Sequence[str | int]) -> None:
        line = self.rows + 2
        for place, value in enumerate(row):
            if isinstance(value, int):
                self.paper.write_number(line, place, value, self.number)
            elif value:
                self.paper.write_string(line, place, value, self.text)
            self._widen(place, str(value))
        self.rows += 1

    def finish(self) -> None:
        for place, width in enumerate(self.widths):
            self.paper.set_column(place, place, width)
        self.paper.autofilter(1, 0, self.rows + 1, len(self.sheet.columns) - 1)

    def _widen(self, place: int, text: str) -> None:
        self.widths[place] = min(max(self.widths[place], breadth(text) + 2), _WIDEST)


def breadth(text: str) -> int:
    """How wide a text is in Latin letters: a Chinese character is two."""
    return len(text) if text.isascii() else sum(map(_BREADTHS.__getitem__, text))


class _Breadths(dict[str, int]):
    """Of each sign, once it was asked: a page of a book asks thousands of times, of the same few."""

    def __missing__(self, sign: str) -> int:
        self[sign] = told = 2 if east_asian_width(sign) in "WF" else 1
        return told


_BREADTHS = _Breadths()


def _name(title: str, part: int) -> str:
    """A sheet's name: at most 31 characters, without those Excel refuses."""
    told = title.translate(_NOT_IN_A_LATIN_NAME if title.isascii() else _NOT_IN_A_NAME).strip("'")[:26] or "1"
    return f"{told} ({part + 1})" if part else told
