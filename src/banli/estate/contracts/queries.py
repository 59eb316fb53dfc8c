"""The contracts of a home or of a person, each with how it stands today."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet
from django.utils import timezone

from banli.engine.pack import ContractKind
from banli.engine.text import Text

from ..models import NOBODY, Person, Unit
from .kinds import contract_kinds, titled
from .models import Contract, ContractParty

PAGE = 20
#: How a contract stands, as a paper says it.
STATES = {
    "ahead": "未开始",
    "standing": "有效",
    "soon": "快到期",
    "ending": "将提前结束",
    "ended": "已结束",
    "changed": "已续签或变更",
    "erased": NOBODY,
}


@dataclass(frozen=True)
class Line:
    """A contract with its kind's title and its people's names.

    ``state``: ahead, standing, soon (its end is near), ending (it was ended, and its last day is not over), ended;
    changed where another took its place; erased.
    """

    contract: Contract
    title: Text
    parties: list[str]
    pages: int
    state: str

    @property
    def named(self) -> str:
        """Everybody who is a party, as a line says it."""
        if self.state == "erased":
            return NOBODY
        return "、".join([*self.parties, *([self.contract.other] if self.contract.other else [])])

    @property
    def stands(self) -> bool:
        """Whether it can still be changed or ended."""
        return self.state in ("ahead", "standing", "soon", "ending") and self.contract.follower is None


def lines_of(unit: Unit, *, before: int | None = None, page: int = PAGE) -> tuple[list[Line], int | None]:
    """A home's contracts, the last entered first, and the key of the next page. Three queries."""
    found = whole(Contract.objects.filter(unit=unit))
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: page + 1])
    return [line_of(one) for one in rows[:page]], rows[page - 1].pk if len(rows) > page else None


def of_person(person: Person) -> list[Line]:
    """Every contract somebody is a party to, as they were entered. Three queries."""
    named = ContractParty.objects.filter(person=person).values("contract")
    return [line_of(one) for one in whole(Contract.objects.filter(pk__in=named)).order_by("pk")]


def whole(contracts: QuerySet[Contract]) -> QuerySet[Contract]:
    """With what a line needs."""
    return (
        contracts.select_related("followed_by", "unit")
        .prefetch_related("parties__person")
        .annotate(page_count=Count("pages", distinct=True))
    )


def line_of(contract: Contract, today: date | None = None) -> Line:
    """A contract's line. It came through :func:`whole`."""
    names = [one.person.name for one in sorted(contract.parties.all(), key=lambda one: one.number)]
    kind = contract_kinds().get(contract.kind)
    state = state_of(contract, kind, today or timezone.localdate())
    return Line(contract, titled(contract.kind), names, contract.__dict__["page_count"], state)


def state_of(contract: Contract, kind: ContractKind | None, today: date) -> str:
    """How it stands on a day."""
    if contract.erased_at is not None:
        return "erased"
    last = contract.last_day
    after = contract.follower
    if last is not None and last < today:
        return "changed" if after is not None else "ended"
    if contract.since > today:
        return "ahead"
    if contract.ended is not None:
        return "ending"  # nobody need be reminded of it
    near = timedelta(days=kind.soon_days if kind else 30)
    return "soon" if last is not None and after is None and last - today <= near else "standing"
