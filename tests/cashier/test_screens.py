"""The cashier's screens: a shift up to a close that differs, receipts, deposits, prices; how often they ask."""

import re
from datetime import timedelta
from io import BytesIO
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from banli.cashier import actions, queries
from banli.cashier.models import Posting, PriceVersion, Shift
from banli.cashier.queries import tariffs
from banli.engine.refusals import Refusal
from banli.estate.models import Unit

from .conftest import Till


@pytest.fixture
def sun(till: Till) -> Client:
    return signed_in(till, "sun")


def signed_in(till: Till, who: str) -> Client:
    client = Client()
    client.force_login(till.office.staff(who), backend="banli.people.access.StaffBackend")
    return client


def said(response) -> str:
    return response.content.decode()


def test_a_shift_from_the_float_to_a_close_that_differs(till: Till, sun: Client) -> None:
    assert "清点的备用金" in said(sun.get("/cashier/"))
    assert sun.post("/cashier/shifts/", {"float": "abc"}).status_code == 422
    sun.post("/cashier/shifts/", {"float": "500"})
    shift = Shift.objects.get()
    assert shift.float_fen == 50000
    case = till.case()
    page = said(sun.get("/cashier/"))
    assert "210.00" in page and f"/cases/{case}/" in page
    till.pay(case)
    assert "710.00" in said(sun.get(f"/cashier/shifts/{shift.pk}/"))
    assert "SJ-" in said(sun.get(f"/cashier/shifts/{shift.pk}/?view=print"))
    counted = {"cash": "705", "transfer": "0", "qr": "0"}
    refused = sun.post(f"/cashier/shifts/{shift.pk}/closure/", counted)
    assert refused.status_code == 422 and "现金 -5.00" in said(refused)
    assert (
        sun.post(
            f"/cashier/shifts/{shift.pk}/closure/", {**counted, "explanation": "找零", "signed": "no"}
        ).status_code
        == 422
    )
    sun.post(f"/cashier/shifts/{shift.pk}/closure/", {**counted, "explanation": "找零", "signed": "yes"})
    shift.refresh_from_db()
    assert shift.closed_at and shift.counted["cash"] == 70500
    assert "找零" in said(sun.get(f"/cashier/shifts/{shift.pk}/"))


def test_who_has_no_shift_open_is_told_so_before_any_money_is_typed(till: Till, sun: Client) -> None:
    page = f"/cases/{till.case()}/"
    assert "您还没有开班" in said(sun.get(page)) and 'href="/cashier/">去开班' in said(sun.get(page))
    assert "您还没有开班" not in said(signed_in(till, "xiaowang").get(page)), "the desk takes no money"
    till.open()
    assert "您还没有开班" not in said(sun.get(page))


def looked_at(till: Till) -> int:
    """Two cards are paid for and issued; what comes back is looked at next."""
    till.open()
    case = till.case()
    till.pay(case)
    for row in (0, 1):
        till.do("xiaowang", case, "card", "issued", row)
    return case


def test_who_itemises_a_deduction_and_who_agrees_to_it_see_what_is_held_kept_and_left(till: Till) -> None:
    case = looked_at(till)
    page = signed_in(till, "xiaowang").get(f"/cases/{case}/?task=look.0").content.decode()
    assert 'data-deduction="damage" data-held="10000"' in page and "100.00" in page
    greedy = {"damage": [{"why": "卡折断", "much": "130"}]}
    with pytest.raises(Refusal) as why:
        till.do("xiaowang", case, "look", "finished", 0, answers=greedy)
    assert why.value.fields["damage"].code == "deduction_too_large"
    assert "押金只有 100.00 元" in why.value.fields["damage"].say("zh")
    till.do("xiaowang", case, "look", "finished", 0, answers={"damage": [{"why": "卡折断", "much": "30"}]})
    page = re.sub(r"<[^>]+>", "", said(signed_in(till, "chen").get(f"/cases/{case}/?task=agree.0")))
    for told in ("收的押金100.00 元", "扣款合计30.00 元", "退还70.00 元"):
        assert told in re.sub(r"\n\s*", "", page)


def test_that_more_is_kept_than_is_held_is_said_before_any_money_is_typed(till: Till, sun: Client) -> None:
    """Of a case in which it was itemised before that was refused there."""
    case = looked_at(till)
    with patch("banli.engine.decide.deductions.must_fit"):
        till.do(
            "xiaowang", case, "look", "finished", 0, answers={"damage": [{"why": "卡折断", "much": "130"}]}
        )
    till.do("chen", case, "agree", "approved", 0)
    page = sun.get(f"/cases/{case}/?task=back.0").content.decode()
    assert "扣款比押金多 30.00 元" in page and "−130.00" in page and 'value="0.00"' in page


