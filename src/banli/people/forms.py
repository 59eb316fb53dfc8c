"""Forms of the office: one way of asking, marking a fault, and keeping what was typed."""

from typing import Any, ClassVar, cast

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from banli.engine.refusals import Refusal

from .access import Desk
from .models import Holding, Staff
from .queries import colleagues, lendable
from .titles import post_title


class OfficeForm(forms.Form):
    """A form shown with <c-fields>: `asked` is what its fields' templates need, `kinds` their types."""

    kinds: ClassVar[dict[str, str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("请填写。")
            field.error_messages["invalid_choice"] = _("请从给出的选项中选择。")
            if isinstance(field, forms.DateField):
                field.error_messages["invalid"] = _("请填写日期，例如 2026-05-01。")
            if isinstance(field, forms.DateTimeField):
                field.error_messages["invalid"] = _("请填写日期和时间，例如 2026-05-01 14:30。")

    @property
    def asked(self) -> list[dict[str, Any]]:
        """Every field as <c-field> takes it, with what was typed and what is wrong with it."""
        return [self._asked(bound) for bound in self]

    def _asked(self, bound: forms.BoundField) -> dict[str, Any]:
        field = bound.field
        kind = self.kinds.get(bound.name, "text")
        told: dict[str, Any] = {
            "name": bound.html_name,
            "type": kind,
            "label": str(bound.label),
            "help": str(bound.help_text or ""),
            "value": bound.value(),
            "error": str(bound.errors[0]) if bound.errors else "",
            "required": field.required,
        }
        if isinstance(field, forms.ChoiceField):
            told["options"] = {str(key): str(label) for key, label in cast(Any, field.choices) if key != ""}
        if isinstance(field, forms.CharField) and field.max_length:
            told["max"] = field.max_length
        return told

    def refuse(self, why: Refusal, field: str | None = None) -> None:
        """Show a refusal at its fields, or above the form."""
        language = "en" if (get_language() or "").startswith("en") else "zh"
        for name, reason in why.fields.items():
            self.add_error(name if name in self.fields else None, reason.say(language))
        if not why.fields:
            self.add_error(field, why.say(language))


class SignInForm(LoginForm):
    """User name and password; says plainly what was wrong, but never which of the two."""

    SENTENCES: ClassVar[dict[str, Any]] = {
        "username_password_mismatch": _("用户名或密码不对，请再试一次。"),
        "too_many_login_attempts": _("错误次数太多，请过几分钟再试。"),
        "account_inactive": _("这个账号已停用，请找主任。"),
    }

    def clean(self) -> dict[str, Any]:
        try:
            return cast(dict[str, Any], super().clean())
        except ValidationError as why:
            code = str(why.code)
            raise ValidationError(self.SENTENCES.get(code, why.message), code=code) from None

    @property
    def too_many(self) -> bool:
        return self.has_error("__all__", "too_many_login_attempts")


class PasswordForm(ChangePasswordForm):
    """The old password, and the new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("现在的密码")
        self.fields["password1"].label = _("新密码")
        self.fields["password2"].label = _("再输一次新密码")
        for field in self.fields.values():
            field.error_messages["required"] = _("请填写。")

    def clean_oldpassword(self) -> str:
        try:
            return str(super().clean_oldpassword())
        except ValidationError:
            raise ValidationError(_("现在的密码不对。")) from None


class DeputyForm(OfficeForm):
    """Who stands in for whom, from when to when, and why. Offers only what the desk may lend."""

    kinds: ClassVar[dict[str, str]] = {
        "holding": "choice",
        "deputy": "choice",
        "starts_at": "datetime",
        "ends_at": "datetime",
    }

    holding = forms.ChoiceField(label=_("岗位"))
    deputy = forms.ChoiceField(label=_("代理人"))
    starts_at = forms.DateTimeField(label=_("起"))
    ends_at = forms.DateTimeField(label=_("止"))
    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("例如：外出培训"))

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holdings: dict[str, Holding] = {str(each.pk): each for each in lendable(desk)}
        self.colleagues: dict[str, Staff] = {str(each.pk): each for each in colleagues(desk)}
        language = get_language() or "zh"
        cast(forms.ChoiceField, self.fields["holding"]).choices = [
            (key, f"{post_title(each.post).say(language)} · {each.staff.name}")
            for key, each in self.holdings.items()
        ]
        cast(forms.ChoiceField, self.fields["deputy"]).choices = [
            (key, each.name) for key, each in self.colleagues.items()
        ]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        starts_at, ends_at = told.get("starts_at"), told.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("结束不能早于开始。"))
        return told
