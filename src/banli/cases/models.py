"""Cases (办件) and their tasks (待办): plain rows, a projection of the journal that `banli audit` can rebuild."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from banli.journal.vault import new_salt


class ProcedureVersion(models.Model):
    """A procedure as it stood, by the hash of its content. A case stays on the version it began with.

    ``compiled`` is the procedure with all it uses of its pack, as JSON text in the file's order;
    ``current`` marks the one new cases begin with.
    """

    pack = models.CharField(max_length=50)
    procedure = models.CharField(max_length=50)
    digest = models.CharField(max_length=64)
    compiled = models.TextField()
    current = models.BooleanField(default=True)
    loaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("流程版本")
        verbose_name_plural = _("流程版本")
        constraints = [
            models.UniqueConstraint(name="procedure_version_once", fields=["procedure", "digest"]),
            models.UniqueConstraint(
                name="one_current_version", fields=["procedure"], condition=Q(current=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.digest[:8]}"


class Case(models.Model):
    """One run of a procedure. ``seq`` and ``head`` are those of its last journal entry.

    ``form`` holds the answers (private ones sealed under ``vault_salt``), ``standing`` what was done and still stands,
    ``clocks`` its clocks. ``parent``: the case that started it; ``record``: the one it rests on.
    ``due_at`` is the nearest running clock, ``wake_at`` when a clock next needs a look.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("办理中")
        DONE = "done", _("已办结")
        REJECTED = "rejected", _("未通过")
        NOT_DONE = "not_done", _("未办成")
        WITHDRAWN = "withdrawn", _("已撤回")
        EXPIRED = "expired", _("已过期")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="cases")
    procedure = models.CharField(max_length=50)
    version = models.ForeignKey(ProcedureVersion, on_delete=models.PROTECT, related_name="cases")
    unit = models.ForeignKey(
        "estate.Unit", on_delete=models.PROTECT, null=True, related_name="cases", db_index=False
    )
    applicant = models.ForeignKey(
        "estate.Person", on_delete=models.PROTECT, null=True, related_name="cases", db_index=False
    )
    applicant_role = models.CharField(max_length=20)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    record = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="resting")
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)
    seq = models.PositiveIntegerField()
    head = models.BinaryField(max_length=32)
    form = models.JSONField(default=dict)
    standing = models.JSONField(default=dict)
    clocks = models.JSONField(default=list)
    due_at = models.DateTimeField(null=True)
    wake_at = models.DateTimeField(null=True)
    vault_salt = models.BinaryField(max_length=16, default=new_salt, editable=False)

    class Meta:
        verbose_name = _("办件")
        verbose_name_plural = _("办件")
        constraints = [
            models.CheckConstraint(
                name="case_ended_or_open",
                condition=Q(status="open", ended_at__isnull=True)
                | (~Q(status="open") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(name="case_ends_after_start", condition=Q(ended_at__gte=F("opened_at"))),
            models.CheckConstraint(
                name="case_woken_while_open", condition=Q(wake_at__isnull=True) | Q(status="open")
            ),
            models.CheckConstraint(
                name="case_status_known",
                condition=Q(status__in=["open", "done", "rejected", "not_done", "withdrawn", "expired"]),
            ),
        ]
        indexes = [
            models.Index(name="case_newest", fields=["estate", "-id"]),
            models.Index(name="case_of_procedure", fields=["estate", "procedure", "-id"]),
            models.Index(name="case_of_unit", fields=["unit", "-id"]),
            # For the time line of a home or of somebody: the newest of each procedure, however many there are.
            models.Index(name="case_line_of_unit", fields=["unit", "procedure", "-opened_at", "-id"]),
            models.Index(name="case_line_of_person", fields=["applicant", "procedure", "-opened_at", "-id"]),
            models.Index(name="case_open_of_unit", fields=["unit", "-id"], condition=Q(status="open")),
            models.Index(name="case_open_of_person", fields=["applicant", "-id"], condition=Q(status="open")),
            models.Index(name="case_to_wake", fields=["wake_at"], condition=Q(wake_at__isnull=False)),
            models.Index(name="case_late", fields=["estate", "due_at"], condition=Q(status="open")),
            models.Index(
                name="case_open_newest",
                fields=["estate", "-id"],
                include=["due_at"],
                condition=Q(status="open"),
            ),
            # For a period's figures; such an index is next to nothing to keep, and leaves a row's update where it is.
            BrinIndex(name="case_opened_when", fields=["opened_at"], autosummarize=True),
            BrinIndex(name="case_ended_when", fields=["ended_at"], autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} {self.pk}"

    @property
    def stream(self) -> str:
        return f"case/{self.pk}"

    @property
    def erased(self) -> bool:
        """Its private answers and its pictures do not open any more: their time was over."""
        return not self.vault_salt


class Task(models.Model):
    """A step that waits for somebody, or did. ``person`` is set where it waits for one person only.

    ``order_at`` sorts the inbox: the due time, and after all of those what has none, oldest first.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待办")
        DONE = "done", _("已办")
        CANCELLED = "cancelled", _("已取消")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tasks")
    procedure = models.CharField(max_length=50)
    step = models.CharField(max_length=50)
    branch = models.PositiveSmallIntegerField(null=True)
    posts = ArrayField(models.CharField(max_length=50), default=list)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="tasks"
    )
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    order_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(max_length=50, default="", blank=True)

    class Meta:
        verbose_name = _("待办")
        verbose_name_plural = _("待办")
        constraints = [
            models.UniqueConstraint(
                name="task_open_once",
                fields=["case", "step", "branch"],
                condition=Q(state="open"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="task_ended_or_open",
                condition=Q(state="open", ended_at__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                name="task_of_posts",
                fields=["estate", "posts", "order_at", "id"],
                condition=Q(state="open", person__isnull=True),
            ),
            models.Index(
                name="task_of_person", fields=["person", "order_at", "id"], condition=Q(state="open")
            ),
            models.Index(
                name="task_done_by_sent",
                fields=["person", "case"],
                condition=Q(state="done", person__isnull=False),
            ),
            models.Index(name="task_of_case", fields=["case", "id"]),
            BrinIndex(name="task_ended_when", fields=["ended_at"], autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"


class Contact(models.Model):
    """Somebody of a home was called (or was not reached), or was handed a paper; ``number`` is the paper's.

    It follows from the case's journal. ``unit`` and ``person`` are the case's own: its home, and who applied.
    """

    class Kind(models.TextChoices):
        CALL = "call", _("回电、回访")
        PAPER = "paper", _("单据")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        "estate.Unit", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    person = models.ForeignKey(
        "estate.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    step = models.CharField(max_length=50)
    branch = models.PositiveSmallIntegerField(null=True)
    outcome = models.CharField(max_length=50, default="", db_default="")
    number = models.CharField(max_length=40, default="", db_default="")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("联系")
        verbose_name_plural = _("联系")
        constraints = [
            models.CheckConstraint(
                name="contact_with_somebody", condition=Q(unit__isnull=False) | Q(person__isnull=False)
            ),
            models.CheckConstraint(
                name="contact_call_or_paper",
                condition=(Q(kind="call", number="") & ~Q(outcome=""))
                | (Q(kind="paper", outcome="") & ~Q(number="")),
            ),
        ]
        indexes = [
            models.Index(name="contact_of_unit", fields=["unit", "kind", "-at", "-id"]),
            models.Index(name="contact_of_person", fields=["person", "kind", "-at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"


class Attachment(models.Model):
    """A photograph or a drawn signature: its content sealed, known by the SHA-256 of the clear content.

    The copy of an identity paper goes when what it was taken for is over (PIPL 19, 47): ``sealed`` is emptied, and the
    row says when (``purged_at``), and why: its case had ended at ``purpose_ended_at``, ``kept_for`` so long before.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments")
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sealed = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    identity_copy = models.BooleanField(default=False, db_default=False)
    purged_at = models.DateTimeField(null=True)
    purpose_ended_at = models.DateTimeField(null=True)
    kept_for = models.CharField(max_length=20, default="", db_default="")

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = _("附件")
        constraints = [
            models.UniqueConstraint(name="attachment_once", fields=["case", "sha256"]),
            models.CheckConstraint(
                name="attachment_is_there_or_says_why_not",
                condition=(
                    Q(purged_at__isnull=True, purpose_ended_at__isnull=True, kept_for="", size__gt=0)
                    & ~Q(sealed="")
                )
                | (
                    Q(purged_at__isnull=False, purpose_ended_at__isnull=False, identity_copy=True)
                    & Q(purged_at__gte=F("purpose_ended_at"), sealed="", size=0)
                    & ~Q(kept_for="")
                ),
            ),
        ]
        indexes = [
            models.Index(
                name="attachment_to_purge",
                fields=["case"],
                condition=Q(identity_copy=True, purged_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class ConsentLink(models.Model):
    """A link through which an owner ends one step of theirs, once, until ``expires_at``.

    Whoever has the link has the token; here is only its SHA-256 (``digest``). ``shown`` is the fingerprint of what the
    case said when it was sent: a case that has changed since is not what the owner was asked about. ``wrong`` counts
    wrong answers to the question that proves who they are. No address of the phone is kept.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("等业主答复")
        SIGNED = "signed", _("业主已签名")
        REFUSED = "refused", _("业主不同意")
        WITHDRAWN = "withdrawn", _("已收回")
        LOCKED = "locked", _("核对错误太多")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consent_links")
    step = models.CharField(max_length=50)
    branch = models.PositiveSmallIntegerField(null=True)
    owner = models.ForeignKey("estate.Person", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    shown = models.CharField(max_length=64)
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    wrong = models.PositiveSmallIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("业主链接")
        verbose_name_plural = _("业主链接")
        constraints = [
            models.UniqueConstraint(
                name="one_waiting_link_per_step",
                fields=["case", "step", "branch"],
                condition=Q(state="waiting"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="link_ended_or_waiting",
                condition=Q(state="waiting", ended_at__isnull=True)
                | (~Q(state="waiting") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="link_state_known",
                condition=Q(state__in=["waiting", "signed", "refused", "withdrawn", "locked"]),
            ),
            models.CheckConstraint(name="link_expires_later", condition=Q(expires_at__gt=F("created_at"))),
        ]
        indexes = [models.Index(name="link_of_case", fields=["case", "-id"])]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step}"


class Reservation(models.Model):
    """A seat of a slot of time that a case holds (P8: a booked slot cannot be given twice). Freed, it is no more.

    ``person``: whose own slot it is, where a pool has one for each who is sent. A slot has the seats 1, 2, … .
    """

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reservations")
    step = models.CharField(max_length=50)
    branch = models.PositiveSmallIntegerField(null=True)
    pool = models.CharField(max_length=50)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    slot = models.DateTimeField()
    seat = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("预约时段")
        verbose_name_plural = _("预约时段")
        constraints = [
            models.UniqueConstraint(
                name="slot_given_once",
                fields=["estate", "pool", "slot", "person", "seat"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="slot_seats_from_1", condition=Q(seat__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.pool} {self.slot:%Y-%m-%d %H:%M} {self.seat}"
