"""Routines as they stand in the packs, and their rounds (一轮): each time one was due, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from banli.journal.vault import new_salt


class RoutineVersion(models.Model):
    """A routine as it was, known by the hash of its text; a round keeps to the one it fell due by.

    ``problem``: why no round of it can be made, so that it stands aside and holds up no other; empty while all is well.
    """

    pack = models.CharField(max_length=50)
    routine = models.CharField(max_length=50)
    digest = models.CharField(max_length=64)
    compiled = models.TextField()
    current = models.BooleanField(default=True)
    loaded_at = models.DateTimeField()
    problem = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="routine_version_once", fields=["routine", "digest"]),
            models.UniqueConstraint(
                name="routine_one_current", fields=["routine"], condition=Q(current=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.routine} {self.digest[:8]}"


class Plan(models.Model):
    """Up to which moment an estate's rounds of a routine are made."""

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    routine = models.CharField(max_length=50)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="plan_once", fields=["estate", "routine"])]

    def __str__(self) -> str:
        return f"{self.routine} {self.until}"


class Round(models.Model):
    """One time a routine was due at an estate, from ``due_at`` until ``until``: done, or missed.

    ``findings``: check → ``{"said", "wrong"}``. ``settlement``: what a supervisor did about a round that was missed, or
    on which something was wrong.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待做")
        DONE = "done", _("已做")
        MISSED = "missed", _("未做")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(RoutineVersion, on_delete=models.PROTECT, related_name="+")
    routine = models.CharField(max_length=50)
    post = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    findings = models.JSONField(default=dict)
    wrong = models.BooleanField(default=False)
    note = models.CharField(max_length=1000, blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    settlement = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        verbose_name = _("日常工作")
        verbose_name_plural = _("日常工作")
        constraints = [
            models.UniqueConstraint(name="round_once", fields=["estate", "routine", "due_at"]),
            models.CheckConstraint(name="round_has_time", condition=Q(until__gt=F("due_at"))),
            models.CheckConstraint(
                name="round_open_done_or_missed",
                condition=Q(state="open", ended_at__isnull=True, done_by__isnull=True)
                | Q(state="done", ended_at__isnull=False, done_by__isnull=False)
                | Q(state="missed", ended_at__isnull=False, done_by__isnull=True),
            ),
            models.CheckConstraint(
                name="round_found_only_when_done",
                condition=Q(state="done") | Q(findings={}, wrong=False, note=""),
            ),
            models.CheckConstraint(
                name="round_settled_by_somebody",
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, settlement="")
                | (
                    Q(settled_at__isnull=False, settled_by__isnull=False)
                    & ~Q(settlement="")
                    & (Q(state="missed") | Q(wrong=True))
                ),
            ),
        ]
        indexes = [
            models.Index(name="round_newest", fields=["estate", "-due_at", "-id"]),
            models.Index(name="round_of_post", fields=["estate", "post", "-due_at", "-id"]),
            models.Index(name="round_open", fields=["until", "id"], condition=Q(state="open")),
            models.Index(
                name="round_unsettled",
                fields=["estate", "-due_at", "-id"],
                condition=Q(settled_at__isnull=True) & (Q(state="missed") | Q(wrong=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.routine} {self.due_at}"

    @property
    def unsettled(self) -> bool:
        """Whether a supervisor has still to say what was done about it."""
        return self.settled_at is None and (self.state == self.State.MISSED or self.wrong)


class RoundPhoto(models.Model):
    """A photograph that was taken on a round, sealed."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="photos")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    sealed = models.TextField()
    vault_salt = models.BinaryField(max_length=16, default=new_salt, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="round_photo_once", fields=["round", "sha256"]),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class RoundCase(models.Model):
    """The case that was begun from a ``line`` of a round's checklist that was not in order."""

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="cases")
    line = models.CharField(max_length=60)
    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("检查引出的办件")
        verbose_name_plural = _("检查引出的办件")
        constraints = [
            models.UniqueConstraint(name="round_line_once", fields=["round", "line"]),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.line} {self.case_id}"


class Watch(models.Model):
    """One person's time at a post that keeps a shift log (当班), until the next one has signed for it.

    ``offered_to`` is asked to take over what was ``counted`` then; nobody is while ``offered_at`` is empty.
    """

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=60)
    keeper = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True)
    offered_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    counted = models.JSONField(default=dict)
    remark = models.CharField(max_length=1000, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("当班")
        verbose_name_plural = _("当班")
        constraints = [
            models.UniqueConstraint(
                name="watch_one_at_a_post", fields=["estate", "post"], condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(
                name="watch_offered_to_somebody_else",
                condition=Q(offered_at__isnull=True, offered_to__isnull=True, counted={}, remark="")
                | (Q(offered_at__isnull=False, offered_to__isnull=False) & ~Q(offered_to=F("keeper"))),
            ),
            models.CheckConstraint(
                name="watch_ends_when_offered",
                condition=Q(ended_at__isnull=True) | Q(offered_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="watch_newest", fields=["estate", "-began_at", "-id"]),
            models.Index(name="watch_of_post", fields=["estate", "post", "-began_at", "-id"]),
            models.Index(name="watch_over_since", fields=["estate", "ended_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.began_at}"


class LogSignature(models.Model):
    """A supervisor has read a post's log of one day."""

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=60)
    day = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    remark = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        verbose_name = _("值班记录签阅")
        verbose_name_plural = _("值班记录签阅")
        constraints = [
            models.UniqueConstraint(name="log_signed_once", fields=["estate", "post", "day"]),
        ]

    def __str__(self) -> str:
        return f"{self.post} {self.day}"


class LogLine(models.Model):
    """A line of a shift log: what happened, or a matter that stays open, with who answers for it, until it is closed.

    No watch is handed over while an emergency is open; other matters go over to the next.
    """

    class Kind(models.TextChoices):
        NOTE = "note", _("记事")
        MATTER = "matter", _("未完事项")
        EMERGENCY = "emergency", _("紧急事项")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="lines")
    post = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind)
    text = models.CharField(max_length=1000)
    next_step = models.CharField(max_length=200, blank=True, default="")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    result = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        verbose_name = _("值班记录")
        verbose_name_plural = _("值班记录")
        constraints = [
            models.CheckConstraint(name="log_line_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="log_matter_has_somebody",
                condition=Q(kind="note", responsible__isnull=True, next_step="", closed_at__isnull=True)
                | Q(kind__in=["matter", "emergency"], responsible__isnull=False),
            ),
            models.CheckConstraint(
                name="log_closed_with_a_result",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, result="")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(result="")),
            ),
        ]
        indexes = [
            models.Index(name="log_of_watch", fields=["watch", "id"]),
            models.Index(
                name="log_open_matters",
                fields=["estate", "post", "id"],
                condition=Q(closed_at__isnull=True, kind__in=["matter", "emergency"]),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:30]
