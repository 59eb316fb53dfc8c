"""An estate's settings as the screen shows them: by procedure, in words, with their history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banli.cases import rules, settings
from banli.cases.settings import Known
from banli.engine.clock_wording import ClockWording
from banli.engine.hours import parse_hours
from banli.engine.rulebook import Rulebook
from banli.engine.text import spoken
from banli.estate.keeping import configured as keeping
from banli.estate.models import Estate
from banli.estate.own import SettingVersion
from banli.web.fields import YES_NO
from banli.web.templatetags.say import say


@dataclass(frozen=True)
class Past:
    """A version with the days it holds. ``until`` None: until another; ``idle``: another took its place before."""

    version: SettingVersion
    value: str
    since: date
    until: date | None
    idle: bool
    state: str


@dataclass(frozen=True)
class Line:
    """A setting of the list. ``own``: the estate has set it; ``ahead``: what comes, from which day."""

    known: Known
    value: str
    own: bool
    version: SettingVersion | None
    ahead: list[tuple[date, str]]

    @property
    def name(self) -> str:
        return self.known.name


@dataclass(frozen=True)
class Group:
    title: str
    lines: list[Line]


class Words:
    """Values of settings in the reader's language."""

    def __init__(self, book: Rulebook) -> None:
        self._wording = ClockWording(book, get_language() or "zh")

    def __call__(self, known: Known, value: Any) -> str:
        """A value in words; None is the default."""
        setting = known.setting
        value = setting.default if value is None else value
        if known.secret or value == "":
            return _("没有填")
        if setting.type == "duration":
            return self._wording.duration(str(value))
        if setting.type == "hours":
            return say(parse_hours(str(value)).text)
        if setting.type == "yes_no":
            return say(YES_NO[str(value)])
        if setting.type == "money":
            return _("%(yuan)s 元") % {"yuan": f"{value / 100:.2f}"}
        return f"{value} {say(setting.unit)}" if setting.unit else str(value)


def groups(estate: Estate, day: date, words: str = "") -> list[Group]:
    """Every setting, by the procedure that names it; ``words``: only those that say all of them. Two queries."""
    books = rules.every_current()
    lines = _lines(estate, settings.catalogue(books), books, day)
    told: dict[str, list[Line]] = {}
    for line in lines:
        if all(word in _spoken(line) for word in words.lower().split()[:5]):
            told.setdefault(group_of(line.known), []).append(line)
    order = [say(book.procedure.title) for book in books.values()]
    place = {title: number for number, title in enumerate(order)}
    return [Group(title, told[title]) for title in sorted(told, key=lambda one: place.get(one, len(order)))]


def group_of(known: Known) -> str:
    """The one procedure that names a setting; those of several, of none, and the house's own stand together."""
    if known.house:
        return _("个人信息") if known.name in keeping.SETTINGS else _("通知渠道")
    titles = [say(title) for title, _found in known.used.values()]
    if len(titles) == 1:
        return titles[0]
    return _("几个流程共用") if titles else _("小区")


def line_of(estate: Estate, name: str, day: date) -> tuple[Line, list[Past]] | None:
    """One setting with its history, newest first; None where no pack has it."""
    books = rules.every_current()
    known = settings.catalogue(books).get(name)
    if known is None:
        return None
    line = _lines(estate, {name: known}, books, day)[0]
    return line, history(known, _versions(estate, name), day, _words(books))


def history(known: Known, versions: Iterable[SettingVersion], day: date, words: Words) -> list[Past]:
    """Each version with the days it holds: until the day before the next one, or until that took its place."""
    told: list[Past] = []
    after: date | None = None
    for version in versions:  # newest first: by the day it begins, then by when it was set
        idle = after is not None and after <= version.valid_from
        until = after - timedelta(days=1) if after is not None and not idle else None
        if idle:
            state = "quiet"
        elif version.valid_from > day:
            state = "ahead"
        else:
            state = "now" if until is None or until >= day else "past"
        value = _("已更换") if version.secret else words(known, version.value)
        told.append(Past(version, value, version.valid_from, until, idle, state))
        after = version.valid_from
    return told


def default_of(known: Known) -> str:
    """The pack's default in words."""
    return _words(rules.every_current())(known, None)


def places(known: Known) -> list[tuple[str, list[str]]]:
    """Where a setting is read: the procedure, and in it each place in words."""
    said = {
        "question": _("填“%(title)s”时的限制"), "condition": _("“%(title)s”办不办"), "paper": _("印在“%(title)s”上"),
        "clock": _("时限“%(title)s”"), "act": _("办“%(title)s”时"),
    }  # fmt: skip
    return [
        (say(title), [said[use.kind] % {"title": say(use.title)} for use in found])
        for title, found in known.used.values()
    ]


def _words(books: dict[str, Rulebook]) -> Words:
    return Words(next(iter(books.values())))


def _lines(estate: Estate, catalogue: dict[str, Known], books: dict[str, Rulebook], day: date) -> list[Line]:
    kept: dict[str, list[SettingVersion]] = {}
    for version in _versions(estate, *catalogue) if catalogue else ():
        kept.setdefault(version.name, []).append(version)
    words = _words(books) if books else None
    return [
        _line(estate, known, kept.get(name, []), day, words)
        for name, known in catalogue.items()
        if words is not None
    ]


def _line(estate: Estate, known: Known, versions: Sequence[SettingVersion], day: date, words: Words) -> Line:
    holds = next((one for one in versions if one.valid_from <= day), None)
    ahead: dict[date, str] = {}
    for one in versions:
        if one.valid_from > day:
            ahead.setdefault(one.valid_from, words(known, one.value))
    if known.secret:
        value = _("已设置，不显示") if holds is not None and holds.secret else _("没有填")
    else:
        value = words(known, settings.value_on(estate, known, day))
    own = holds is not None and (holds.value is not None or bool(holds.secret))
    return Line(known, value, own, holds if own else None, sorted(ahead.items()))


def _versions(estate: Estate, *names: str) -> list[SettingVersion]:
    mine = SettingVersion.objects.filter(estate=estate, name__in=names).select_related("set_by")
    return list(mine.order_by("name", "-valid_from", "-pk"))


def _spoken(line: Line) -> str:
    """What a setting is found by: its name, both titles, what it is for, its procedures, source and value."""
    setting, known = line.known.setting, line.known
    texts = [setting.title, setting.help, *(title for title, _found in known.used.values())]
    told = [f"{text.zh} {text.en}" for text in texts if text is not None]
    return " ".join([*told, known.name, *spoken(setting.source), line.value]).lower()
