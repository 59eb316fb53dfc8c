"""An archive on its way out, and the pieces it lies in until it was fetched."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from banli.journal.vault import EncryptedText, new_salt

#: How long a finished archive waits to be fetched.
WAITS = timedelta(hours=1)


class Takeout(models.Model):
    """Somebody asked for everything (全部资料导出).

    The passphrase is sealed under the row's own salt for as long as the worker needs it; then both are wiped. ``done``
    of about ``total`` files are written.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等待生成")
        MAKING = "making", _("正在生成")
        READY = "ready", _("可以下载")
        TAKEN = "taken", _("已下载")
        EXPIRED = "expired", _("过时未取，已删除")
        FAILED = "failed", _("没有生成")
        DROPPED = "dropped", _("已放弃")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="takeouts")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(_("用途"), max_length=200)
    passphrase = EncryptedText(blank=True, default="", db_default="")
    vault_salt = models.BinaryField(max_length=16, default=new_salt, editable=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    post = models.CharField(max_length=60, blank=True, default="")
    deputy_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("全部资料导出")
        verbose_name_plural = _("全部资料导出")
        constraints = [
            models.CheckConstraint(
                name="takeout_state_known",
                condition=Q(
                    state__in=["waiting", "making", "ready", "taken", "expired", "failed", "dropped"]
                ),
            ),
            models.CheckConstraint(
                name="takeout_keeps_no_passphrase",
                condition=Q(passphrase="") | Q(state__in=["waiting", "making"]),
            ),
            models.CheckConstraint(name="takeout_has_a_reason", condition=~Q(reason="")),
            models.UniqueConstraint(
                name="takeout_one_at_a_time",
                fields=["estate"],
                condition=Q(state__in=["waiting", "making", "ready"]),
            ),
        ]
        indexes = [models.Index(name="takeout_newest", fields=["estate", "-id"])]

    def __str__(self) -> str:
        return f"{self.estate_id} {self.asked_at:%Y-%m-%d}"

    @property
    def running(self) -> bool:
        return self.state in (self.State.WAITING, self.State.MAKING)

    @property
    def percent(self) -> int:
        """Not whole before it is: what is written is counted beforehand, but people go on working."""
        return min(99, self.done * 100 // self.total) if self.total else 0


class TakeoutPart(models.Model):
    """A piece of a finished archive, in order. It is locked under the passphrase; the house cannot open it."""

    takeout = models.ForeignKey(Takeout, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        verbose_name = _("导出文件的一段")
        verbose_name_plural = _("导出文件的一段")
        constraints = [
            models.UniqueConstraint(name="takeout_part_once", fields=["takeout", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.takeout_id} {self.number}"
