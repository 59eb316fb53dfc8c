"""The work that is measured: a whole goods release, from the counter to the gate, by the people of the demo estate."""

from collections.abc import Callable
from itertools import count
from typing import Any

from django.utils import timezone

from banli.cases import actions
from banli.engine.identity import check_digit
from banli.estate.models import Estate, Occupancy
from banli.people.access import Desk, desk_of
from banli.people.models import Staff

CARRIER = "33019919850312002"  # of an area that does not exist
#: who, step, outcome, and what goes with it, after the case was opened with its form
ACTS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("xiaowang", "sign", "signed", {"signature": "paper"}),
    ("laoli", "confirm", "approved", {"signature": "paper"}),
    ("chen", "seal", "sealed", {}),
    ("xiaowang", "issue", "issued", {}),
    ("zhou", "gate", "released", {"extra": {"ticked": [0, 1]}}),
]


class Office:
    """The demo estate at work. ``name`` keeps the idempotency keys of several processes apart."""

    def __init__(self, name: str) -> None:
        self.estate = Estate.objects.get(code="cuihu")
        self.home = Occupancy.objects.select_related("unit", "person").get(
            unit__estate=self.estate, unit__key="12-3-502", role="owner"
        )
        self._keys = (f"bench-{name}-{number:08}" for number in count())
        self._desks: dict[str, Desk] = {}

    def desk(self, username: str) -> Desk:
        """The desk somebody sits at; the same one all day."""
        if username not in self._desks:
            staff = Staff.objects.get(username=username)
            self._desks[username] = desk_of(staff, self.estate.pk, strict=True)
        return self._desks[username]

    def form(self) -> dict[str, Any]:
        """What is written on the form."""
        return {
            "carrier": self.home.person.name, "carrier_id": CARRIER + check_digit(CARRIER), "phone": "13800571500",
            "date": timezone.localdate().isoformat(),
            "goods": [{"name": "三人沙发", "count": 1}, {"name": "双门冰箱", "count": 1}],
        }  # fmt: skip

    def release(self, watched: Callable[[], None] = lambda: None) -> int:
        """One whole case, six actions; ``watched`` is called after each. The case's id."""
        case = actions.open_case(
            by=self.desk("xiaowang"), procedure="goods-release", unit=self.home.unit, applicant=self.home.person,
            applicant_role="owner", answers=self.form(), key=next(self._keys),
        ).case_id  # fmt: skip
        watched()
        for who, step, outcome, more in ACTS:
            key = next(self._keys)
            actions.act(by=self.desk(who), case_id=case, step=step, outcome=outcome, key=key, **more)
            watched()
        return case
