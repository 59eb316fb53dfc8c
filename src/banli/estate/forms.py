"""Forms of the resident file: a person at a unit, a correction, a letter of authority."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from banli.engine.refusals import Refusal
from banli.journal.pictures import MAX_BYTES, Upload, photo
from banli.people.access import Desk
from banli.people.forms import OfficeForm
from banli.web.templatetags.say import say

from .actions import OWNERS, Particulars, check_period
from .contracts.models import Contract
from .contracts.queries import Line
from .models import Authority, Occupancy, Person
from .moving import Bound, came_with
from .queries import Resident, UnitSheet, masked
from .reasons import check_arrival
from .scopes import scope_titles


class PersonForm(OfficeForm):
    """What is written down about a person; the checks themselves are those of `Particulars`."""

    kinds: ClassVar[dict[str, str]] = {
        "name": "person_name",
        "phone": "phone",
        "id_kind": "choice",
        "role": "choice",
        "since": "date",
        "until": "date",
        "arrival": "choice",
    }

    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    id_kind = forms.ChoiceField(label=_("证件类型"), required=False)
    id_number = forms.CharField(label=_("证件号码"), max_length=30, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["id_kind"]).choices = [
            (value, label) for value, label in Person.Paper.choices if value
        ]

    @property
    def particulars(self) -> Particulars:
        told = [self.cleaned_data.get(name, "") for name in ("name", "phone", "id_kind", "id_number")]
        return Particulars(*told)

    def clean(self) -> dict[str, Any]:
        """What is wrong is said together with what is missing: nobody has to send the form twice to hear of it."""
        super().clean()
        self._check(self.particulars.checked)
        return self.cleaned_data

    def _check(self, check: Callable[[], object]) -> None:
        """Say what a check refuses at each field of which nothing was said yet."""
        try:
            check()
        except Refusal as why:
            unsaid = {name: reason for name, reason in why.fields.items() if name not in self.errors}
            if unsaid:
                self.refuse(Refusal(why.code, fields=unsaid, count=len(unsaid)))

    def _asked(self, bound: forms.BoundField) -> dict[str, Any]:
        return {**super()._asked(bound), "private": bound.name in ("phone", "id_number")}


class ResidentForm(PersonForm):
    """Somebody new at a unit, with their role and from when."""

    role = forms.ChoiceField(label=_("身份"), choices=Occupancy.Role.choices)
    since = forms.DateField(label=_("起"), initial=timezone.localdate)
    until = forms.DateField(label=_("止"), required=False, help_text=_("例如租约到期日，没有就不填"))
    arrival = forms.ChoiceField(label=_("迁入原因"), choices=Occupancy.Arrival.choices)
    note = forms.CharField(label=_("迁入说明"), max_length=200, required=False)

    field_order = ["role", "name", "phone", "id_kind", "id_number", "since", "until", "arrival", "note"]

    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if "since" in told:
            self._check(lambda: check_period(told["since"], told.get("until")))
        self._check(lambda: check_arrival(told.get("role", ""), told.get("arrival", "")))
        return self.cleaned_data


class CorrectionForm(PersonForm):
    """A correction. Private fields are not shown: what is left empty stays as it was."""

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": person.name, "id_kind": person.id_kind}, **kwargs)
        kept = _("现为 %(now)s。不填就不改。")
        for name in ("phone", "id_number"):
            shown = masked(person, name)
            if shown:
                self.fields[name].help_text = kept % {"now": shown}

    @property
    def particulars(self) -> Particulars:
        told = super().particulars
        return told if told.id_number.strip() else replace(told, id_kind="")


class AuthorityForm(OfficeForm):
    """A letter of authority, asked in the order in which Civil Code 165 names its parts."""

    kinds: ClassVar[dict[str, str]] = {
        "principal": "choice",
        "delegate": "choice",
        "scopes": "choices",
        "valid_from": "date",
        "valid_to": "date",
        "once": "yes_no",
        "evidence_kind": "choice",
        "scan": "photo",
    }

    principal = forms.ChoiceField(label=_("委托人（业主）"))
    delegate = forms.ChoiceField(label=_("受托人"), help_text=_("须先登记在本房的人员里"))
    scopes = forms.MultipleChoiceField(label=_("委托事项"))
    valid_from = forms.DateField(label=_("起"), initial=timezone.localdate)
    valid_to = forms.DateField(label=_("止"))
    once = forms.ChoiceField(label=_("仅用一次"), choices=[("yes", _("是")), ("no", _("否"))], initial="no")
    evidence_kind = forms.ChoiceField(label=_("凭据"), choices=Authority.Evidence.choices)
    evidence_note = forms.CharField(
        label=_("凭据说明"), max_length=200, help_text=_("例如委托书存放处，或通话时间和核对了什么")
    )

    scan = forms.FileField(
        label=_("委托书照片"), required=False, help_text=_("纸质委托书拍下或扫描整页；加密保存，查看会记录")
    )

    def __init__(self, *args: Any, sheet: UnitSheet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(each.person.pk): each.person for each in sheet.people}
        language = get_language() or "zh"
        owners = {str(each.person.pk): each.person.name for each in sheet.of_role(*OWNERS)}
        cast(forms.ChoiceField, self.fields["principal"]).choices = list(owners.items())
        cast(forms.ChoiceField, self.fields["delegate"]).choices = [
            (str(each.person.pk), f"{each.person.name} · {each.role_label}") for each in sheet.people
        ]
        cast(forms.ChoiceField, self.fields["scopes"]).choices = [
            (scope, title.say(language)) for scope, title in scope_titles().items()
        ]
        if len(owners) == 1:
            self.fields["principal"].initial = next(iter(owners))

    def clean_scan(self) -> Upload | None:
        """The photograph, cleaned; None where there is none."""
        sent = self.cleaned_data["scan"]
        return cleaned(sent) if sent is not None else None


def cleaned(sent: UploadedFile) -> Upload:
    """A photograph that came with a form, cleaned; raises ValidationError with what is wrong with it."""
    try:
        if (sent.size or 0) > MAX_BYTES:
            raise Refusal("file_too_large", max=MAX_BYTES // (1024 * 1024))
        return photo(sent.read())
    except Refusal as why:
        raise forms.ValidationError(say(why)) from None


class MoveOutForm(OfficeForm):
    """Who leaves together, the last day, and why; which contracts about living there end with it."""

    kinds: ClassVar[dict[str, str]] = {
        "who": "choices", "until": "date", "departure": "choice", "contracts": "choices",
    }  # fmt: skip

    who = forms.MultipleChoiceField(label=_("谁迁出"), help_text=_("一起搬走的人一次登记"))
    until = forms.DateField(label=_("最后一天"), initial=timezone.localdate)
    departure = forms.ChoiceField(label=_("迁出原因"), choices=Occupancy.Departure.choices)
    note = forms.CharField(label=_("迁出说明"), max_length=200, required=False)
    contracts = forms.MultipleChoiceField(
        label=_("一并结束的合同"), required=False, help_text=_("到最后一天为止；原来约定的日期不改")
    )

    def __init__(
        self, *args: Any, leaving: Occupancy, people: list[Resident], bound: Bound, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(leaving.pk): leaving, **{str(one.occupancy.pk): one.occupancy for one in people}}
        who = cast(forms.ChoiceField, self.fields["who"])
        who.choices = [
            (pk, f"{one.person.name} · {one.get_role_display()}") for pk, one in self.people.items()
        ]
        through = came_with(leaving, list(self.people.values()))
        who.initial = [str(one.pk) for one in (leaving, *through)]
        if through:
            who.help_text = _("租期内登记的家人和雇员已先选上，不走的请取消")
        self.offered = {str(one.contract.pk): one.contract for one in bound.stay}
        if not self.offered:
            del self.fields["contracts"]
            return
        contracts = cast(forms.ChoiceField, self.fields["contracts"])
        contracts.choices = [(str(one.contract.pk), _contract(one)) for one in bound.stay]
        goes = {self.people[pk].person_id for pk in who.initial}
        # A tenant who stays keeps the tenancy, also where the home is sold (Civil Code 725).
        stays = {one.person_id for one in self.people.values() if one.role not in OWNERS} - goes
        contracts.initial = [
            pk
            for pk, one in self.offered.items()
            if leaving.person_id in (parties := {party.person_id for party in one.parties.all()})
            and not parties & stays
        ]

    @property
    def chosen(self) -> list[Occupancy]:
        return [self.people[pk] for pk in self.cleaned_data["who"]]

    @property
    def ended(self) -> list[Contract]:
        """The contracts that are to end."""
        return [self.offered[pk] for pk in self.cleaned_data.get("contracts", ())]


def _contract(one: Line) -> str:
    told = (one.title.say(get_language() or "zh"), one.named, one.contract.number)
    return " · ".join(part for part in told if part)


class ReasonForm(OfficeForm):
    """Why: for looking at a private field, for revoking an authority."""

    reason = forms.CharField(label=_("原因"), max_length=200)


def new_authority(sheet: UnitSheet, desk: Desk) -> AuthorityForm | None:
    """An empty form, or None where nobody could delegate: no owner, or nobody else is recorded."""
    if not sheet.of_role(*OWNERS) or len({each.person.pk for each in sheet.people}) < 2 or not scope_titles():
        return None
    return AuthorityForm(sheet=sheet)
