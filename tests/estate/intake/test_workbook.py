"""Reading .xlsx: what an office writes comes out as it was meant, and what an unkind file wants does not happen."""

import io
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from banli.engine.refusals import Refusal
from banli.estate.intake import workbook as reading
from banli.estate.intake.workbook import Rounded, Workbook
from tests.estate.intake.books import workbook


def test_cells_come_as_they_were_written():
    content = workbook(表=[["甲", 13812345678, 86.5, None, "乙 "], [None, None], ["", 1.5e10]])
    book = Workbook(content)
    first, second = book.rows(book.leaves[0])
    assert (first.number, first.cells) == (1, ["甲", "13812345678", "86.5", "", "乙"])
    assert (second.number, second.cells[1]) == (3, "15000000000")


def test_a_number_that_lost_its_end_says_so():
    book = Workbook(workbook(表=[[110101199003071234]]))
    [row] = book.rows(book.leaves[0])
    assert isinstance(row.cells[0], Rounded)


def test_another_reader_reads_the_same():
    rows = [["房号", "姓名"], *([f"12-3-{n}", f"张{n}"] for n in range(500))]
    content = workbook(人员=rows)
    book = Workbook(content)
    other = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("人员").to_python()
    assert [row.cells for row in book.rows(book.leaves[0])] == other == rows


def repacked(content: bytes, **change: bytes) -> bytes:
    """The same file with parts of it written otherwise."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change.pop(name.rpartition("/")[2], None) or old.read(name))
    return file.getvalue()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", b"<html>" * 1000])
def test_what_is_no_workbook_is_refused(content: bytes):
    with pytest.raises(Refusal) as why:
        Workbook(content)
    assert why.value.code == "not_a_workbook"


def test_a_zip_that_would_grow_is_refused_before_it_is_unpacked():
    bomb = repacked(workbook(表=[["甲"]]), **{"sharedStrings.xml": b" " * (200 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024
    with pytest.raises(Refusal) as why:
        Workbook(bomb)
    assert why.value.code == "workbook_suspicious"


@pytest.mark.parametrize(
    "head",
    [
        b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><sst><si><t>&b;</t></si></sst>',
        '<?xml version="1.0" encoding="utf-16"?><sst/>'.encode("utf-16"),
    ],
)
def test_xml_that_may_grow_is_refused(head: bytes):
    with pytest.raises(Refusal) as why:
        Workbook(repacked(workbook(表=[["甲"]]), **{"sharedStrings.xml": head}))
    assert why.value.code == "not_a_workbook"


def test_a_broken_sheet_is_refused_while_it_is_read():
    book = Workbook(repacked(workbook(表=[["甲"]]), **{"sheet1.xml": b"<worksheet><sheetData><row r='x'>"}))
    with pytest.raises(Refusal) as why:
        list(book.rows(book.leaves[0]))
    assert why.value.code == "not_a_workbook"


def test_more_rows_than_are_taken_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "MAX_ROWS", 2)
    book = Workbook(workbook(表=[["甲"], ["乙"], ["丙"]]))
    with pytest.raises(Refusal) as why:
        list(book.rows(book.leaves[0]))
    assert why.value.code == "workbook_too_large"
