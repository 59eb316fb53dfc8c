"""Who somebody says they are: identity numbers, telephones and names, checked without asking anybody.

GB 11643-1999: six digits of area, eight of the date of birth, three of sequence, one check digit (ISO 7064
MOD 11-2). Digit and date are checked strictly; area codes change, so an unknown area is only a warning.
Every check gives the text written one way, or raises a Refusal that says what is wrong.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text

declare(
    {
        "bad_id_length": Text(
            zh="身份证号须为 18 位，现为 {length} 位。",
            en="An identity number has 18 characters; this has {length}.",
        ),
        "bad_id_characters": Text(
            zh="身份证号前 17 位须为数字，最后一位为数字或 X。",
            en="An identity number is 17 digits and a last digit or X.",
        ),
        "bad_id_date": Text(
            zh="身份证号中的出生日期不对，请核对第 7 至 14 位。",
            en="The date of birth in the identity number is not a date; check digits 7 to 14.",
        ),
        "bad_id_digit": Text(
            zh="身份证号校验位不对，请逐位核对。",
            en="The identity number's check digit is wrong; compare every digit.",
        ),
        "id_area_unknown": Text(
            zh="身份证号的地区码不常见，请再核对前 6 位。",
            en="The identity number's area code is unusual; compare the first six digits again.",
        ),
        "bad_paper_kind": Text(zh="请选择证件类型。", en="Choose the kind of paper."),
        "bad_paper_number": Text(
            zh="证件号码的格式不对，请对照证件核对。", en="This is not how such a number looks; check it."
        ),
        "bad_phone": Text(
            zh="电话号码不对，请填写手机号，或带区号的座机号。",
            en="Not a telephone number; give a mobile number, or a landline with its area code.",
        ),
    }
)

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
#: GB/T 2260 provinces, 71 and 81-83 for residents of Taiwan, Hong Kong, Macau, 91 for foreign residents.
PROVINCES = frozenset(
    {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)}
    | {71, 81, 82, 83, 91}
)
CHINA = 86
LONGEST_NAME = 60

_CN_ID = re.compile(r"[0-9]{17}[0-9X]")
_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,17}")
_HK_MACAU_PERMIT = re.compile(r"[HM][0-9]{8}(?:[0-9]{2})?")
_TAIWAN_PERMIT = re.compile(r"[0-9]{8}(?:[0-9]{2})?")
_FOREIGN_OLD = re.compile(r"[A-Z]{3}[0-9]{12}")
_NAME_MARKS = frozenset(" ·•-'’.")
_LANDLINES = {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_REACHABLE = {PhoneNumberType.MOBILE, *_LANDLINES}


def check_id(kind: str, text: str, *, today: date | None = None) -> str:
    """The number of a paper, written one way. `kind`: cn_id, passport, hk_macau_permit, taiwan_permit,
    foreign_permanent. With `today`, a birth after it is refused too."""
    reader = _PAPERS.get(kind)
    if reader is None:
        raise Refusal("bad_paper_kind")
    number = _one_way(text)
    if not number:
        raise Refusal("required")
    return reader(number, today)


def id_warning(number: str) -> Refusal | None:
    """What is unusual about a sound identity number: an area not in GB/T 2260. No reason to refuse."""
    return None if int(number[:2]) in PROVINCES else Refusal("id_area_unknown")


def check_digit(first_17: str) -> str:
    """The eighteenth character that belongs to seventeen digits."""
    return CHECK_DIGITS[
        sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True)) % 11
    ]


def check_phone(text: str) -> str:
    """A telephone number written one way: 13812345678, 01088886666; abroad +85291234567.

    Chinese mobile numbers and landlines with their area code; a foreign number must be written with + and the
    country's code.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(r"[+0-9()\- ]{5,30}", written):
        raise Refusal("bad_phone")
    try:
        number = phonenumbers.parse(written, "CN")
    except NumberParseException:
        raise Refusal("bad_phone") from None
    kind = phonenumbers.number_type(number)
    if not phonenumbers.is_valid_number(number) or kind not in _REACHABLE:
        raise Refusal("bad_phone")
    if number.country_code != CHINA:
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    national = phonenumbers.national_significant_number(number)
    return f"0{national}" if kind in _LANDLINES else national


def check_name(text: str) -> str:
    """A person's name: letters of any script, and the marks names have (·, -, ', a space); nothing else."""
    name = " ".join(text.split())
    if not name:
        raise Refusal("required")
    if len(name) > LONGEST_NAME:
        raise Refusal("too_long", max=LONGEST_NAME)
    if not any(letter.isalpha() for letter in name):
        raise Refusal("bad_name")
    if not all(mark in _NAME_MARKS or unicodedata.category(mark)[0] in "LM" for mark in name):
        raise Refusal("bad_name")
    return name


def _one_way(text: str) -> str:
    """Full-width to half-width, capitals, no spaces: the way a number is compared and stored."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _cn_id(number: str, today: date | None) -> str:
    if len(number) != 18:
        raise Refusal("bad_id_length", length=len(number))
    if not _CN_ID.fullmatch(number):
        raise Refusal("bad_id_characters")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise Refusal("bad_id_date") from None
    if born.year < 1900 or (today is not None and born > today):
        raise Refusal("bad_id_date")
    if number[17] != check_digit(number[:17]):
        raise Refusal("bad_id_digit")
    return number


def _foreign_permanent(number: str, today: date | None) -> str:
    """Cards since 2023 begin with 9 and follow GB 11643; older ones have three letters and twelve digits."""
    if number.startswith("9"):
        return _cn_id(number, today)
    return _like(_FOREIGN_OLD)(number, today)


def _like(pattern: re.Pattern[str]) -> Callable[[str, date | None], str]:
    def read(number: str, today: date | None) -> str:
        if not pattern.fullmatch(number):
            raise Refusal("bad_paper_number")
        return number

    return read


_PAPERS: dict[str, Callable[[str, date | None], str]] = {
    "cn_id": _cn_id,
    "passport": _like(_PASSPORT),
    "hk_macau_permit": _like(_HK_MACAU_PERMIT),
    "taiwan_permit": _like(_TAIWAN_PERMIT),
    "foreign_permanent": _foreign_permanent,
}
PAPER_KINDS = tuple(_PAPERS)
