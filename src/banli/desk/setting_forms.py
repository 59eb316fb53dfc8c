"""Forms in which an estate sets something: a value as somebody at the desk says it, from which day, and why."""

from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from banli.cases.settings import Known
from banli.cashier.forms import Yuan
from banli.engine.clocks import SAME_DAY, parse_duration
from banli.engine.hours import parse_hours, read_hours
from banli.engine.pack import LEAST_SECRET
from banli.estate.own import OwnDay
from banli.estate.setting import MOST_DAYS
from banli.people.forms import OfficeForm
from banli.web.fields import YES_NO
from banli.web.templatetags.say import say

from .filters import DayField

UNITS = {"m": _("分钟"), "h": _("小时"), "d": _("天"), "month": _("个月"), SAME_DAY: _("当天")}


class WhenAndWhy(OfficeForm):
    """From which day, and the reason: both are kept."""

    kinds: ClassVar[dict[str, str]] = {"valid_from": "date"}
    valid_from = DayField(label=_("从哪天起"), help_text=_("今天就是马上；以前办的不受影响。"))
    reason = forms.CharField(
        label=_("原因或依据"), max_length=200, help_text=_("例如：业主大会 2026 年 5 月 1 日决定")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = timezone.localdate

    @property
    def day(self) -> date:
        told: date = self.cleaned_data["valid_from"]
        return told

    @property
    def reason_told(self) -> str:
        return str(self.cleaned_data["reason"])

    @property
    def value(self) -> Any:
        """None: the default again."""
        return None


class SettingForm(WhenAndWhy):
    """A setting's new value, asked for by its kind."""

    def __init__(self, *args: Any, known: Known, now: Any = None, **kwargs: Any) -> None:
        self.known = known
        super().__init__(*args, **kwargs)
        asked = getattr(self, f"_{known.setting.type}")(known.setting.default if now is None else now)
        self.fields = {**asked, **self.fields}
        for field in asked.values():
            field.error_messages["required"] = _("请填写。")

    kinds: ClassVar[dict[str, str]] = {"valid_from": "date", "unit": "choice", "number": "integer", "secret": "secret",
                                       "yuan": "money", "count": "integer", "answer": "yes_no"}  # fmt: skip

    def _duration(self, now: Any) -> dict[str, forms.Field]:
        much = parse_duration(str(now))
        return {
            "number": forms.IntegerField(
                label=_("多长"), required=False, min_value=1, max_value=99999, initial=much.number or None,
                help_text=_("选“当天”的不用填。"), error_messages=_WHOLE,
            ),
            "unit": forms.ChoiceField(label=_("单位"), choices=list(UNITS.items()), initial=much.unit),
        }  # fmt: skip

    def _hours(self, now: Any) -> dict[str, forms.Field]:
        told = say(parse_hours(str(now)).text)
        return {
            "hours": forms.CharField(
                label=_("时段"), max_length=200, initial=told,
                help_text=_("写法：周一至周五 08:00–12:00、14:30–18:00；周六 09:00–12:00"),
            )
        }  # fmt: skip

    def _yes_no(self, now: Any) -> dict[str, forms.Field]:
        choices = [(key, say(label)) for key, label in YES_NO.items()]
        return {"answer": forms.ChoiceField(label=self._title, choices=choices, initial=now)}

    def _money(self, now: Any) -> dict[str, forms.Field]:
        return {"yuan": Yuan(label=self._title, initial=f"{now / 100:.2f}")}

    def _integer(self, now: Any) -> dict[str, forms.Field]:
        unit = self.known.setting.unit
        label = f"{self._title}{_('（')}{say(unit)}{_('）')}" if unit else self._title
        return {"count": forms.IntegerField(label=label, initial=now, error_messages=_WHOLE)}

    def _text(self, now: Any) -> dict[str, forms.Field]:
        return {"words": forms.CharField(label=self._title, max_length=200, initial=now)}

    _email = _text

    def _secret(self, now: Any) -> dict[str, forms.Field]:
        return {
            "secret": forms.CharField(
                label=self._title,
                max_length=200,
                strip=False,
                help_text=_("至少 %(least)s 个字符。加密保存，以后不再显示；只能换。")
                % {"least": LEAST_SECRET},
            )
        }

    @property
    def _title(self) -> str:
        return say(self.known.setting.title)

    def clean_hours(self) -> str:
        try:
            return read_hours(self.cleaned_data["hours"])
        except ValueError:
            raise ValidationError(
                _("看不懂这个时段，请照“周一至周五 08:00–12:00、14:30–18:00”的写法。")
            ) from None

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        counted = self.known.setting.type == "duration" and told.get("unit") not in (None, SAME_DAY)
        if counted and not told.get("number") and "number" not in self.errors:
            self.add_error("number", _("请填写。"))
        return told

    @property
    def value(self) -> Any:
        """As it is kept."""
        told = self.cleaned_data
        if self.known.setting.type == "duration":
            if told["unit"] == SAME_DAY:
                return SAME_DAY
            return f"{told['number']}{_WRITTEN[told['unit']]}"
        names = ("hours", "answer", "yuan", "count", "words", "secret")
        return next(told[name] for name in names if name in told)

    def _asked(self, bound: forms.BoundField) -> dict[str, Any]:
        told = super()._asked(bound)
        if bound.name == "secret":
            told |= {"private": True, "value": ""}
        return told


_WHOLE = {"invalid": _("请填写整数。"), "min_value": _("请填写整数。"), "max_value": _("请填写整数。")}
_WRITTEN = {"m": "m", "h": "h", "d": " days", "month": " months"}


class DaysForm(OfficeForm):
    """Days that count otherwise: from, to (both included), how, and why."""

    kinds: ClassVar[dict[str, str]] = {"first": "date", "last": "date", "kind": "choice"}
    first = DayField(
        label=_("从哪天"),
        help_text=_("只能是今天和以后的日子：以前的已按当时的日历算过，经过它们的时限原样保留。"),
    )
    last = DayField(label=_("到哪天"), required=False, help_text=_("只有一天的不用填。"))
    kind = forms.ChoiceField(label=_("这些天算"), choices=OwnDay.Kind.choices)
    reason = forms.CharField(
        label=_("原因或依据"), max_length=200, help_text=_("例如：国务院办公厅关于 2027 年节假日的通知")
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        first, last = told.get("first"), told.get("last")
        if first and last and last < first:
            self.add_error("last", _("止日不能早于起日。"))
        elif first and last and (last - first).days >= MOST_DAYS:
            self.add_error("last", _("一次最多改 %(most)s 天。") % {"most": MOST_DAYS})
        return told

    @property
    def days(self) -> list[date]:
        first: date = self.cleaned_data["first"]
        last: date = self.cleaned_data.get("last") or first
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def in_english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "").startswith("en")
