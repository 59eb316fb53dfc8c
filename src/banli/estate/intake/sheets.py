"""The sheets of the workbook: which columns each has, how a cell is read, and what is wrong with one that is not."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text

from .. import plates, rooms
from ..models import Occupancy, Person
from .workbook import Leaf, Rounded, Row, Workbook

declare(
    {
        "sheet_unknown": Text(
            zh="没有找到可以导入的表。请用模板，表名和第一行的列名不要改。",
            en="No sheet to take in was found. Use the template, and leave its sheet names and headings as they are.",
        ),
        "column_missing": Text(zh="缺少“{title}”这一列。", en="The column “{title}” is missing."),
        "cell_rounded": Text(
            zh="这个号码在 Excel 里存成了数字，末几位已丢失。请把这一列设为文本格式，再重新填写。",
            en="Excel kept this as a number and lost its last digits. Format the column as text and type it again.",
        ),
        "bad_date": Text(zh="日期不对，请写成 2026-05-01。", en="Not a date; write it as 2026-05-01."),
        "bad_amount": Text(
            zh="金额不对，请写成 1234.50，不带单位。", en="Not an amount; write it as 1234.50, without a unit."
        ),
        "bad_integer": Text(zh="请填写整数。", en="Give a whole number."),
        "bad_area": Text(zh="面积不对，请写成 89.50。", en="Not an area; write it as 89.50."),
        "bad_choice": Text(zh="请填写其中之一：{choices}。", en="Give one of: {choices}."),
        "bad_room": Text(zh="看不懂这个房号，请写成 12-3-502。", en="Not a room number; write it as 12-3-502."),
        "bad_code": Text(zh="只能是字母和数字，最多 {max} 位。", en="Letters and digits only, {max} at most."),
    }
)  # fmt: skip

_DAY_ZERO = date(1899, 12, 30)  # Excel counts days from here, 1900 taken for a leap year
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?|(\d{4})(\d{2})(\d{2})")
_CODE = re.compile("[A-Z0-9]{1,10}")
Reader = Callable[[str], Any]


@dataclass(frozen=True)
class Column:
    """A column: how its heading reads, and what a cell that says something means; blank ones say nothing."""

    key: str
    title: Text
    read: Reader
    required: bool = False
    help: Text | None = None
    example: str = ""

    def is_called(self, heading: str) -> bool:
        return _bare(heading) in (_bare(self.title.zh), _bare(self.title.en))


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

    kind: "Kind"
    sheet: str
    number: int
    values: dict[str, Any]
    letters: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, key: str, why: Refusal) -> None:
        column = self.kind.by_key.get(key)
        letter = self.letters.get(key, "")
        self.faults.append(Fault(self.sheet, self.number, letter, column.title if column else None, why))


@dataclass(frozen=True)
class Kind:
    """A sheet that can be taken in."""

    key: str
    title: Text
    columns: Sequence[Column]

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    def heads(self, cells: Sequence[str]) -> dict[int, Column]:
        """Which column each place is, if this row holds the sheet's headings: then every required one is there."""
        found = {at: one for at, cell in enumerate(cells) for one in self.columns if one.is_called(cell)}
        named = {one.key for one in found.values()}
        return found if all(one.key in named for one in self.columns if one.required) else {}


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
        named = [kind for kind in KINDS if _bare(leaf.name) in (_bare(kind.title.zh), _bare(kind.title.en))]
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


def _bare(text: str) -> str:
    return re.sub(r"[\s*＊:：()（）]", "", unicodedata.normalize("NFKC", text)).casefold()


def text_of(most: int) -> Reader:
    def read(text: str) -> str:
        told = " ".join(text.split())
        if "\x00" in told or not told.isprintable():
            raise Refusal("bad_characters")
        if len(told) > most:
            raise Refusal("too_long", max=most)
        return told

    return read


def code(text: str) -> str:
    told = rooms.plain(text)
    if not _CODE.fullmatch(told):
        raise Refusal("bad_code", max=10)
    return told


