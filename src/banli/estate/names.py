"""How a name is found by its sound: pinyin and initials, with the surnames that are read in their own way."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

#: A syllable as it is spelt, and one of which only the beginning was typed.
_SYLLABLE = re.compile("(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?[aeiouv]{1,3}(?:ng|n|r)?")
_BEGINNING = re.compile("zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]")
#: A text is read in so many ways at most: zhangs is zhang-s and zhan-g-s.
READINGS, SPLITS = 4, 32

#: Characters that a dictionary of words reads otherwise than a family does.
SURNAMES = {
    "万俟": ("mo", "qi"), "尉迟": ("yu", "chi"), "长孙": ("zhang", "sun"), "澹台": ("tan", "tai"),
    "单于": ("chan", "yu"), "单": ("shan",), "曾": ("zeng",), "仇": ("qiu",), "解": ("xie",), "查": ("zha",),
    "盖": ("ge",), "区": ("ou",), "朴": ("piao",), "任": ("ren",), "华": ("hua",), "乐": ("yue",),
    "员": ("yun",), "折": ("she",), "翟": ("zhai",), "缪": ("miao",), "繁": ("po",), "秘": ("bi",),
    "黑": ("he",), "召": ("shao",), "覃": ("qin",), "谌": ("chen",), "种": ("chong",), "冼": ("xian",),
    "洗": ("xian",), "祭": ("zhai",), "尹": ("yin",), "宓": ("mi",), "郗": ("xi",), "晟": ("cheng",),
    "薄": ("bo",), "车": ("che",), "柏": ("bai",), "宁": ("ning",), "石": ("shi",), "卜": ("bu",),
    "牟": ("mu",), "纪": ("ji",), "隗": ("wei",), "佴": ("nai",), "阚": ("kan",), "逄": ("pang",),
}  # fmt: skip


def sound_of(name: str) -> tuple[str, str]:
    """(pinyin, initials) of a name in lower case: 张女士 → ("zhangnvshi", "zns"); ü is written v."""
    # Imported here: its dictionary takes long to load, and most commands need none of it.
    from pypinyin import lazy_pinyin

    syllables: list[str] = []
    rest = name.strip()
    for length in (2, 1):
        surname = SURNAMES.get(rest[:length])
        if surname:
            syllables, rest = list(surname), rest[length:]
            break
    for word in lazy_pinyin(rest):
        syllables += _letters(word).split()
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def as_sound(text: str) -> str:
    """What somebody typed to find a name by its sound: letters only, lower case, ü as v."""
    return "".join(_letters(text).split())


def _letters(text: str) -> str:
    lowered = text.lower().replace("ü", "v").replace("'", "")
    return "".join(letter if letter.isascii() and letter.isalpha() else " " for letter in lowered)


def partly_spelt(sound: str) -> list[tuple[str, str]]:
    """(initials, pattern of pinyin) for a name of which some syllables are spelt and some only begun: zhangns, wxiaom.

    Empty where all are spelt, or none: a text is then found as it stands.
    """
    return _patterns(one for one in islice(_split(sound), SPLITS) if len(set(map(_is_spelt, one))) == 2)


def readings(sound: str) -> list[tuple[str, str]]:
    """(initials, pattern of pinyin) for each way to split a text into syllables, spelt or begun."""
    return _patterns(islice(_split(sound), SPLITS))


def _patterns(splits: Iterable[list[str]]) -> list[tuple[str, str]]:
    told: dict[tuple[str, str], None] = {}
    for parts in splits:
        pinyin = "".join(part if _is_spelt(part) else f"{part}%" for part in parts)
        told["".join(part[0] for part in parts), pinyin.removesuffix("%") + "%"] = None
        if len(told) == READINGS:
            break
    return list(told)


def _is_spelt(part: str) -> bool:
    return _SYLLABLE.fullmatch(part) is not None


def _split(sound: str) -> Iterator[list[str]]:
    """The ways to split a text into syllables and beginnings of them, the longest syllables first."""
    if not sound:
        yield []
        return
    found = _SYLLABLE.match(sound)
    whole = found.group() if found else ""
    begun = None if whole else _BEGINNING.match(sound)
    ends = [begun.group()] if begun else [whole, whole[:-1] if whole.endswith(("g", "n", "r")) else whole]
    for part in dict.fromkeys(ends):
        for rest in _split(sound[len(part) :]):
            yield [part, *rest]
