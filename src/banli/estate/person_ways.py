"""The ways in which what was typed may mean a person: by name, sound, telephone or paper, the surest first."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from banli.engine import identity
from banli.engine.refusals import Refusal

from . import letters
from .actions import paper_index, phone_index, phone_tail_index
from .models import Person
from .names import as_sound, partly_spelt, readings

#: A telephone as our own pages show it, 138****1234.
_MASKED = re.compile(r"([0-9]{3})?[*X×•·]{2,}([0-9]{4})")
#: 王先生, 张阿姨: what people are called is not always what they are written down as.
TITLES = ("先生", "女士", "小姐", "太太", "阿姨", "师傅", "老师", "叔叔")
#: 赵p, 赵ping: whoever types the surname in Chinese and is too lazy for the rest.
_BEGUN_IN_CHINESE = re.compile("([\u4e00-\u9fff]{1,3}) ?([a-zü' ]{1,40})", re.IGNORECASE)


@dataclass(frozen=True)
class Way:
    """One meaning of a text: SQL over ``estate_person`` whose parameters are w, x, y; ``order``: an index's own, where
    many may match."""

    condition: str
    values: tuple[str, ...]
    order: str = ""


def ways(estate_id: int, text: str) -> Iterator[Way]:
    """The ways a text may mean a person, the surest first."""
    if number := _read(identity.check_phone, text):
        yield Way("phone_index <> '' AND phone_index = %(w{0})s", (phone_index(estate_id, number),))
    if paper := _read(lambda told: identity.check_id("cn_id", told), text):
        yield Way("id_index <> '' AND id_index = %(w{0})s", (paper_index(estate_id, "cn_id", paper),))
    shown = masked_phone(text)
    tail = shown[2] if shown else text.removeprefix("尾号").strip()
    if len(tail) == 4 and tail.isascii() and tail.isdigit():
        yield Way(
            "phone_tail_index <> '' AND phone_tail_index = %(w{0})s", (phone_tail_index(estate_id, tail),)
        )
    if not shown and any(sign.isalpha() for sign in text):
        yield from _by_name(estate_id, text)


def masked_phone(text: str) -> re.Match[str] | None:
    """What was typed, where it is a telephone as our own pages show it: its first three signs and its last four."""
    return _MASKED.fullmatch(text.replace(" ", "").replace("-", "").upper())


def _by_name(estate_id: int, text: str) -> Iterator[Way]:
    name = text if text.isascii() else _close(text)
    spoken = (text.isascii() or "ü" in text.lower()) and not any(sign.isdigit() for sign in text)
    sound = as_sound(text) if spoken else ""
    yield Way("name = %(w{0})s", (name,))
    yield Way("name LIKE %(w{0})s", (f"{letters.literal(name)}%",), "name USING ~<~")
    if sound:
        yield from _by_sound(sound)
    if begun := _BEGUN_IN_CHINESE.fullmatch(text):
        yield from _begun_in_chinese(estate_id, begun[1], begun[2])
    yield Way("letters_apart(name) LIKE %(w{0})s", (letters.like(name),))
    if len(sound) >= 3:
        yield Way("pinyin LIKE %(w{0})s", (f"%{sound}%",))
    for title in TITLES:
        if name.endswith(title) and name != title:
            start = letters.literal(name.removesuffix(title))
            yield Way("name LIKE %(w{0})s", (f"{start}%",), "name USING ~<~")


def _by_sound(sound: str) -> Iterator[Way]:
    yield Way("initials = %(w{0})s", (sound,))
    yield Way("pinyin = %(w{0})s", (sound,))
    yield Way("initials LIKE %(w{0})s", (f"{sound}%",), "initials USING ~<~")
    yield Way("pinyin LIKE %(w{0})s", (f"{sound}%",), "pinyin USING ~<~")
    for initials, pinyin in partly_spelt(sound):
        yield Way("initials LIKE %(w{0})s AND pinyin LIKE %(x{0})s", (f"{initials}%", pinyin))


def _begun_in_chinese(estate_id: int, start: str, rest: str) -> Iterator[Way]:
    """By the initials along their index; the name says the rest, so that 赵 is not 肇. One query.

    How the beginning sounds is read from somebody called so: the dictionary takes half a second to load.
    """
    called_so = Person.objects.filter(estate=estate_id, name__startswith=start).values_list(
        "initials", flat=True
    )
    for initials in called_so[:1]:
        typed = as_sound(rest)
        for begun, pinyin in [(typed, ""), *readings(typed)]:
            condition = "initials LIKE %(w{0})s AND pinyin LIKE %(x{0})s AND name LIKE %(y{0})s"
            yield Way(
                condition, (f"{initials[: len(start)]}{begun}%", f"%{pinyin}%", f"{letters.literal(start)}%")
            )


def _read(check: Callable[[str], str], text: str) -> str:
    try:
        return str(check(text))
    except Refusal:
        return ""


def _close(text: str) -> str:
    """A Chinese name without the spaces that were typed between its letters: 张 女士."""
    parts = text.split(" ")
    return "".join(parts) if all(part and not part[0].isascii() for part in parts) else text
