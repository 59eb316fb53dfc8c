"""Forms of the till: amounts in yuan as they are typed, kept in fen."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from banli.cashier.ledger import TILL
from banli.cashier.models import LedgerEntry
from banli.engine.answers import Moment, accept
from banli.engine.fields import Field
from banli.engine.pack import Price
from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.people.forms import OfficeForm
from banli.web.templatetags.say import say

MINUS = ("-", "−", "－")
_MONEY = Field(type="money", label=Text(zh="金额", en="Amount"))


class Yuan(forms.CharField):
    """An amount as it is typed, in yuan; cleaned to whole fen, None where nothing was typed.

    ``below_nought``: it may have a minus before it.
    """

    def __init__(self, *args: Any, below_nought: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.below_nought = below_nought

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        if not typed:
            return None
        negative = self.below_nought and typed.strip()[:1] in MINUS
        try:
            fen = accept(_MONEY, typed.strip()[1:] if negative else typed, Moment(now=timezone.now()))
            return -fen if negative else fen
        except Refusal as why:
            raise ValidationError(say(why)) from None


class OpenForm(OfficeForm):
    """The float as it was counted."""

    kinds: ClassVar[dict[str, str]] = {"float": "money"}
    float = Yuan(label=_("清点的备用金"))


class CloseForm(OfficeForm):
    """What was counted, by method; why it differs, if it does."""

    kinds: ClassVar[dict[str, str]] = {
        **dict.fromkeys(TILL, "money"),
        "explanation": "long_text",
        "signed": "yes_no",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for method in TILL:
            self.fields[method] = Yuan(
                label=LedgerEntry.Account(method).label, below_nought=method != "cash",
                help_text="" if method == "cash" else _("退的比收的多，前面写负号。"),
            )  # fmt: skip
        self.fields["explanation"] = forms.CharField(
            label=_("差额原因"), required=False, max_length=500, help_text=_("清点与账面一致的不用填。")
        )
        self.fields["signed"] = forms.ChoiceField(
            label=_("已在交班单上签名"), required=False, choices=[("", ""), ("yes", _("是")), ("no", _("否"))],
            help_text=_("有差额的，打印交班单签名后再交班。"),
        )  # fmt: skip

    @property
    def counted(self) -> dict[str, int]:
        return {method: self.cleaned_data[method] for method in TILL}


class PriceForm(OfficeForm):
    """A line's new amount: one, or the least and the most, as the pack's line has it."""

    kinds: ClassVar[dict[str, str]] = {
        **dict.fromkeys(("fen", "low", "high", "cap"), "money"), "valid_from": "date",
    }  # fmt: skip

    def __init__(self, *args: Any, line: Price, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if line.fen is None:
            self.fields["low"], self.fields["high"] = Yuan(label=_("最低")), Yuan(label=_("最高"))
        else:
            self.fields["fen"] = Yuan(label=_("金额"))
        if line.kind != "deposit":
            self.fields["cap"] = Yuan(
                label=_("封顶"), required=False, help_text=_("一次收费最多这么多；不封顶的不填。")
            )
        self.fields["valid_from"] = forms.DateField(label=_("从哪天起"), initial=timezone.localdate)
        self.fields["source"] = forms.CharField(
            label=_("依据"), max_length=200, help_text=_("例如：2026 年 5 月 1 日公示的价目表")
        )

    @property
    def amounts(self) -> dict[str, int | None]:
        return {name: self.cleaned_data.get(name) for name in ("fen", "low", "high", "cap")}

    @property
    def day(self) -> date:
        told: date = self.cleaned_data["valid_from"]
        return told


class ReplaceForm(OfficeForm):
    """How it was really paid, and why the receipt was wrong."""

    kinds: ClassVar[dict[str, str]] = {"method": "choice"}
    method = forms.ChoiceField(
        label=_("实际付款方式"), choices=[(one, LedgerEntry.Account(one).label) for one in TILL]
    )
    reference = forms.CharField(
        label=_("流水号"), required=False, max_length=100, help_text=_("转账、扫码的必填；现金没有。")
    )
    reason = forms.CharField(label=_("作废原因"), max_length=500)
