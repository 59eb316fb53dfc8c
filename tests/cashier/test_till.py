"""Money in the database: posted with the act, receipted without a gap, never without a shift, never twice."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from banli.cases import receipts
from banli.cases.audit import CHECKS
from banli.cases.models import Case
from banli.cashier import actions as cashier
from banli.cashier import queries
from banli.cashier.models import LedgerEntry, Posting, Spend
from banli.engine.refusals import Refusal
from banli.papers.models import Paper

from .conftest import BOTH, MEN, Till


def refused(code: str) -> "pytest.RaisesExc[Refusal]":
    return pytest.raises(Refusal, match=f"^{code}")


def sides(posting: Posting) -> set[tuple[str, str, int]]:
    return {(one.account, one.price, one.fen) for one in posting.entries.all()}


def audited() -> list[str]:
    return [str(finding) for check in CHECKS.values() for finding in check()]


def test_no_money_changes_hands_without_an_open_shift(till: Till) -> None:
    case = till.case()
    with refused("shift_needed"):
        till.pay(case)
    assert not Posting.objects.exists() and not Paper.objects.exists()


def test_a_payment_is_posted_receipted_and_held_in_one_transaction(till: Till) -> None:
    shift = till.open()
    case = till.case()
    till.pay(case, method="qr", reference="420000")
    posting = Posting.objects.get()
    assert sides(posting) == {("qr", "", 21000), ("deposits", "bond", -20000), ("income", "card", -1000)}
    assert posting.paper is not None and posting.paper.number.endswith("000001")
    assert posting.paper.snapshot["receipt.fen"] == 21000
    assert queries.tally(shift) == {"cash": 50000, "transfer": 0, "qr": 21000}
    assert queries.held_in_all(till.office.estate.pk) == 20000
    assert [(one.case, one.price, one.fen) for one in queries.held(till.office.estate.pk)] == [
        (case, "bond", 20000)
    ]
    assert audited() == []


def test_the_same_key_takes_the_money_once(till: Till) -> None:
    till.open()
    case, key = till.case(), uuid4().hex
    for _ in range(2):
        till.do("sun", case, "pay", "paid", key=key, extra={"fen": 21000, "method": "cash"})
    assert Posting.objects.count() == 1


def test_a_receipts_line_is_spent_once_also_in_the_database(till: Till) -> None:
    till.open()
    case = till.case()
    till.pay(case)
    till.do("xiaowang", case, "card", "issued", 0)
    till.do("xiaowang", case, "card", "issued", 1)
    rows = list(Spend.objects.order_by("unit"))
    assert [(one.of, one.unit) for one in rows] == [("pay", 0), ("pay", 1)]
    with pytest.raises(IntegrityError, match="receipt_line_once"), transaction.atomic():
        Spend.objects.create(
            case_id=case, of="pay", of_branch=None, unit=0, step="x", branch=0, at=timezone.now()
        )
    assert audited() == []


def lived(till: Till) -> int:
    till.open()
    case = till.case()
    till.pay(case)
    for row in (0, 1):
        till.do("xiaowang", case, "card", "issued", row)
    till.back(case, 0)
    till.back(case, 1, fen=7000, damage=[{"why": "卡折断", "much": "30"}])
    return case


def test_deposits_come_out_to_the_fen(till: Till) -> None:
    case = lived(till)
    assert Case.objects.get(pk=case).status == "done"
    assert queries.held(till.office.estate.pk) == [] and queries.held_in_all(till.office.estate.pk) == 0
    slips = Paper.objects.filter(kind="refund-slip").order_by("ordinal")
    assert [slip.snapshot["receipt.fen"] for slip in slips] == [10000, 7000]
    assert slips[1].snapshot["receipt.lines"][-1] == {
        "title": "扣：卡折断",
        "count": "",
        "each": "",
        "fen": -3000,
    }
    kept = Posting.objects.order_by("-pk")[0]
    assert sides(kept) == {("deposits", "bond", 10000), ("income", "bond", -3000), ("cash", "", -7000)}
    assert audited() == []


def test_damage_beyond_the_deposit_keeps_all_of_it_and_the_slip_says_what_is_claimed(till: Till) -> None:
    till.open()
    case = till.case()
    till.pay(case)
    for row in (0, 1):
        till.do("xiaowang", case, "card", "issued", row)
    answers = {"damage": [{"why": "读卡器", "much": "130"}], "beyond": "yes"}
    till.do("xiaowang", case, "look", "finished", 0, answers=answers)
    till.do("chen", case, "agree", "approved", 0)
    till.do("sun", case, "back", "refunded", 0, signature="paper",
            extra={"fen": 0, "method": "cash", "ticked": BOTH})  # fmt: skip
    slip = Paper.objects.get(kind="refund-slip")
    lines = [(line["title"], line["fen"]) for line in slip.snapshot["receipt.lines"]]
    assert lines[1:] == [("扣：读卡器", -13000), ("押金不够扣，另行追讨", 3000)]
    assert sum(fen for _title, fen in lines) == slip.snapshot["receipt.fen"] == 0
    assert sides(Posting.objects.latest("pk")) == {("deposits", "bond", 10000), ("income", "bond", -10000)}
    assert audited() == []


def test_a_deposit_goes_with_a_started_case(till: Till) -> None:
    till.open()
    case = till.case()
    till.pay(case)
    till.do("xiaowang", case, "card", "issued", 0)
    till.do("xiaowang", case, "look", "unfinished", 0, note="延期换证")
    child = Case.objects.get(parent_id=case)
    held = {one.case: one.fen for one in queries.held(till.office.estate.pk)}
    assert held == {case: 10000, child.pk: 10000}
    till.do("xiaowang", child.pk, "fill", "done", answers={"men": MEN[:1]})
    till.pay(child.pk, fen=500)
    assert {one.case: one.fen for one in queries.held(till.office.estate.pk)} == held
    till.do("xiaowang", child.pk, "card", "issued", 0)
    till.back(child.pk, 0)
    assert Case.objects.get(pk=child.pk).status == "done"
    assert audited() == []


def test_a_receipt_is_written_anew_by_a_second_person_in_the_same_shift(till: Till) -> None:
    shift = till.open()
    case = till.case()
    till.pay(case)
    wrong, office = Posting.objects.get(), till.office
    more = {
        "posting": wrong,
        "method": "transfer",
        "reference": "TT1",
        "reason": "收款方式写错",
        "key": uuid4().hex,
    }
    with refused("receipt_second"):
        receipts.replace_receipt(by=office["sun"], **more)
    with refused("reason_required"):
        receipts.replace_receipt(by=office["chen"], **{**more, "reason": " "})
    receipts.replace_receipt(by=office["chen"], **more)
    assert queries.tally(shift) == {"cash": 50000, "transfer": 21000, "qr": 0}
    old, new = Paper.objects.filter(kind="receipt").order_by("ordinal")
    assert (old.state, old.void_reason, new.state) == ("void", "收款方式写错", "valid")
    assert queries.held_in_all(office.estate.pk) == 20000
    with refused("receipt_void"):
        receipts.replace_receipt(by=office["chen"], **{**more, "key": uuid4().hex})
    till.do("xiaowang", case, "card", "issued", 0)
    assert audited() == []


def close(till: Till, shift, **counted):
    sun = till.office["sun"]
    told = {key: counted.pop(key) for key in ("explanation", "signed") if key in counted}
    return cashier.close_shift(by=sun, acting=sun.posts["finance"], shift=shift, counted=counted, **told)


def test_a_shift_balances_or_its_difference_is_explained_signed_and_posted(till: Till) -> None:
    shift = till.open()
    till.pay(till.case())
    with refused("shift_open"):
        till.open()
    with refused("shift_differs"):
        close(till, shift, cash=70500)
    with refused("shift_differs"):
        close(till, shift, cash=70500, explanation="找零少给五元")
    done = close(till, shift, cash=70500, explanation="找零少给五元", signed=True)
    assert (done.counted["cash"], done.expected["cash"]) == (70500, 71000)
    gap = Posting.objects.get(kind="difference")
    assert sides(gap) == {("cash", "", -500), ("difference", "", 500)}
    with refused("shift_closed"):
        close(till, shift, cash=70500)
    with refused("shift_needed"):
        till.pay(till.case())
    even = till.open()
    assert close(till, even, cash=50000).explanation == ""
    assert audited() == []


def test_nobody_gives_back_more_cash_than_is_in_the_till(till: Till) -> None:
    """Paid by QR, to be given back in cash out of a till that holds only its float."""
    shift, case = till.open(fen=9999), till.case()
    till.pay(case, method="qr", reference="Q1")
    till.do("xiaowang", case, "card", "issued", 0)
    with pytest.raises(Refusal) as why:
        till.back(case, 0, fen=10000)
    assert why.value.code == "till_short" and "99.99" in why.value.say("zh")
    assert not Posting.objects.filter(kind="refunded").exists()
    assert queries.tally(shift)["cash"] == 9999
    till.do(
        "sun", case, "back", "refunded", 0, signature="paper",
        extra={"fen": 10000, "method": "transfer", "reference": "T9", "ticked": BOTH},
    )  # fmt: skip
    assert queries.tally(shift) == {"cash": 9999, "transfer": -10000, "qr": 21000}
    assert close(till, shift, cash=9999, transfer=-10000, qr=21000).explanation == ""
    assert audited() == []


def test_a_receipt_of_a_closed_shift_stays(till: Till) -> None:
    shift = till.open()
    till.pay(till.case())
    close(till, shift, cash=71000)
    with refused("receipt_shift"):
        receipts.replace_receipt(by=till.office["chen"], posting=Posting.objects.get(), method="qr", reference="1",
                                 reason="写错", key=uuid4().hex)  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "fen", "constraint"),
    [("income", -1, "posting_sums_to_nought"), ("deposits", 30000, "deposit_never_negative")],
)
def test_the_database_refuses_a_posting_that_does_not_sum_and_a_deposit_below_nought(
    till: Till, kind: str, fen: int, constraint: str
) -> None:
    shift = till.open()
    case = till.case()
    till.pay(case)
    with pytest.raises(IntegrityError) as why, transaction.atomic():
        posting = Posting.objects.create(
            estate=till.office.estate, case_id=case, shift=shift, kind="refunded", fen=0, at=timezone.now()
        )
        LedgerEntry.objects.create(posting=posting, account=kind, case_id=case, price="bond", fen=fen)
        if kind == "deposits":
            LedgerEntry.objects.create(posting=posting, account="cash", case_id=case, fen=-fen)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert why.value.__cause__ is not None and why.value.__cause__.diag.constraint_name == constraint


@pytest.mark.parametrize("table", ["cashier_posting", "cashier_ledgerentry", "cashier_priceversion"])
def test_the_ledger_is_never_changed(till: Till, table: str) -> None:
    till.open()
    till.pay(till.case())
    for sql in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with (
            pytest.raises(IntegrityError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
