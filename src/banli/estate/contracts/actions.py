"""What may be done about a home's contracts (P14): enter, change from a day on, end, add pages, look at them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.journal.pictures import Upload
from banli.journal.vault import VaultError
from banli.operation.happenings import action
from banli.people.access import Desk
from banli.people.actions import done_before, record
from banli.people.models import Acting

from .. import scans
from ..actions import digest_of_note
from ..models import NOBODY, Occupancy, Person, Unit
from .kinds import contract_kinds
from .models import Contract, ContractPage, ContractParty

declare(
    {
        "party_required": Text(zh="请至少选择一位当事人。", en="Choose at least one party."),
        "party_unknown": Text(
            zh="{name} 没有登记在本房，不能选为当事人。",
            en="{name} is not recorded at this home and cannot be a party.",
        ),
        "contract_followed": Text(
            zh="这份合同已经续签或变更过，请在新的那份上办理。",
            en="This contract was renewed or changed already; go on with the newer one.",
        ),
        "contract_over": Text(
            zh="这份合同已于 {day} 结束。", en="This contract ended on {day}."
        ),
        "follows_from_later": Text(
            zh="续签或变更要从 {day} 或以后开始。", en="A renewal or change begins on {day} or later."
        ),
        "pages_many": Text(zh="一份合同最多 {most} 页。", en="A contract has at most {most} pages."),
        "pages_required": Text(zh="请选择要加的扫描页。", en="Choose the pages to be added."),
    }
)  # fmt: skip

MOST_PAGES = 30
#: No contract of a home that is kept here is older.
EARLIEST = date(1950, 1, 1)


@dataclass(frozen=True)
class Terms:
    """What a contract says. ``parties`` are people of the home's file; ``other`` is whoever is not in it."""

    kind: str
    since: date
    until: date | None
    parties: Sequence[Person]
    number: str = ""
    other: str = ""


@action("enter_contract")
@transaction.atomic
def enter(
    *,
    by: Desk,
    unit: Unit,
    terms: Terms,
    pages: Sequence[Upload] = (),
    follows: Contract | None = None,
    acting: Acting | None = None,
    key: str | None = None,
    at: datetime | None = None,
) -> Contract:
    """Enter a contract, or what one became by a renewal, a change or a correction (``follows``).

    Nothing of the earlier one is written over. Refusals: form_invalid, contract_followed, pages_many, erased.
    """
    before = done_before(estate_id=by.estate.pk, key=key, kind="contract_entered")
    if before is not None:
        return Contract.objects.get(pk=before["contract"])
    if follows is not None and follows.erased_at is not None:
        raise Refusal("erased")
    _check(unit, terms, follows)
    _fits(pages)
    with _followed_once():
        contract = Contract.objects.create(
            unit=unit, kind=terms.kind, number=terms.number.strip(), other=terms.other.strip(), since=terms.since,
            until=terms.until, follows=follows, entered_at=at or timezone.now(), entered_by=by.staff,
        )  # fmt: skip
    parties = list(dict.fromkeys(one.pk for one in terms.parties))
    ContractParty.objects.bulk_create(
        ContractParty(estate_id=contract.estate_id, contract=contract, number=number, person_id=pk)
        for number, pk in enumerate(parties, 1)
    )
    body = {**_told(contract), "parties": parties, "pages": _keep(contract, pages, 0)}
    record(
        estate_id=by.estate.pk, kind="contract_entered", body=body, by=by.staff, acting=acting, key=key, at=at
    )
    return contract


@action("add_contract_pages")
@transaction.atomic
def add_pages(
    *, by: Desk, contract: Contract, pages: Sequence[Upload], acting: Acting | None = None, key: str | None = None
) -> None:  # fmt: skip
    """Keep further pages after those that are there. Refusals: pages_required, pages_many, erased."""
    if done_before(estate_id=by.estate.pk, key=key, kind="contract_pages") is not None:
        return
    if not pages:
        raise Refusal("pages_required")
    held = _held(contract)
    count = held.pages.count()
    _fits(pages, count)
    body = {"contract": held.pk, "pages": _keep(held, pages, count)}
    record(estate_id=by.estate.pk, kind="contract_pages", body=body, by=by.staff, acting=acting, key=key)


