"""Forms of pets: what a keeper declares; the last day."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from banli.people.forms import OfficeForm

from ..models import Occupancy, Person
from .actions import Told
from .kinds import pet_kinds
from .models import Pet


class PetForm(OfficeForm):
    """A declaration. Everything beside keeper, kind and consent may stay empty."""

    kinds: ClassVar[dict[str, str]] = {
        "person": "choice",
        "kind": "choice",
        "since": "date",
        "vaccinated": "date",
        "consent": "choices",
    }

    person = forms.ChoiceField(label=_("申报人"))
    kind = forms.ChoiceField(label=_("宠物种类"))
    since = forms.DateField(label=_("起"), initial=timezone.localdate)
    breed = forms.CharField(label=_("品种"), max_length=40, required=False)
    colour = forms.CharField(label=_("毛色"), max_length=40, required=False)
    licence = forms.CharField(label=_("登记证号"), max_length=40, required=False)
    vaccinated = forms.DateField(label=_("免疫日期"), required=False)
    consent = forms.MultipleChoiceField(
        label=_("本人同意"), choices=[("yes", _("本人自愿申报，知道随时可以撤回，撤回即删除"))]
    )

    def __init__(
        self, *args: Any, lives: Iterable[Occupancy], follows: Pet | None = None, **kwargs: Any
    ) -> None:
        if follows is not None:
            names = ("kind", "breed", "colour", "vaccinated")
            kwargs["initial"] = {name: getattr(follows, name) for name in names} | {
                "person": str(follows.person_id)
            }
        super().__init__(*args, **kwargs)
        self.people: dict[str, Person] = {str(one.person_id): one.person for one in lives}
        language = get_language() or "zh"
        cast(forms.ChoiceField, self.fields["kind"]).choices = [
            (name, kind.title.say(language)) for name, kind in pet_kinds().items()
        ]
        cast(forms.ChoiceField, self.fields["person"]).choices = [
            (pk, one.name) for pk, one in self.people.items()
        ]

    @property
    def told(self) -> Told:
        names = ("kind", "since", "breed", "colour", "licence", "vaccinated")
        return Told(**{name: self.cleaned_data[name] for name in names})

    def _asked(self, bound: forms.BoundField) -> dict[str, Any]:
        return {**super()._asked(bound), "private": bound.name == "licence"}


class LastDayForm(OfficeForm):
    """The last day on which the pet was there."""

    kinds: ClassVar[dict[str, str]] = {"last_day": "date"}

    last_day = forms.DateField(label=_("最后一天"), initial=timezone.localdate)
