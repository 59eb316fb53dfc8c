"""Letters of authority as they were entered, their photographs, and every case that relied on one."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from banli.journal.vault import EncryptedText, new_salt


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def standing(self, day: date) -> Self:
        """Authorities in force that day: begun, not ended, not revoked, and not spent if for one use."""
        return self.filter(
            Q(once=False) | Q(used_at__isnull=True),
            valid_from__lte=day,
            valid_to__gte=day,
            revoked_at__isnull=True,
        )


#: The same for a statement by hand, which says the ``day``.
STANDING = """
    valid_from <= %(day)s AND valid_to >= %(day)s AND revoked_at IS NULL AND (NOT once OR used_at IS NULL)
"""


class Authority(models.Model):
    """A written authority (委托书): the principal lets the delegate act in the named matters for a period.

    Civil Code art. 165: delegate, matter, scope and period are all stated, and who signed is evidenced.
    Both days count. An authority for one use is spent by its first use (`used_at`).
    Some time after it ended it names nobody any more (`erased_at`): which matters it covered, and when, stays.
    """

    class Evidence(models.TextChoices):
        SIGNED_PAPER = "signed_paper", _("签名纸质委托书")
        E_SIGNED = "e_signed", _("电子签名")
        RECORDED_CALL = "recorded_call", _("电话核实并有记录")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="authorities")
    unit = models.ForeignKey("estate.Unit", on_delete=models.PROTECT, related_name="authorities")
    principal = models.ForeignKey(
        "estate.Person", on_delete=models.PROTECT, related_name="authorities_given", null=True
    )
    delegate = models.ForeignKey(
        "estate.Person", on_delete=models.PROTECT, related_name="authorities_held", null=True
    )
    scopes = models.JSONField(_("事项"))
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"))
    once = models.BooleanField(_("仅用一次"), default=False, db_default=False)
    evidence_kind = models.CharField(_("凭据"), max_length=20, choices=Evidence.choices)
    evidence_note = models.CharField(_("凭据说明"), max_length=200)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    revoked_reason = models.CharField(_("撤销原因"), max_length=200, blank=True, default="", db_default="")
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        verbose_name = _("委托")
        verbose_name_plural = _("委托")
        constraints = [
            models.CheckConstraint(name="authority_period", condition=Q(valid_to__gte=F("valid_from"))),
            models.CheckConstraint(
                name="authority_between_two_or_erased",
                condition=Q(erased_at__isnull=True, principal__isnull=False, delegate__isnull=False)
                | Q(
                    erased_at__isnull=False,
                    principal__isnull=True,
                    delegate__isnull=True,
                    evidence_note="",
                    revoked_reason="",
                ),
            ),
            models.CheckConstraint(name="authority_to_another", condition=~Q(delegate=F("principal"))),
            models.CheckConstraint(name="authority_names_a_matter", condition=~Q(scopes=[])),
            models.CheckConstraint(
                name="authority_revoked_by_somebody",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="authority_evidence_known",
                condition=Q(evidence_kind__in=["signed_paper", "e_signed", "recorded_call"]),
            ),
        ]
        indexes = [
            models.Index(name="authority_by_unit", fields=["unit", "-valid_to"]),
        ]

    def __str__(self) -> str:
        return self.between

    @property
    def between(self) -> str:
        """Who lets whom act; once it was erased, that it was."""
        if self.principal is None or self.delegate is None:
            return str(_("已到期删除"))
        return f"{self.principal.name} → {self.delegate.name}"

    @property
    def last_day(self) -> date:
        """The last day on which it holds, or could."""
        if self.revoked_at is None:
            return self.valid_to
        return min(self.valid_to, timezone.localdate(self.revoked_at))


class LetterScan(models.Model):
    """The photograph of a letter of authority, taken when it was entered: kept sealed, known by its SHA-256."""

    authority = models.OneToOneField(Authority, on_delete=models.PROTECT, related_name="scan")
    sha256 = models.CharField(max_length=64)
    picture = EncryptedText()
    vault_salt = models.BinaryField(max_length=16, default=new_salt, editable=False)

    class Meta:
        verbose_name = _("委托书照片")
        verbose_name_plural = _("委托书照片")

    def __str__(self) -> str:
        return self.sha256[:12]


class AuthorityUse(models.Model):
    """An authority was relied on in a case: every use is kept (forms.md §16).

    ``once`` is the letter's own, held to it by the database: so that one for a single use is never used twice.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="uses")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="authority_uses")
    at = models.DateTimeField(default=timezone.now, editable=False)
    once = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("委托使用记录")
        verbose_name_plural = _("委托使用记录")
        constraints = [
            models.UniqueConstraint(name="authority_use_once_per_case", fields=["authority", "case"]),
            models.UniqueConstraint(
                name="authority_for_one_use", fields=["authority"], condition=Q(once=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.case_id}"