def day(text: str) -> date:
    """A date however it is written, or as Excel counts it."""
    told = unicodedata.normalize("NFKC", text).strip()
    try:
        if re.fullmatch(r"[2-7]\d{4}(\.\d+)?", told):
            return _DAY_ZERO + timedelta(days=int(float(told)))
        found = _DATE.fullmatch(told)
        if found is None:
            raise ValueError
        year, month, of_month = (int(part) for part in found.groups() if part)
        told_day = date(year, month, of_month)
    except ValueError:
        raise Refusal("bad_date") from None
    if not 1900 <= told_day.year <= 2200:
        raise Refusal("bad_date")
    return told_day


def fen(text: str) -> int:
    """An amount of yuan, as whole fen."""
    value = _decimal(text, "bad_amount")
    if value < 0 or value >= 10**12 or value != value.quantize(Decimal("0.01")):
        raise Refusal("bad_amount")
    return int(value * 100)


def area(text: str) -> Decimal:
    value = _decimal(text.removesuffix("㎡").removesuffix("m2"), "bad_area")
    if not 0 < value < 10**6:
        raise Refusal("bad_area")
    return value.quantize(Decimal("0.01"))


def whole(text: str) -> int:
    value = _decimal(text.removesuffix("层"), "bad_integer")
    if value != value.to_integral_value() or abs(value) > 200:
        raise Refusal("bad_integer")
    return int(value)


def grade(text: str) -> int:
    value = whole(text.removesuffix("级"))
    if value not in (1, 2, 3):
        raise Refusal("bad_choice", choices="1、2、3")
    return value


def _decimal(text: str, code: str) -> Decimal:
    try:
        value = Decimal(unicodedata.normalize("NFKC", text).replace(",", "").strip())
    except InvalidOperation:
        raise Refusal(code) from None
    if not value.is_finite():
        raise Refusal(code)
    return value


def room(text: str) -> rooms.Room:
    """A room with its building, however it is written."""
    found = next((one for one in rooms.parse(text) if one.building), None)
    if found is None:
        raise Refusal("bad_room")
    return found


def names(text: str) -> list[str]:
    told = [part for part in re.split(r"[、,，;；\s]+", text) if part]
    if any(len(part) > 20 for part in told) or len(told) > 10:
        raise Refusal("too_long", max=20)
    return told


def one_of(choices: Mapping[str, tuple[str, ...]]) -> Reader:
    """A choice by any of its words; ``choices`` gives them by value."""
    by_word = {_bare(word): value for value, words in choices.items() for word in (value, *words)}

    def read(text: str) -> str:
        value = by_word.get(_bare(text))
        if value is None:
            raise Refusal("bad_choice", choices="、".join(words[0] for words in choices.values()))
        return value

    return read


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


ROLES: dict[str, tuple[str, ...]] = {
    Occupancy.Role.OWNER: ("业主", "owner", "产权人", "房主"),
    Occupancy.Role.CO_OWNER: ("共有人", "co-owner", "共有产权人"),
    Occupancy.Role.TENANT: ("租户", "tenant", "租客", "承租人"),
    Occupancy.Role.FAMILY: ("家庭成员", "family", "家属", "同住人"),
    Occupancy.Role.RENOVATION_LEAD: ("装修负责人", "renovation lead"),
    Occupancy.Role.STAFF: ("雇员", "staff", "保姆", "员工"),
}
PAPERS: dict[str, tuple[str, ...]] = {
    Person.Paper.CN_ID: ("居民身份证", "identity card", "身份证"),
    Person.Paper.PASSPORT: ("护照", "passport"),
    Person.Paper.HK_MACAU_PERMIT: ("港澳居民来往内地通行证", "HK/Macau permit", "港澳通行证", "回乡证"),
    Person.Paper.TAIWAN_PERMIT: ("台湾居民来往大陆通行证", "Taiwan permit", "台胞证"),
    Person.Paper.FOREIGN_PERMANENT: ("外国人永久居留身份证", "foreign permanent resident card"),
}
_ROOM = Column(
    "room",
    _t("房号", "Room"),
    room,
    True,
    _t("楼栋-单元-房号，例如 12-3-502", "building-entrance-room, such as 12-3-502"),
    "12-3-502",
)
_SINCE = Column(
    "since",
    _t("起", "From"),
    day,
    help=_t("不填为导入当天", "left blank: the day it is taken in"),
    example="2024-06-01",
)
_UNTIL = Column(
    "until", _t("止", "To"), day, help=_t("最后一天；没有就不填", "the last day; blank where there is none")
)

