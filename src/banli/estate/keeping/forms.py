"""Forms of the holds: why and until when; why one is lifted."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from banli.people.forms import OfficeForm


class HoldForm(OfficeForm):
    """Why something is kept although its time is over, and until when."""

    kinds: ClassVar[dict[str, str]] = {"until": "date"}

    reason = forms.CharField(label=_("为什么暂缓"), max_length=200, help_text=_("例如：诉讼、争议，写上案号"))
    until = forms.DateField(
        label=_("暂缓到"), required=False, help_text=_("那天也算；不知道到哪天就不填，直到有人恢复")
    )


class LiftForm(OfficeForm):
    """Why its time runs again."""

    reason = forms.CharField(label=_("为什么恢复"), max_length=200, help_text=_("例如：已结案"))
