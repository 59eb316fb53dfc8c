"""The year's queue: every case's next step and every clock, done in the order of time through the office's actions.

Every action has its idempotency key, so that a year cut short is driven through once more from its first day: what was
done is found by its key, with what came of it, and nothing is done twice.
"""

import heapq
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from banli.cases import actions, rules
from banli.cases.actions import Outcome
from banli.engine import events as ev
from banli.engine import verbs
from banli.engine.money import Line
from banli.engine.refusals import Refusal
from banli.estate.models import Estate
from banli.journal.models import Entry
from banli.people.access import Desk, desk_of
from banli.people.models import Staff

from . import hours
from .story import LEFT, WITHDRAW, Story

Place = tuple[str, int | None]
Do = Callable[[datetime], None]
METHODS = {"qr": 6, "cash": 3, "transfer": 2}
TRIES = 3  # a step that is refused is tried again on later days, so often


class Town:
    """The estate between two moments. ``posts``: who acts in each post, by user name."""

    def __init__(self, estate: Estate, posts: dict[str, str], seed: str, until: datetime) -> None:
        self.estate, self.posts, self.seed, self.until = estate, posts, seed, until
        self.books = rules.every_current()
        self.lives: list[Life] = []
        self.refused: list[str] = []
        self.again = Entry.objects.filter(estate=estate, key__startswith=self.key("")).exists()
        self._queue: list[tuple[datetime, int, Do]] = []
        self._order = count()
        self._desks: dict[str, Desk] = {}

    def key(self, name: str) -> str:
        """An idempotency key of this year."""
        return f"demo-year-{self.estate.pk}-{name}"

    def desk(self, username: str) -> Desk:
        """The desk somebody of the cast sits at."""
        if username not in self._desks:
            self._desks[username] = desk_of(Staff.objects.get(username=username), self.estate.pk, strict=True)
        return self._desks[username]

    def at(self, moment: datetime, do: Do) -> None:
        """Do something then; what would come after the end of the year is never done."""
        heapq.heappush(self._queue, (timezone.localtime(moment), next(self._order), do))

    def begin(self, moment: datetime, story: Story) -> None:
        """A case is opened then."""
        life = Life(self, story, len(self.lives))
        self.lives.append(life)
        self.at(moment, life.open)

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


