"""A room number however it is written: 12-3-502, 12栋3单元502, 十二幢三单元五〇二, 12幢502室, 12#502, 12栋3单元5楼502.

Pure. One way of writing may mean several rooms (12栋3502 is room 3502, or entrance 3 room 502; 5O2 is no room, or
502): all are given, the likelier first.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

DIGITS = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
PLACES = {"十": 10, "百": 100, "千": 1000}
LONGEST = 40
#: As on cheques. Some are surnames too (陆, 伍), so that they count beside a word for a building only.
_CAPITALS = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")

_NUMERAL = re.compile("[〇零一二两三四五六七八九十百千]+")
_ORDINAL = re.compile("第(?=[0-9〇零一二三四五六七八九十百])")
_BUILDING_WORD = re.compile("号楼|栋楼|幢楼|栋|幢|座|楼|号|#")
_ENTRANCE_WORD = re.compile("单元|门|梯")
_ROOM_WORD = re.compile("(?:号房|号室|室|房|号|户)$")
#: A floor is said within a building: 5楼502 alone is building 5.
_FLOOR_WORD = re.compile("(?<=[元栋幢座楼号#-])([0-9]{1,2})(?:楼|层|F(?=-?[0-9]))(?=-?[A-Z0-9]|$)")
_FLOOR = re.compile("([0-9]{1,2})层-?([A-Z0-9]*)$")
#: What looks like a nought or a one, beside a digit.
_ALIKE = re.compile("(?<=[0-9])[OIL]+|[OIL]+(?=[0-9])")
_DIGIT = str.maketrans("OIL", "011")
_GAP = re.compile(r"[\s\-‐‑–—−_/.,、,·]+")

#: Who is looked for in a home; 室 and 栋 belong to its number.
_NAME = re.compile(r"(?!单元)[^\W\d_室栋幢座楼号房户元层门梯第][^\W\d_]*(?: [^\W\d_]+)*")

_CODE = "[A-Z]?[0-9]{1,3}[A-Z]?|[A-Z]{1,2}"
_ENTRANCE = "[0-9]{1,2}|[A-Z]"
_ROOM = "[A-Z]?[0-9]{1,5}[A-Z]?"
#: B栋 and E元 stand for any building and entrance word, - for any gap.
_SHAPES = [
    re.compile(rf"(?P<building>{_CODE})栋-?(?:(?P<entrance>{_ENTRANCE})(?:元-?|-))?(?P<room>{_ROOM})"),
    re.compile(rf"(?P<building>{_CODE})-?(?P<entrance>{_ENTRANCE})元-?(?P<room>{_ROOM})"),
    re.compile(rf"(?P<building>{_CODE})-(?:(?P<entrance>{_ENTRANCE})-)?(?P<room>{_ROOM})"),
    re.compile(
        rf"(?P<building>{_CODE})[栋-]-?(?P<entrance>{_ENTRANCE})[元-]-?(?P<floor>[0-9]{{1,2}})-(?P<room>{_ROOM})"
    ),
    re.compile(rf"(?P<entrance>{_ENTRANCE})元-?(?P<room>{_ROOM})"),
    re.compile(rf"(?P<room>{_ROOM})"),
]


@dataclass(frozen=True)
class Room:
    """A room as far as it was said: no building means any of them, no entrance any of the building's."""

    building: str | None
    entrance: str | None
    room: str

    @property
    def key(self) -> str:
        return "-".join(part for part in (self.building, self.entrance, self.room) if part)


def key_of(building: str, entrance: str, room: str) -> str:
    """The one way a unit's number is kept: no leading zeros, capitals, parts joined by -."""
    return "-".join(plain(part) for part in (building, entrance, room) if part)


def plain(part: str) -> str:
    """One part of a number: half-width, capitals, without leading zeros (03 → 3, 0502 → 502)."""
    text = unicodedata.normalize("NFKC", part).strip().upper()
    return re.sub(r"^0+(?=[0-9])", "", text)


def parse(text: str, aliases: Mapping[str, str] | None = None) -> list[Room]:
    """The rooms a text may mean, the likeliest first; none when it is not a room number.

    `aliases` says which other names a building has: {"会所": "8"}.
    """
    written = _FLOOR.sub(_on_floor, _simplify(text, aliases or {}))
    as_digits = _ALIKE.sub(lambda found: found.group().translate(_DIGIT), written)
    return list(dict.fromkeys([*_shaped(written), *_shaped(as_digits)]))


