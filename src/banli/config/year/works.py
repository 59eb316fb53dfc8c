"""The works of a home, as those who come and go for them see it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from banli.estate.actions import Particulars
from banli.estate.models import Occupancy

from .homes import Home, Resident

if TYPE_CHECKING:
    from .story import Story


@dataclass
class Works:
    """``end``: the last day of the permit. ``finish``: when they will be finished. ``standing``: the permit is out.

    ``resting``: the cases that have to be over before the renovation is. ``changing``: cards that are made anew after
    an extension, by the number of their story and their row.
    """

    home: Home
    lead: Particulars
    end: date = date.max
    finish: datetime = datetime.max
    standing: bool = False
    resting: "list[Story]" = field(default_factory=list)
    changing: set[tuple[int, int | None]] = field(default_factory=set)

    def lead_there(self) -> Resident | None:
        """The lead, while the permit is out and the estate's books know them at this home."""
        if not self.standing:
            return None
        lives = Occupancy.objects.filter(
            unit=self.home.unit, role="renovation_lead", person__name=self.lead.name
        )
        found = lives.select_related("person").order_by("-pk").first()
        if found is None:
            return None
        return Resident(found.person, "renovation_lead", self.lead.phone, self.lead.id_number)
