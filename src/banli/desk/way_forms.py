"""The form in which somebody says how they want to be told."""

import re
from datetime import time
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from banli.engine.pack import check_setting
from banli.messages.channel import CHANNELS
from banli.messages.kinds import KINDS
from banli.messages.models import Reach
from banli.messages.sms import mobile
from banli.people.forms import OfficeForm

#: A member's id (UserID): 1 to 64 signs; one of a list for several (``a|b``, ``@all``) is none.
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_CLOCK = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")


class WaysForm(OfficeForm):
    """Addresses, sort by sort which channels, and quiet hours."""

    kinds: ClassVar[dict[str, str]] = {
        **{f"of_{name}": "choices" for name in KINDS}, "sms": "phone", "quiet_from": "time", "quiet_until": "time",
    }  # fmt: skip
    private: ClassVar[tuple[str, ...]] = ("mail", "wecom", "sms")
    channels: ClassVar[list[tuple[str, Any]]] = list(CHANNELS.items())

    mail = forms.CharField(label=_("电子邮箱"), max_length=200, required=False)
    wecom = forms.CharField(
        label=_("企业微信账号"),
        max_length=64,
        required=False,
        help_text=_("通讯录里的“账号”，不是姓名、微信号。"),
    )
    sms = forms.CharField(label=_("收短信的手机"), max_length=20, required=False)
    quiet_from = forms.CharField(
        label=_("免打扰从"), max_length=5, required=False, help_text=_("超时的照发，不受这里限制。")
    )
    quiet_until = forms.CharField(label=_("免打扰到"), max_length=5, required=False)

    def __init__(self, *args: Any, reach: Reach, **kwargs: Any) -> None:
        self.reach = reach
        super().__init__(*args, initial=_said(reach), **kwargs)
        for name, kind in KINDS.items():
            self.fields[f"of_{name}"] = forms.MultipleChoiceField(
                label=kind.title, required=False, choices=self.channels,
                error_messages={"invalid_choice": _("请从给出的选项中选择。")},
            )  # fmt: skip

    @property
    def where(self) -> list[dict[str, Any]]:
        """The addresses."""
        return [self._asked(self[name]) for name in CHANNELS]

    @property
    def what(self) -> list[dict[str, Any]]:
        """Which channel for which sort of notice."""
        return [self._asked(self[f"of_{name}"]) for name in KINDS]

    @property
    def when(self) -> list[dict[str, Any]]:
        """The quiet hours."""
        return [self._asked(self[name]) for name in ("quiet_from", "quiet_until")]

    def reached(self, channel: str) -> bool:
        """Whether they have said, before now, where a channel finds them."""
        return bool(getattr(self.reach, channel))

    def clean_mail(self) -> str:
        written = str(self.cleaned_data["mail"]).strip()
        try:
            check_setting("email", written)
        except ValueError:
            raise forms.ValidationError(_("请填写电子邮箱，例如 a@example.com。")) from None
        return written

    def clean_wecom(self) -> str:
        written = str(self.cleaned_data["wecom"]).strip()
        if written and not _ACCOUNT.fullmatch(written):
            raise forms.ValidationError(_("账号只有字母、数字和 . _ - @。"))
        return written

    def clean_sms(self) -> str:
        written = str(self.cleaned_data["sms"]).strip()
        if written and not mobile(written):
            raise forms.ValidationError(_("请填写手机号，例如 13800571500。"))
        return mobile(written)

    def clean_quiet_from(self) -> time | None:
        return _read(self.cleaned_data["quiet_from"])

    def clean_quiet_until(self) -> time | None:
        return _read(self.cleaned_data["quiet_until"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        for name in KINDS:
            for channel in told.get(f"of_{name}", ()):
                if not told.get(channel) and channel not in self.errors:
                    self.add_error(channel, _("选了这种方式，请填写地址。"))
        begin, end = told.get("quiet_from"), told.get("quiet_until")
        if not self.errors and (begin is None) != (end is None):
            self.add_error("quiet_until" if begin else "quiet_from", _("起止都填，或者都不填。"))
        elif begin is not None and begin == end:
            self.add_error("quiet_until", _("起止不能相同。"))
        return told

    @property
    def addresses(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in CHANNELS}

    @property
    def choice(self) -> dict[str, list[str]]:
        return {name: self.cleaned_data[f"of_{name}"] for name in KINDS}

    @property
    def quiet(self) -> tuple[time, time] | None:
        begin, end = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        return (begin, end) if begin and end else None

    def _asked(self, bound: forms.BoundField) -> dict[str, Any]:
        return {**super()._asked(bound), "private": bound.name in self.private}


def _said(reach: Reach) -> dict[str, Any]:
    """What they said before, as the form takes it."""
    told: dict[str, Any] = {name: getattr(reach, name) for name in CHANNELS}
    told |= {f"of_{name}": reach.choice.get(name, []) for name in KINDS}
    told |= {
        name: f"{at:%H:%M}" if (at := getattr(reach, name)) else "" for name in ("quiet_from", "quiet_until")
    }
    return told


def _read(written: str) -> time | None:
    if not written.strip():
        return None
    found = _CLOCK.fullmatch(written.strip())
    if found is None:
        raise forms.ValidationError(_("请填写时间，例如 22:00。"))
    return time(int(found[1]), int(found[2]))