@action("end_contract")
@transaction.atomic
def end(
    *, by: Desk, contract: Contract, last_day: date, reason: str, acting: Acting | None = None,
    at: datetime | None = None,
) -> Contract:  # fmt: skip
    """A contract ends sooner than was agreed; the agreed end stays written.

    Refusals: reason_required, period_backwards, contract_over, contract_followed, erased.
    """
    if not reason.strip():
        raise Refusal("reason_required")
    held = _held(contract)
    if Contract.objects.filter(follows=held).exists():
        raise Refusal("contract_followed")
    over = held.ended or held.until
    if held.ended is not None or (over is not None and over <= last_day):
        raise Refusal("contract_over", day=f"{over}")
    if last_day < held.since:
        raise Refusal("period_backwards")
    held.ended, held.ended_reason = last_day, reason.strip()[:200]
    held.save(update_fields=["ended", "ended_reason"])
    body = {"contract": held.pk, "ended": last_day.isoformat(), "reason": digest_of_note(held.ended_reason)}
    record(estate_id=by.estate.pk, kind="contract_ended", body=body, by=by.staff, acting=acting, at=at)
    return held


@action("unmask")
@transaction.atomic
def look(*, by: Desk, contract: Contract, reason: str, acting: Acting | None = None) -> list[str]:
    """The pages as data URLs, for a reason; who looked at which contract and why is journalled first."""
    if not reason.strip():
        raise Refusal("reason_required")
    if contract.erased_at is not None:
        raise Refusal("erased")
    pages = list(ContractPage.objects.filter(contract=contract).order_by("number"))
    if not pages:
        raise Refusal("nothing_to_show")
    try:
        shown = [scans.shown(one) for one in pages]
    except VaultError:
        raise Refusal("erased") from None
    body = {"contract": contract.pk, "field": "pages", "reason": reason.strip()[:200]}
    record(estate_id=by.estate.pk, kind="unmask", body=body, by=by.staff, acting=acting)
    return shown


def blot_out(contract: Contract, at: datetime) -> None:
    """Let go of its number, parties, words and pages; whoever calls holds the row's lock, has asked whether it may,
    and journals it. That the home had such a contract, and when, stays: what follows it goes by that."""
    contract.number = contract.other = ""
    contract.ended_reason = NOBODY if contract.ended else ""
    contract.erased_at = at
    contract.save(update_fields=["number", "other", "ended_reason", "erased_at"])
    contract.pages.all().delete()
    contract.parties.all().delete()


def _held(contract: Contract) -> Contract:
    """Nobody else changes it until this transaction ends. Refuses one that was erased."""
    held = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    if held.erased_at is not None:
        raise Refusal("erased")
    return held


def _check(unit: Unit, terms: Terms, follows: Contract | None) -> None:
    bad: dict[str, Refusal] = {}
    if terms.kind not in contract_kinds():
        bad["kind"] = Refusal("not_an_option")
    if terms.since < EARLIEST:
        bad["since"] = Refusal("too_early", min=EARLIEST.isoformat())
    if terms.until is not None and terms.until < terms.since:
        bad["until"] = Refusal("period_backwards")
    if not terms.parties:
        bad["parties"] = Refusal("party_required")
    lived = set(Occupancy.objects.filter(unit=unit).values_list("person", flat=True))
    for one in terms.parties:
        if one.pk not in lived:
            bad["parties"] = Refusal("party_unknown", name=one.name)
    if follows is not None and terms.since < follows.since:
        bad["since"] = Refusal("follows_from_later", day=follows.since.isoformat())
    if bad:
        raise Refusal("form_invalid", fields=bad, count=len(bad))


def _fits(pages: Sequence[Upload], already: int = 0) -> None:
    if already + len(pages) > MOST_PAGES:
        why = Refusal("pages_many", most=MOST_PAGES)
        raise Refusal("form_invalid", fields={"pages": why}, count=1)


@contextmanager
def _followed_once() -> Iterator[None]:
    """Of two who change the same contract at once the second is refused."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Refusal("contract_followed") from None


def _keep(contract: Contract, pages: Sequence[Upload], already: int) -> list[str]:
    """Keep the pages sealed; their SHA-256, which is what the journal says of them."""
    for number, page in enumerate(pages, already + 1):
        ContractPage.objects.create(
            contract=contract, number=number, sha256=page.sha256, picture=scans.written(page)
        )
    return [page.sha256 for page in pages]


def _told(contract: Contract) -> dict[str, Any]:
    return {
        "contract": contract.pk,
        "unit": contract.unit.key,
        "kind": contract.kind,
        "number": digest_of_note(contract.number),
        "other": digest_of_note(contract.other),
        "since": contract.since.isoformat(),
        "until": contract.until.isoformat() if contract.until else None,
        "follows": contract.follows_id,
        "entered_at": contract.entered_at.isoformat(),
    }
