"""What an estate has set for itself: settings in versions in time, and its own rest days and make-up workdays.

Both are kept as prices are: rows are only added, each with who, when and why; of a setting the newest that begins no
later than the day holds, of a day in the calendar the newest. The estate's own row carries the sum of them, so that
an action, which reads that row anyway, asks nothing more (see :func:`in_force`, :func:`own_days`).
"""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from banli.journal.vault import EncryptedText, new_salt

if TYPE_CHECKING:
    from .models import Estate


class SettingVersion(models.Model):
    """What an estate has set from a day on. ``value`` None: the default again; a secret is in ``secret``."""

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=50)
    value = models.JSONField(null=True)
    secret = EncryptedText(blank=True, default="", db_default="")
    vault_salt = models.BinaryField(max_length=16, default=new_salt, editable=False)
    valid_from = models.DateField()
    reason = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="setting_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="setting_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="setting_open_or_secret", condition=Q(secret="") | Q(value__isnull=True)
            ),
        ]
        indexes = [
            models.Index(fields=["estate", "name", "-valid_from", "-id"], name="setting_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}"


class OwnDay(models.Model):
    """A day that the estate counts otherwise than the national calendar. ``national``: as that again."""

    class Kind(models.TextChoices):
        REST = "rest", _("休息日")
        WORK = "work", _("工作日")
        NATIONAL = "national", _("按国家安排")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="own_day_kind_known", condition=Q(kind__in=["rest", "work", "national"])
            ),
            models.CheckConstraint(name="own_day_has_a_reason", condition=~Q(reason="")),
        ]
        indexes = [models.Index(fields=["estate", "-day", "-id"], name="own_day_newest")]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"


def in_force(estate: "Estate", day: date) -> dict[str, Any]:
    """What the estate has set itself and what holds on ``day``; a setting it leaves to the pack is not in it."""
    told = {}
    for name, versions in (estate.settings or {}).items():
        value = versions
        if isinstance(versions, list):  # [from which day, value], oldest first
            value = next((v for since, v in reversed(versions) if since <= day.isoformat()), None)
        if value is not None:
            told[name] = value
    return told


def own_days(estate: "Estate") -> dict[str, str]:
    """ISO day → ``rest`` or ``work``, for the days the estate counts otherwise than the national calendar."""
    return estate.calendar or {}


def timeline(estate: "Estate", name: str, today: date) -> list[list[Any]]:
    """What the estate's row keeps of a setting: what holds today, and what will, as [from which day, value]."""
    rows = SettingVersion.objects.filter(estate=estate, name=name).order_by("valid_from", "pk")
    newest = {row.valid_from.isoformat(): row.value for row in rows}
    begun = max((since for since in newest if since <= today.isoformat()), default="")
    return [[since, value] for since, value in newest.items() if since >= begun]


def secret_of(estate: "Estate", name: str, day: date) -> str:
    """A secret in clear, for what needs it to work; empty where none is set. It is never shown."""
    rows = SettingVersion.objects.filter(estate=estate, name=name, valid_from__lte=day)
    found = rows.order_by("-valid_from", "-pk").first()
    return found.secret if found is not None else ""
