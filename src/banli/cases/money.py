"""Money that an action moves: receipted, posted in the ledger and in the cashier's shift, in its transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from banli.cashier import actions as cashier
from banli.cashier import ledger
from banli.cashier.models import Posting, Shift
from banli.engine import deductions
from banli.engine import events as ev
from banli.engine.money import Line
from banli.engine.paper import RECEIPTS
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.engine.verbs.pay import METHODS
from banli.papers import actions as papers
from banli.papers.fingerprint import fingerprint
from banli.papers.models import Paper

from .models import Case
from .record import Record
from .store import Doer

M = TypeVar("M", bound=ev.Paid | ev.Refunded | ev.ReceiptReplaced)


def move(event: M, state: State, record: Record, by: Doer, at: datetime) -> M:
    """A payment or refund with its shift and its paper's number; its posting is written. Refuses ``shift_needed``."""
    assert by.staff is not None
    case, refund = record.case, isinstance(event, ev.Refunded)
    if not refund and not ledger.moves(event.lines):
        return event  # all of it was paid before, or came with the case
    if isinstance(event, ev.ReceiptReplaced):
        shift = _take_back(event, case, by, at)
    else:
        shift = cashier.open_shift_of(case.estate_id, by.staff)
    sides = (ledger.of_refund if refund else ledger.of_payment)(case.pk, event.method, event.lines)
    cashier.must_hold(shift, sides)
    paper = _paper(event, state, record, by, at)
    cashier.post(
        estate_id=case.estate_id, case_id=case.pk, shift_id=shift.pk, kind="refunded" if refund else "taken",
        step=event.step, branch=event.branch, paper_id=paper.pk, method=event.method, reference=event.reference,
        fen=ledger.till_of(sides), at=at, by=by.staff, sides=sides,
    )  # fmt: skip
    return replace(event, shift=shift.pk, paper=paper.kind, receipt=paper.number, digest=fingerprint(paper))


def carry(event: ev.CaseStarted, case: Case, by: Doer, at: datetime) -> None:
    """The deposits that go with a started case are held on that one from now on."""
    assert event.case is not None
    sides = ledger.of_carrying(case.pk, event.case, event.carried)
    if sides:
        cashier.post(
            estate_id=case.estate_id, case_id=case.pk, shift_id=None, kind="carried", step=event.step,
            branch=event.branch, fen=0, at=at, by=by.staff, sides=sides,
        )  # fmt: skip


def _take_back(event: ev.ReceiptReplaced, case: Case, by: Doer, at: datetime) -> Shift:
    """The posting of a receipt that was written wrongly is reversed, in the same shift, and its paper is void."""
    assert by.staff is not None
    old = Posting.objects.select_related("paper").get(case=case, paper__number=event.old, kind="taken")
    shift = Shift.objects.select_for_update(no_key=True).get(pk=old.shift_id or 0)
    if shift.closed_at is not None:
        raise Refusal("receipt_shift")
    sides = ledger.turned(ledger.of_payment(case.pk, old.method, event.lines))
    cashier.post(
        estate_id=case.estate_id, case_id=case.pk, shift_id=shift.pk, kind="reversed", step=old.step,
        branch=old.branch, method=old.method, fen=ledger.till_of(sides), at=at, by=by.staff, sides=sides,
        reverses=old, reason=event.reason,
    )  # fmt: skip
    papers.void(paper_id=old.paper_id or 0, by=by.staff, at=at, reason=event.reason)
    return shift


def _paper(
    event: ev.Paid | ev.Refunded | ev.ReceiptReplaced, state: State, record: Record, by: Doer, at: datetime
) -> Paper:
    assert by.staff is not None
    kind = RECEIPTS["refund" if isinstance(event, ev.Refunded) else "pay"]
    definition = record.book.pack.papers[kind]
    said = _said(event, state, record.book)
    snapshot = {
        name: said[name] if name in said else record.value(name)
        for name in definition.names()
        if not name.startswith("paper.")
    }
    return papers.draft(
        case=record.case, definition=definition, step=event.step, branch=event.branch,
        copies=[copy.id for copy in definition.copies], snapshot=snapshot, valid_until=None, by=by.staff, at=at,
        private={f"form.{name}" for name in record.book.procedure.private_fields()},
    ).write()  # fmt: skip


def _said(
    event: ev.Paid | ev.Refunded | ev.ReceiptReplaced, state: State, book: Rulebook
) -> Mapping[str, Any]:
    """What a receipt or refund slip prints of the money, with whose row it is about: the worker of this card."""
    whose = book.whose(state.form, event.step, event.branch)
    told: dict[str, Any] = {
        "receipt.fen": event.fen,
        "receipt.method": METHODS[event.method].zh if event.fen else "无",
        "receipt.reference": event.reference,
        "receipt.kept": None,
        "receipt.of": None,
    }
    if isinstance(event, ev.Refunded):
        numbers = {p.receipt for p in state.paid if p.step == event.of and p.receipt}
        told |= {"receipt.kept": event.kept, "receipt.of": "、".join(sorted(numbers))}
        lines = [
            {
                "title": _title(book, line["price"], whose),
                "count": "",
                "each": "",
                "fen": line["fen"] + line.get("kept", 0),
            }
            for line in event.lines
        ]
        lines += _deducted(book, state, event)
    else:
        lines = [row for line in event.lines for row in _rows(book, Line(**line), whose)]
    return {**told, "receipt.lines": lines}


def _rows(book: Rulebook, line: Line, whose: str) -> list[dict[str, Any]]:
    """A line as it stands on a receipt: what it comes to, and what of that was paid before."""
    price = book.pack.prices[line.price]
    unit = price.unit.zh if price.unit else ""
    count = f"{line.count}{unit}" if line.count else ""
    title = _title(book, line.price, whose)
    told = [{"title": title, "count": count, "each": line.each if line.count else "", "fen": line.fen}]
    for fen, why in ((line.before, "此前已交"), (line.brought, "原押金转入")):
        if fen:
            told.append({"title": f"{title}（{why}）", "count": "", "each": "", "fen": -fen})
    return told


def _title(book: Rulebook, price: str, whose: str) -> str:
    title = book.pack.prices[price].title.zh
    return f"{title}　{whose}" if whose else title


def _deducted(book: Rulebook, state: State, event: ev.Refunded) -> list[dict[str, Any]]:
    """The deductions as they were itemised."""
    field = (book.flow.steps[event.step].deductions or "").removeprefix("form.")
    if not field or not event.kept:
        return []
    columns = book.procedure.form[field].columns or {}
    told = []
    for row in state.answer(field, event.branch) or ():
        why = " ".join(
            str(row[name]) for name, one in columns.items() if one.type == "text" and row.get(name)
        )
        much = next((row.get(name) or 0 for name, one in columns.items() if one.type == "money"), 0)
        told.append({"title": f"扣：{why}", "count": "", "each": "", "fen": -much})
    beyond = deductions.of_refund(book, state, event.step, event.branch).damage - event.kept
    if beyond > 0:
        told.append({"title": "押金不够扣，另行追讨", "count": "", "each": "", "fen": beyond})
    return told
