"""Number plates (GA 36): written one way, and found by a part of them.

The letters I and O are left out of a plate's number, because they are taken for 1 and 0; police plates once had an O
for where they were issued.
"""

import re
import unicodedata

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text

declare(
    {
        "bad_plate": Text(
            zh="车牌号不对，例如 浙A12345、浙AD12345。", en="Not a number plate; one looks like 浙A12345 or 浙AD12345."
        ),
        "plate_letters": Text(
            zh="车牌的序号里没有字母 O 和 I：是数字 0 或 1 吗？请看着车牌核对（{plate}）。",
            en="A plate has no letter O or I in its number: is it a 0 or a 1? Compare it with the plate ({plate}).",
        ),
    }
)  # fmt: skip

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_ALIKE = str.maketrans("OI", "01")
#: A province, a letter, five signs (six of a car that runs on electricity), or a last sign of a special kind.
_PLATE = re.compile(f"[{PROVINCES}][A-Z](?:[A-Z0-9]{{5,6}}|[A-Z0-9]{{4}}[学警挂港澳使领])")
_PART = re.compile(f"[{PROVINCES}]?[A-Z0-9]{{3,8}}[学警挂港澳使领]?")
#: No plate has more digits in a row. Digits with a dash between them are a room instead.
_DIGITS = re.compile("[0-9]{4,6}")


def one_way(text: str) -> str:
    """Half-width, capitals, without the dot and the spaces that are painted on it."""
    return re.sub(r"[\s·•.\-]", "", unicodedata.normalize("NFKC", text).upper())


def check_plate(text: str) -> str:
    """A plate written one way; raises Refusal bad_plate."""
    plate = one_way(text)
    if not plate:
        raise Refusal("required")
    if not _PLATE.fullmatch(plate):
        raise Refusal("bad_plate")
    if with_digits(plate) != plate:
        raise Refusal("plate_letters", plate=with_digits(plate))
    return plate


def with_digits(plate: str) -> str:
    """A plate, or a part of it, with the digits that its letters O and I stand for; where it was issued may be an O."""
    start = re.match(f"(?:[{PROVINCES}][A-Z])?", plate)
    head = start.group() if start else ""
    return head + plate.removeprefix(head).translate(_ALIKE)


def part_of_plate(text: str) -> str:
    """What somebody typed as a plate or a part of it: three signs with a letter, or four to six digits; else empty."""
    part = one_way(text)
    if not _PART.fullmatch(part) or not any(sign.isdigit() for sign in part):
        return ""
    a_room = "-" in unicodedata.normalize("NFKC", text)
    return "" if part.isdigit() and (a_room or not _DIGITS.fullmatch(part)) else part
