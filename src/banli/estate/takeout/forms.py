"""The form that asks for everything."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from banli.people.forms import OfficeForm

from .passphrase import LONGEST


class TakeoutForm(OfficeForm):
    """What it is for, and the passphrase twice. What was typed for a passphrase is never sent back."""

    kinds: ClassVar[dict[str, str]] = {"first": "secret", "second": "secret"}

    reason = forms.CharField(label=_("用途"), max_length=200, help_text=_("例如：物业交接，交给谁"))
    first = forms.CharField(
        label=_("口令"), max_length=LONGEST, strip=False,
        help_text=_("至少 14 个字符、其中 8 个不同，只用英文字母、数字和符号。忘了谁也打不开：系统不保存口令。"),
    )  # fmt: skip
    second = forms.CharField(label=_("再输一次口令"), max_length=LONGEST, strip=False)

    def _asked(self, bound: forms.BoundField) -> dict[str, object]:
        told = super()._asked(bound)
        return {**told, "value": ""} if bound.name in ("first", "second") else told