def home_and_name(text: str, aliases: Mapping[str, str] | None = None) -> tuple[str, str] | None:
    """A home, or the beginning of its number, and who is looked for there: 15栋 赵平, 12-3-502张, 赵平 15栋."""
    if parse(text, aliases):
        return None
    named = [
        (text[:at].strip(), text[at:].strip())
        for at in range(len(text) - 1, 0, -1)
        if not (text[at - 1 : at + 1].isascii() and text[at - 1 : at + 1].isalpha())
    ]
    parts = text.split(" ")
    named += [(" ".join(parts[at:]), " ".join(parts[:at])) for at in range(1, len(parts))]
    for home, name in named:
        one_letter = len(name) == 1 and name.isascii()  # of a room, 502A, or of an entrance
        if _NAME.fullmatch(name) and not one_letter and _begins_a_home(home, aliases):
            return home, name
    return None


def _begins_a_home(text: str, aliases: Mapping[str, str] | None) -> bool:
    """A surname may be a numeral (万, 伍): without a digit it takes a word for a building, or another name of one."""
    said = _BUILDING_WORD.search(text) or any(map(str.isascii, filter(str.isdigit, text)))
    said = said or text.upper().startswith(tuple(alias.upper() for alias in aliases or ()))
    if re.search("[A-Za-z]{2}$", text):  # the beginning of who is looked for: 12-3 zhang n s
        return False
    return bool(said and (start_of_key(text, aliases) or parse(text, aliases)))


def start_of_key(text: str, aliases: Mapping[str, str] | None = None) -> str:
    """The beginning of a key that was typed so far (12栋3 → 12-3), or "" when it is none."""
    written = _FLOOR.sub(_begun_on_floor, _simplify(text, aliases or {}))
    parts = re.split("[栋元-]", re.sub("(?<=[0-9])O", "0", written))
    start = "-".join(plain(part) for part in parts)
    return (
        start
        if re.fullmatch("[A-Z0-9]{1,5}(-[A-Z0-9]{1,5}){0,2}-?", start) and re.search("[0-9]", start)
        else ""
    )


def _shaped(written: str) -> Iterable[Room]:
    match = next(filter(None, (shape.fullmatch(written) for shape in _SHAPES)), None)
    if match is None:
        return []
    parts = {name: plain(part) for name, part in match.groupdict().items() if part}
    room = parts["room"]
    if floor := parts.get("floor"):  # 12-3-5-502, and 12-3-5-2
        room = room if room.startswith(floor) and len(room) > len(floor) else f"{floor}{room:0>2}"
    return _readings(parts.get("building"), parts.get("entrance"), room)


def _on_floor(found: re.Match[str]) -> str:
    """5楼502 and 5楼2 are both 502. What does not begin with its floor is taken as it stands on the door."""
    floor, room = plain(found[1]), found[2]
    return f"{floor}{room:0>2}" if len(room) in (1, 2) and room.isdigit() else room or floor


def _begun_on_floor(found: re.Match[str]) -> str:
    floor, room = plain(found[1]), found[2]
    return room if room.startswith(floor) else floor + room


def _readings(building: str | None, entrance: str | None, room: str) -> Iterable[Room]:
    yield Room(building, entrance, room)
    if building and entrance is None and re.fullmatch("[1-9][0-9]{3,4}", room):
        yield Room(building, room[0], plain(room[1:]))


def _simplify(text: str, aliases: Mapping[str, str]) -> str:
    if len(text) > LONGEST:
        return ""
    written = _ORDINAL.sub("", unicodedata.normalize("NFKC", text).strip().upper())
    if _BUILDING_WORD.search(written):
        written = written.translate(_CAPITALS)
    for alias in sorted(aliases, key=len, reverse=True):
        if written.startswith(alias.upper()):
            written = f"{aliases[alias]}栋{_BUILDING_WORD.sub('', written[len(alias) :], count=1)}"
            break
    written = _NUMERAL.sub(lambda found: _number(found.group()), written)
    written = _ROOM_WORD.sub("", written)
    written = _GAP.sub("-", _ENTRANCE_WORD.sub("元", written))
    written = _FLOOR_WORD.sub(r"\1层", re.sub("(?<=[栋幢座楼号#元])-", "", written))
    written = _BUILDING_WORD.sub("栋", written).strip("-")
    return re.sub("-*([栋元])-*", r"\1", written)


def _number(numeral: str) -> str:
    """十二 → 12, 一百二十 → 120, 一百零二 → 102, 五〇二 → 502."""
    if not any(sign in PLACES for sign in numeral):
        return "".join(str(DIGITS[sign]) for sign in numeral)
    total, digit, place = 0, None, 1
    for sign in numeral:
        if sign in PLACES:
            place = PLACES[sign]
            total, digit = total + (1 if digit is None else digit) * place, None
        elif DIGITS[sign] == 0:
            place, digit = 10, None
        else:
            digit = DIGITS[sign]
    return str(total + (digit or 0) * (place // 10 or 1))


@lru_cache(maxsize=4096)
def distance(left: str, right: str) -> int:
    """How many single characters must be changed, added, dropped, or exchanged with a neighbour."""
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        before, last, row = row, before, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]
