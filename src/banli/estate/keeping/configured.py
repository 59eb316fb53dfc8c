"""What an estate says of erasing at the end of retention: whether it waits for a word, and how far the list looks."""

from datetime import date

from banli.engine.pack import Setting
from banli.engine.text import Text

from ..models import Estate
from ..own import in_force

_LAW = Text(
    zh="《个人信息保护法》第四十七条：保存期限已届满的，应当主动删除",
    en="PIPL art. 47: what is kept beyond its time is erased without being asked",
)

#: The house's own settings, beside those of the packs.
SETTINGS: dict[str, Setting] = {
    "erasure_waits": Setting(
        title=Text(zh="到期的个人信息，主任确认后才删除", en="What reached its end waits for the director"),
        help=Text(
            zh="“是”：每天的名单主任看过、按一次确认；“否”：每天夜里自动删除",
            en="Yes: the director looks at each day's list and confirms it once. No: it is erased at night by itself",
        ),
        type="yes_no", default="yes", source=_LAW,
    ),
    "erasure_ahead": Setting(
        title=Text(zh="到期删除的名单提前看多少天", en="How many days the list of what will go looks ahead"),
        type="integer", default=30, min=1, max=365, unit=Text(zh="天", en="days"), source=_LAW,
    ),
}  # fmt: skip


def waits(estate: Estate, day: date) -> bool:
    """Whether a list waits for its confirmation."""
    return bool(_value(estate, "erasure_waits", day) == "yes")


def ahead(estate: Estate, day: date) -> int:
    """Days."""
    return int(_value(estate, "erasure_ahead", day))


def _value(estate: Estate, name: str, day: date) -> str | int:
    told: str | int = in_force(estate, day).get(name, SETTINGS[name].default)
    return told
