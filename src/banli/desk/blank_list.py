"""The list of empty forms: each sheet with what became of it, newest first."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from banli.cases import rules
from banli.engine.paper import blank_serial
from banli.engine.text import Text
from banli.estate.models import Estate
from banli.papers.blanks import MARKS, MOST
from banli.papers.models import BlankSheet
from banli.people.forms import OfficeForm
from banli.web.templatetags.say import say

from . import blank_forms
from .filters import Narrowing

PAGE = 50
STATES = tuple(BlankSheet.State.values)


@dataclass(frozen=True)
class Line:
    """A sheet with the title of its form; of one that was entered what the case is about."""

    sheet: BlankSheet
    form: Text | str
    matter: Text | None


class BlankNarrowing(Narrowing):
    """Words, a state, and one of the forms."""

    form = forms.CharField(required=False, max_length=60)

    def __init__(self, told: QueryDict) -> None:
        super().__init__(told, statuses=STATES)


def sheets(estate: Estate, asked: BlankNarrowing, before: int | None = None) -> QuerySet[BlankSheet]:
    """The sheets that were asked for, newest first; ``before`` is the last row's id."""
    found = BlankSheet.objects.filter(estate=estate).order_by("-pk")
    found = found.select_related("batch__printed_by", "case__unit", "ended_by")
    if asked.standing:
        found = found.filter(state=asked.standing)
    if asked.cleaned_data["form"]:
        found = found.filter(kind=asked.cleaned_data["form"])
    if asked.words:
        words = blank_serial(asked.words) or asked.words.strip().upper().replace("\x00", "")
        found = found.filter(serial__contains=words)
    return found.filter(pk__lt=before) if before else found


def lines(rows: list[BlankSheet], titles: dict[str, Text]) -> list[Line]:
    """The rows as they are shown; a rulebook is read once for each version."""
    return [
        Line(
            row, titles.get(row.kind, row.kind),
            rules.rulebook(row.case.version_id).procedure.title if row.case else None,
        )
        for row in rows
    ]  # fmt: skip


def titles(known: dict[str, blank_forms.Form]) -> dict[str, Text]:
    """The titles of the forms that can be had empty, by name."""
    return {name: one.definition.title for name, one in known.items()}


class BatchForm(OfficeForm):
    """Which form, and how many sheets."""

    kinds: ClassVar[dict[str, str]] = {"paper": "choice", "many": "integer"}
    paper = forms.ChoiceField(label=_("哪种表"))
    many = forms.IntegerField(
        label=_("几张"), min_value=1, max_value=MOST, initial=10,
        help_text=_("一次最多 %(most)s 张；每张各联同号。") % {"most": MOST},
        error_messages={
            name: _("请填 1 至 %(most)s 的整数。") % {"most": MOST} for name in ("invalid", "min_value", "max_value")
        },
    )  # fmt: skip

    def __init__(self, *args: Any, known: dict[str, blank_forms.Form], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [("", ""), *((name, say(one.definition.title)) for name, one in known.items())]
        self.fields["paper"].choices = options  # type: ignore[attr-defined]


class MarkForm(OfficeForm):
    """What became of a sheet, and why."""

    kinds: ClassVar[dict[str, str]] = {"state": "choice"}
    state = forms.ChoiceField(label=_("怎么了"))
    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("例如：写错作废，原件已划掉存档"))

    SAID: ClassVar[dict[str, Any]] = {
        "spoiled": _("作废（写坏、印坏）"), "lost": _("遗失"), "unused": _("找到了，还没用"),
    }  # fmt: skip

    def __init__(self, *args: Any, sheet: BlankSheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = [state for state, before in MARKS.items() if before == sheet.state]
        self.fields["state"].choices = [(one, self.SAID[one]) for one in now]  # type: ignore[attr-defined]
        self.possible = bool(now)
