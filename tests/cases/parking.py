"""Fixed places at the counter, as the tests give, pay for and end them (P20)."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from banli.cases import actions
from banli.cashier.actions import open_shift
from banli.cashier.models import Shift
from banli.engine.clocks import last_day
from banli.estate.belongings import HeldPlace
from tests.cases.test_actions import do, key
from tests.office import Office, today

PLATE, PLACE = "浙A12345", "A012"
MONTHS = 3


def apply(office: Office, **answers: Any) -> int:
    """The vehicle and its place are entered."""
    return actions.open_case(
        by=office["xiaowang"], procedure="parking-place", unit=office.unit, applicant=office.owner,
        applicant_role="owner", answers=asked(**answers), key=key(),
    ).case_id  # fmt: skip


def asked(**answers: Any) -> dict[str, Any]:
    told = {
        "kind": "rented",
        "plate": PLATE,
        "look": "白色 大众",
        "place": PLACE,
        "begins": today().isoformat(),
    }
    return {**told, "months": MONTHS, **answers}


def paid(office: Office, case: int, fen: int = MONTHS * 30000) -> None:
    """Checked, signed, paid, and the agreement handed out."""
    sun = office["sun"]
    if not Shift.objects.filter(estate=office.estate, closed_at=None).exists():
        open_shift(by=sun, acting=sun.posts["finance"], float_fen=0)
    do(office, "xiaowang", case, "check", "passed", extra={"ticked": ["licence", "person", "place"]})
    do(office, "xiaowang", case, "sign", "signed", signature="paper")
    do(office, "sun", case, "pay", "paid", extra={"fen": fen, "method": "cash"})
    do(office, "xiaowang", case, "agreement", "issued")


def carded(office: Office, case: int) -> None:
    """The card is made and handed over."""
    do(office, "xiaowang", case, "card", "issued")
    do(
        office,
        "xiaowang",
        case,
        "hand_over",
        "handed_over",
        signature="paper",
        extra={"ticked": ["card", "agreement"]},
    )


def parked(office: Office, **answers: Any) -> int:
    """A place that is in use."""
    case = apply(office, **answers)
    paid(office, case, int(answers.get("months", MONTHS)) * 30000)
    carded(office, case)
    return case


def leave(office: Office, case: int, days: int, back: int = 0) -> None:
    """The card comes back, and the place is given up in so many days; ``back``: fen of unused months go back."""
    last = timezone.localdate() + timedelta(days=days)
    do(office, "xiaowang", case, "using", "given_back")
    do(office, "xiaowang", case, "leave", "done", answers={"last_day": last.isoformat(), "leaving": "moved"})
    do(office, "xiaowang", case, "vacate", "signed", signature="paper")
    if back:
        ticks = {"ticked": ["receipt", "card"], "fen": back, "method": "cash"}
        do(office, "sun", case, "refund", "refunded", signature="paper", extra=ticks)


def held(case: int) -> tuple[str, str, int, int]:
    """Place, plate, and from and until how many days from today it is held."""
    one = HeldPlace.objects.select_related("vehicle").get(case_id=case)
    return one.place, one.vehicle.plate, (one.since - today()).days, (one.until - today()).days


def whole(months: int = MONTHS) -> int:
    """How many days from today on a period that begins today lasts."""
    return (last_day(today(), months) - today()).days