KINDS = [
    Kind(
        "estate",
        _t("小区", "Estate"),
        [
            Column(
                "code",
                _t("短码", "Code"),
                str,
                True,
                _t("本小区的短码，不能改", "this estate's code; it cannot be changed"),
            ),
            Column("name", _t("名称", "Name"), text_of(60), True),
            Column("name_en", _t("英文名", "English name"), text_of(60)),
            Column("city", _t("城市", "City"), text_of(30)),
            Column("grade", _t("服务等级", "Service grade"), grade, help=_t("1 至 3", "1 to 3")),
            Column("address", _t("地址", "Address"), text_of(200)),
        ],
    ),
    Kind(
        "buildings",
        _t("楼栋", "Buildings"),
        [
            Column("code", _t("栋号", "Building"), code, True, example="12"),
            Column(
                "name",
                _t("名称", "Name"),
                text_of(30),
                help=_t("不填为“12栋”", "left blank: “12栋”"),
                example="12栋",
            ),
            Column(
                "aliases",
                _t("别名", "Also called"),
                names,
                help=_t("多个用、分开", "several with 、 between"),
                example="会所",
            ),
        ],
    ),
    Kind(
        "units",
        _t("房屋", "Homes"),
        [
            Column("building", _t("栋号", "Building"), code, True, example="12"),
            Column(
                "entrance",
                _t("单元", "Entrance"),
                code,
                help=_t("没有单元就不填", "blank where there is none"),
                example="3",
            ),
            Column("room", _t("房号", "Room"), code, True, example="502"),
            Column("floor", _t("楼层", "Floor"), whole, example="5"),
            Column("area", _t("面积(平方米)", "Area (m²)"), area, example="89.50"),
        ],
    ),
    Kind(
        "people",
        _t("人员", "People"),
        [
            _ROOM,
            Column(
                "role",
                _t("身份", "Role"),
                one_of(ROLES),
                True,
                _t(
                    "业主、共有人、租户、家庭成员、装修负责人、雇员",
                    "owner, co-owner, tenant, family, renovation lead, staff",
                ),
                "业主",
            ),
            Column("name", _t("姓名", "Name"), str, True, example="张女士"),
            Column("phone", _t("电话", "Telephone"), str, example="13800571500"),
            Column(
                "id_kind",
                _t("证件类型", "Paper"),
                one_of(PAPERS),
                help=_t("不填为居民身份证", "left blank: identity card"),
                example="居民身份证",
            ),
            Column(
                "id_number",
                _t("证件号码", "Paper's number"),
                str,
                help=_t("没有必要就不填", "only where it is needed"),
            ),
            _SINCE,
            _UNTIL,
        ],
    ),
    Kind(
        "vehicles",
        _t("车辆", "Vehicles"),
        [
            _ROOM,
            Column("plate", _t("车牌号", "Plate"), plates.check_plate, True, example="浙A12345"),
            Column("look", _t("颜色与品牌", "Colour and make"), text_of(40), example="白色 大众"),
            Column("place", _t("固定车位", "Parking place"), text_of(20), example="B1-023"),
            _SINCE,
            _UNTIL,
        ],
    ),
    Kind(
        "standings",
        _t("缴费", "Payments"),
        [
            _ROOM,
            Column("as_of", _t("截至", "As of"), day, True, example="2026-06-30"),
            Column("paid_until", _t("已缴至", "Paid until"), day, example="2026-06-30"),
            Column("owed", _t("欠费(元)", "Owed (yuan)"), fen, example="0.00"),
            Column("note", _t("说明", "Note"), text_of(200)),
        ],
    ),
]
