"""Forms of a home's contracts: what one says, with its scanned pages; its early end."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from banli.engine.refusals import Refusal
from banli.journal.pictures import Upload
from banli.people.forms import OfficeForm
from banli.web.templatetags.say import say

from ..forms import cleaned
from ..models import Occupancy, Person
from .actions import MOST_PAGES, Terms
from .kinds import contract_kinds
from .models import Contract

PAGES_HELP = _("一页一张照片，可以一次选多张；加密保存，查看会记录")


class _Pages(forms.FileField):
    """Several photographs at once, each cleaned."""

    widget = forms.FileInput

    def clean(self, sent: Any, initial: Any = None) -> list[Upload]:
        if self.required and not sent:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(sent) > MOST_PAGES:
            raise forms.ValidationError(say(Refusal("pages_many", most=MOST_PAGES)))
        return [cleaned(one) for one in sent]


class PagesForm(OfficeForm):
    """Scanned pages alone."""

    kinds: ClassVar[dict[str, str]] = {"pages": "photo"}

    pages = _Pages(label=_("扫描页"), help_text=PAGES_HELP)

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        several = {"pages": files.getlist("pages")} if files is not None else None
        super().__init__(data, several, **kwargs)

    def _asked(self, bound: forms.BoundField) -> dict[str, Any]:
        told = super()._asked(bound)
        return {**told, "multiple": True, "value": None} if bound.name == "pages" else told


class ContractForm(PagesForm):
    """A contract, or what one becomes (``follows``)."""

    kinds: ClassVar[dict[str, str]] = {
        "kind": "choice",
        "parties": "choices",
        "since": "date",
        "until": "date",
        "pages": "photo",
    }

    kind = forms.ChoiceField(label=_("合同种类"))
    parties = forms.MultipleChoiceField(label=_("当事人"), help_text=_("须先登记在本房的人员里"))
    other = forms.CharField(
        label=_("另一方"), max_length=120, required=False, help_text=_("不在住户档案里的，例如公司、中介")
    )
    number = forms.CharField(label=_("合同编号"), max_length=60, required=False)
    since = forms.DateField(label=_("起"), initial=timezone.localdate)
    until = forms.DateField(label=_("止"), required=False, help_text=_("没有写明期限的不填"))
    pages = _Pages(label=_("扫描页"), required=False, help_text=PAGES_HELP)

    field_order = ["kind", "parties", "other", "number", "since", "until", "pages"]

    def __init__(
        self, *args: Any, lives: Iterable[Occupancy], follows: Contract | None = None, **kwargs: Any
    ) -> None:
        if follows is not None:
            kwargs["initial"] = {
                "kind": follows.kind, "other": follows.other, "number": follows.number,
                "parties": [str(one.person_id) for one in follows.parties.all()],
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        roles: dict[str, list[str]] = {}
        self.people: dict[str, Person] = {}
        for one in lives:
            self.people[str(one.person_id)] = one.person
            roles.setdefault(str(one.person_id), []).append(str(one.get_role_display()))
        language = get_language() or "zh"
        cast(forms.ChoiceField, self.fields["kind"]).choices = [
            (name, kind.title.say(language)) for name, kind in contract_kinds().items()
        ]
        cast(forms.ChoiceField, self.fields["parties"]).choices = [
            (pk, f"{one.name} · {_('、').join(dict.fromkeys(roles[pk]))}") for pk, one in self.people.items()
        ]

    @property
    def terms(self) -> Terms:
        told = self.cleaned_data
        return Terms(
            kind=told["kind"], since=told["since"], until=told["until"], number=told["number"], other=told["other"],
            parties=[self.people[pk] for pk in told["parties"]],
        )  # fmt: skip


class EndForm(OfficeForm):
    """The last day of a contract that ends sooner than was agreed, and why."""

    kinds: ClassVar[dict[str, str]] = {"last_day": "date"}

    last_day = forms.DateField(label=_("最后一天"), initial=timezone.localdate)
    reason = forms.CharField(label=_("原因"), max_length=200, help_text=_("例如：双方提前解除"))
