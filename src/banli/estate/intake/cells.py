"""How a cell is read: what somebody typed, and what it means; or what to type instead."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text

from .. import rooms

declare(
    {
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


def bare(text: str) -> str:
    """A word without what people write around it, in one case."""
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
    by_word = {bare(word): value for value, words in choices.items() for word in (value, *words)}

    def read(text: str) -> str:
        value = by_word.get(bare(text))
        if value is None:
            raise Refusal("bad_choice", choices="、".join(words[0] for words in choices.values()))
        return value

    return read
