"""A workbook that somebody sent in, and what it changed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from banli.journal.vault import new_salt


class Intake(models.Model):
    """A workbook (导入). The file is sealed, and forgotten as soon as it is taken in or dropped.

    ``done`` of ``total`` rows are through; what is done is committed with them, so that a worker which dies goes on
    where it was. ``faults`` are the first of ``fault_count``; ``tally`` counts by sheet what is new, changed,
    the same and faulty as it was tried, ``taken`` as it was taken in.
    """

    class State(models.TextChoices):
        CHECKING = "checking", _("正在核对")
        FAULTY = "faulty", _("有错，未导入")
        CHECKED = "checked", _("核对无误，等确认")
        IMPORTING = "importing", _("正在导入")
        STOPPED = "stopped", _("中途停下")
        DONE = "done", _("已导入")
        UNDOING = "undoing", _("正在撤销")
        UNDONE = "undone", _("已撤销")
        DROPPED = "dropped", _("已放弃")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="intakes")
    name = models.CharField(_("文件"), max_length=120)
    sha256 = models.CharField(max_length=64)
    sealed = models.TextField(blank=True)
    vault_salt = models.BinaryField(max_length=16, default=new_salt, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    tally = models.JSONField(default=dict)
    taken = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    fault_count = models.PositiveIntegerField(default=0)
    notes = models.JSONField(default=list)
    post = models.CharField(max_length=60, blank=True, default="")
    deputy_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("导入")
        verbose_name_plural = _("导入")
        constraints = [
            models.CheckConstraint(name="intake_done_within_total", condition=Q(done__lte=F("total"))),
            models.CheckConstraint(
                name="intake_state_known",
                condition=Q(
                    state__in=[
                        "checking", "faulty", "checked", "importing", "stopped", "done", "undoing", "undone", "dropped",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="intake_keeps_its_file_while_needed",
                condition=~Q(sealed="") | ~Q(state__in=["checking", "checked", "importing"]),
            ),
        ]  # fmt: skip
        indexes = [models.Index(name="intake_newest", fields=["estate", "-id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def running(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.IMPORTING, self.State.UNDOING)

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0

    @property
    def may_undo(self) -> bool:
        return self.state in (self.State.DONE, self.State.STOPPED)


class IntakeChange(models.Model):
    """One row of the house that an intake made (``before`` is null) or changed, so that it can be taken back.

    ``after`` is the fingerprint of the row as the intake left it: where it is another now, somebody changed it since.
    What stood before holds nothing private: of a person it names the row of ``FormerParticulars``.
    """

    intake = models.ForeignKey(Intake, on_delete=models.CASCADE, related_name="changes")
    thing = models.CharField(max_length=20)
    row = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("导入的改动")
        verbose_name_plural = _("导入的改动")
        constraints = [
            models.CheckConstraint(name="intake_change_has_a_fingerprint", condition=~Q(after="")),
        ]
        indexes = [models.Index(name="intake_change_order", fields=["intake", "id"])]

    def __str__(self) -> str:
        return f"{self.thing} {self.row}"
