"""Who can do what: of the work that is shared out, what each of the staff can do, and how much they are given (P18)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from banli.cases import able, rules
from banli.engine.text import Text
from banli.followup import abilities as calls
from banli.people.ability import queries
from banli.people.ability.actions import LEAST, MOST
from banli.people.ability.queries import ANYTHING, Can
from banli.people.access import DIRECTOR, Desk
from banli.people.forms import OfficeForm
from banli.people.models import Ability, Holding, Staff
from banli.people.queries import HeldPost, holders
from banli.web.templatetags.say import say

from .filters import DayField

#: Who gives out the posts says who can do what.
SETS = (DIRECTOR,)


@dataclass(frozen=True)
class Kind:
    """A kind of work, and what of it the packs offer: value → what it is called. ``shared``: by share, by itself."""

    name: str
    title: Text
    offered: Mapping[str, Text]
    shared: bool = True


@dataclass(frozen=True)
class Said:
    """What somebody can do of a kind of work. ``values``: what it is called; empty for nothing at all."""

    kind: Text
    everything: bool
    values: tuple[Text, ...]
    share: int


@dataclass(frozen=True)
class Line:
    """Somebody in a post, with what they can do."""

    held: HeldPost
    said: list[Said]


@dataclass(frozen=True)
class Change:
    """What was set once."""

    row: Ability
    said: Said
    ahead: bool


def may_set(desk: Desk) -> bool:
    """Whether the desk says who can do what."""
    return desk.holds(*SETS)


def kinds(posts: Collection[str]) -> list[Kind]:
    """The kinds of work that fall to a holder of these posts."""
    told = [Kind(calls.KIND, calls.TITLE, calls.offered(posts))]
    told += [
        Kind(name, title, options, shared=False) for name, (title, options) in able.offered(posts).items()
    ]
    return [kind for kind in told if kind.offered]


def lines(
    desk: Desk, today: date, after: tuple[str, int] | None
) -> tuple[list[Line], tuple[str, int] | None]:
    """Whoever holds a post with such work, by post, and the key of the next page. Three queries."""
    of_post = {post: kinds([post]) for post in _posts()}
    held, following = holders(desk, after=after, posts=of_post)
    known = queries.by_staff(desk.estate.pk, [one.holding.staff_id for one in held], today)
    told = [
        Line(
            one,
            [
                _said(kind, known.get((one.holding.staff_id, kind.name), ANYTHING))
                for kind in of_post[one.holding.post]
            ],
        )
        for one in held
    ]
    return told, following


def kinds_of(desk: Desk, staff: Staff, today: date) -> list[Kind]:
    """The kinds of work that fall to one person at the desk's estate. One query."""
    held = Holding.objects.on(today).filter(estate=desk.estate, staff=staff, staff__is_active=True)
    return kinds(list(held.values_list("post", flat=True)))


def changes(desk: Desk, staff: Staff, known: Collection[Kind], today: date) -> list[Change]:
    """What was set for somebody, the newest first. One query."""
    by_name = {kind.name: kind for kind in known}
    return [
        Change(
            row,
            _said(
                by_name.get(row.kind) or Kind(row.kind, Text(zh=row.kind, en=row.kind), {}), queries.can(row)
            ),
            row.since > today,
        )
        for row in queries.history(desk.estate.pk, staff.pk)
    ]


class AbilityForm(OfficeForm):
    """What somebody can do of one kind of work from a day on. Everything ticked: also what is added later."""

    kinds: ClassVar[dict[str, str]] = {"values": "choices", "share": "integer", "since": "date"}

    values = forms.MultipleChoiceField(
        label=_("能做的"), required=False, help_text=_("全勾就是全部，以后新增的也算；一项不勾就一件也不分给")
    )
    share = forms.IntegerField(
        label=_("份额（%）"), min_value=LEAST, max_value=MOST,
        help_text=_("按能力：别人都是 100；200 分到别人的两倍，50 分到一半"),
    )  # fmt: skip
    since = DayField(label=_("从哪天起"), help_text=_("今天就是马上；以前的不改。"))

    def __init__(self, *args: Any, kind: Kind, can: Can, **kwargs: Any) -> None:
        super().__init__(*args, prefix=kind.name, **kwargs)
        self.kind = kind
        chosen = cast(forms.MultipleChoiceField, self.fields["values"])
        chosen.choices = [(name, say(title)) for name, title in kind.offered.items()]
        chosen.initial = [name for name in kind.offered if can.does(name)]
        self.fields["share"].initial = can.share
        if not kind.shared:
            del self.fields["share"]
        self.fields["since"].initial = timezone.localdate


def _posts() -> set[str]:
    return able.posts() | {post for book in rules.every_current().values() for post in calls.callers(book)}


def _said(kind: Kind, can: Can) -> Said:
    """In words; what the packs offer no more is called by its own name."""
    named = [title for name, title in kind.offered.items() if name in can.values]
    gone = [Text(zh=name, en=name) for name in sorted(can.values - set(kind.offered))]
    return Said(kind.title, can.everything, (*named, *gone), can.share)
