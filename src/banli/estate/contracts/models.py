"""Contracts that a home's file keeps. A row is written once: what changes is another row that follows it."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from banli.journal.vault import EncryptedText, new_salt

from ..belongings import Dated


class Contract(Dated):
    """A contract from `since` to `until` as it was agreed; `ended` is its last day where it ended sooner.

    ``kind`` is one of ``contracts.yaml``. ``other`` is a party that the file does not know: a company, an agency.
    ``erased_at``: its time was over, and its number, parties, words and pages went; the home keeps that there was one.
    ``follows``: the contract of which this is the renewal, the change or the correction; that one holds no longer than
    the day before this begins.
    """

    unit = models.ForeignKey("estate.Unit", on_delete=models.PROTECT, related_name="contracts")
    kind = models.CharField(_("合同种类"), max_length=40)
    number = models.CharField(_("合同编号"), max_length=60, blank=True, default="", db_default="")
    other = models.CharField(_("另一方"), max_length=120, blank=True, default="", db_default="")
    follows = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="followed_by", null=True, blank=True
    )
    ended = models.DateField(_("提前结束"), null=True, blank=True)
    ended_reason = models.CharField(_("结束原因"), max_length=200, blank=True, default="", db_default="")
    entered_at = models.DateTimeField(default=timezone.now, editable=False)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("合同")
        verbose_name_plural = _("合同")
        constraints = [
            models.CheckConstraint(name="contract_ends_after_start", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(name="contract_has_a_kind", condition=~Q(kind="")),
            models.CheckConstraint(
                name="contract_ended_for_a_reason",
                condition=Q(ended__isnull=True, ended_reason="")
                | (Q(ended__gte=F("since")) & ~Q(ended_reason="")),
            ),
            models.CheckConstraint(
                name="contract_erased_says_nothing",
                condition=Q(erased_at__isnull=True) | Q(number="", other=""),
            ),
        ]
        indexes = [models.Index(name="contract_of_unit", fields=["unit", "-id"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.since}"

    @property
    def follower(self) -> "Contract | None":
        """What it was renewed or changed to."""
        found: Contract | None = getattr(self, "followed_by", None)
        return found

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds; None while no end is known. Before `since`: it never held."""
        after = self.follower
        ends = [self.until, self.ended, after.since - timedelta(days=1) if after else None]
        return min((day for day in ends if day is not None), default=None)


class ContractParty(models.Model):
    """Somebody of the file who is a party to a contract, the first its first. The database holds both to one estate."""

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+", editable=False)
    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="parties")
    number = models.PositiveSmallIntegerField()
    person = models.ForeignKey("estate.Person", on_delete=models.PROTECT, related_name="contract_parts")

    class Meta:
        verbose_name = _("合同当事人")
        verbose_name_plural = _("合同当事人")
        constraints = [
            models.UniqueConstraint(name="contract_party_number", fields=["contract", "number"]),
            models.UniqueConstraint(name="contract_party_once", fields=["contract", "person"]),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.person_id}"


class ContractPage(models.Model):
    """A scanned page of a contract, kept sealed and known by its SHA-256. Pages are added, never exchanged."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="pages")
    number = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    picture = EncryptedText()
    vault_salt = models.BinaryField(max_length=16, default=new_salt, editable=False)

    class Meta:
        verbose_name = _("合同扫描页")
        verbose_name_plural = _("合同扫描页")
        constraints = [
            models.UniqueConstraint(name="contract_page_once", fields=["contract", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.number}"
