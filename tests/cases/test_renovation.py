"""P0, P2, P3: the whole life of a renovation through the office's own actions; its money comes out to the fen."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from banli.cases import actions, attachments, facts, rules
from banli.cases.audit import CHECKS
from banli.cases.models import Attachment, Case
from banli.cashier import actions as cashier
from banli.cashier import queries as money
from banli.engine.refusals import Refusal
from banli.estate.authority import actions as authority_actions
from banli.estate.models import Authority, Occupancy, Person
from banli.papers.models import Paper
from banli.registers.models import RegisterRow
from tests.cases.test_actions import do, key
from tests.cases.test_stairs_lift import rule, workday
from tests.desk.at_the_desk import picture
from tests.office import Office, identity

FACE = attachments.portrait(picture("navy", (400, 560)))
PLAN = attachments.photo(picture("white", (800, 600)))
COPY = attachments.id_copy(picture("green", (600, 400)), "仅供办理装修人员出入证使用")
TICKS = {
    "documents": ["title", "identity", "plan", "wiring", "firm", "agreement", "neighbours"],
    "inspect": ["approved", "structure", "water", "common"],
    "cards": ["permit"],
    "refund": ["receipt", "passed"],
    "check": ["application", "permit", "applicant", "identity"],
    "hand_over": ["card", "sleeve", "clip"],
}


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def opened(office: Office, procedure: str, person: Person, role: str, **answers: Any) -> int:
    return actions.open_case(
        by=office["xiaowang"], procedure=procedure, unit=office.unit, applicant=person, applicant_role=role,
        answers=answers, key=key(),
    ).case_id  # fmt: skip


def ticked(step: str) -> dict[str, Any]:
    return {"ticked": TICKS[step]}


def pay(office: Office, case: int, step: str, fen: int, branch: int | None = None) -> None:
    do(office, "sun", case, step, "paid", branch=branch, extra={"fen": fen, "method": "cash"})


@pytest.fixture
def shift(office: Office) -> Any:
    return cashier.open_shift(by=office["sun"], acting=office["sun"].posts["finance"], float_fen=50000)


def permitted(office: Office, **change: Any) -> int:
    """A renovation under way: applied for, approved, deposit paid, permit issued."""
    case = opened(
        office, "renovation", office.owner, "owner", kind="firm", works=["walls", "electric"], details="拆非承重隔墙",
        firm="安居装饰", lead_name="装修负责人甲", lead_phone="13800571501", lead_id=identity("11010119800101123"),
        workers=5, hot_work="yes", fire_officer="装修负责人甲", start_date=in_days(0), end_date=in_days(60), **change,
    )  # fmt: skip
    do(office, "xiaowang", case, "documents", "passed", extra=ticked("documents"))
    do(office, "xiaowang", case, "notice", "signed", signature="paper")
    do(office, "zhao", case, "review", "agreed", signature="paper")
    do(office, "chen", case, "approve", "approved", signature="paper", answers={"deposit": 200000})
    pay(office, case, "pay", 200000)
    do(office, "chen", case, "seal", "sealed")
    do(office, "xiaowang", case, "permit", "issued")
    return case


def lead(office: Office) -> Person:
    found = Occupancy.objects.on(timezone.localdate()).get(unit=office.unit, role="renovation_lead")
    return found.person


def card(office: Office, case: int, row: int, until: str) -> None:
    answers = {
        "holder": f"工人{'甲乙丙丁戊'[row]}", "holder_id": identity(f"1101011990010{row + 1}001"), "valid_to": until,
        "holder_phone": "13800571601",
        "portrait": FACE.sha256, "identity_copy": COPY.sha256,
    }  # fmt: skip
    do(office, "xiaowang", case, "particulars", "done", branch=row, answers=answers, uploads=[FACE, COPY])
    do(office, "xiaowang", case, "card", "issued", branch=row)
    do(office, "sun", case, "stamp", "sealed", branch=row)
    do(
        office,
        "xiaowang",
        case,
        "hand_over",
        "handed_over",
        branch=row,
        signature="paper",
        extra=ticked("hand_over"),
    )


def carded(office: Office, workers: int) -> int:
    rows = [{"name": f"工人{'甲乙丙丁戊'[row]}", "trade": "mason", "days": 30} for row in range(workers)]
    case = opened(office, "worker-card", lead(office), "renovation_lead", workers=rows)
    do(office, "xiaowang", case, "check", "passed", extra=ticked("check"))
    pay(office, case, "pay", 10500 * workers)
    for row in range(workers):
        card(office, case, row, in_days(60))
    return case


def returned(office: Office, case: int, row: int) -> None:
    do(office, "xiaowang", case, "back", "done", branch=row, answers={"card_state": "good"})
    do(office, "sun", case, "refund", "refunded", branch=row, signature="paper",
       extra={"fen": 10000, "method": "cash", "ticked": ["receipt", "card"]})  # fmt: skip


def extended(office: Office, to: str) -> int:
    """An extension that was approved and paid for; the record is changed, the old cards are to come back."""
    case = opened(
        office, "renovation-extension", lead(office), "renovation_lead", until_now=in_days(60), finished="水电",
        unfinished="木作", reason="柜子到货推迟", extended_to=to, remaining=2,
    )  # fmt: skip
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "zhao", case, "review", "agreed", signature="paper")
    do(office, "chen", case, "approve", "approved", signature="paper", answers={"fee": 30000})
    do(office, "xiaowang", case, "told", "reached")
    pay(office, case, "pay", 30000)
    return case


def exchanged(office: Office, case: int) -> None:
    do(office, "xiaowang", case, "exchange", "passed", extra={"ticked": ["old"]})


def open_steps(case: int) -> list[tuple[str, int | None]]:
    tokens = Case.objects.get(pk=case).standing["tokens"]
    return sorted((one["step"], one["branch"]) for one in tokens)


def valid(kind: str) -> list[str]:
    return list(
        Paper.objects.filter(kind=kind, state="valid").order_by("pk").values_list("number", flat=True)
    )


def audited() -> list[str]:
    return [str(finding) for check in CHECKS.values() for finding in check()]


def test_the_owner_names_the_lead_on_the_application(office: Office, shift: Any) -> None:
    case = permitted(office)
    letter = Authority.objects.get(unit=office.unit)
    assert (letter.principal, letter.delegate) == (office.owner, lead(office))
    assert letter.delegate.name == "装修负责人甲" and letter.delegate.phone == "13800571501"
    assert letter.scopes == [
        "additional_item",
        "goods_release",
        "hot_work",
        "renovation_extension",
        "stairs_lift",
        "worker_card",
    ]
    assert letter.valid_to == date.fromisoformat(in_days(60))
    assert RegisterRow.objects.get(case_id=case).book == "renovations"
    assert audited() == []


def test_the_drawings_an_estate_requires_are_kept_with_the_record(office: Office) -> None:
    """P0, Order 110 art. 14: the plan is attached to the application, and who reviews it sees it."""
    rule(office, renovation_plan="yes", renovation_walls_plan="yes")
    case = opened(
        office, "renovation", office.owner, "owner", kind="own", works=["walls"], details="拆非承重隔墙",
        lead_name="装修负责人甲", lead_phone="13800571501", lead_id=identity("11010119800101123"), workers=2,
        fire_officer="装修负责人甲", start_date=in_days(0), end_date=in_days(60), hot_work="no",
    )  # fmt: skip
    told = {"plan": PLAN.sha256}
    with pytest.raises(Refusal) as why:
        do(
            office,
            "xiaowang",
            case,
            "documents",
            "passed",
            extra=ticked("documents"),
            answers=told,
            uploads=[PLAN],
        )
    assert {name: bad.code for name, bad in why.value.fields.items()} == {"walls_plan": "required"}
    told["walls_plan"] = PLAN.sha256
    do(
        office,
        "xiaowang",
        case,
        "documents",
        "passed",
        extra=ticked("documents"),
        answers=told,
        uploads=[PLAN],
    )
    assert Attachment.objects.get(case_id=case).sha256 == PLAN.sha256
    client = Client()
    client.force_login(office.staff("zhao"))
    page = client.get(f"/cases/{case}/").content.decode()
    assert "装修平面图" in page and page.count(PLAN.sha256) >= 2 and "给排水图" not in page
    assert audited() == []


def test_the_leads_letter_covers_the_lift_and_the_owner_may_take_it_back(office: Office, shift: Any) -> None:
    """P12.1: the lead asks on the owner's letter; without one that covers it the owner is asked."""
    permit = permitted(office)
    asked = {
        "material": "building", "material_route": "fire_stairs", "direction": "in",
        "goods": [{"name": "红砖", "count": 600}], "starts_at": workday(15), "ends_at": workday(17),
        "carrier": "工人甲", "phone": "13800571601", "protection": ["bagged"],
    }  # fmt: skip
    case = opened(office, "stairs-lift", lead(office), "renovation_lead", **asked)
    assert open_steps(case) == [("sign", None)]
    assert Case.objects.get(pk=case).record_id == permit
    letter = Authority.objects.get(unit=office.unit)
    authority_actions.revoke_authority(by=office["xiaowang"], authority=letter, reason="业主来电收回")
    case = opened(office, "stairs-lift", lead(office), "renovation_lead", **asked)
    with pytest.raises(Refusal, match=r"^task_not_open"):
        do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "xiaowang", case, "consent", "refused", note="业主说不再请他")
    assert Case.objects.get(pk=case).status == "rejected"


