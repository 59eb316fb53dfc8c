"""The empty workbook: every sheet with its headings, what goes below them, one example, and choices to pick from."""

from typing import IO

import xlsxwriter

from banli.engine.text import Text

from ..models import Estate
from .kinds import KINDS, PAPERS, ROLES, Column

_CHOICES = {"role": ROLES, "id_kind": PAPERS}
_LISTED = 2000  # rows in which a choice is offered
_GUIDE = Text(zh="说明", en="How to fill it in")
_WORDS = [
    Text(
        zh="一张表一类资料，没有的表可以空着或删掉。表名和第一行的列名不要改。",
        en="One sheet for each kind; leave or delete what you do not need. Keep the sheet names and headings.",
    ),
    Text(
        zh="带 * 的列必须填写。空着的格不会改动已有的资料。",
        en="Columns with * must be filled in. A blank cell changes nothing that is there.",
    ),
    Text(
        zh="再次导入同一份文件不会重复：楼栋、房屋按编号，人员按证件，没有证件按姓名加电话，再没有按同一套房的姓名。",
        en="Taking in the same file again adds nothing twice: buildings and homes go by number, people by paper, "
        "else by name and telephone, else by name in the same home.",
    ),
    Text(
        zh="示例行请删掉再上传。先核对，确认后才导入；导入后没有改动过就可以撤销。",
        en="Delete the example rows. The file is tried first and taken in once you confirm; "
        "until something is changed it can be undone.",
    ),
    Text(
        zh="只填办事用得着的资料：身份证号等证件号码，没有必要就不填。",
        en="Give only what is needed: leave out identity numbers where nothing asks for them.",
    ),
]


def write(file: IO[bytes], estate: Estate, language: str) -> None:
    """Write the workbook in one language."""
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E7F0EC"})
    text = book.add_format({"num_format": "@"})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    guide = book.add_worksheet(_GUIDE.say(language))
    guide.set_column(0, 0, 90)
    for row, words in enumerate(_WORDS):
        guide.write_string(row, 0, words.say(language), wrap)
    for kind in KINDS:
        page = book.add_worksheet(kind.title.say(language))
        page.freeze_panes(1, 0)
        for at, column in enumerate(kind.columns):
            page.set_column(at, at, 18, text)
            page.write_string(0, at, column.title.say(language) + ("*" if column.required else ""), head)
            if column.help:
                page.write_comment(0, at, column.help.say(language))
            example = _own(column, estate) if kind.key == "estate" else _example(column, language)
            if example:
                page.write_string(1, at, example, text)
            choices = _CHOICES.get(column.key)
            if choices:
                place = 1 if language.startswith("en") else 0
                page.data_validation(1, at, _LISTED, at, {
                    "validate": "list", "source": [words[place] for words in choices.values()],
                    "error_type": "warning",
                })  # fmt: skip
    book.close()


def _own(column: Column, estate: Estate) -> str:
    """What the estate's own line says now."""
    return str(getattr(estate, column.key))


def _example(column: Column, language: str) -> str:
    if language.startswith("en"):
        return {"role": "owner", "id_kind": "identity card"}.get(column.key, column.example)
    return column.example
