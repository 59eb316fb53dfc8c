"""Pets that somebody declared. What changes is another row from that day on; what is taken back is erased (PIPL 15)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from banli.journal.vault import EncryptedText, new_salt

from ..belongings import Dated


class Pet(Dated):
    """A pet as its keeper declared it. ``kind`` is one of ``pets.yaml``; whatever else is said is their choice."""

    unit = models.ForeignKey("estate.Unit", on_delete=models.PROTECT, related_name="pets")
    person = models.ForeignKey("estate.Person", on_delete=models.PROTECT, related_name="pets")
    kind = models.CharField(_("宠物种类"), max_length=40)
    breed = models.CharField(_("品种"), max_length=40, blank=True, default="", db_default="")
    colour = models.CharField(_("毛色"), max_length=40, blank=True, default="", db_default="")
    licence = EncryptedText(_("登记证号"), blank=True, default="", db_default="")
    vaccinated = models.DateField(_("免疫日期"), null=True, blank=True)
    vault_salt = models.BinaryField(max_length=16, default=new_salt, editable=False)

    class Meta:
        verbose_name = _("宠物")
        verbose_name_plural = _("宠物")
        constraints = [
            models.CheckConstraint(name="pet_ends_after_start", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(name="pet_has_a_kind", condition=~Q(kind="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.since}"
