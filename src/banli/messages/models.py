"""What people are told: a notice lies with a post or with one person until somebody has read it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """``code`` says what it is about (clock_late, clock_warned, assigned); ``about`` names the clock or step."""

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=60, default="", blank=True)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="notices"
    )
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, related_name="notices")
    code = models.CharField(max_length=40)
    about = models.CharField(max_length=60, default="", blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("通知")
        verbose_name_plural = _("通知")
        constraints = [
            models.CheckConstraint(
                name="notice_has_one_recipient",
                condition=(Q(post="") & Q(staff__isnull=False)) | (~Q(post="") & Q(staff__isnull=True)),
            ),
            models.CheckConstraint(
                name="notice_read_by_somebody",
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                name="notice_for_post", fields=["estate", "post", "-id"], condition=Q(read_at__isnull=True)
            ),
            models.Index(
                name="notice_for_staff", fields=["estate", "staff", "-id"], condition=Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.code
