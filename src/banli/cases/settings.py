"""The settings of the packs as an estate has them: where each is read, and changing one.

Who reads when (the rule, told on the screen and in docs/operating.md): a case keeps what its questions, conditions and
papers name as it was when the case was opened; a clock takes what holds at the moment it starts, and is then due at a
fixed time. So no change reaches back into what was begun.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from banli.engine.pack import Setting
from banli.engine.refusals import Refusal, declare
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.engine.uses import Use, conflicts, uses
from banli.estate.keeping import configured as keeping
from banli.estate.models import Estate
from banli.estate.own import SettingVersion, in_force
from banli.estate.setting import set_version
from banli.messages import configured
from banli.people.access import Acting, Desk

from . import facts, rules

declare(
    {
        "setting_value": Text(zh="不能这样设置：{why}。", en="This cannot be set: {why}."),
        "setting_conflict": Text(
            zh="这样设置，流程“{procedure}”就办不下去：{why}。",
            en="Set so, the procedure “{procedure}” could not be done: {why}.",
        ),
        "setting_conflict_later": Text(
            zh="这样设置，从 {day} 起流程“{procedure}”就办不下去：{why}。那天另有设置生效。",
            en="Set so, the procedure “{procedure}” could not be done from {day} on: {why}. Others begin then.",
        ),
        "setting_same": Text(zh="和当天本来就有的设置一样。", en="That is what holds on that day already."),
    }
)


@dataclass
class Known:
    """A setting of a pack, and every place of the procedures in force that names it, procedure by procedure.

    ``house``: one of the house's own, which no pack has.
    """

    name: str
    setting: Setting
    used: dict[str, tuple[Text, tuple[Use, ...]]] = field(default_factory=dict)
    house: bool = False

    @property
    def secret(self) -> bool:
        return self.setting.type == "secret"

    @property
    def frozen(self) -> bool:
        """Whether cases in hand keep the value they were opened under."""
        return any(use.frozen for _, found in self.used.values() for use in found)

    @property
    def timed(self) -> bool:
        """Whether clocks take it when they start."""
        return any(use.kind == "clock" for _, found in self.used.values() for use in found)


def catalogue(books: Mapping[str, Rulebook] | None = None) -> dict[str, Known]:
    """Every setting of the packs in force, in the order of their files, and the house's own after them.

    A name means the same in every pack.
    """
    told: dict[str, Known] = {}
    for procedure, book in (books or rules.every_current()).items():
        named = uses(book)
        for name, setting in book.pack.settings.items():
            known = told.setdefault(name, Known(name, setting))
            if name in named:
                known.used[procedure] = (book.procedure.title, named[name])
    for name, setting in (configured.SETTINGS | keeping.SETTINGS).items():
        told[name] = Known(name, setting, house=True)
    return told


def value_on(estate: Estate, known: Known, day: date) -> Any:
    """What holds for the estate on a day; of a secret nothing."""
    return None if known.secret else in_force(estate, day).get(known.name, known.setting.default)


def change(
    *, by: Desk, acting: Acting, name: str, value: Any, valid_from: date, reason: str, now: datetime | None = None
) -> SettingVersion:  # fmt: skip
    """Set ``value`` from a day on; None goes back to the default. Refuses what no procedure could work with.

    Refusals: ``not_found``, ``setting_value`` (not of its kind, out of its range), ``setting_conflict``,
    ``setting_same``, and those of :func:`banli.estate.setting.set_version`.
    """
    books = rules.every_current()
    known = catalogue(books).get(name)
    if known is None:
        raise Refusal("not_found")
    if value is not None:
        try:
            known.setting.check(value)
        except ValueError as why:
            raise Refusal("setting_value", why=_said(why)) from None
    if known.secret:
        return set_version(
            by=by, acting=acting, name=name, value=None, secret=value or "", valid_from=valid_from, reason=reason,
            now=now,
        )  # fmt: skip
    own = in_force(by.estate, valid_from).get(name)
    if value == own or (own is None and value == known.setting.default):
        raise Refusal("setting_same")
    _must_fit(books, known, by.estate, value, valid_from)
    return set_version(
        by=by, acting=acting, name=name, value=value, valid_from=valid_from, reason=reason, now=now
    )


def _must_fit(books: Mapping[str, Rulebook], known: Known, estate: Estate, value: Any, day: date) -> None:
    """Every procedure that names the setting can still be done, with all that holds on that day and later."""
    for begins in _days(estate, known.name, day):
        then = timezone.make_aware(datetime.combine(begins, datetime.min.time()))
        for procedure, (title, _found) in known.used.items():
            values = facts.settings_of(books[procedure], estate, then)
            before = conflicts(books[procedure], values)
            values[known.name] = known.setting.default if value is None else value
            new = [why for why in conflicts(books[procedure], values) if why not in before]
            if new and begins == day:
                raise Refusal("setting_conflict", procedure=title, why=new[0])
            if new:
                raise Refusal("setting_conflict_later", procedure=title, why=new[0], day=begins.isoformat())


def _days(estate: Estate, name: str, day: date) -> list[date]:
    """The day a version begins, and each on which something else that was set ahead begins, for as long as it holds."""
    begins = {
        other: [since for since, _value in versions if since > day.isoformat()]
        for other, versions in (estate.settings or {}).items()
        if isinstance(versions, list)
    }
    until = min(begins.pop(name, []), default="9999")
    later = {since for days in begins.values() for since in days if since < until}
    return [day, *map(date.fromisoformat, sorted(later))]


def _said(why: ValueError) -> Text:
    """A sentence of the pack's reader, which is written ``中文 / English``, without its stop."""
    told = str(why).rsplit(" / ", 1)
    return Text(zh=told[0].rstrip("。"), en=told[-1].rstrip("."))
