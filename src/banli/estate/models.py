"""Estates, buildings, units; the people who live or work in them."""

from datetime import date
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from banli.journal.vault import EncryptedText, new_salt

from .letters import Apart
from .own import OwnDay as OwnDay
from .own import SettingVersion as SettingVersion
from .rooms import key_of, plain

#: A prefix search (LIKE '王%') within one estate uses an index only with these operator classes.
PREFIX = ["int8_ops", "text_pattern_ops"]
#: What stands for the words, or the name, of what was erased.
NOBODY = "已删除"


def _days(start: str, end: str) -> Func:
    """The days from `start` to `end`, both included, as a range; no end is open."""
    return Func(F(start), F(end), Value("[]"), function="daterange", output_field=DateRangeField())


class Estate(models.Model):
    """A residential estate (小区). `grade` is the service grade of DB11/T 751, 1 the lowest.

    `settings` and `calendar` are what it has set itself, as :mod:`banli.estate.own` reads them.
    """

    code = models.SlugField(max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(max_length=60, blank=True, default="", db_default="")
    city = models.CharField(_("城市"), max_length=30, blank=True, default="", db_default="")
    grade = models.PositiveSmallIntegerField(_("服务等级"), default=1, db_default=1)
    address = models.CharField(_("地址"), max_length=200, blank=True, default="", db_default="")
    settings = models.JSONField(default=dict, blank=True)
    calendar = models.JSONField(default=dict, blank=True, db_default={})

    class Meta:
        verbose_name = _("小区")
        verbose_name_plural = _("小区")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(name="estate_grade_1_to_3", condition=Q(grade__gte=1, grade__lte=3)),
            models.CheckConstraint(name="estate_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


class Building(models.Model):
    """A building (栋). `aliases` are other codes it is known by, e.g. ["A", "会所"]."""

    estate = models.ForeignKey(Estate, on_delete=models.PROTECT, related_name="buildings")
    code = models.CharField(_("栋号"), max_length=10)
    name = models.CharField(_("名称"), max_length=30)
    aliases = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("楼栋")
        verbose_name_plural = _("楼栋")
        constraints = [
            models.UniqueConstraint(name="building_code_once", fields=["estate", "code"]),
            models.CheckConstraint(name="building_has_a_code", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A home (单元房). `key` is the room number written one way, 12-3-502, or 12-502 without entrances.

    The area is in square metres; the floor is counted as the lift shows it, below ground negative.
    """

    estate = models.ForeignKey(Estate, on_delete=models.PROTECT, related_name="units")
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="units")
    entrance = models.CharField(_("单元"), max_length=10, blank=True, default="", db_default="")
    room = models.CharField(_("房号"), max_length=10)
    floor = models.SmallIntegerField(_("楼层"), null=True, blank=True)
    area = models.DecimalField(_("面积(平方米)"), max_digits=8, decimal_places=2, null=True, blank=True)
    key = models.CharField(max_length=32)

    class Meta:
        verbose_name = _("房屋")
        verbose_name_plural = _("房屋")
        constraints = [
            models.UniqueConstraint(name="unit_key_once", fields=["estate", "key"]),
            models.CheckConstraint(name="unit_has_a_key", condition=~Q(key="")),
            models.CheckConstraint(name="unit_area_positive", condition=Q(area__gt=0)),
        ]
        indexes = [
            models.Index(name="unit_key_prefix", fields=["estate", "key"], opclasses=PREFIX),
            models.Index(name="unit_by_room", fields=["estate", "room"]),
        ]

    def __str__(self) -> str:
        return self.key

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.key:
            self.entrance, self.room = plain(self.entrance), plain(self.room)
            self.key = key_of(self.building.code, self.entrance, self.room)
        super().save(*args, **kwargs)

    @property
    def address(self) -> str:
        """As it is said at the counter: 12栋3单元502; in English the key says it all."""
        if (get_language() or "").startswith("en"):
            return self.key
        entrance = f"{self.entrance}单元" if self.entrance else ""
        return f"{self.building.name}{entrance}{self.room}"


class Person(models.Model):
    """Somebody the estate knows: an owner, a tenant, a renovation lead. Telephone and papers are sealed.

    `pinyin` ("zhangnvshi") and `initials` ("zns") are for the search box. The `…_index` columns are blind;
    the one of the last four digits exists because people say them at the counter.
    """

    class Paper(models.TextChoices):
        NONE = "", _("未登记")
        CN_ID = "cn_id", _("居民身份证")
        PASSPORT = "passport", _("护照")
        HK_MACAU_PERMIT = "hk_macau_permit", _("港澳居民来往内地通行证")
        TAIWAN_PERMIT = "taiwan_permit", _("台湾居民来往大陆通行证")
        FOREIGN_PERMANENT = "foreign_permanent", _("外国人永久居留身份证")

    estate = models.ForeignKey(Estate, on_delete=models.PROTECT, related_name="persons")
    name = models.CharField(_("姓名"), max_length=60)
    pinyin = models.CharField(max_length=200, blank=True, default="", db_default="")
    initials = models.CharField(max_length=60, blank=True, default="", db_default="")
    phone = EncryptedText(_("电话"), blank=True, default="", db_default="")
    phone_index = models.CharField(max_length=64, blank=True, default="", db_default="")
    phone_tail_index = models.CharField(max_length=64, blank=True, default="", db_default="")
    id_kind = models.CharField(
        _("证件类型"), max_length=20, choices=Paper.choices, blank=True, default="", db_default=""
    )
    id_number = EncryptedText(_("证件号码"), blank=True, default="", db_default="")
    id_index = models.CharField(max_length=64, blank=True, default="", db_default="")
    vault_salt = models.BinaryField(max_length=16, default=new_salt, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = _("人员")
        constraints = [
            models.UniqueConstraint(
                name="person_paper_once", fields=["estate", "id_index"], condition=~Q(id_index="")
            ),
            models.CheckConstraint(name="person_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="person_phone_with_index",
                condition=Q(phone="", phone_index="", phone_tail_index="")
                | (~Q(phone="") & ~Q(phone_index="") & ~Q(phone_tail_index="")),
            ),
            models.CheckConstraint(
                name="person_paper_with_kind",
                condition=Q(id_number="", id_index="", id_kind="")
                | (~Q(id_number="") & ~Q(id_index="") & ~Q(id_kind="")),
            ),
        ]
        indexes = [
            GinIndex(OpClass(Apart("name"), name="gin_trgm_ops"), name="person_name_letters"),
            GinIndex(name="person_pinyin_part", fields=["pinyin"], opclasses=["gin_trgm_ops"]),
            models.Index(
                name="person_name_start",
                fields=["estate", "name"],
                opclasses=PREFIX,
            ),
            models.Index(
                name="person_pinyin_start",
                fields=["estate", "pinyin"],
                opclasses=PREFIX,
            ),
            models.Index(
                name="person_initials_start",
                fields=["estate", "initials"],
                opclasses=PREFIX,
            ),
            models.Index(
                name="person_by_phone", fields=["estate", "phone_index"], condition=~Q(phone_index="")
            ),
            models.Index(
                name="person_by_phone_tail",
                fields=["estate", "phone_tail_index"],
                condition=~Q(phone_tail_index=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OccupancyQuerySet(models.QuerySet["Occupancy"]):
    def on(self, day: date) -> Self:
        """Who lives or works there that day; the last day counts."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


class Occupancy(models.Model):
    """What a person is to a unit, from `since` to `until`, both days included; no end means still.

    The estate is the unit's; the database holds unit, person and row to the same one. `arrival` and `departure`
    say why they came and why they left, where somebody said so at the counter.
    """

    class Role(models.TextChoices):
        OWNER = "owner", _("业主")
        CO_OWNER = "co_owner", _("共有人")
        TENANT = "tenant", _("租户")
        FAMILY = "family", _("家庭成员")
        RENOVATION_LEAD = "renovation_lead", _("装修负责人")
        STAFF = "staff", _("雇员")

    class Arrival(models.TextChoices):
        BOUGHT = "bought", _("购房")
        RENTED = "rented", _("租住")
        WITH_FAMILY = "with_family", _("随家人入住")
        EMPLOYED = "employed", _("受雇")
        OTHER = "other", _("其他")

    class Departure(models.TextChoices):
        SOLD = "sold", _("房屋转让")
        LEASE_ENDED = "lease_ended", _("租约到期或解除")
        WITH_FAMILY = "with_family", _("随家人搬走")
        WORK_ENDED = "work_ended", _("工作结束")
        OTHER = "other", _("其他")

    estate = models.ForeignKey(Estate, on_delete=models.PROTECT, related_name="+", editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="occupancies", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="occupancies", db_index=False)
    role = models.CharField(_("身份"), max_length=20, choices=Role.choices)
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True, blank=True)
    arrival = models.CharField(max_length=20, choices=Arrival.choices, blank=True, default="", db_default="")
    arrival_note = models.CharField(max_length=200, blank=True, default="", db_default="")
    departure = models.CharField(
        max_length=20, choices=Departure.choices, blank=True, default="", db_default=""
    )
    departure_note = models.CharField(max_length=200, blank=True, default="", db_default="")

    objects = OccupancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("住户身份")
        verbose_name_plural = _("住户身份")
        constraints = [
            models.CheckConstraint(name="occupancy_ends_after_start", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(
                name="occupancy_role_known",
                condition=Q(role__in=["owner", "co_owner", "tenant", "family", "renovation_lead", "staff"]),
            ),
            models.CheckConstraint(
                name="occupancy_arrival_known",
                condition=Q(arrival__in=["", "bought", "rented", "with_family", "employed", "other"]),
            ),
            models.CheckConstraint(
                name="occupancy_departure_known_and_dated",
                condition=Q(departure="")
                | Q(
                    departure__in=["sold", "lease_ended", "with_family", "work_ended", "other"],
                    until__isnull=False,
                ),
            ),
            ExclusionConstraint(
                name="occupancy_once_at_a_time",
                expressions=[
                    (F("unit"), RangeOperators.EQUAL),
                    (F("person"), RangeOperators.EQUAL),
                    (F("role"), RangeOperators.EQUAL),
                    (_days("since", "until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index(name="occupancy_of_unit", fields=["unit", "-since", "-id"]),
            models.Index(name="occupancy_of_person", fields=["person", "-since", "-id"]),
            models.Index(
                name="occupancy_left_unit",
                fields=["unit", "-until", "-id"],
                condition=Q(until__isnull=False),
            ),
            models.Index(
                name="occupancy_left_by_person",
                fields=["person", "-until", "-id"],
                condition=Q(until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.estate_id is None:
            self.estate_id = self.unit.estate_id
        super().save(*args, **kwargs)


# Models live in a room's models; these stand in files of their own, and point here by name.
from . import belongings  # noqa: E402
from .authority.models import Authority, AuthorityUse, LetterScan  # noqa: E402
from .contracts import models as contract_models  # noqa: E402
from .intake import models as intake_models  # noqa: E402
from .keeping import models as keeping_models  # noqa: E402
from .pets import models as pet_models  # noqa: E402
from .takeout import models as takeout_models  # noqa: E402

__all__ = [
    "Authority", "AuthorityUse", "Building", "Estate", "LetterScan", "Occupancy", "Person", "Unit",
    "belongings", "contract_models", "intake_models", "keeping_models", "pet_models",
    "takeout_models",
]  # fmt: skip
