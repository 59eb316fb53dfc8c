"""The form of a campaign: whom, how many, and who calls."""

from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from banli.cases import facts
from banli.engine.rulebook import Rulebook
from banli.estate.models import Building, Occupancy
from banli.people.access import Desk
from banli.people.forms import OfficeForm
from banli.web.templatetags.say import say

from .actions import Wanted

MOST_SHARE = 9


class CampaignForm(OfficeForm):
    """A campaign of one procedure. Each caller has a share: 0 for none, twice as much for twice as many calls."""

    kinds: ClassVar[dict[str, str]] = {
        "occasion": "choice", "roles": "choices", "buildings": "choices", "size": "integer", "seed": "integer",
        "every": "choice", "until": "date",
    }  # fmt: skip

    name = forms.CharField(label=_("活动名称"), max_length=60, help_text=_("例如：2026 年国庆问候"))
    occasion = forms.ChoiceField(label=_("缘由"))
    roles = forms.MultipleChoiceField(label=_("打给谁"))
    buildings = forms.MultipleChoiceField(label=_("哪几栋"), required=False, help_text=_("不选就是全部"))
    size = forms.IntegerField(
        label=_("抽多少位"), min_value=0, max_value=5000, initial=0, help_text=_("0 是全部打到")
    )
    seed = forms.IntegerField(
        label=_("抽签号"),
        min_value=0,
        max_value=999_999_999,
        help_text=_("当天的日期，也可以另填；同一个号抽到同样的人，可以复核"),
    )
    every = forms.TypedChoiceField(
        label=_("再做一次"), coerce=int, required=False, initial=0,
        choices=[(0, _("不重复")), (1, _("每个月")), (3, _("每三个月")), (6, _("每半年")), (12, _("每年"))],
        help_text=_("到时自动另立一次活动，重新抽签"),
    )  # fmt: skip
    until = forms.DateField(
        label=_("做到哪天"), required=False, help_text=_("到那天为止，新搬来的每晚补上（抽样的不补）")
    )

    def __init__(self, *args: Any, desk: Desk, book: Rulebook, now: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.book = book
        rule = book.procedure.campaign
        assert rule is not None  # it is offered
        # A number that nobody picks, or every draw would be the same people once more.
        self.fields["seed"].initial = int(f"{timezone.localdate(now):%Y%m%d}")
        options = book.procedure.form[rule.occasion.removeprefix("form.")].options or {}
        self._choose("occasion", [(name, say(title)) for name, title in options.items()])
        labels = dict(Occupancy.Role.choices)
        self._choose(
            "roles", [(role, str(labels[role])) for role in book.procedure.applicant.roles if role in labels]
        )
        found = Building.objects.filter(estate=desk.estate).order_by("code").values_list("code", "name")
        self._choose("buildings", list(found))
        self.callers = facts.holders(desk.estate, book.flow.steps[book.flow.root.items[1]].to or "", now)
        for pk, name in self.callers.items():
            label = _("%(name)s分几份") % {"name": name}
            self.fields[f"share_{pk}"] = forms.IntegerField(
                label=label,
                min_value=0,
                max_value=MOST_SHARE,
                initial=1,
                help_text=_("按能力：0 不分，2 是别人的两倍"),
            )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # they are fields of choices

    def _asked(self, bound: forms.BoundField) -> dict[str, Any]:
        told = super()._asked(bound)
        if bound.name.startswith("share_"):
            told["type"] = "integer"
        return told

    def wanted(self) -> Wanted:
        """What was sent, once it is sound."""
        told = self.cleaned_data
        return Wanted(
            name=told["name"], procedure=self.book.procedure.procedure, occasion=told["occasion"],
            roles=tuple(told["roles"]), buildings=tuple(told["buildings"]), size=told["size"], seed=told["seed"],
            shares={pk: told[f"share_{pk}"] for pk in self.callers}, every=told["every"] or 0,
            until=told["until"].isoformat() if told["until"] else "",
        )  # fmt: skip