class Life:
    """One case at work: which of its steps are open, and what is due at them."""

    def __init__(self, town: Town, story: Story, number: int) -> None:
        self.town, self.story, self.number = town, story, number
        self.book = town.books[story.procedure]
        self.case_id = 0
        self.ended = ""
        self.now = town.until
        self._acts = count()
        self._reached = count(1)
        self._open: dict[Place, int] = {}
        self._people: dict[Place, int | None] = {}
        self._tries: Counter[Place] = Counter()
        self._refusals: Counter[Place] = Counter()
        self._due: dict[Place, int] = {}
        self._held: dict[str, tuple[int, int]] = {}  # pay step → fen, rows
        self._clocks: dict[tuple[str, int | None], str] = {}
        story.chance, story.number = random.Random(f"{town.seed} {number}"), number
        story.form, story.estate = self.book.procedure.form, town.estate.name

    # --- what is done -------------------------------------------------------------------------------------------------

    def open(self, at: datetime) -> None:
        """Somebody comes to the counter."""
        self.story.prepare(at)
        asks = self.story.applicant()
        if asks is None:
            return
        first = self.book.flow.root.items[0]
        told = self.story.told(first, None, at)
        opener = self.town.posts[self.book.procedure.opened_by[0]]

        def do() -> Outcome:
            return actions.open_case(
                by=self.town.desk(opener), procedure=self.story.procedure, unit=self.story.home.unit,
                applicant=asks.person, applicant_role=asks.role, answers=told.answers, uploads=told.uploads,
                signature=self.story.signature(self, first), key=self._key(), now=at,
            )  # fmt: skip

        try:
            outcome = do()
        except Refusal as why:
            self._note_refusal(first, why)
            return
        self.case_id = outcome.case_id
        self._take(self.town.known(outcome), at)

    def _act(self, place: Place, serial: int, at: datetime) -> None:
        if self._open.get(place) != serial:
            return
        step, branch = place
        self.now = at
        if not self.story.ready(step, branch):
            self._later(place, serial, at)
            return
        outcome = self.story.outcome(self, step, branch, self._tries[place])
        if outcome == LEFT:
            return
        try:
            done = self._withdraw(at) if outcome == WITHDRAW else self._done(step, branch, outcome, at)
        except Refusal as why:
            self._refusals[place] += 1
            if self._refusals[place] < TRIES:
                self._later(place, serial, at)
            else:
                self._note_refusal(step, why)
            return
        self._take(self.town.known(done), at)

    def _done(self, step: str, branch: int | None, outcome: str, at: datetime) -> Outcome:
        known = self.book.flow.steps[step]
        how = next(one for one in verbs.find(known.verb).outcomes if one.name == outcome)
        told = self.story.told(step, branch, at) if how.asks else None
        return actions.act(
            by=self.town.desk(self._who(step, branch)), case_id=self.case_id, step=step, branch=branch, outcome=outcome,
            answers=told.answers if told else {}, uploads=told.uploads if told else (), now=at, key=self._key(),
            note=self.story.note(step, outcome) if how.reason else "",
            signature=self.story.signature(self, step) if how.good else "",
            extra=self._extra(step, branch, at) if how.good else {},
        )  # fmt: skip

    def _withdraw(self, at: datetime) -> Outcome:
        rule = self.book.procedure.withdraw
        assert rule is not None
        desk = self.town.desk(self.town.posts[rule.by[0]])
        reason = self.story.note("", WITHDRAW)
        return actions.withdraw(by=desk, case_id=self.case_id, reason=reason, key=self._key(), now=at)

    def _extra(self, step: str, branch: int | None, at: datetime) -> dict[str, Any]:
        """What the verb asks for beside the answers: ticks, whom to send, money."""
        known, extra = self.book.flow.steps[step], dict[str, Any]()
        if known.checklist:
            extra["ticked"] = list(known.checklist)
        if known.ways:  # an owner's consent, on paper
            extra["reference"] = "业主同意书，前台文件夹"
        if known.items:
            extra["ticked"] = list(range(100))
        if known.to:
            extra["assignee"] = self.town.desk(self.town.posts[known.to]).staff.pk
        if known.fees:
            extra |= {"fen": self._due.get((step, branch), 0), **self._method(at)}
        if known.of:
            fen, rows = self._held.get(known.of, (0, 1))
            part = fen // rows if branch is not None else fen
            extra |= {"fen": part - self.story.kept(branch), **self._method(at)}
        return extra

    def _method(self, at: datetime) -> dict[str, str]:
        method = self.story.chance.choices(list(METHODS), list(METHODS.values()))[0]
        reference = "" if method == "cash" else f"{at:%y%m%d%H%M%S}{self.number:04}"
        return {"method": method, "reference": reference}

    # --- what comes of it ---------------------------------------------------------------------------------------------

    def _take(self, events: tuple[ev.Event, ...], at: datetime) -> None:
        """Follow what happened; plan who does the steps that are open since, and what the clocks wait for."""
        fresh: list[Place] = []
        for event in events:
            if isinstance(event, ev.Reached):
                self._open[event.step, event.branch] = next(self._reached)
                self._people[event.step, event.branch] = event.person
                fresh.append((event.step, event.branch))
            elif isinstance(event, (ev.Done, ev.Cancelled)):
                self._open.pop((event.step, event.branch), None)
            elif isinstance(event, ev.Attempted):
                fresh.append((event.step, event.branch))
            else:
                self._note(event, at)
        for place in dict.fromkeys(fresh):
            if place in self._open:
                self._plan(place, at)

    def _note(self, event: ev.Event, at: datetime) -> None:
        if isinstance(event, ev.Charged):
            lines = [Line(**line) for line in event.lines]
            self._due[event.step, event.branch] = sum(line.due for line in lines)
        elif isinstance(event, ev.Paid):
            held = [Line(**line) for line in event.lines if line["kind"] == "deposit"]
            if held:
                self._held[event.step] = (sum(line.fen for line in held), max(held[0].count, 1))
        elif isinstance(event, ev.ClockStarted):
            self._clocks[event.clock, event.branch] = event.due
            given = (told.partition(" ")[2] for told in event.reminders)
            for moment in filter(None, (event.warn, event.due, *given)):
                self._wait(event, datetime.fromisoformat(moment), at)
        elif isinstance(event, ev.ClockStopped):
            self._clocks.pop((event.clock, event.branch), None)
        elif isinstance(event, ev.RecordChanged):
            self._changed(at)
        elif isinstance(event, ev.Ended):
            self.ended = event.end
            self.story.over(self, event.end, at)

    def _wait(self, event: ev.ClockStarted, moment: datetime, at: datetime) -> None:
        """Let time pass on the case then, unless the clock has stopped: the worker would a few seconds later."""

        def tick(now: datetime) -> None:
            if not self.ended and self._clocks.get((event.clock, event.branch)) == event.due:
                outcome = actions.tick(case_id=self.case_id, now=now)
                events = outcome.events if outcome else ()
                if outcome is None and self.town.again:
                    events = self.town.written(self.case_id, "tick", now)
                self._take(events, now)

        self.town.at(max(moment, at) + timedelta(seconds=3), tick)

    def _changed(self, at: datetime) -> None:
        """The case this one rests on was changed, and others that rest on it: they hear of it."""
        for other in self.town.lives:
            if other is self or not other.case_id or other.ended:
                continue
            if other.story.home.unit.pk == self.story.home.unit.pk:
                other._take(self.town.written(other.case_id, "amend", at), at)

    def _plan(self, place: Place, at: datetime) -> None:
        step, branch = place
        self._tries[place] += 1
        self.story.reached(self, step, branch, at)
        if not self.post(step):
            return  # the system does it
        moment = self.story.when(self, step, branch, at, self._tries[place])
        serial = self._open[place]
        self.town.at(max(moment, at), lambda now: self._act(place, serial, now))

    def _later(self, place: Place, serial: int, at: datetime) -> None:
        moment = hours.at_work(self.post(place[0]), at + timedelta(days=1))
        self.town.at(moment, lambda now: self._act(place, serial, now))

    def _note_refusal(self, step: str, why: Refusal) -> None:
        fields = {name: one.code for name, one in why.fields.items()}
        self.town.refused.append(
            f"{self.story.procedure} #{self.case_id} {step}: {why.code} {fields or ''}".strip()
        )

    # --- who ----------------------------------------------------------------------------------------------------------

    def post(self, step: str) -> str:
        """The post in whose inbox a step lies; of somebody who was sent, the post they were sent from."""
        known = self.book.flow.steps[step]
        if known.posts():
            return known.posts()[0]
        sent = known.assigned_by()
        return (self.book.flow.steps[sent].to or "") if sent else ""

    def _who(self, step: str, branch: int | None) -> str:
        return self.town.posts[self.post(step)]

    def _key(self) -> str:
        return self.town.key(f"{self.number:05}-{next(self._acts):03}")
