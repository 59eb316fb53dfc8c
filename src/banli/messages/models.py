"""What people are told: a notice lies with a post or with one person until somebody has read it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from banli.journal.vault import EncryptedText, new_salt

#: What the codes of notices begin with that are about a round, and no case; their ``about`` is its number.
OF_ROUNDS = "round_"
#: A notice of the gate, and of no case: ``about`` is the entry of the journal that tells it.
CONFLICT = "gate_conflict"


class Notice(models.Model):
    """``code`` says what it is about (clock_late, assigned, back_entered …); ``about`` names the clock or step.

    ``spread_at``: when it was looked at who hears of it beside the screen.
    """

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
    spread_at = models.DateTimeField(null=True)

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
            models.Index(name="notice_to_spread", fields=["id"], condition=Q(spread_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.code


class Mail(models.Model):
    """A message that leaves the office: the paper it carries, whether it has gone, what the other side said.

    ``address`` and ``answer`` are those of its end, as the journal has them; ``problem`` (a code) and ``said`` tell
    why it still waits. ``next_at``: when it is tried next; while somebody tries, when it is taken over from them.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("待发")
        SENT = "sent", _("已发出")
        FAILED = "failed", _("发不出去")
        STOPPED = "stopped", _("不再发送")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="mails")
    paper = models.ForeignKey("papers.Paper", on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=60)
    branch = models.IntegerField(null=True)
    message = models.CharField(max_length=120, unique=True)
    fields = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=200, default="", blank=True)
    answer = models.CharField(max_length=300, default="", blank=True)
    attempts = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    problem = models.CharField(max_length=30, default="", blank=True)
    said = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        verbose_name = _("外发邮件")
        verbose_name_plural = _("外发邮件")
        constraints = [
            models.CheckConstraint(
                name="mail_ended_or_queued",
                condition=Q(state="queued", ended_at__isnull=True)
                | (Q(state__in=["sent", "failed", "stopped"]) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="mail_sent_says_where", condition=~Q(state="sent") | (~Q(address="") & ~Q(answer=""))
            ),
        ]
        indexes = [
            models.Index(name="mail_due", fields=["next_at", "id"], condition=Q(state="queued")),
            models.Index(
                name="mail_not_gone", fields=["estate", "-id"], condition=Q(state__in=["queued", "failed"])
            ),
            models.Index(name="mail_of_case", fields=["case", "id"]),
        ]

    def __str__(self) -> str:
        return self.message


class Reach(models.Model):
    """How one of the staff is told beside the screen: where, by which channels of what, and when not.

    ``choice``: sort of notice → channels. ``quiet_from`` and ``quiet_until``: hours in which only what is urgent goes,
    over midnight where they are so written.
    """

    staff = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reach")
    mail = EncryptedText(_("电子邮箱"), blank=True, default="")
    wecom = EncryptedText(_("企业微信账号"), blank=True, default="")
    sms = EncryptedText(_("收短信的手机"), blank=True, default="")
    vault_salt = models.BinaryField(max_length=16, default=new_salt, editable=False)
    choice = models.JSONField(default=dict)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)

    class Meta:
        verbose_name = _("通知方式")
        verbose_name_plural = _("通知方式")
        constraints = [
            models.CheckConstraint(
                name="reach_quiet_has_both_ends",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.staff_id)


class Delivery(models.Model):
    """One thing told to one person through one channel, and what became of it.

    ``key`` names what is told, to whom and how: the same once more is the same row, and the other side is told it too.
    ``unit``: the home that somebody is told of. ``address`` is masked. ``answer``: the other side's reference.
    ``problem`` (a code) and ``said`` tell why it has not gone. ``tried_since``: when it was tried first, for it may
    have gone although we died before we knew. ``ask_at``: when the other side is asked whether what it took has
    arrived. ``secret``: a link's word, until it ends.
    """

    class Purpose(models.TextChoices):
        NOTICE = "notice", _("通知")
        LINK = "link", _("业主链接")
        TEST = "test", _("测试")

    class State(models.TextChoices):
        QUEUED = "queued", _("待发")
        SENT = "sent", _("已发出")
        ARRIVED = "arrived", _("已送达")
        FAILED = "failed", _("发不出去")
        STOPPED = "stopped", _("不用发了")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=10, choices=Purpose)
    channel = models.CharField(max_length=10)
    key = models.CharField(max_length=64, unique=True)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, related_name="deliveries")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, related_name="deliveries")
    link = models.ForeignKey(
        "cases.ConsentLink", on_delete=models.PROTECT, null=True, related_name="deliveries"
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="deliveries"
    )
    person = models.ForeignKey(
        "estate.Person", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    unit = models.ForeignKey(
        "estate.Unit", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    secret = EncryptedText(blank=True, default="")
    vault_salt = models.BinaryField(max_length=16, default=new_salt, editable=False)
    urgent = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    tried_since = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    ask_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=200, default="", blank=True)
    answer = models.CharField(max_length=300, default="", blank=True)
    problem = models.CharField(max_length=30, default="", blank=True)
    said = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        verbose_name = _("外发通知")
        verbose_name_plural = _("外发通知")
        constraints = [
            models.CheckConstraint(
                name="delivery_ended_or_queued",
                condition=Q(state="queued", ended_at__isnull=True)
                | (~Q(state="queued") & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="delivery_of_a_notice",
                condition=Q(purpose="notice", notice__isnull=False)
                | (~Q(purpose="notice") & Q(notice__isnull=True)),
            ),
            models.CheckConstraint(
                name="delivery_of_a_link",
                condition=Q(purpose="link", link__isnull=False) | (~Q(purpose="link") & Q(link__isnull=True)),
            ),
            models.CheckConstraint(
                name="delivery_to_one",
                condition=Q(staff__isnull=False, person__isnull=True)
                | Q(staff__isnull=True, person__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_about_a_home_to_a_person",
                condition=Q(unit__isnull=True) | Q(person__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_secret_until_it_ends", condition=Q(secret="") | Q(state="queued")
            ),
        ]
        indexes = [
            models.Index(name="delivery_due", fields=["next_at", "id"], condition=Q(state="queued")),
            models.Index(name="delivery_to_ask", fields=["ask_at", "id"], condition=Q(ask_at__isnull=False)),
            models.Index(name="delivery_newest", fields=["estate", "-id"]),
            models.Index(
                name="delivery_not_gone",
                fields=["estate", "-id"],
                condition=Q(state__in=["queued", "failed"]),
            ),
            models.Index(name="delivery_to_staff", fields=["staff", "-id"]),
            models.Index(
                name="delivery_to_unit",
                fields=["unit", "-queued_at", "-id"],
                condition=Q(unit__isnull=False),
            ),
            models.Index(
                name="delivery_to_person",
                fields=["person", "-queued_at", "-id"],
                condition=Q(person__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.key
