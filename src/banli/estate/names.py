"""How a name is found by its sound: pinyin and initials, with the surnames that are read in their own way."""

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
