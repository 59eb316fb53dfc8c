"""What becomes of one case: who decides how, how long each step takes, what is written. Data, and a few methods."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils import timezone

from banli.cases.attachments import Upload
from banli.engine import verbs
from banli.engine.fields import Field
from banli.estate.models import Unit

from . import hours, pictures, words
from .homes import Home, Resident
from .works import Works

if TYPE_CHECKING:
    from .life import Life

Odds = Sequence[tuple[str, float]]
WITHDRAW = "withdraw"  # among the odds of a step: the applicant takes the case back before it
LEFT = "left"  # nobody does this step
JOIN = "join"  # it was reported before: the case is joined to the story's ``earlier``

#: minutes that a step takes once somebody is at it, by its verb
TAKES: dict[str, tuple[int, int]] = {
    "fill": (2, 8), "sign": (1, 4), "check": (4, 15), "review": (40, 300), "decide": (30, 240), "seal": (15, 120),
    "pay": (5, 40), "refund": (15, 90), "issue": (2, 10), "hand_over": (5, 30), "call": (10, 50), "dispatch": (2, 7),
    "take": (1, 4), "arrive": (4, 10), "work": (20, 70), "follow_up": (60, 200), "inspect": (60, 240),
    "in_use": (60, 120), "check_once": (30, 180), "scan": (10, 60),
}  # fmt: skip
NOTES = {
    "returned": words.RETURNED, "rejected": words.REJECTED, "failed": words.FAULTS, "complains": words.COMPLAINS,
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What is written at a step: the answers, and the pictures they speak of."""

    answers: Mapping[str, Any]
    uploads: tuple[Upload, ...] = ()


class Story:
    """A case of one procedure at a home. Subclasses say what is particular; what they do not say goes its usual way.

    ``resident`` asks, or the lead of the ``works``. ``stop``: the step at which the case is left waiting. ``back``: the
    case is opened so many workdays before the end of the year. ``odds`` hold for the first time a step is reached;
    afterwards it goes well, so that every story ends. ``sure``: a step and how it ends the first time.
    """

    procedure: ClassVar[str]
    odds: dict[str, Odds] = {}
    takes: ClassVar[dict[str, tuple[float, float]]] = {}
    notes: ClassVar[dict[str, Sequence[str]]] = {}

    def __init__(
        self, home: Home, resident: Resident | None = None, *, works: Works | None = None, stop: str = "",
        back: int | None = None,
        sure: tuple[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.home, self.resident, self.works = home, resident or home.owner, works
        self.tenant_asks, self._given = False, resident is not None
        self.earlier: Life | None = None
        self.agreed: dict[str, datetime] = {}
        self.refused = ""  # the step that was refused last, as nobody was free for it
        self.stop, self.back, self.sure = stop, back, sure
        self.ended = ""
        self.telephoned = ""  # when somebody called about it, where a call began it
        # The town gives each story its own:
        self.chance, self.number, self.estate = random.Random(0), 0, ""
        self.form: Mapping[str, Field] = {}

    def meet(self) -> None:
        """Who of the home it is, now that the moment has come: people move."""
        if not self._given:
            self.resident = (self.home.tenant if self.tenant_asks else None) or self.home.owner

    def about(self) -> Unit | None:
        """The home that the case is about; None where it is about the estate."""
        return self.home.unit

    def child(self, procedure: str) -> "Story | None":
        """What becomes of a case that this one starts."""
        return None

    def prepare(self, at: datetime) -> None:
        """Decide what the whole case is about; ``chance`` is its own from here on."""

    def opens(self, until: datetime) -> datetime | None:
        """When it has to be opened so that it waits at the end of the year; None: at any time."""
        if self.back is None:
            return None
        day = hours.workday(hours.day_of(until), -self.back)
        return hours.on(day, time(9, 5 + self.back * 7 % 50))

    def applicant(self) -> Resident | None:
        """Who asks; None where nobody could, and then the case is not opened at all."""
        if self.works is None:
            return self.resident
        lead = self.works.lead_there()
        self.resident = lead or self.resident
        return lead

    def told(self, step: str, branch: int | None, at: datetime) -> Told:
        """What is written at a step."""
        write = getattr(self, f"at_{step}", None)
        if write is None:
            return Told({})
        said = write(at) if branch is None else write(at, branch)
        return said if isinstance(said, Told) else Told(said)

    def outcome(self, life: "Life", step: str, branch: int | None, tries: int) -> str:
        """How a step ends."""
        offered = life.book.flow.targets[step]
        verb = verbs.find(life.book.flow.steps[step].verb)
        usual = next(name for name in offered if verb.outcome(name).chosen)
        if step == self.stop:
            return LEFT
        if self.sure and step == self.sure[0] and tries == 1:
            return self.sure[1]
        odds = self.odds.get(step, ()) if tries == 1 and self.back is None else ()
        choices = [(name, weight) for name, weight in odds if name in (*offered, WITHDRAW, LEFT)]
        left = 1.0 - sum(weight for _, weight in choices)
        names, weights = [usual, *(n for n, _ in choices)], [max(left, 0.0), *(w for _, w in choices)]
        return self.chance.choices(names, weights)[0]

    def when(self, life: "Life", step: str, branch: int | None, at: datetime, tries: int) -> datetime:
        """When somebody does a step that is reached at ``at``."""
        if step in self.agreed:
            return self.agreed.pop(step) + timedelta(minutes=self.chance.uniform(0, 25))
        verb = life.book.flow.steps[step].verb
        low, high = self.takes.get(step) or TAKES.get(verb, (5, 30))
        moment = at + timedelta(minutes=self.chance.uniform(low, high))
        return hours.at_work(life.post(step), moment)

    def picture(self, field: str, at: datetime, more: int = 0) -> Upload:
        """The picture for a field of the form; ``more`` tells one of several cases' rows from another."""
        return pictures.read(
            self.form[field], number=self.number + more, estate=self.estate, day=hours.day_of(at)
        )

    def ready(self, step: str, branch: int | None) -> bool:
        """Whether the step can be done yet; if not, it is looked at again on the next day."""
        return True

    def note(self, step: str, outcome: str) -> str:
        """What is written where an outcome asks for a reason.

        Drawn apart from what else is left to chance, so that whoever is refused and tries again says the same.
        """
        told = self.notes.get(outcome) or NOTES.get(outcome) or words.REASONS
        return random.Random(f"{self.number} {step} {outcome}").choice(told)

    def more(self, step: str, outcome: str, at: datetime) -> dict[str, str]:
        """What an outcome that is no good one asks for besides: the moment at which somebody is to be called again."""
        if outcome != "later":
            return {}
        local = timezone.localtime(at)
        day = local.date() + timedelta(days=0 if local.hour < 16 else 1)
        self.agreed[step] = hours.on(day, time(self.chance.choice((18, 19)), self.chance.choice((0, 30))))
        return {"at": hours.typed(self.agreed[step])}

    def kept(self, branch: int | None) -> int:
        """What is kept of a deposit, in fen."""
        return 0

    def reached(self, life: "Life", step: str, branch: int | None, at: datetime) -> None:
        """A step was reached."""

    def over(self, life: "Life", end: str, at: datetime) -> None:
        """The case came to an end."""
        self.ended = end

    def signature(self, life: "Life", step: str) -> str:
        """How a step is signed that has to be."""
        known = life.book.flow.steps[step]
        return "paper" if known.signed or verbs.find(known.verb).signs else ""
