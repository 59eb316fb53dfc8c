"""Who of a home may apply for a procedure, and which of them stands at the counter."""

from collections.abc import Iterable
from dataclasses import dataclass

from banli.engine.procedure import ROLES
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.estate.queries import Resident


@dataclass(frozen=True)
class Applicants:
    """``may``: the home's people by what they are to it, as far as the procedure takes them."""

    book: Rulebook
    may: list[Resident]
    chosen: Resident | None

    @classmethod
    def of(cls, book: Rulebook, people: Iterable[Resident], occupancy: str) -> "Applicants":
        """``occupancy``: the number of what somebody is to the home, as the form sent it; another's is nobody's."""
        may = [each for each in people if book.procedure.takes(each.role, home=True)]
        named = [each for each in may if str(each.occupancy.pk) == occupancy]
        return cls(book, may, named[0] if named else None)

    @property
    def key(self) -> str:
        """Names the one who applies, for what is kept of a half-filled form."""
        return str(self.chosen.occupancy.pk) if self.chosen else ""

    @property
    def refusal(self) -> Refusal:
        """Who would have to apply instead."""
        return Refusal("applicant_role", roles=[ROLES[role] for role in self.book.procedure.applicant.roles])

    @property
    def needs_authority(self) -> bool:
        """Whether the one who applies acts for the owner, and so on a letter of authority (Civil Code 165)."""
        asked = self.book.procedure.applicant.authority is not None
        return asked and self.chosen is not None and self.chosen.role not in ("owner", "co_owner")
