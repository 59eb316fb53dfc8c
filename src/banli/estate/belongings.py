"""What belongs to a home beside its people: vehicles, how its payments stand; and what was written before.

Everything is dated: what ends gets a last day, and what changes is written anew from that day on.
"""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from banli.journal.vault import EncryptedText, new_salt


def _days(start: str, end: str) -> Func:
    """The days from `start` to `end`, both included, as a range; no end is open."""
    return Func(F(start), F(end), Value("[]"), function="daterange", output_field=DateRangeField())


class Dated(models.Model):
    """Something of a unit from `since` to `until`, both days included. The estate is the unit's."""

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+", editable=False)
    unit: Any
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        abstract = True

    def stands_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or self.until >= day)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.estate_id is None:
            self.estate_id = self.unit.estate_id
        super().save(*args, **kwargs)


class Vehicle(Dated):
    """A vehicle entered under a home (P20). A plate is on one vehicle at a time; the place is its fixed one, if any.

    ``erased_at``: its time was over; that the home had one, and when, stays.
    """

    unit = models.ForeignKey("estate.Unit", on_delete=models.PROTECT, related_name="vehicles")
    person = models.ForeignKey(
        "estate.Person", on_delete=models.PROTECT, related_name="vehicles", null=True, blank=True
    )
    plate = models.CharField(_("车牌号"), max_length=12)
    look = models.CharField(_("颜色与品牌"), max_length=40, blank=True, default="", db_default="")
    place = models.CharField(_("固定车位"), max_length=20, blank=True, default="", db_default="")
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("车辆")
        verbose_name_plural = _("车辆")
        constraints = [
            models.CheckConstraint(name="vehicle_ends_after_start", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(name="vehicle_has_a_plate", condition=~Q(plate="")),
            ExclusionConstraint(
                name="vehicle_once_at_a_time",
                expressions=[
                    (F("estate"), RangeOperators.EQUAL),
                    (F("plate"), RangeOperators.EQUAL),
                    (_days("since", "until"), RangeOperators.OVERLAPS),
                ],
                condition=Q(erased_at__isnull=True),
            ),
            models.CheckConstraint(
                name="vehicle_erased_says_nothing",
                condition=Q(erased_at__isnull=True)
                | Q(look="", place="", person__isnull=True, until__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="vehicle_of_unit", fields=["unit", "-since"]),
            models.Index(name="vehicle_by_place", fields=["estate", "place"], condition=~Q(place="")),
            GinIndex(name="vehicle_plate_part", fields=["plate"], opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.plate


class HeldPlace(models.Model):
    """A fixed place that a case gave a vehicle for days that are paid for, both included (P20).

    The database lets no place be held twice for the same day, and no vehicle hold two. ``entered``: the vehicle was
    entered in the file by this. What ends earlier gets an earlier last day; what comes to nothing is no more.
    """

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, related_name="held_places")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="held_places")
    step = models.CharField(max_length=50)
    branch = models.PositiveSmallIntegerField(null=True)
    place = models.CharField(_("固定车位"), max_length=20)
    since = models.DateField(_("起"))
    until = models.DateField(_("止"))
    entered = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = _("固定车位")
        verbose_name_plural = _("固定车位")
        constraints = [
            models.CheckConstraint(name="place_ends_after_start", condition=Q(until__gte=F("since"))),
            models.CheckConstraint(name="place_has_a_name", condition=~Q(place="")),
            ExclusionConstraint(
                name="place_held_once",
                expressions=[
                    (F("estate"), RangeOperators.EQUAL),
                    (F("place"), RangeOperators.EQUAL),
                    (_days("since", "until"), RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="vehicle_in_one_place",
                expressions=[
                    (F("vehicle"), RangeOperators.EQUAL),
                    (_days("since", "until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        indexes = [
            models.Index(name="place_by_end", fields=["estate", "until", "id"]),
            models.Index(
                name="place_by_name", fields=["estate", "place"], opclasses=["int8_ops", "text_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} {self.since}–{self.until}"


class PaymentStanding(models.Model):
    """How a home's payments stand as of a day: paid until when, and what is owed, in fen. Shown, never a block
    (Civil Code 944)."""

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+", editable=False)
    unit = models.ForeignKey("estate.Unit", on_delete=models.PROTECT, related_name="payment_standings")
    as_of = models.DateField(_("截至"))
    paid_until = models.DateField(_("已缴至"), null=True, blank=True)
    owed = models.BigIntegerField(_("欠费（分）"), default=0, db_default=0)
    note = models.CharField(_("说明"), max_length=200, blank=True, default="", db_default="")

    class Meta:
        verbose_name = _("缴费情况")
        verbose_name_plural = _("缴费情况")
        constraints = [
            models.UniqueConstraint(name="payment_standing_once_a_day", fields=["unit", "as_of"]),
            models.CheckConstraint(name="payment_standing_owed_not_negative", condition=Q(owed__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.as_of}"


class FormerParticulars(models.Model):
    """What was written about a person until it was corrected: nothing is overwritten without a trace."""

    person = models.ForeignKey("estate.Person", on_delete=models.CASCADE, related_name="former")
    name = models.CharField(max_length=60)
    phone = EncryptedText(blank=True, default="", db_default="")
    id_kind = models.CharField(max_length=20, blank=True, default="", db_default="")
    id_number = EncryptedText(blank=True, default="", db_default="")
    vault_salt = models.BinaryField(max_length=16, default=new_salt, editable=False)
    until = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        verbose_name = _("以前的登记")
        verbose_name_plural = _("以前的登记")
        indexes = [models.Index(name="former_of_person", fields=["person", "-until"])]

    def __str__(self) -> str:
        return f"{self.person_id} {self.until:%Y-%m-%d}"
