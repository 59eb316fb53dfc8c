"""The year's queue: every case's next step and every clock, done in the order of time through the office's actions.

Every action has its idempotency key, so that a year cut short is driven through once more from its first day: what was
done is found by its key, with what came of it, and nothing is done twice.
"""

import heapq
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import count

from django.utils import timezone

from banli.cases import rules
from banli.cases.actions import Outcome
from banli.engine import back_entry
from banli.engine import events as ev
from banli.engine.rulebook import Rulebook
from banli.estate.models import Estate
from banli.journal.models import Entry
from banli.people.access import Desk, desk_of
from banli.people.models import Staff

from . import hours
from .life import Life
from .story import Story

Do = Callable[[datetime], None]


class Town:
    """The estate between two moments. ``posts``: who acts in each, ``reliefs``: who relieves them, by user name."""

    def __init__(
        self, estate: Estate, posts: dict[str, str], seed: str, until: datetime, reliefs: Mapping[str, str]
    ) -> None:
        self.estate, self.posts, self.seed, self.until = estate, posts, seed, until
        self.reliefs = reliefs
        self.books = rules.every_current()
        self.lives: list[Life] = []
        self.refused: list[str] = []
        self.again = Entry.objects.filter(estate=estate, key__startswith=self.key("")).exists()
        self._queue: list[tuple[datetime, int, Do]] = []
        self._order = count()
        self._desks: dict[str, Desk] = {}
        self.dark: tuple[datetime, datetime] | None = None  # a power cut, from when to when
        self._slips = count(1)
        self.sheets: dict[str, list[str]] = {}  # form → the serials of its empty sheets that lie at the desk
        self.given_up: list[int] = []  # sheets that nobody can write on any more
        self.cash = (
            0  # fen in the till's drawer, reckoned along, so that a year done again pays back in the same way
        )

    def key(self, name: str) -> str:
        """An idempotency key of this year."""
        return f"demo-year-{self.estate.pk}-{name}"

    def desk(self, username: str) -> Desk:
        """The desk somebody of the cast sits at."""
        if username not in self._desks:
            self._desks[username] = desk_of(Staff.objects.get(username=username), self.estate.pk, strict=True)
        return self._desks[username]

    def who(self, post: str, at: datetime) -> str:
        """Who is at work in a post then, by user name."""
        return self.reliefs[post] if post in self.reliefs and hours.relieved(post, at) else self.posts[post]

    def called(self, staff: int) -> str:
        """The user name of somebody who was sent."""
        known = {desk.staff.pk: username for username, desk in self._desks.items()}
        return known.get(staff) or Staff.objects.values_list("username", flat=True).get(pk=staff)

    def at(self, moment: datetime, do: Do) -> None:
        """Do something then; what would come after the end of the year is never done."""
        heapq.heappush(self._queue, (timezone.localtime(moment), next(self._order), do))

    def begin(self, moment: datetime, story: Story) -> None:
        """A case is opened then."""
        life = Life(self, story, len(self.lives))
        self.lives.append(life)
        self.at(moment, life.open)

    def adopt(self, case_id: int, story: Story | None, at: datetime) -> None:
        """A case that another one, or a campaign, opened is gone on with."""
        if story is not None:
            life = Life(self, story, len(self.lives))
            self.lives.append(life)
            life.adopt(case_id, self._so_far(case_id), at)

    def _so_far(self, case_id: int) -> tuple[ev.Event, ...]:
        """What happened when a case was opened, and when it was sent to somebody in the same breath."""
        entries = Entry.objects.filter(stream=f"case/{case_id}").order_by("seq")
        opened = [one for one in entries if one.seq == 1 or (one.key or "").endswith("-share")]
        return tuple(event for entry in opened for event in _events(entry))

    def in_the_dark(self, moment: datetime) -> bool:
        """Whether there is no power then, so that the office writes on paper."""
        return self.dark is not None and self.dark[0] <= moment < self.dark[1]

    def lit(self, moment: datetime) -> datetime:
        """The same moment, or, where there is no power then, a little after it is back."""
        return self.dark[1] + timedelta(minutes=2) if self.dark and self.in_the_dark(moment) else moment

    def sheet_for(self, book: Rulebook) -> str:
        """The next empty sheet on which a case of the procedure can be written; none where there is no such stack."""
        stacks = (self.sheets.get(kind) for kind in back_entry.sheets(book))
        return next((stack.pop(0) for stack in stacks if stack), "")

    def when_light(self, do: Do) -> None:
        """Enter what was written on paper, one slip after the other, when the power is back."""
        assert self.dark is not None
        self.at(self.dark[1] + timedelta(minutes=6, seconds=80 * next(self._slips)), do)

    def run(self, passed: Do = lambda moment: None) -> None:
        """Until the end of the year; ``passed`` is told of every moment that something is done at."""
        while self._queue and self._queue[0][0] <= self.until:
            moment, _, do = heapq.heappop(self._queue)
            passed(moment)
            do(moment)

    def known(self, outcome: Outcome) -> tuple[ev.Event, ...]:
        """What came of an action, also where it had been done before."""
        if not outcome.again:
            self.again = False
            return outcome.events
        entry = Entry.objects.get(stream=f"case/{outcome.case_id}", seq=outcome.seq)
        return _events(entry)

    def written(self, case_id: int, kind: str, at: datetime) -> tuple[ev.Event, ...]:
        """What another case, or a clock, did to a case at a moment."""
        entries = Entry.objects.filter(stream=f"case/{case_id}", kind=kind, at=at).order_by("seq")
        return tuple(event for entry in entries for event in _events(entry))


def _events(entry: Entry) -> tuple[ev.Event, ...]:
    return tuple(map(ev.from_json, entry.body["events"]))
