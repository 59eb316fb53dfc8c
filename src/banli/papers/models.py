"""Papers: numbered slips an office issues, their printed files and the gapless number series."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from banli.engine.text import Text
from banli.journal.vault import EncryptedText, new_salt

from .reasons import said_of


class NumberSeries(models.Model):
    """The last number given out for a kind of paper at an estate in a period. Numbers have no gaps."""

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    period = models.CharField(max_length=10, blank=True)
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["estate", "kind", "period"], name="papers_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period}: {self.last}"


class PaperForm(models.Model):
    """A paper's definition and template as they stood when a paper was issued, kept by content.

    A slip is printed again on the form it was issued on, never on the newest one.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    kind = models.CharField(max_length=60)
    definition = models.JSONField()
    template = models.TextField()
    library = models.TextField()
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:12]}"


class Paper(models.Model):
    """A paper with a number: what it says, how long it holds, and whether it has been used.

    ``snapshot`` holds the printed values by name ("form.carrier"); the private ones are sealed together
    in ``private``. Both are frozen at issue: a later change of the case does not alter the paper.
    ``token`` is the signed pass in the QR code; a paper that is no pass has none.
    """

    class State(models.TextChoices):
        VALID = "valid", _("有效")
        USED = "used", _("已使用")
        VOID = "void", _("已作废")
        EXPIRED = "expired", _("已过期")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="papers")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="papers")
    form = models.ForeignKey(PaperForm, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=60)
    number = models.CharField(max_length=40)
    period = models.CharField(max_length=10, blank=True)
    ordinal = models.PositiveIntegerField()
    step = models.CharField(max_length=60)
    branch = models.IntegerField(null=True)
    copies = models.JSONField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.VALID)
    snapshot = models.JSONField()
    private = EncryptedText(blank=True)
    vault_salt = models.BinaryField(default=new_salt, editable=False)
    token = models.CharField(max_length=250, unique=True, null=True)
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    void_reason = models.TextField(blank=True)

    @property
    def why_void(self) -> Text | str:
        """Why it is void, as it is read."""
        return said_of(self.void_reason)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["estate", "kind", "number"], name="papers_number_once"),
            models.UniqueConstraint(
                fields=["estate", "kind", "period", "ordinal"], name="papers_ordinal_once"
            ),
            models.CheckConstraint(
                name="papers_used_says_who_and_when",
                condition=Q(state="used", used_at__isnull=False, used_by__isnull=False)
                | (~Q(state="used") & Q(used_at__isnull=True, used_by__isnull=True)),
            ),
            models.CheckConstraint(
                name="papers_void_says_when_and_why",
                condition=(Q(state="void", voided_at__isnull=False) & ~Q(void_reason=""))
                | (~Q(state="void") & Q(voided_at__isnull=True, voided_by__isnull=True, void_reason="")),
            ),
            models.CheckConstraint(
                name="papers_state_known", condition=Q(state__in=["valid", "used", "void", "expired"])
            ),
        ]
        indexes = [
            models.Index(fields=["estate", "-used_at", "-id"], name="papers_used", condition=Q(state="used")),
            models.Index(fields=["valid_until"], name="papers_running_out", condition=Q(state="valid")),
            models.Index(
                fields=["estate", "-id"],
                name="papers_passes_endless",
                condition=Q(state="valid", valid_until__isnull=True, token__isnull=False),
            ),
            models.Index(
                fields=["estate", "valid_until"],
                name="papers_passes_expired",
                condition=Q(state="expired", token__isnull=False),
            ),
            models.Index(
                fields=["estate", "voided_at"],
                name="papers_passes_void",
                condition=Q(state="void", token__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PaperFile(models.Model):
    """The PDF of one copy as it went out at one printing: the sealed bytes, kept unchanged."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="files")
    copy = models.CharField(max_length=40)
    print_number = models.PositiveIntegerField(default=1)
    sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    sealed = models.BooleanField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["paper", "copy", "print_number"], name="papers_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.copy} {self.print_number}"


class Printing(models.Model):
    """Somebody printed a copy: the first, second … time. The number is printed on the sheet."""

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="printings")
    copy = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["paper", "copy", "number"], name="papers_printing_once"),
            models.UniqueConstraint(fields=["paper", "key"], name="papers_printing_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.paper_id} {self.copy} {self.number}"


class BlankBatch(models.Model):
    """Empty forms of one kind that somebody printed in one go, to be written on while there is no power."""

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    first = models.PositiveIntegerField()
    many = models.PositiveIntegerField()
    printed_at = models.DateTimeField()
    printed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["estate", "kind", "first"], name="blank_batch_once"),
            models.UniqueConstraint(fields=["estate", "key"], name="blank_batch_key_once"),
            models.CheckConstraint(name="blank_batch_has_sheets", condition=Q(many__gt=0, first__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.first}+{self.many}"


class BlankSheet(models.Model):
    """One empty form with its serial, in all its copies: what became of it, when, and by whom.

    A used one is a case's: entered once. ``reason``: why it is spoiled or lost.
    """

    class State(models.TextChoices):
        UNUSED = "unused", _("未用")
        USED = "used", _("已补录")
        SPOILED = "spoiled", _("作废")
        LOST = "lost", _("遗失")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    batch = models.ForeignKey(BlankBatch, on_delete=models.PROTECT, related_name="sheets")
    kind = models.CharField(max_length=60)
    ordinal = models.PositiveIntegerField()
    serial = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State, default=State.UNUSED)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, related_name="sheets")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["estate", "kind", "ordinal"], name="blank_sheet_once"),
            models.UniqueConstraint(fields=["estate", "kind", "serial"], name="blank_serial_once"),
            models.CheckConstraint(
                name="blank_sheet_says_what_became_of_it",
                condition=Q(state="unused", case=None, ended_at=None, ended_by=None, reason="")
                | Q(state="used", case__isnull=False, ended_at__isnull=False, reason="")
                | (
                    Q(state__in=["spoiled", "lost"], case=None, ended_at__isnull=False)
                    & Q(ended_by__isnull=False)
                    & ~Q(reason="")
                ),
            ),
        ]
        indexes = [models.Index(fields=["estate", "state", "-id"], name="blank_sheets_by_state")]

    def __str__(self) -> str:
        return self.serial


class SealPicture(models.Model):
    """The estate's own picture of a seal, by the post that keeps it: on what is sealed from ``since`` on.

    Rows are only added. Without a picture the seal is drawn again. The picture is kept sealed: it is never handed out.
    """

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=50)
    sha256 = models.CharField(max_length=64, blank=True)
    picture = EncryptedText(blank=True)
    vault_salt = models.BinaryField(max_length=16, default=new_salt, editable=False)
    since = models.DateTimeField()
    reason = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="seal_picture_has_a_reason", condition=~Q(reason="") & ~Q(post="")),
            models.CheckConstraint(
                name="seal_picture_has_a_digest",
                condition=Q(sha256="", picture="") | (~Q(sha256="") & ~Q(picture="")),
            ),
        ]
        indexes = [models.Index(fields=["estate", "post", "-id"], name="seal_picture_newest")]

    def __str__(self) -> str:
        return f"{self.post} {self.since:%Y-%m-%d %H:%M}"
