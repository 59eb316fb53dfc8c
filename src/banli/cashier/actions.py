"""Prices are set, shifts opened and closed, money taken and given back, each within its transaction.

What is taken on a case is taken by the cases room, in the transaction of the action (see cases/money.py).
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import psycopg
from django.db import IntegrityError, transaction
from django.utils import timezone

from banli.cashier import ledger
from banli.cashier.ledger import Side
from banli.cashier.models import LedgerEntry, Posting, PriceVersion, Shift, Spend
from banli.cashier.queries import tally
from banli.engine.fields import MAX_FEN
from banli.engine.money import Spent
from banli.engine.pack import Price
from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.engine.verbs.pay import METHODS
from banli.journal import actions as journal
from banli.operation.happenings import action
from banli.people.access import Acting, Desk
from banli.people.models import Staff

declare(
    {
        "shift_needed": Text(
            zh="您还没有开班，请先到“收银”清点备用金、开班，再收款或退款。",
            en="You have no open shift. Count the float and open one at the cashier's page before money changes hands.",
        ),
        "shift_open": Text(zh="您已经开班，请先交班。", en="You have an open shift; close it first."),
        "till_short": Text(
            zh="钱箱里只有 {held} 元现金，不够退，请用转账或扫码退款。",
            en="There are only {held} yuan in cash in the till: refund by transfer or QR code.",
        ),
        "shift_closed": Text(zh="这个班次已经交班。", en="This shift has been closed."),
        "shift_differs": Text(
            zh="清点与账面不符（{told}），请重新清点，或写明原因并在交班单上签名。",
            en="The count differs from the books ({told}). Count again, or explain it and sign the shift's sheet.",
        ),
        "price_range": Text(
            zh="这一项是价格范围，请写最低和最高。", en="This line is a range: give the least and the most."
        ),
        "price_fixed": Text(
            zh="这一项是固定价格，请只写一个金额。", en="This line has one amount: give just that."
        ),
        "price_past": Text(
            zh="生效日期不能早于今天：以前的收费按当时的价格。",
            en="It cannot begin before today: what was charged before keeps the price of its day.",
        ),
    }
)


# --- prices ---------------------------------------------------------------------------------------------------------


@action("price")
def set_price(
    *, by: Desk, acting: Acting, pack: str, name: str, line: Price, amounts: Mapping[str, int | None],
    valid_from: date, source: str, now: datetime | None = None,
) -> PriceVersion:  # fmt: skip
    """The estate charges this for a line of the price list from ``valid_from`` on. ``amounts``: fen, low, high, cap."""
    now = now or timezone.now()
    told = {key: amounts.get(key) for key in ("fen", "low", "high", "cap")}
    if line.fen is None and (told["low"] is None or told["high"] is None or told["fen"] is not None):
        raise Refusal("price_range")
    if line.fen is not None and (told["fen"] is None or told["low"] is not None or told["high"] is not None):
        raise Refusal("price_fixed")
    if any(value is not None and not 0 <= value <= MAX_FEN for value in told.values()):
        raise Refusal("not_money")
    if told["low"] is not None and told["high"] is not None and told["low"] > told["high"]:
        raise Refusal("price_range")
    if valid_from < timezone.localdate(now):
        raise Refusal("price_past")
    if not source.strip():
        raise Refusal("reason_required")
    with transaction.atomic():
        row = PriceVersion.objects.create(
            estate=by.estate, pack=pack, price=name, valid_from=valid_from, source=source.strip()[:200], set_at=now,
            set_by=by.staff, **told,
        )  # fmt: skip
        body = {"version": row.pk, "pack": pack, "price": name, **told, "source": row.source}
        body |= {"valid_from": valid_from.isoformat(), "set_at": now.isoformat()}
        _journal(by, acting, f"prices/{by.estate.pk}", "price", body, now)
    return row


# --- shifts ---------------------------------------------------------------------------------------------------------


@action("shift")
def open_shift(*, by: Desk, acting: Acting, float_fen: int, now: datetime | None = None) -> Shift:
    """Begin to take money, with a counted float. One open shift a person; refuses with ``shift_open``."""
    now = now or timezone.now()
    if not 0 <= float_fen <= MAX_FEN:
        raise Refusal("not_money")
    try:
        with transaction.atomic():
            shift = Shift.objects.create(
                estate=by.estate, cashier=by.staff, opened_at=now, float_fen=float_fen
            )
            body = {"float": float_fen, "opened_at": now.isoformat()}
            _journal(by, acting, f"shift/{shift.pk}", "shift_opened", body, now)
    except IntegrityError as why:
        if _constraint(why) == "shift_open_once":
            raise Refusal("shift_open") from None
        raise
    return shift


@action("shift")
def close_shift(
    *, by: Desk, acting: Acting, shift: Shift, counted: Mapping[str, int], explanation: str = "", signed: bool = False,
    now: datetime | None = None,
) -> Shift:  # fmt: skip
    """End a shift: what was counted by method is what the books say, or the difference is explained and signed.

    The difference is posted, so that the next float begins from what is really there.
    """
    now = now or timezone.now()
    with transaction.atomic():
        mine = Shift.objects.select_for_update(of=("self",)).get(pk=shift.pk)
        if mine.closed_at is not None:
            raise Refusal("shift_closed")
        expected = tally(mine)
        told = {method: int(counted.get(method, 0)) for method in ledger.TILL}
        if told["cash"] < 0 or any(abs(value) > MAX_FEN for value in told.values()):
            raise Refusal("not_money")  # by transfer more may have gone out than came in
        gaps = {
            method: told[method] - expected[method]
            for method in ledger.TILL
            if told[method] != expected[method]
        }
        explanation = explanation.strip()[:1000]
        if gaps and not (explanation and signed):
            told_gaps = [
                Text(zh=f"{METHODS[m].zh} {g / 100:+.2f}", en=f"{METHODS[m].en} {g / 100:+.2f}")
                for m, g in gaps.items()
            ]
            raise Refusal("shift_differs", told=told_gaps)
        mine.closed_at, mine.counted, mine.expected = now, told, expected
        mine.explanation, mine.signed = (explanation, True) if gaps else ("", False)
        mine.save(update_fields=["closed_at", "counted", "expected", "explanation", "signed"])
        body = {
            "counted": told, "expected": expected, "explanation": mine.explanation, "signed": mine.signed,
            "closed_at": now.isoformat(),
        }  # fmt: skip
        if gaps:
            sides = ledger.of_difference(told, expected)
            post(
                estate_id=mine.estate_id, case_id=None, shift_id=mine.pk, kind="difference", at=now, by=by.staff,
                sides=sides, fen=ledger.till_of(sides),
            )  # fmt: skip
        _journal(by, acting, f"shift/{mine.pk}", "shift_closed", body, now)
    return mine


def _gap(method: str, gap: int) -> Text:
    name, much = METHODS[method], f"{gap / 100:+.2f}"
    return Text(zh=f"{name.zh} {much}", en=f"{name.en} {much}")


def open_shift_of(estate_id: int, staff: Staff) -> Shift:
    """The open shift of whoever takes money, held open until this transaction ends; refuses with ``shift_needed``."""
    mine = Shift.objects.filter(estate_id=estate_id, cashier=staff, closed_at=None)
    found = mine.select_for_update(of=("self",), no_key=True).first()
    if found is None:
        raise Refusal("shift_needed")
    return found


def must_hold(shift: Shift, sides: Iterable[Side]) -> None:
    """Nobody pays out more cash than is in the till; refuses with ``till_short``."""
    out = -sum(side.fen for side in sides if side.account == "cash")
    if out > 0 and out > (held := tally(shift)["cash"]):
        raise Refusal("till_short", held=f"{held / 100:.2f}")


# --- the ledger -----------------------------------------------------------------------------------------------------


def post(
    *, estate_id: int, case_id: int | None, shift_id: int | None, kind: str, at: datetime, by: Staff | None,
    sides: Iterable[Side], fen: int, step: str = "", branch: int | None = None, paper_id: int | None = None,
    method: str = "", reference: str = "", reverses: Posting | None = None, reason: str = "",
) -> Posting:  # fmt: skip
    """Write one posting with its entries, which sum to nought."""
    posting = Posting.objects.create(
        estate_id=estate_id, case_id=case_id, shift_id=shift_id, kind=kind, step=step, branch=branch,
        paper_id=paper_id, method=method, reference=reference, fen=fen, at=at, by=by, reverses=reverses, reason=reason,
    )  # fmt: skip
    LedgerEntry.objects.bulk_create(
        LedgerEntry(posting=posting, account=one.account, case_id=one.case, price=one.price, fen=one.fen)
        for one in sides
    )
    return posting


def keep_spends(case_id: int, spent: Iterable[Spent]) -> None:
    """The receipts' lines that a case has used up: its rows are brought to what the case says."""
    Spend.objects.filter(case_id=case_id).delete()
    Spend.objects.bulk_create(
        Spend(
            case_id=case_id, of=one.of, of_branch=one.of_branch, unit=one.unit, step=one.step, branch=one.branch,
            at=datetime.fromisoformat(one.at),
        )
        for one in spent
    )  # fmt: skip


def _journal(by: Desk, acting: Acting, stream: str, kind: str, body: dict[str, Any], at: datetime) -> None:
    journal.append(
        estate_id=by.estate.pk, stream=stream, kind=kind, body=body, by=by.staff, post=acting.post,
        deputy_for=acting.deputy_for, at=at,
    )  # fmt: skip


def _constraint(why: IntegrityError) -> str | None:
    return why.__cause__.diag.constraint_name if isinstance(why.__cause__, psycopg.Error) else None
