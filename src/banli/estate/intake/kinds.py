"""The sheets that can be taken in: which columns each has, and how their headings read."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from banli.engine import places, plates
from banli.engine.text import Text

from ..models import Occupancy, Person
from .cells import Reader, area, bare, code, day, fen, grade, names, one_of, room, text_of, whole


def _place(text: str) -> str:
    """A parking place, as it is written one way."""
    return places.one_way(text_of(20)(text))


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
        return bare(heading) in (bare(self.title.zh), bare(self.title.en))


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
            Column("place", _t("固定车位", "Parking place"), _place, example="B1-023"),
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