def test_a_card_needs_a_permit_that_stands(office: Office, shift: Any) -> None:
    rows = [{"name": "工人甲", "trade": "mason", "days": 30}]
    with pytest.raises(Refusal, match=r"^record_missing"):
        opened(office, "worker-card", office.owner, "owner", workers=rows)
    permitted(office)
    case = opened(office, "worker-card", office.owner, "owner", workers=rows)
    do(office, "xiaowang", case, "check", "passed", extra=ticked("check"))
    pay(office, case, "pay", 10500)
    with pytest.raises(Refusal, match=r"^form_invalid") as why:
        card(office, case, 0, in_days(61))
    assert why.value.fields["valid_to"].code == "too_late"


def test_a_card_that_lies_at_the_desk_still_is_not_among_the_cards_in_use(office: Office, shift: Any) -> None:
    permitted(office)
    case = opened(
        office,
        "worker-card",
        lead(office),
        "renovation_lead",
        workers=[{"name": "工人甲", "trade": "mason", "days": 30}],
    )
    do(office, "xiaowang", case, "check", "passed", extra=ticked("check"))
    pay(office, case, "pay", 10500)
    answers = {
        "holder": "工人甲", "holder_id": identity("11010119900101001"), "valid_to": in_days(60),
        "portrait": FACE.sha256, "identity_copy": COPY.sha256,
    }  # fmt: skip
    do(office, "xiaowang", case, "particulars", "done", branch=0, answers=answers, uploads=[FACE, COPY])
    do(office, "xiaowang", case, "card", "issued", branch=0)
    old = Paper.objects.get(kind="worker-card")
    assert old.snapshot["form.workers.trade"] == "泥瓦工"
    assert Case.objects.get(pk=extended(office, in_days(70))).form["cards"] is None
    old.refresh_from_db()
    assert old.state == "void" and open_steps(case) == [("particulars", 0)], "the old date is not handed out"
    card(office, case, 0, in_days(70))
    new = Paper.objects.get(kind="worker-card", state="valid")
    assert new.number != old.number and timezone.localtime(new.valid_until).date() == date.fromisoformat(
        in_days(71)
    )
    assert money.held_in_all(office.estate.pk) == 200000 + 10000, "the deposit stays, the fee was paid once"
    assert audited() == []


