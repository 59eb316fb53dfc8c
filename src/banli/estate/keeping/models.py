"""What reaches the end of its time, and what is held back although it did."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: What has a time of its own, and what many of it are called.
KINDS = {
    "person": "persons", "contract": "contracts", "vehicle": "vehicles", "authority": "authorities", "case": "cases",
}  # fmt: skip


#: What can be held back.
HELD = ("person", "contract", "authority", "case")


def _one_of(kinds: Iterable[str]) -> Q:
    """Exactly one of them."""
    told = Q()
    for name in kinds:
        told |= Q(**{f"{other}__isnull": other != name for other in kinds})
    return told


class Hold(models.Model):
    """What is kept of a person, contract, letter or case although its time is over: a dispute, a lawsuit (暂缓删除).

    It holds from the day it was placed up to `until`, that day included; without an end, until it is lifted.
    """

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("estate.Person", on_delete=models.PROTECT, related_name="holds", null=True)
    contract = models.ForeignKey("estate.Contract", on_delete=models.PROTECT, related_name="holds", null=True)
    authority = models.ForeignKey(
        "estate.Authority", on_delete=models.PROTECT, related_name="holds", null=True
    )
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="holds", null=True)
    reason = models.CharField(_("原因"), max_length=200)
    until = models.DateField(_("到"), null=True, blank=True)
    placed_at = models.DateTimeField(default=timezone.now, editable=False)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    lifted_reason = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("暂缓删除")
        verbose_name_plural = _("暂缓删除")
        constraints = [
            models.CheckConstraint(name="hold_of_one_thing", condition=_one_of(HELD)),
            models.CheckConstraint(name="hold_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="hold_lifted_by_somebody_for_a_reason",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_reason="")),
            ),
        ]
        indexes = [models.Index(name="hold_newest", fields=["estate", "-id"])]

    def __str__(self) -> str:
        return f"{self.about} {getattr(self, self.about + '_id')} {self.placed_at:%Y-%m-%d}"

    @property
    def about(self) -> str:
        """Which of HELD."""
        return next(name for name in HELD if getattr(self, f"{name}_id") is not None)


class Expiry(models.Model):
    """Something known of a person, a contract, a vehicle, a letter of authority or a case, over after `ends_on`.

    Reckoned anew each night.

    ``about`` says which. ``goes``: names of ``privacy.yaml``. ``hindrance``: why it may not go, as a refusal says it;
    empty where it may. ``confirmation``: which entry of the estate's stream let it go; that of the erasing names it.
    """

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("estate.Person", on_delete=models.CASCADE, related_name="+", null=True)
    contract = models.ForeignKey("estate.Contract", on_delete=models.CASCADE, related_name="+", null=True)
    vehicle = models.ForeignKey("estate.Vehicle", on_delete=models.CASCADE, related_name="+", null=True)
    authority = models.ForeignKey("estate.Authority", on_delete=models.CASCADE, related_name="+", null=True)
    case = models.ForeignKey("cases.Case", on_delete=models.CASCADE, related_name="+", null=True)
    goes = models.JSONField(default=list)
    ends_on = models.DateField()
    hindrance = models.JSONField(default=dict)
    reckoned_at = models.DateTimeField()
    confirmation = models.PositiveIntegerField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("到期删除")
        verbose_name_plural = _("到期删除")
        constraints = [
            models.CheckConstraint(name="expiry_of_one_thing", condition=_one_of(KINDS)),
            models.UniqueConstraint(
                name="expiry_of_person_once", fields=["person"], condition=Q(erased_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="expiry_of_contract_once", fields=["contract"], condition=Q(erased_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="expiry_of_vehicle_once", fields=["vehicle"], condition=Q(erased_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="expiry_of_authority_once", fields=["authority"], condition=Q(erased_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="expiry_of_case_once", fields=["case"], condition=Q(erased_at__isnull=True)
            ),
        ]
        indexes = [
            models.Index(
                name="expiry_to_come",
                fields=["estate", "ends_on", "id"],
                condition=Q(erased_at__isnull=True),
            ),
            models.Index(name="expiry_gone", fields=["estate", "-id"], condition=Q(erased_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.about} {getattr(self, self.about + '_id')} {self.ends_on}"

    @property
    def about(self) -> str:
        """Which of KINDS."""
        return next(name for name in KINDS if getattr(self, f"{name}_id") is not None)
