"""A receipt that was written wrongly is void, and another takes its place: by a second person, in the same shift.

The money itself is not touched: what was paid stays paid. Money goes back by the procedure's own ways only.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from banli.cashier.access import SECOND
from banli.cashier.models import Posting
from banli.engine import events as ev
from banli.engine.refusals import Refusal, declare
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.engine.text import Text
from banli.engine.verbs.pay import exact, how
from banli.journal.models import Entry
from banli.operation.happenings import action
from banli.people.access import Desk, require_post

from .actions import Outcome, on_case, request_of
from .models import Case

declare(
    {
        "receipt_second": Text(
            zh="收据须由另一个人作废，不能由收款人自己作废。",
            en="A receipt is voided by somebody else than who took the money.",
        ),
        "receipt_shift": Text(
            zh="收款的班次已经交班，收据不能再作废；要退的钱请走退款。",
            en="The shift in which it was taken is closed: the receipt stays. Refund what is to go back.",
        ),
        "receipt_void": Text(zh="这张收据已经作废。", en="This receipt is void already."),
    }
)


@action("receipt")
def replace_receipt(
    *,
    by: Desk,
    posting: Posting,
    method: str,
    reference: str,
    reason: str,
    key: str,
    now: datetime | None = None,
) -> Outcome:
    """Void a receipt and write it anew with the right method and reference. Refuses unless the shift is open."""
    acting = require_post(by, *SECOND)
    reason = reason.strip()[:500]
    if not reason:
        raise Refusal("reason_required")
    if posting.by_id == by.staff.pk:
        raise Refusal("receipt_second")
    if posting.kind != Posting.Kind.TAKEN or posting.case_id is None:
        raise Refusal("receipt_missing", step="—")
    exact(posting.fen, {"fen": posting.fen, "method": method, "reference": reference})
    method, reference = how(posting.fen, {"method": method, "reference": reference})
    case_id, number = posting.case_id, posting.paper.number if posting.paper else ""

    def decided(case: Case, book: Rulebook, state: State, at: datetime) -> tuple[list[ev.Event], Any]:
        if not any(paid.receipt == number for paid in state.paid):
            raise Refusal("receipt_void")
        event = ev.ReceiptReplaced(
            posting.step, posting.branch, number, posting.fen, method, reference, _lines(case, number), reason=reason,
            post=acting.post,
        )  # fmt: skip
        return [event], None

    request = request_of("receipt", case_id, number, method, reference, reason)
    return on_case(by, case_id, "receipt", decided, key=key, request=request, clock=now)


def _lines(case: Case, number: str) -> tuple[Mapping[str, Any], ...]:
    """What a receipt was for, as the journal has it."""
    entries = Entry.objects.filter(stream=case.stream, body__contains={"events": [{"receipt": number}]})
    for entry in entries.order_by("-seq"):
        for told in entry.body["events"]:
            if told.get("receipt") == number and told["event"] in ("paid", "receipt_replaced"):
                return tuple(told["lines"])
    raise Refusal("receipt_void")