def test_more_may_have_gone_out_by_transfer_and_by_code_than_came_in_but_no_cash(
    till: Till, sun: Client
) -> None:
    """Refunds by transfer and QR leave a sum below nought: typed with a minus, whichever minus the keyboard has."""
    shift = till.open()
    till.pay(till.case(), method="transfer", reference="T1")
    closure = f"/cashier/shifts/{shift.pk}/closure/"
    below = {"cash": "-500", "transfer": "210", "qr": "0"}
    answer = sun.post(closure, below)
    assert answer.status_code == 422 and Shift.objects.get().closed_at is None
    for minus in ("-", "−", "－"):  # a hyphen, a minus sign, a full-width one
        told = {"cash": "500", "transfer": f"{minus}90", "qr": f"{minus} 12.50"}
        answer = sun.post(closure, told)
        assert answer.status_code == 422
        assert "转账 -300.00" in said(answer) and "-12.50" in said(answer)
    assert sun.post(closure, {**told, "explanation": "两笔退款次日入账", "signed": "yes"}).status_code == 302
    closed = Shift.objects.get()
    assert closed.counted == {"cash": 50000, "transfer": -9000, "qr": -1250}
    assert "−90.00" in said(sun.get(f"/cashier/shifts/{shift.pk}/"))


def test_what_is_no_amount_is_refused_at_its_field(till: Till, sun: Client) -> None:
    shift = till.open()
    for wrong in ("--5", "-", "5-", "1e3", "-0.001", "９９"):
        counted = {"cash": "500", "transfer": wrong, "qr": "0"}
        assert sun.post(f"/cashier/shifts/{shift.pk}/closure/", counted).status_code == 422, wrong
    assert Shift.objects.get().closed_at is None


def test_the_spreadsheet_and_the_days_report_hold_every_posting(till: Till, sun: Client) -> None:
    shift = till.open()
    till.pay(till.case(), method="qr", reference="=1+1")
    for address in (f"/cashier/shifts/{shift.pk}.xlsx", f"/cashier/day.xlsx?day={timezone.localdate()}"):
        book = CalamineWorkbook.from_filelike(BytesIO(b"".join(sun.get(address).streaming_content)))
        row = book.get_sheet_by_index(0).to_python()[2]
        assert row[7:10] == ["=1+1", "210.00", 21000]
    page = said(sun.get("/cashier/day/"))
    assert "210.00" in page and "证件押金" in page and "200.00" in page
    assert sun.get("/cashier/day/?day=2026-02-30").status_code == 404
    assert "收款日报" in said(sun.get("/cashier/day/?view=print"))


def test_a_receipt_is_found_and_written_anew_by_somebody_else(till: Till, sun: Client) -> None:
    till.open()
    till.pay(till.case())
    posting = Posting.objects.get()
    for words in (posting.paper.number, "12-3-502", "张女士", str(posting.case_id)):
        assert posting.paper.number in said(sun.get("/cashier/receipts/", {"q": words}))
    assert posting.paper.number not in said(sun.get("/cashier/receipts/", {"q": "没有这个"}))
    told = {"method": "qr", "reference": "42", "reason": "方式写错", "key": uuid4().hex}
    assert "另一位同事" in said(sun.get(f"/cashier/receipts/{posting.pk}/"))
    assert sun.post(f"/cashier/receipts/{posting.pk}/replacement/", told).status_code == 422
    chen = signed_in(till, "chen")
    assert "作废重开" in said(chen.get(f"/cashier/receipts/{posting.pk}/"))
    assert chen.post(f"/cashier/receipts/{posting.pk}/replacement/", told).status_code == 302
    assert "方式写错" in said(sun.get(f"/cashier/receipts/{posting.pk}/"))


def test_deposits_are_listed_by_room_and_sum_to_the_ledger(till: Till, sun: Client) -> None:
    assert "没有代管的押金" in said(sun.get("/cashier/deposits/"))
    till.open()
    for _ in range(2):
        till.pay(till.case())
    page = said(sun.get("/cashier/deposits/"))
    assert '<b class="figures" id="held-in-all">400.00</b>' in page
    assert page.count("本房合计") == 1 and '本房合计 <span class="figures">400.00</span>' in page


