"""Staff, the posts they hold at an estate, who stands in for whom, and the keys of machines."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Acting:
    """One post somebody may act in now: held by themselves, or for the principal they stand in for."""

    post: str
    deputy_for: "Staff | None" = None


class StaffManager(BaseUserManager["Staff"]):
    def create_user(self, username: str, password: str | None = None, **fields: object) -> "Staff":
        staff = self.model(username=self.model.normalize_username(username), **fields)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff


class Staff(AbstractBaseUser):
    """Somebody who signs in. What they may do follows from their posts, never from a flag on this row."""

    class Language(models.TextChoices):
        CHINESE = "zh-hans", "中文"
        ENGLISH = "en", "English"

    username = models.CharField(_("用户名"), max_length=60, unique=True)
    name = models.CharField(_("姓名"), max_length=60)
    language = models.CharField(
        _("语言"), max_length=10, choices=Language.choices, default="zh-hans", db_default="zh-hans"
    )
    phone = models.CharField(_("工作电话"), max_length=20, blank=True, default="", db_default="")
    is_active = models.BooleanField(_("在职"), default=True, db_default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = StaffManager()

    class Meta:
        verbose_name = _("员工")
        verbose_name_plural = _("员工")
        ordering = ("username",)
        constraints = [
            models.CheckConstraint(name="staff_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="staff_language_known", condition=Q(language__in=["zh-hans", "en"])),
        ]

    def __str__(self) -> str:
        return self.name

    def posts_at(self, estate_id: int, at: datetime | None = None) -> dict[str, Acting]:
        """The posts this person may act in at the estate then; their own come before a deputy's."""
        from .access import posts_of

        return posts_of(self, estate_id, at or timezone.now())


class HoldingQuerySet(models.QuerySet["Holding"]):
    def on(self, day: date) -> Self:
        """Holdings in force that day; the last day counts (民法典 1259)."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class Holding(models.Model):
    """Somebody holds a post at an estate from `since` to `until`, both days included; no end means still."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="holdings")
    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="holdings")
    post = models.CharField(_("岗位"), max_length=60)
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True, blank=True)

    objects = HoldingQuerySet.as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = _("任职")
        constraints = [
            models.CheckConstraint(name="holding_ends_after_start", condition=Q(until__gte=F("since"))),
            ExclusionConstraint(
                name="holding_once_at_a_time",
                expressions=[
                    (F("staff"), RangeOperators.EQUAL),
                    (F("estate"), RangeOperators.EQUAL),
                    (F("post"), RangeOperators.EQUAL),
                    (
                        Func(
                            F("since"),
                            F("until"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [
            models.Index(name="holding_by_post", fields=["estate", "post", "since"]),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.post}"


class DeputyshipQuerySet(models.QuerySet["Deputyship"]):
    def at(self, moment: datetime) -> Self:
        """Deputyships running at that moment: from the start on, before the end."""
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)


class Deputyship(models.Model):
    """The deputy acts in the principal's post from `starts_at` up to, not including, `ends_at`.

    It gives nothing that the principal does not hold at that time.
    """

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="deputyships")
    post = models.CharField(_("岗位"), max_length=60)
    principal = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="deputyships_given")
    deputy = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="deputyships_held")
    starts_at = models.DateTimeField(_("起"))
    ends_at = models.DateTimeField(_("止"))
    reason = models.CharField(_("原因"), max_length=200)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = DeputyshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("代理")
        verbose_name_plural = _("代理")
        constraints = [
            models.CheckConstraint(
                name="deputyship_ends_after_start", condition=Q(ends_at__gte=F("starts_at"))
            ),
            models.CheckConstraint(name="deputy_is_another", condition=~Q(deputy=F("principal"))),
            models.CheckConstraint(name="deputyship_has_a_reason", condition=~Q(reason="")),
            ExclusionConstraint(
                name="one_deputy_at_a_time",
                expressions=[
                    (F("estate"), RangeOperators.EQUAL),
                    (F("post"), RangeOperators.EQUAL),
                    (F("principal"), RangeOperators.EQUAL),
                    (
                        Func(
                            F("starts_at"),
                            F("ends_at"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [
            models.Index(name="deputyship_by_deputy", fields=["deputy", "estate", "ends_at"]),
            models.Index(name="deputyship_newest", fields=["estate", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} → {self.principal} {self.post}"


class AbilityQuerySet(models.QuerySet["Ability"]):
    def on(self, day: date) -> Self:
        """What holds that day: of each person and kind the latest that has begun; a correction of one day wins."""
        begun = self.filter(since__lte=day)
        return begun.order_by("staff_id", "kind", "-since", "-id").distinct("staff_id", "kind")


class Ability(models.Model):
    """What somebody can do of one kind of work from `since` on, whatever post they do it in; a later row replaces it.

    `everything`: also what comes to be offered later; otherwise `values` alone. `share`: how much they are given where
    work is shared out, in percent of what others are. Whoever has no row can do everything at 100.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="abilities")
    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="abilities")
    kind = models.CharField(_("工作"), max_length=60)
    everything = models.BooleanField(_("全部"))
    values = ArrayField(models.CharField(max_length=130), verbose_name=_("能做的"), default=list, blank=True)
    share = models.PositiveSmallIntegerField(_("份额（%）"), default=100, db_default=100)
    since = models.DateField(_("起"))
    set_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="abilities_set")
    set_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AbilityQuerySet.as_manager()

    class Meta:
        verbose_name = _("能力")
        verbose_name_plural = _("能力")
        constraints = [
            models.CheckConstraint(name="ability_has_a_kind", condition=~Q(kind="")),
            models.CheckConstraint(name="ability_share_known", condition=Q(share__range=(10, 900))),
            models.CheckConstraint(
                name="ability_everything_or_values", condition=Q(everything=False) | Q(values=[])
            ),
        ]
        indexes = [
            models.Index(name="ability_newest", fields=["estate", "staff", "kind", "-since", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.kind}"


class ApiToken(models.Model):
    """A machine's key. Only its SHA-256 is kept; the key itself is shown once, when it is made."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(_("用途"), max_length=100)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("接口密钥")
        verbose_name_plural = _("接口密钥")
        constraints = [
            models.CheckConstraint(name="token_is_a_digest", condition=Q(digest__regex=r"^[0-9a-f]{64}$")),
            models.CheckConstraint(name="token_has_a_label", condition=~Q(label="")),
            models.CheckConstraint(name="token_expires_later", condition=Q(expires_at__gte=F("created_at"))),
            models.CheckConstraint(name="token_revoked_later", condition=Q(revoked_at__gte=F("created_at"))),
        ]

    def __str__(self) -> str:
        return self.label
