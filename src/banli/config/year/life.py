"""One case at work: which of its steps are open, who does them and when, and what is due at them."""

import random
from collections import Counter
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from banli.cases import actions, pausing
from banli.cases.actions import Outcome
from banli.cases.attachments import Upload
from banli.engine import back_entry, verbs
from banli.engine import events as ev
from banli.engine.decide import OnPaper
from banli.engine.money import Line
from banli.engine.refusals import Refusal
from banli.people.access import Desk

from . import hours, pictures
from .story import JOIN, LEFT, WITHDRAW, Story, Told

if TYPE_CHECKING:
    from .town import Town

Place = tuple[str, int | None]
METHODS = {"qr": 6, "cash": 3, "transfer": 2}
TRIES = 3  # a step that is refused is tried again on later days, so often
SLIP = "停电手写单"
#: Those who leave their papers at the desk after a power cut, and do not enter them themselves.
ON_FOOT = ("technician", "gate", "lobby_assistant", "cleaning_leader")


class Life:
    """One case at work: which of its steps are open, and what is due at them."""

    def __init__(self, town: "Town", story: Story, number: int) -> None:
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
        self._charged: dict[str, tuple[int, int]] = {}  # pay step → fen, units
        self._clocks: dict[tuple[str, int | None], str] = {}
        self._told: dict[str, Any] = {}
        story.chance, story.number = random.Random(f"{town.seed} {number}"), number
        story.form, story.estate = self.book.procedure.form, town.estate.name

    # --- what is done -------------------------------------------------------------------------------------------------

    def open(self, at: datetime) -> None:
        """Somebody comes to the counter, or telephones."""
        if not self.town.in_the_dark(at):
            self._open_at(at, at)
            return
        self.town.when_light(lambda now: self._open_at(at, now))

    def _open_at(self, at: datetime, now: datetime) -> None:
        """It was opened at ``at``, and is written down at ``now``."""
        self.story.meet()
        self.story.prepare(at)
        asks = self.story.applicant()
        if asks is None:
            return
        first = self.book.flow.root.items[0]
        told = self.story.told(first, None, at)
        about = self.story.about()
        try:
            outcome = actions.open_case(
                by=self.town.desk(self.town.who(self._opener(), at)), procedure=self.story.procedure, unit=about,
                applicant=asks.person if about else None, applicant_role=asks.role if about else "staff",
                answers=told.answers, uploads=told.uploads, signature=self.story.signature(self, first),
                key=self._key(), on_paper=self._slip(at) if now > at else None, now=now,
            )  # fmt: skip
        except Refusal as why:
            self._note_refusal(first, why)
            return
        self.case_id = outcome.case_id
        self._take(self.town.known(outcome), at)

    def _slip(self, at: datetime) -> OnPaper:
        """What the case was written on without power: a numbered sheet of its form, where there is one."""
        return OnPaper(at.isoformat(), reference=SLIP, sheet=self.town.sheet_for(self.book))

    def adopt(self, case_id: int, events: tuple[ev.Event, ...], at: datetime) -> None:
        """Somebody else opened the case, and this is what happened in it so far."""
        self.case_id = case_id
        self.story.meet()
        self.story.prepare(at)
        self._take(events, at)

    def _act(self, place: Place, serial: int, at: datetime) -> None:
        if self.town.in_the_dark(at):
            self.town.when_light(lambda now: self._act_at(place, serial, at, now))
        else:
            self._act_at(place, serial, at, at)

    def _act_at(self, place: Place, serial: int, at: datetime, now: datetime) -> None:
        """A step was done at ``at``, and is written down at ``now``."""
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
            done = self._done(step, branch, outcome, at, now)
        except Refusal as why:
            self._refusals[place] += 1
            self.story.refused = step
            if self._refusals[place] < TRIES:
                self._later(place, serial, at)
            else:
                self._note_refusal(step, why)
            return
        self._take(self.town.known(done), at)

    def _done(self, step: str, branch: int | None, outcome: str, at: datetime, now: datetime) -> Outcome:
        if outcome == WITHDRAW:
            return self._withdraw(now)
        if outcome == JOIN:
            return self._join(now)
        known = self.book.flow.steps[step]
        how = next(one for one in verbs.find(known.verb).outcomes if one.name == outcome)
        told = self.story.told(step, branch, at) if how.asks else Told({})
        desk, on_paper, scans = self._written(step, branch, at, now)
        return actions.act(
            by=desk, case_id=self.case_id, step=step, branch=branch, outcome=outcome, answers=told.answers,
            uploads=(*told.uploads, *scans), on_paper=on_paper, now=now, key=self._key(),
            note=self.story.note(step, outcome) if how.reason else "",
            signature=self.story.signature(self, step) if how.good else "",
            extra=self._extra(step, branch, at) if how.good else self.story.more(step, outcome, at),
        )  # fmt: skip

    def _written(
        self, step: str, branch: int | None, at: datetime, now: datetime
    ) -> tuple[Desk, OnPaper | None, tuple[Upload, ...]]:
        """Who writes it down; after a power cut from which paper, and its picture."""
        desk = self.town.desk(self._who(step, branch, at))
        if now == at:
            return desk, None, ()
        if self.post(step) not in ON_FOOT:
            return desk, OnPaper(at.isoformat(), reference=SLIP), ()
        scan = pictures.scene(self.number)
        paper = OnPaper(at.isoformat(), by=desk.staff.pk, reference=SLIP, scan=scan.sha256)
        return self.town.desk(self.town.posts[back_entry.supervisors(self.book)[0]]), paper, (scan,)

    def _withdraw(self, at: datetime) -> Outcome:
        rule = self.book.procedure.withdraw
        assert rule is not None
        desk = self.town.desk(self.town.who(rule.by[0], at))
        reason = self.story.note("", WITHDRAW)
        return actions.withdraw(by=desk, case_id=self.case_id, reason=reason, key=self._key(), now=at)

    def _join(self, at: datetime) -> Outcome:
        rule, first = self.book.procedure.withdraw, self.story.earlier
        assert rule is not None and first is not None
        return actions.join(
            by=self.town.desk(self.town.who(rule.by[0], at)), case_id=self.case_id, main_id=first.case_id,
            note=self.story.note("", JOIN), key=self._key(), now=at,
        )  # fmt: skip

    def pause(self, clock: str, reason: str, at: datetime) -> None:
        """Let a clock stand still for the rest of the year, and a day or two beyond."""
        paused = pausing.pause_clock(
            by=self.town.desk(self.town.posts["duty_supervisor"]), case_id=self.case_id, clock=clock, branch=None,
            reason=reason, until=hours.day_of(self.town.until) + timedelta(days=2), key=self._key(), now=at,
        )  # fmt: skip
        self._take(self.town.known(paused), at)

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
            extra["assignee"] = self.town.desk(self.town.posts[self._sent_to(step)]).staff.pk
        if known.fees:
            extra |= {"fen": self._due.get((step, branch), 0), **self._method(at)}
        if known.of and known.unused:
            fen, units = self._charged[known.of]
            back = fen * int(self._told[known.unused.removeprefix("form.")]) // units
            extra |= {"fen": back, **self._method(at, back)}
        elif known.of:
            fen, rows = self._held.get(known.of, (0, 1))
            part = fen // rows if branch is not None else fen
            back = part - self.story.kept(branch)
            extra |= {"fen": back, **self._method(at, back)}
        return extra

    def _method(self, at: datetime, back: int = 0) -> dict[str, str]:
        """How money comes in or goes ``back`` (fen): what is more than the till's cash goes by transfer."""
        method = self.story.chance.choices(list(METHODS), list(METHODS.values()))[0]
        if method == "cash" and back > self.town.cash:
            method = "transfer"
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
        elif isinstance(event, ev.Refunded):
            self.town.cash -= event.fen if event.method == "cash" else 0
        elif isinstance(event, ev.Paid):
            self.town.cash += event.fen if event.method == "cash" else 0
            charged = [Line(**line) for line in event.lines if line["kind"] == "charge"]
            if charged:
                self._charged[event.step] = (charged[0].fen, max(charged[0].count, 1))
            held = [Line(**line) for line in event.lines if line["kind"] == "deposit"]
            if held:
                self._held[event.step] = (sum(line.fen for line in held), max(held[0].count, 1))
        elif isinstance(event, (ev.ClockStarted, ev.ClockResumed, ev.ClockMoved)):
            self._clocks[event.clock, event.branch] = event.due
            given = (told.partition(" ")[2] for told in event.reminders)
            for moment in filter(None, (event.warn, event.due, *given)):
                self._wait(event, datetime.fromisoformat(moment), at)
        elif isinstance(event, (ev.ClockStopped, ev.ClockPaused)):
            self._clocks.pop((event.clock, event.branch), None)
        elif isinstance(event, ev.Filled):
            self._told |= event.values
        elif isinstance(event, ev.CaseStarted) and event.case is not None:
            self.town.adopt(event.case, self.story.child(event.procedure), at)
        elif isinstance(event, ev.RecordChanged):
            self._changed(at)
        elif isinstance(event, ev.Ended):
            self.ended = event.end
            self.story.over(self, event.end, at)

    def _wait(
        self, event: ev.ClockStarted | ev.ClockResumed | ev.ClockMoved, moment: datetime, at: datetime
    ) -> None:
        """Let time pass on the case then, unless the clock has stopped: the worker would a few seconds later."""

        def tick(now: datetime) -> None:
            if not self.ended and self._clocks.get((event.clock, event.branch)) == event.due:
                outcome = actions.tick(case_id=self.case_id, now=now)
                events = outcome.events if outcome else ()
                if outcome is None and self.town.again:
                    events = self.town.written(self.case_id, "tick", now)
                self._take(events, now)

        self.town.at(self.town.lit(max(moment, at) + timedelta(seconds=3)), tick)

    def _changed(self, at: datetime) -> None:
        """The case this one rests on was changed, and others that rest on it: they hear of it."""
        for other in self.town.lives:
            if other is self or not other.case_id or other.ended:
                continue
            if other.story.about() == self.story.about():
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
        return self._sent_to(sent) if sent else ""

    def _sent_to(self, step: str) -> str:
        """The post whose holder is sent: the one that is named, or the one that an answer names."""
        to = self.book.flow.steps[step].to or ""
        return str(self._told.get(to.removeprefix("form."), "")) if to.startswith("form.") else to

    def _opener(self) -> str:
        return self.book.procedure.opened_by[0]

    def _who(self, step: str, branch: int | None, at: datetime) -> str:
        sent = self._people.get((step, branch))
        return self.town.called(sent) if sent is not None else self.town.who(self.post(step), at)

    def _key(self) -> str:
        return self.town.key(f"{self.number:05}-{next(self._acts):03}")