def test_each_room_has_its_subtotal_also_where_the_list_goes_on(
    till: Till, sun: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.open()
    cases, home = [till.case(), till.case()], till.office.unit
    till.office.unit = Unit.objects.create(
        estate=home.estate, building=home.building, entrance="3", room="503", key="12-3-503"
    )
    for case in (*cases, till.case()):
        till.pay(case)
    monkeypatch.setattr(queries, "HELD_AT_ONCE", 1)
    page, seen = said(sun.get("/cashier/deposits/")), []
    while True:
        seen += re.findall(r"rowgroup\">([\d-]+) · 本房合计 <span class=\"figures\">([\d.]+)", page)
        more = re.search(r'href="(\?after=\d+\.\d+)"', page)
        if more is None:
            break
        page = said(sun.get(f"/cashier/deposits/{more.group(1)}"))
    assert seen == [("12-3-502", "400.00"), ("12-3-502", "400.00"), ("12-3-503", "200.00")]
    assert sun.get("/cashier/deposits/?after=x").status_code == 404


def test_the_estate_sets_a_price_from_a_day_on_and_a_case_keeps_its_version(till: Till, sun: Client) -> None:
    till.open()
    before = till.case()
    address = "/cashier/prices/?line=till.bond"
    assert "source" in said(sun.get(address))
    tomorrow = timezone.localdate() + timedelta(days=1)
    yesterday = timezone.localdate() - timedelta(days=1)
    good = {"fen": "80", "valid_from": str(timezone.localdate()), "source": "公示", "key": uuid4().hex}
    for wrong in ({"fen": "x"}, {"valid_from": str(yesterday)}, {"source": ""}, {"fen": "-1"}):
        assert sun.post(address, {**good, **wrong}).status_code == 422
    assert sun.post(address, good).status_code == 302
    assert sun.post(address, {**good, "fen": "70", "valid_from": str(tomorrow)}).status_code == 302
    now, later = (
        tariffs(till.office.estate.pk, "till", ["bond"], day)["bond"]
        for day in (tomorrow - timedelta(days=1), tomorrow)
    )
    assert (now.fen, later.fen) == (8000, 7000)
    assert "80.00" in said(sun.get("/cashier/prices/?view=print"))
    till.pay(before)  # charged before: 100 each
    after = till.case()
    till.pay(after, fen=17000)
    version = PriceVersion.objects.get(fen=8000)
    charged = Posting.objects.get(case_id=after).case.standing["charges"][0]["lines"][0]
    assert (charged["version"], charged["fen"]) == (version.pk, 16000)
    assert signed_in(till, "zhou").get(address).status_code == 200
    assert signed_in(till, "zhou").post(address, good).status_code == 403


@pytest.mark.parametrize(
    "address", ["/cashier/receipts/", "/cashier/deposits/", "/cashier/shifts/", "/cashier/day/", "/cashier/"]
)
def test_a_list_asks_the_same_for_one_line_and_for_three(till: Till, sun: Client, address: str) -> None:
    def lived() -> None:
        shift = till.open()
        case = till.case()
        till.pay(case)
        till.case()
        desk = till.office["sun"]
        actions.close_shift(by=desk, acting=desk.posts["finance"], shift=shift, counted={"cash": 71000})

    def asked() -> int:
        sun.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert sun.get(address).status_code == 200
        return len(queries)

    lived()
    once = asked()
    lived()
    lived()
    assert asked() == once


def test_english_is_complete_on_every_screen(till: Till, sun: Client) -> None:
    shift = till.open()
    till.pay(till.case())
    posting = Posting.objects.get()
    sun.post("/language/", {"language": "en", "next": "/"})
    for address, words in {
        "/cashier/": "Deposits held in all", "/cashier/shifts/": "Open",
        f"/cashier/shifts/{shift.pk}/": "Should be there",
        "/cashier/receipts/": "Receipts and refund slips", f"/cashier/receipts/{posting.pk}/": "Amount",
        "/cashier/deposits/": "Deposits are held", "/cashier/prices/": "Prices", "/cashier/day/": "Net",
    }.items():  # fmt: skip
        assert words in said(sun.get(address)), address


def test_another_estate_sees_nothing(till: Till) -> None:
    shift = till.open()
    till.pay(till.case())
    far = signed_in(till, "he")
    posting = Posting.objects.get()
    for address in (
        f"/cashier/shifts/{shift.pk}/",
        f"/cashier/shifts/{shift.pk}.xlsx",
        f"/cashier/receipts/{posting.pk}/",
    ):
        assert far.get(address).status_code == 404
    assert posting.paper.number not in said(far.get("/cashier/receipts/"))
    assert "没有代管的押金" in said(far.get("/cashier/deposits/"))


def test_what_is_kept_of_a_deposit_is_called_so_in_the_days_report(till: Till, sun: Client) -> None:
    case = looked_at(till)
    till.back(case, 0, fen=7000, damage=[{"why": "卡折断", "much": "30"}])
    page = said(sun.get("/cashier/day/"))
    assert "扣下的押金 · 证件押金" in page and "收入 · 证件押金" not in page
