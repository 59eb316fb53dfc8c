"""What a closed case keeps in private goes at the end of its time (PIPL 19, 47): the estate's list says when.

The case, its steps, its rows in the books and its money stay. Its private answers, its photographs and signatures, and
the files of its papers do not: their salt is destroyed, so that no copy opens, and nothing in the journal is touched.
Papers that are vouchers of money stay as they are, for as long as accounts are kept.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from banli.cashier.models import Posting
from banli.engine.privacy import OF_CASES
from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.estate import privacy
from banli.estate.keeping.hindrances import held_cases, held_persons
from banli.estate.keeping.matters import Matter
from banli.estate.keeping.spans import Due, begins, ends_on, latest
from banli.journal.chain import not_before
from banli.papers.actions import erase_of_case

from . import rules, store
from .models import Case

declare(
    {
        "case_deposit": Text(
            zh="这件的押金还没有退清，退清后才能删除。",
            en="A deposit of this case is still held; it has to go back first.",
        ),
        "case_needed": Text(
            zh="还有 {count} 件没有办完的是凭这件办的，办完才能删除。",
            en="{count} cases that rest on this one are still open; they have to end first.",
        ),
    }
)  # fmt: skip


def over(cases: Any, until: date) -> Any:
    """Those that ended so long before that what they keep is over by then, and that were not erased."""
    kept = privacy.kept().get(OF_CASES)
    if kept is None:
        return cases.none()
    ended = _ended(latest(kept, until)) & ~Q(procedure__in=list(kept.otherwise))
    for procedure in kept.otherwise:
        ended |= _ended(latest(kept.of(procedure), until)) & Q(procedure=procedure)
    return cases.filter(ended, ended_at__isnull=False).exclude(vault_salt=b"")


def _ended(last: date | None) -> Q:
    """Ended on that day or before; nothing did where there is no such day."""
    return Q(pk__in=[]) if last is None else Q(ended_at__lt=begins(last + timedelta(days=1)))


def due(cases: Iterable[Case], until: date, _day: date) -> dict[int, Due]:
    """What of each goes by `until`."""
    kept, told = privacy.kept()[OF_CASES], {}
    for one in cases:
        end = ends_on(kept.of(one.procedure), timezone.localdate(one.ended_at)) if one.ended_at else None
        if end is not None and end <= until:
            told[one.pk] = Due([OF_CASES], end)
    return told


def hindrances(asked: Collection[int], day: date) -> dict[int, Refusal]:
    """Case → what stands in the way: a hold on it or on who applied, a deposit, an open case that rests on it.

    Five queries.
    """
    cases = Case.objects.filter(pk__in=asked)
    resting = cases.filter(resting__status="open").annotate(count=Count("resting"))
    told = {pk: Refusal("case_needed", count=count) for pk, count in resting.values_list("pk", "count")}
    deposits = cases.filter(ledger_entries__account="deposits").annotate(fen=Sum("ledger_entries__fen"))
    told |= {pk: Refusal("case_deposit") for pk in deposits.filter(fen__lt=0).values_list("pk", flat=True)}
    whose = dict(cases.filter(applicant__isnull=False).values_list("pk", "applicant"))
    held = held_persons(set(whose.values()), day)
    return (
        told
        | {pk: Refusal("on_hold", reason=held[person]) for pk, person in whose.items() if person in held}
        | {pk: Refusal("on_hold", reason=reason) for pk, reason in held_cases(asked, day).items()}
    )


def blot_out(pk: int, goes: list[str], now: datetime, word: int | None) -> None:
    """Let go of it, and let the case's own journal say so; whoever calls holds its lock, and asked whether it may."""
    case, earliest, _ = store.read(pk)
    book = rules.rulebook(case.version_id)
    store.write(
        case, book, store.state_of(case), [], kind="erase", by=store.Doer(), key=None, request="",
        at=not_before(now, earliest), about={"erased": goes, "confirmation": word},
    )  # fmt: skip
    store.forget(case)
    vouchers = Posting.objects.filter(case=pk, paper__isnull=False).values_list("paper", flat=True)
    erase_of_case(case_id=pk, leaving=set(vouchers))


MATTER = Matter(
    Case,
    over,
    due,
    hindrances,
    blot_out,
    lambda case: rules.rulebook(case.version_id).procedure.title,
    lambda case: case.erased,
)
