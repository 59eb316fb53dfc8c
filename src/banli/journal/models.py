"""The journal: who did what, when, as what. Append-only: the database itself refuses update and delete."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One action. ``stream`` is what it is about: ``case/12`` or ``estate/1``; ``seq`` counts from 1 without gaps.

    ``body["events"]`` of a case's entry is what happened; ``key`` is the idempotency key the action came with.
    ``hash`` covers ``prev``, the hash of the stream's entry before, and everything said here (see chain.digest).
    """

    id = models.BigAutoField(primary_key=True)
    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    stream = models.CharField(max_length=40)
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    post = models.CharField(max_length=60, default="", blank=True)
    deputy_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    key = models.CharField(max_length=80, null=True)
    body = models.JSONField()
    prev = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("日志")
        verbose_name_plural = _("日志")
        constraints = [
            models.UniqueConstraint(name="entry_seq_once", fields=["stream", "seq"]),
            models.UniqueConstraint(
                name="entry_key_once", fields=["estate", "key"], condition=Q(key__isnull=False)
            ),
            models.CheckConstraint(name="entry_seq_from_1", condition=Q(seq__gte=1)),
            models.CheckConstraint(name="entry_has_a_kind", condition=~Q(kind="")),
        ]
        indexes = [
            models.Index(name="entry_by_day", fields=["estate", "at"]),
            models.Index(name="entry_by_whom", fields=["estate", "actor", "at"]),
            # what the gate stopped, by its paper: few entries are of this kind
            models.Index(F("body__paper"), name="entry_stopped_of_paper", condition=Q(kind="stopped")),
        ]

    def __str__(self) -> str:
        return f"{self.stream}#{self.seq} {self.kind}"


class Head(models.Model):
    """Where a stream ends: so that its last entry cannot be missing unseen. A case's own row says it of its stream.

    ``seals/1`` is the chain of an estate's day seals: ``seq`` counts them, ``hash`` is the last one's digest.
    """

    stream = models.CharField(max_length=40, primary_key=True)
    seq = models.PositiveIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("日志末条")
        verbose_name_plural = _("日志末条")

    def __str__(self) -> str:
        return f"{self.stream}#{self.seq}"


class DaySeal(models.Model):
    """A day's heads, sealed together: ``digest`` covers every stream's last entry of the day and the seal before.

    ``signature`` is Ed25519 by the key ``key_id``. Whoever rewrites a sealed day must forge it.
    """

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    last_entry = models.BigIntegerField()
    streams = models.PositiveIntegerField()
    entries = models.PositiveIntegerField()
    prev = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    key_id = models.CharField(max_length=32)
    signature = models.BinaryField(max_length=64)
    sealed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("日封")
        verbose_name_plural = _("日封")
        constraints = [
            models.UniqueConstraint(name="day_sealed_once", fields=["estate", "day"]),
            models.CheckConstraint(name="seal_counts", condition=Q(entries__gte=F("streams"))),
        ]

    def __str__(self) -> str:
        return f"{self.estate_id} {self.day}"