def test_a_card_that_was_given_back_or_replaced_is_void(office: Office, shift: Any) -> None:
    permitted(office)
    cards = carded(office, 1)
    do(office, "xiaowang", cards, "in_use", "given_back", branch=0)
    returned(office, cards, 0)
    assert Case.objects.get(pk=cards).status == "done"
    assert Paper.objects.get(kind="worker-card").void_reason == "收回作废"
    assert valid("worker-card") == [], "the card that lies in the drawer opens no gate"
    assert audited() == []


def test_the_register_keeps_a_cards_number_when_its_deposit_went_back(office: Office, shift: Any) -> None:
    permitted(office)
    cards = carded(office, 2)
    do(office, "xiaowang", cards, "in_use", "given_back", branch=0)
    returned(office, cards, 0)
    do(office, "xiaowang", cards, "in_use", "given_back", branch=1)
    kept = RegisterRow.objects.filter(book="worker-cards").order_by("branch")
    numbers = Paper.objects.filter(kind="worker-card").order_by("branch").values_list("number", flat=True)
    assert [row.cells["number"] for row in kept] == list(numbers), "not the refund slip's"


def test_a_card_is_taken_back_also_after_the_permit_is_over(office: Office, shift: Any) -> None:
    permitted(office)
    cards = carded(office, 1)
    late = timezone.now() + timedelta(days=63)
    do(office, "xiaowang", cards, "in_use", "given_back", branch=0, now=late)
    do(office, "xiaowang", cards, "back", "done", branch=0, answers={"card_state": "good"}, now=late)
    assert valid("worker-card") == []
    assert open_steps(cards) == [("refund", 0)]


def test_two_extensions_at_once_move_the_record_once_each(office: Office, shift: Any) -> None:
    record = permitted(office)
    extended(office, in_days(70))
    assert facts.record_for(_book("worker-card"), office.unit).pk == record
    do(office, "xiaowang", record, "extend", "passed", extra={"ticked": ["old"]})
    assert facts.record_for(_book("worker-card"), office.unit) is None, (
        "no permit stands until the new one is issued"
    )
    do(office, "xiaowang", record, "permit", "issued")
    assert facts.record_for(_book("worker-card"), office.unit).pk == record


def _book(procedure: str) -> Any:
    return rules.current(procedure)
