"""The books (登记本): rows that procedures write, each leading to its case."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from banli.estate.letters import Apart


class RegisterRow(models.Model):
    """One row of a book. ``cells`` are kept up to date from the case until it ends; private ones are sealed.

    A cell is text, a number, ``{"zh", "en"}``, or ``{"sealed", "mask"}``. ``found`` is the plain text.
    ``letters`` is that text as it is searched, kept by the database: to set 140 letters apart takes 20 µs, for each row
    that a search looks at.
    ``late``: its month was closed when it came in; the database says so itself (:mod:`banli.registers.closing`).
    ``entered_at``: when it came into the book; what was done on paper first stands at the time it was done, and
    ``back_entered_at`` says when somebody last entered such a thing (ADR 0006).
    """

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    book = models.CharField(max_length=50)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="register_rows")
    branch = models.PositiveSmallIntegerField(null=True)
    status = models.CharField(max_length=20, default="open")
    entered_at = models.DateTimeField()
    back_entered_at = models.DateTimeField(null=True)
    cells = models.JSONField(default=dict)
    found = models.TextField(default="", blank=True)
    letters = models.GeneratedField(
        expression=Apart("found"), output_field=models.TextField(), db_persist=True
    )
    late = models.BooleanField(default=False, db_default=False)

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
            models.Index(
                name="register_by_status", fields=["estate", "book", "status", "-entered_at", "-id"]
            ),
            GinIndex(
                F("estate"), F("book"), OpClass("letters", name="gin_trgm_ops"), name="register_letters"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.case_id}"


class MonthClosing(models.Model):
    """A month of a book was closed, or somebody asked to open it again, or another did. ``month``: its first day."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("封账")
        ASKED = "asked", _("申请解封")
        OPENED = "opened", _("解封")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    book = models.CharField(max_length=50)
    month = models.DateField()
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=200)
    rows = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(name="closing_kind_known", condition=Q(kind__in=["closed", "asked", "opened"])),
            models.CheckConstraint(name="closing_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="closing_of_a_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="closing_opened_by_a_second",
                condition=(Q(kind="opened", asked_by__isnull=False) & ~Q(asked_by=F("by")))
                | (~Q(kind="opened") & Q(asked_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="closing_counts_what_it_closes",
                condition=(Q(kind="closed") & ~Q(digest="")) | (~Q(kind="closed") & Q(digest="", rows=0)),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["estate", "book", "-month", "-id"], name="closing_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.book} {self.month:%Y-%m} {self.kind}"
