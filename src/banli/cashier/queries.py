"""Reading the ledger: what a shift should hold, which deposits are held, what a receipt says, which price holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from banli.cashier.ledger import TILL
from banli.cashier.models import LedgerEntry, Posting, PriceVersion, Shift
from banli.engine.money import Tariff
from banli.engine.paper_numbers import one_way

_IN_FORCE = """
    SELECT DISTINCT ON (price) price, fen, low, high, cap, id FROM cashier_priceversion
     WHERE estate_id = %(estate)s AND pack = %(pack)s AND price = ANY(%(prices)s) AND valid_from <= %(day)s
     ORDER BY price, valid_from DESC, id DESC
"""


def tariffs(estate_id: int, pack: str, prices: Iterable[str], day: date) -> dict[str, Tariff]:
    """The estate's own amounts on that day, by line of the price list; lines it has not set are not in it."""
    asked = sorted(set(prices))
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_IN_FORCE, {"estate": estate_id, "pack": pack, "prices": asked, "day": day})
        return {
            price: Tariff(fen, low or 0, high or 0, cap, version)
            for price, fen, low, high, cap, version in cursor.fetchall()
        }


def versions(estate_id: int, pack: str | None = None) -> QuerySet[PriceVersion]:
    """Every version an estate has set, newest first."""
    mine = PriceVersion.objects.filter(estate_id=estate_id).select_related("set_by")
    return (mine.filter(pack=pack) if pack else mine).order_by("-valid_from", "-id")


def tally(shift: Shift) -> dict[str, int]:
    """What the till should hold by method, in fen: the float, and what came and went in this shift."""
    moved = dict(
        LedgerEntry.objects.filter(posting__shift=shift, account__in=TILL)
        .values_list("account")
        .annotate(Sum("fen"))
    )
    told = {method: int(moved.get(method, 0)) for method in TILL}
    told["cash"] += shift.float_fen
    return told


def my_shift(estate_id: int, staff_id: int) -> Shift | None:
    """The open shift of somebody."""
    return Shift.objects.filter(estate_id=estate_id, cashier_id=staff_id, closed_at=None).first()


def shifts(estate_id: int, *, before: int | None = None, day: date | None = None) -> QuerySet[Shift]:
    """The shifts of an estate, newest first."""
    mine = Shift.objects.filter(estate_id=estate_id).select_related("cashier")
    if before is not None:
        mine = mine.filter(pk__lt=before)
    if day is not None:
        mine = mine.filter(opened_at__date=day)
    return mine.order_by("-pk")


def postings(estate_id: int) -> QuerySet[Posting]:
    """The postings of an estate with what a line of them shows, newest first."""
    return (
        Posting.objects.filter(estate_id=estate_id)
        .select_related("by", "paper", "case", "case__unit", "case__applicant", "reversed_by", "shift")
        .order_by("-id")
    )


def receipts(
    estate_id: int, *, words: str = "", before: int | None = None, start: datetime | None = None,
    end: datetime | None = None,
) -> QuerySet[Posting]:  # fmt: skip
    """Receipts and refund slips, by number, room, payer, case or reference."""
    found = postings(estate_id).filter(paper__isnull=False)
    if before is not None:
        found = found.filter(pk__lt=before)
    if start is not None:
        found = found.filter(at__gte=start)
    if end is not None:
        found = found.filter(at__lt=end)
    for word in words.split()[:5]:
        named = Q(paper__number__icontains=one_way(word) or word) | Q(case__unit__key__istartswith=word)
        named |= Q(case__applicant__name__icontains=word) | Q(reference__iexact=word)
        if word.isdecimal() and len(word) < 18:
            named |= Q(case_id=int(word))
        found = found.filter(named)
    return found


HELD_AT_ONCE = 200
#: What the methods of payment are called.
LABELS = {method: LedgerEntry.Account(method).label for method in TILL}


@dataclass(frozen=True)
class Held:
    """Deposits held on a case: whose room, which line, how much; ``of_unit``: all that is held of that room."""

    case: int
    procedure: str
    status: str
    unit_id: int
    unit: str
    applicant: str
    price: str
    fen: int
    of_unit: int


_HELD = """
    WITH held AS (
      SELECT e.case_id, c.procedure, c.status, coalesce(c.unit_id, 0) AS unit_id, c.applicant_id, e.price,
             -sum(e.fen)::bigint AS fen
        FROM cashier_ledgerentry e JOIN cases_case c ON c.id = e.case_id
       WHERE e.account = 'deposits' AND c.estate_id = %(estate)s
       GROUP BY e.case_id, c.procedure, c.status, c.unit_id, c.applicant_id, e.price HAVING sum(e.fen) <> 0
    ), summed AS (SELECT *, sum(fen) OVER (PARTITION BY unit_id)::bigint AS of_unit FROM held)
    SELECT s.case_id, s.procedure, s.status, s.unit_id, coalesce(u.key, ''), coalesce(p.name, ''), s.price, s.fen,
           s.of_unit
      FROM summed s
      LEFT JOIN estate_unit u ON u.id = s.unit_id
      LEFT JOIN estate_person p ON p.id = s.applicant_id
     WHERE (s.unit_id, s.case_id) > (%(unit)s, %(case)s)
     ORDER BY s.unit_id, s.case_id, s.price LIMIT %(limit)s
"""


def held(estate_id: int, *, after: tuple[int, int] = (-1, 0), limit: int = 2000) -> list[Held]:
    """The deposits held at an estate, by room, case and line, from the ledger alone. ``after``: a room and its case."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"estate": estate_id, "unit": after[0], "case": after[1], "limit": limit})
        return [Held(*told) for told in cursor.fetchall()]


def held_in_all(estate_id: int) -> int:
    """The ledger's account of deposits, in fen."""
    mine = LedgerEntry.objects.filter(posting__estate_id=estate_id, account="deposits")
    return -int(mine.aggregate(told=Sum("fen"))["told"] or 0)


@dataclass(frozen=True)
class Total:
    """A line of a report: of an account and a price, how often and how much (into the till: above nought)."""

    account: str
    price: str
    times: int
    fen: int


_BY_LINE = """
    SELECT e.account, e.price, count(*), sum(e.fen) FROM cashier_ledgerentry e
      JOIN cashier_posting p ON p.id = e.posting_id
     WHERE p.estate_id = %(estate)s AND (%(shift)s::bigint IS NULL OR p.shift_id = %(shift)s)
       AND p.at >= %(start)s AND p.at < %(end)s
     GROUP BY e.account, e.price ORDER BY e.account, e.price
"""


def sums(estate_id: int, *, start: datetime, end: datetime, shift: int | None = None) -> list[Total]:
    """What moved between two moments, by account and line of the price list; of one shift where it is named."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_LINE, {"estate": estate_id, "shift": shift, "start": start, "end": end})
        return [Total(account, price, times, int(fen)) for account, price, times, fen in cursor.fetchall()]
