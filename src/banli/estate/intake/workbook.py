"""Reading .xlsx, row by row, with a limit on everything an unkind file could make large.

The file is a zip of XML. It is never unpacked whole: sheets are read as they come, shared strings are held once. Its
declared sizes are looked at before, and the reader of a zip gives no more than was declared. A document type, with
which XML can be made to grow, is refused.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 150
RATIO_FROM = 1024 * 1024  # a small file may well be packed tighter: a sheet of blanks
MAX_MEMBERS = 500
MAX_SHEETS = 20
MAX_ROWS = 200_000
MAX_COLUMNS = 60
MAX_STRINGS = 2_000_000
LONGEST_CELL = 1000
#: Excel keeps fifteen digits of a number.
EXACT_DIGITS = 15

declare(
    {
        "not_a_workbook": Text(
            zh="这不是 .xlsx 文件，或文件已损坏。请用 Excel 另存为 .xlsx 再上传。",
            en="This is not an .xlsx file, or it is damaged. Save it as .xlsx and send it again.",
        ),
        "workbook_too_large": Text(
            zh="文件太大：最多 {mb} MB、{rows} 行。请分成几个文件。",
            en="The file is too large: at most {mb} MB and {rows} rows. Split it into several.",
        ),
        "workbook_suspicious": Text(
            zh="这个文件展开后大得不正常，没有打开。",
            en="Unpacked, this file would be abnormally large; it was not opened.",
        ),
    }
)  # fmt: skip

_RELATION = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}id",
)
_COLUMN = re.compile("([A-Z]{1,3})[0-9]+")


class Rounded(str):
    """The text of a number with more digits than Excel keeps: its end is lost."""


@dataclass(frozen=True)
class Row:
    """A row as it stands in the file: its number, and its cells from column A on; blank ones are empty."""

    number: int
    cells: list[str]

    @property
    def blank(self) -> bool:
        return not any(self.cells)


@dataclass(frozen=True)
class Leaf:
    """A sheet of the workbook: its name, and where it is in the file."""

    name: str
    place: str


class Workbook:
    """An .xlsx that was found sound enough to be read. Raises Refusal not_a_workbook, workbook_too_large, …"""

    def __init__(self, content: bytes) -> None:
        if len(content) > MAX_BYTES:
            raise _too_large()
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
            self._judge()
            self._strings = list(self._shared())
            self.leaves = list(self._leaves())[:MAX_SHEETS]
        except (
            zipfile.BadZipFile,
            ParseError,
            KeyError,
            ValueError,
            EOFError,
            NotImplementedError,
            RuntimeError,
        ):
            raise Refusal("not_a_workbook") from None

    def rows(self, leaf: Leaf) -> Iterator[Row]:
        """The rows of a sheet that say anything."""
        number = 0
        try:
            for element in self._each(leaf.place, "row"):
                number = int(element.get("r") or number + 1)
                if number > MAX_ROWS:
                    raise _too_large()
                row = Row(number, self._cells(element))
                if not row.blank:
                    yield row
        except (zipfile.BadZipFile, ParseError, KeyError, ValueError, EOFError):
            raise Refusal("not_a_workbook") from None

    def _judge(self) -> None:
        members = self._zip.infolist()
        if len(members) > MAX_MEMBERS:
            raise Refusal("workbook_suspicious")
        if sum(one.file_size for one in members) > MAX_UNPACKED:
            raise Refusal("workbook_suspicious")
        for one in members:
            if one.file_size > RATIO_FROM and one.file_size > MAX_RATIO * max(one.compress_size, 1):
                raise Refusal("workbook_suspicious")

    def _leaves(self) -> Iterator[Leaf]:
        targets = {
            one.get("Id"): one.get("Target", "")
            for one in self._each("xl/_rels/workbook.xml.rels", "Relationship")
        }
        for one in self._each("xl/workbook.xml", "sheet"):
            if one.get("state", "visible") != "visible":
                continue
            target = targets[next(one.get(key) for key in _RELATION if one.get(key))]
            place = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            if place in self._zip.namelist():
                yield Leaf(one.get("name", ""), place)

    def _shared(self) -> Iterator[str]:
        if "xl/sharedStrings.xml" not in self._zip.namelist():
            return
        for number, element in enumerate(self._each("xl/sharedStrings.xml", "si")):
            if number > MAX_STRINGS:
                raise _too_large()
            yield _said(element)

    def _each(self, place: str, wanted: str) -> Iterator[Element]:
        """The elements of that name, each forgotten when the next is asked for."""
        with self._zip.open(place) as file:
            _no_document_type(file)
        with self._zip.open(place) as file:
            for _, element in iterparse(file):
                if element.tag.rpartition("}")[2] == wanted:
                    yield element
                    element.clear()

    def _cells(self, row: Element) -> list[str]:
        cells: list[str] = []
        for cell in row:
            found = _COLUMN.fullmatch(cell.get("r") or "")
            at = _place(found[1]) if found else len(cells)
            if at >= MAX_COLUMNS:
                break
            cells += [""] * (at + 1 - len(cells))
            cells[at] = self._text(cell)
        return cells

    def _text(self, cell: Element) -> str:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _said(next((part for part in cell if part.tag.endswith("}is")), cell))
        value = next((part.text or "" for part in cell if part.tag.endswith("}v")), "")
        if kind == "s":
            return self._strings[int(value)] if value else ""
        if kind == "e":
            return ""
        return _number(value) if kind == "n" else value[:LONGEST_CELL].strip()


def _said(element: Element) -> str:
    """The text of a string, without the readings that may stand above it."""
    words: list[str] = []
    for part in element:
        name = part.tag.rpartition("}")[2]
        if name == "t":
            words.append(part.text or "")
        elif name == "r":
            words += [inner.text or "" for inner in part if inner.tag.rpartition("}")[2] == "t"]
    return "".join(words)[:LONGEST_CELL].strip()


def _number(text: str) -> str:
    """A number as one would write it: 13812345678, 86.5; never 1.38E10."""
    if not text:
        return ""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text[:LONGEST_CELL]
    if not value.is_finite() or abs(value.adjusted()) > 30:
        return text[:LONGEST_CELL]
    if value == value.to_integral_value():
        written = str(int(value))
        return Rounded(written) if len(written.lstrip("-")) > EXACT_DIGITS else written
    return format(value.normalize(), "f")


def _place(letters: str) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _no_document_type(file: IO[bytes]) -> None:
    head = file.read(64 * 1024)
    if b"\x00" in head[:200] or b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise Refusal("not_a_workbook")


def _too_large() -> Refusal:
    return Refusal("workbook_too_large", mb=MAX_BYTES // (1024 * 1024), rows=MAX_ROWS)
