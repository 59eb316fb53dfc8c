"""Why somebody came, why they left, and what they are to the home: what of this cannot go together (P14).

Only plain contradictions are refused; what may have a story of its own is not, and "other" always goes.
"""

from collections.abc import Collection
from typing import Any

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text

from .models import Occupancy

declare(
    {
        "arrival_of_another_role": Text(
            zh="“{role}”的迁入原因不能是“{why}”：请核对身份和原因。",
            en="“{why}” is no reason for a {role} to move in: check the role and the reason.",
        ),
        "departure_of_another_role": Text(
            zh="迁出的只有业主，原因不能是“{why}”：请核对谁迁出和原因。",
            en="Only owners leave, and “{why}” is no reason for them: check who leaves and why.",
        ),
    }
)

_ROLE, _CAME, _LEFT = Occupancy.Role, Occupancy.Arrival, Occupancy.Departure
OWNERS = frozenset({_ROLE.OWNER, _ROLE.CO_OWNER})
_NOT_OWNERS = frozenset({_CAME.RENTED, _CAME.EMPLOYED})
_NOT_AT_WORK = frozenset({_CAME.BOUGHT, _CAME.RENTED, _CAME.WITH_FAMILY})
#: Role → the reasons for which nobody of that role moves in.
CONTRADICTED: dict[str, frozenset[Any]] = {
    _ROLE.OWNER: _NOT_OWNERS,
    _ROLE.CO_OWNER: _NOT_OWNERS,
    _ROLE.TENANT: frozenset({_CAME.BOUGHT}),
    _ROLE.FAMILY: frozenset({_CAME.EMPLOYED}),
    _ROLE.RENOVATION_LEAD: _NOT_AT_WORK,
    _ROLE.STAFF: _NOT_AT_WORK,
}


def check_arrival(role: str, arrival: str) -> None:
    """Refuses arrival_of_another_role: a tenant has not bought the home."""
    if arrival in CONTRADICTED.get(role, ()):
        named = str(_ROLE(role).label), str(_CAME(arrival).label)
        raise _at("arrival", Refusal("arrival_of_another_role", role=named[0], why=named[1]))


def check_departure(roles: Collection[str], departure: str) -> None:
    """Refuses departure_of_another_role: of owners alone no lease ends. Who leaves together has one reason."""
    if departure == _LEFT.LEASE_ENDED and set(roles) <= OWNERS:
        raise _at("departure", Refusal("departure_of_another_role", why=str(_LEFT(departure).label)))


def _at(field: str, why: Refusal) -> Refusal:
    return Refusal("form_invalid", count=1, fields={field: why})
