"""The books (登记本): rows that procedures write, each leading to its case."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from banli.estate.letters import Apart


class RegisterRow(models.Model):
    """One row of a book. ``cells`` are kept up to date from the case until it ends; private ones are sealed.

    A cell is text, a number, ``{"zh", "en"}``, or ``{"sealed", "mask"}``. ``found`` is the plain text.
    """

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    book = models.CharField(max_length=50)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="register_rows")
    branch = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=20, default="open")
    entered_at = models.DateTimeField()
    cells = models.JSONField(default=dict)
    found = models.TextField(default="", blank=True)

    class Meta:
        verbose_name = _("登记")
        verbose_name_plural = _("登记")
        constraints = [
            models.UniqueConstraint(
                name="register_row_once", fields=["book", "case", "branch"], nulls_distinct=False
            ),
        ]
        indexes = [
            models.Index(name="register_newest", fields=["estate", "book", "-entered_at", "-id"]),
            GinIndex(OpClass(Apart("found"), name="gin_trgm_ops"), name="register_letters"),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.case_id}"
