"""Prices in time, shifts, and a double-entry ledger in whole fen. Migration 0002 keeps the ledger true in the database:
entries of a posting sum to nought, the deposits held on a case are never negative, nothing is changed or deleted."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class PriceVersion(models.Model):
    """What an estate charges for a line of the price list from a day on: ``fen``, or a range agreed each time.

    Rows are only added: the newest that begins no later than today holds. ``source``: the notice or decision.
    """

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    pack = models.CharField(max_length=50)
    price = models.CharField(max_length=50)
    fen = models.BigIntegerField(null=True)
    low = models.BigIntegerField(null=True)
    high = models.BigIntegerField(null=True)
    cap = models.BigIntegerField(null=True)
    valid_from = models.DateField()
    source = models.CharField(max_length=200)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="price_fixed_or_range",
                condition=Q(fen__gte=0, low__isnull=True, high__isnull=True)
                | Q(fen__isnull=True, low__gte=0, high__gte=F("low")),
            ),
            models.CheckConstraint(name="price_cap", condition=Q(cap__isnull=True) | Q(cap__gte=0)),
            models.CheckConstraint(name="price_has_a_source", condition=~Q(source="")),
        ]
        indexes = [
            models.Index(fields=["estate", "pack", "price", "-valid_from", "-id"], name="price_in_force")
        ]

    def __str__(self) -> str:
        return f"{self.price} {self.valid_from}"


class Shift(models.Model):
    """One cashier's time at the till, from a counted float to a counted close. Amounts by method are in fen."""

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    cashier = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    float_fen = models.BigIntegerField()
    closed_at = models.DateTimeField(null=True)
    counted = models.JSONField(default=dict)
    expected = models.JSONField(default=dict)
    explanation = models.TextField(blank=True)
    signed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="shift_open_once", fields=["estate", "cashier"], condition=Q(closed_at__isnull=True)
            ),
            models.CheckConstraint(name="shift_float", condition=Q(float_fen__gte=0)),
            models.CheckConstraint(
                name="shift_balances_or_says_why",
                condition=Q(closed_at__isnull=True, counted={}, expected={}, explanation="", signed=False)
                | (
                    Q(closed_at__isnull=False)
                    & (Q(counted=F("expected")) | (~Q(explanation="") & Q(signed=True)))
                ),
            ),
        ]
        indexes = [models.Index(fields=["estate", "-opened_at", "-id"], name="shift_newest")]

    def __str__(self) -> str:
        return f"{self.cashier_id} {self.opened_at}"


class Posting(models.Model):
    """One thing that moved money: its entries sum to nought. ``fen``: what came into the till (below nought: went out).

    ``paper`` is the numbered receipt or refund slip; ``reverses`` the posting that this one takes back.
    """

    class Kind(models.TextChoices):
        TAKEN = "taken", _("收款")
        REFUNDED = "refunded", _("退押金")
        CARRIED = "carried", _("押金转入")
        REVERSED = "reversed", _("冲销")
        DIFFERENCE = "difference", _("长短款")

    estate = models.ForeignKey("estate.Estate", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, related_name="postings")
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, null=True, related_name="postings")
    kind = models.CharField(max_length=10, choices=Kind)
    step = models.CharField(max_length=60, blank=True)
    branch = models.IntegerField(null=True)
    paper = models.OneToOneField("papers.Paper", on_delete=models.PROTECT, null=True, related_name="posting")
    method = models.CharField(max_length=10, blank=True)
    reference = models.CharField(max_length=100, blank=True)
    fen = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversed_by")
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="posting_kind",
                condition=Q(kind__in=["taken", "refunded", "carried", "reversed", "difference"]),
            ),
            models.CheckConstraint(
                name="posting_in_a_shift", condition=Q(kind="carried") | Q(shift__isnull=False)
            ),
            models.CheckConstraint(
                name="posting_reversal_says_what_and_why",
                condition=(Q(kind="reversed", reverses__isnull=False) & ~Q(reason=""))
                | (~Q(kind="reversed") & Q(reverses__isnull=True, reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["estate", "-at", "-id"], name="posting_newest"),
            models.Index(fields=["shift"], name="posting_of_shift"),
            models.Index(fields=["case"], name="posting_of_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def method_label(self) -> str:
        """What its method of payment is called; empty where no money changed hands."""
        return str(LedgerEntry.Account(self.method).label) if self.method else ""


class LedgerEntry(models.Model):
    """One side of a posting: into an account (above nought) or out of it. Deposits are a liability: below nought."""

    class Account(models.TextChoices):
        CASH = "cash", _("现金")
        TRANSFER = "transfer", _("银行转账")
        QR = "qr", _("扫码")
        DEPOSITS = "deposits", _("代管押金")
        INCOME = "income", _("收入")
        ON_BEHALF = "on_behalf", _("代收款")
        DIFFERENCE = "difference", _("长短款")

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=12, choices=Account)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, null=True, related_name="ledger_entries")
    price = models.CharField(max_length=50, blank=True)
    fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="entry_account",
                condition=Q(
                    account__in=["cash", "transfer", "qr", "deposits", "income", "on_behalf", "difference"]
                ),
            ),
            models.CheckConstraint(
                name="entry_deposit_of_a_case", condition=~Q(account="deposits") | Q(case__isnull=False)
            ),
            models.CheckConstraint(name="entry_is_something", condition=~Q(fen=0)),
        ]
        indexes = [
            models.Index(fields=["case"], name="entry_deposits", condition=Q(account="deposits")),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.fen}"


class Spend(models.Model):
    """A line of a receipt that was used up (已办): of which pay step, which row; a line is used once."""

    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="spends")
    of = models.CharField(max_length=60)
    of_branch = models.IntegerField(null=True)
    unit = models.IntegerField(null=True)
    step = models.CharField(max_length=60)
    branch = models.IntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="receipt_line_once", fields=["case", "of", "of_branch", "unit"], nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.of} {self.unit}"
