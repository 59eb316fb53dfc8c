"""What a list is narrowed to. It stands in the list's address: a narrowed list can be kept, sent and printed."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

_FIRST, _LAST = date(2000, 1, 1), date(2099, 12, 31)


class DayField(forms.DateField):
    """A day, as a browser's date box sends it."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "min": _FIRST, "max": _LAST})
    default_validators = [MinValueValidator(_FIRST), MaxValueValidator(_LAST)]
    input_formats = ["%Y-%m-%d"]
    default_error_messages = {"invalid": _("请填写日期，例如 2026-05-01。")}


class Narrowing(forms.Form):
    """Days from and to (both included), words, and one of the list's own choices."""

    q = forms.CharField(required=False, max_length=60)
    since = DayField(required=False)
    until = DayField(required=False)
    status = forms.ChoiceField(required=False)

    def __init__(self, told: QueryDict, *, statuses: Iterable[str]) -> None:
        super().__init__(told)
        self.fields["status"].choices = [("", ""), *((one, one) for one in statuses)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        since, until = told.get("since"), told.get("until")
        if since and until and until < since:
            self.add_error("until", _("止日不能早于起日。"))
        return told

    @property
    def words(self) -> str:
        """What to look for."""
        return str(self.cleaned_data.get("q", ""))

    @property
    def standing(self) -> str:
        """The one of the list's statuses that was chosen; empty for all."""
        return str(self.cleaned_data.get("status", ""))

    @property
    def start(self) -> datetime | None:
        """The first moment of the first day, on the office's clock."""
        since = self.cleaned_data.get("since")
        return _midnight(since) if since else None

    @property
    def end(self) -> datetime | None:
        """The first moment after the last day."""
        until = self.cleaned_data.get("until")
        return _midnight(until + timedelta(days=1)) if until else None

    @property
    def narrowed(self) -> bool:
        return any(self.cleaned_data.values())

    def query(self, **change: str) -> str:
        """The filter as the end of an address, with ``?``; empty where nothing is narrowed."""
        told = {**{name: self.data.get(name, "") for name in self.fields}, **change}
        query = urlencode({name: value for name, value in told.items() if value})
        return f"?{query}" if query else ""


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
