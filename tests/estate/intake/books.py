"""Workbooks as offices send them in."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

PEOPLE = ["房号*", "身份*", "姓名*", "电话", "证件类型", "证件号码", "起", "止"]
UNITS = ["栋号*", "单元", "房号*", "楼层", "面积(平方米)"]


def workbook(**sheets: Sequence[Sequence[Any]]) -> bytes:
    """A workbook; each sheet's first row holds its headings. Numbers are written as numbers."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell is not None:
                    page.write(at, place, cell)
    book.close()
    return file.getvalue()
