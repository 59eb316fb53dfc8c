"""The stage a story is played on: the engine itself, a cast, and a clock that moves when the story says so."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from banli.engine import consent, decide, joining, verbs
from banli.engine import events as ev
from banli.engine.clocks import parse_duration
from banli.engine.complained_of import plainly
from banli.engine.decide import Act, Actor, Facts
from banli.engine.fields import OFFICE_ZONE
from banli.engine.money import Tariff
from banli.engine.places import Held
from banli.engine.procedure import Step
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.scenarios.story import (
    Delivers,
    Does,
    Given,
    Joins,
    Line,
    Moves,
    Opens,
    Reassigns,
    Reopens,
    Scenarios,
    SendsBack,
    Waits,
    Withdraws,
)
from banli.engine.state import State
from banli.engine.turn import Turn
from banli.engine.verbs.refund import due_back

#: The room's owner in a story, and how they sign at the counter.
OWNER, DRAWN = 1_000_000, "0" * 64
BEGINS = datetime(2026, 5, 6, 9, tzinfo=OFFICE_ZONE)  # a working day


class Unknown(Exception):
    """The story names somebody or something that is not there."""

    def __init__(self, name: str, choices: Any) -> None:
        super().__init__(name)
        self.name, self.choices = name, sorted(map(str, choices))


class Stage:
    """One case of a procedure, and the people around it. ``told``: who heard of something since the last look."""

    def __init__(self, book: Rulebook, file: Scenarios, given: Given) -> None:
        self.book, self.usual = book, file.answers
        self.applicant = given.applicant or file.given.applicant or book.procedure.applicant.roles[0]
        self.taken = {**file.given.facts, **given.facts}
        record = file.given.record if given.record is None else given.record
        self.record = dict(record) if isinstance(record, dict) else None
        self.resting = {**file.given.resting, **given.resting}
        self.settings = {**file.given.settings, **given.settings}
        self.prices = {**file.given.prices, **given.prices}
        self.deposits = {**file.given.deposits, **given.deposits}
        self.cast = {**file.given.cast, **given.cast}
        self.ids = {who: number for number, who in enumerate(self.cast, start=1)}
        self.now = self.moment(given.now or file.given.now or f"{BEGINS:%Y-%m-%d %H:%M}", BEGINS)
        self.given: dict[str, dict[tuple[int, str], int]] = {}
        for one in (*file.given.taken, *given.taken):
            whose = (self._person(one.who) if one.who else 0, self.moment(one.at, self.now).isoformat())
            self.given.setdefault(one.pool, {})[whose] = one.units
        self.places = [
            Held(one.place, one.plate, one.since, one.until, one.home)
            for one in (*file.given.places, *given.places)
        ]
        self.state = State()
        self.told: list[str] = []
        self.outcomes: set[tuple[str, str]] = set()
        self._known()

    def play(self, line: Line) -> None:
        """Let one line of the story happen. Raises Refusal where the engine refuses, Unknown for a wrong name."""
        if isinstance(line, Waits):
            self._pass_until(self._end_of(line))
            return
        if isinstance(line, Moves):
            self._moved(line)
            return
        if isinstance(line, Delivers):
            self._delivered(line)
            return
        assert isinstance(line, (Does, Opens, Withdraws, Joins, SendsBack, Reopens, Reassigns))
        if line.at is not None:
            self._pass_until(self.moment(line.at, self.now))
        events, self.state = self._act(line, self._actor(line))
        self._hear(events)

    def _moved(self, line: Moves) -> None:
        if line.at is not None:
            self._pass_until(self.moment(line.at, self.now))
        for step in line.moves:
            if step not in self.book.flow.steps:
                raise Unknown(step, self.book.flow.steps)
        self.resting |= line.resting
        if line.record:
            self.record = {**(self.record or {}), **line.record}
        events, self.state = decide.amended(
            self.book, self.state, line.amends, None, line.moves, self._facts(), self.now
        )
        self.outcomes |= set(line.moves.items())
        self._hear(events)

    def _actor(self, line: Any) -> Actor:
        """Who acts; through a link it is the owner alone, whatever the story calls them."""
        by_link = isinstance(line, Does) and line.way == "link"
        return Actor(None, outsider=consent.OWNER) if by_link else self.actor(line.who)

    def _delivered(self, line: Delivers) -> None:
        if line.at is not None:
            self._pass_until(self.moment(line.at, self.now))
        name, branch = place(line.delivers)
        if name not in self.book.flow.steps:
            raise Unknown(name, self.book.flow.steps)
        message = self.state.mail(name, branch)
        if message is None or self.state.token(name, branch) is None:
            raise Refusal("task_not_open", step=self.book.step_title(name))
        told = (
            ev.MailSent(name, branch, message) if line.fails is None else ev.MailFailed(name, branch, message)
        )
        events, self.state = decide.mailed(self.book, self.state, told, self._facts(), self.now)
        self._hear(events)

    def actor(self, who: str) -> Actor:
        """A person of the cast with the posts they hold, their own or another's."""
        posts = self.cast.get(who)
        if posts is None:
            raise Unknown(who, self.cast)
        if isinstance(posts, Mapping):
            held = {post: self._principal(who, other) for post, other in posts.items()}
            return Actor(self.ids[who], held, name=who)
        return Actor(self.ids[who], dict.fromkeys(posts), name=who)

    def name(self, person: int | None) -> str:
        """Who an id stands for."""
        return next((who for who, number in self.ids.items() if number == person), "?")

    def _principal(self, who: str, other: str) -> int | None:
        if other not in self.ids:
            raise Unknown(other, self.ids)
        return None if other == who else self.ids[other]

    def moment(self, written: str, from_day: datetime) -> datetime:
        """``2026-05-06 09:00``, or ``09:00`` of the day the story is at."""
        if len(written) == 5:
            day = from_day.astimezone(OFFICE_ZONE).date()
            return datetime.combine(day, time.fromisoformat(written), OFFICE_ZONE).astimezone(UTC)
        return datetime.fromisoformat(written).replace(tzinfo=OFFICE_ZONE).astimezone(UTC)

    def _end_of(self, line: Waits) -> datetime:
        if line.until is not None:
            return self.moment(line.until, self.now)
        much = parse_duration(line.after or "")
        units = {"m": "minutes", "h": "hours", "d": "days"}
        return self.now + timedelta(**{units[much.unit]: much.number})

    def _pass_until(self, end: datetime) -> None:
        """The worker wakes the case each time a clock warns or runs out, in order."""
        while True:
            times = [t for c in self.state.clocks if c.counts for t in self._times(c) if self.now < t <= end]
            self.now = min(times, default=max(end, self.now))
            events, self.state = decide.tick(self.book, self.state, self._facts(), self.now)
            self._hear(events)
            if not times:
                return

    @staticmethod
    def _times(clock: Any) -> list[datetime]:
        told = [] if clock.state == "late" else [clock.due]
        told += [clock.warn] if clock.warn and clock.state == "running" else []
        told += [one.partition(" ")[2] for one in clock.reminders]
        return [datetime.fromisoformat(moment) for moment in told]

    def _act(self, line: Any, actor: Actor) -> tuple[list[ev.Event], State]:
        book, facts = self.book, self._facts()
        if isinstance(line, Opens):
            return decide.open_case(book, self.applicant, None, actor, facts, self.now)
        if isinstance(line, Does):
            return self._do(line, actor)
        if isinstance(line, Withdraws):
            return decide.withdraw(book, self.state, line.withdraws, actor, facts, self.now)
        if isinstance(line, Joins):
            return joining.join(book, self.state, 0, "", actor, facts, self.now)
        what, target, person = "send_back", getattr(line, "sends_back", ""), None
        if isinstance(line, Reopens):
            what, target = "reopen", line.reopens
        elif isinstance(line, Reassigns):
            what, target, person = "reassign", line.reassigns, self._person(line.assignee)
        if target not in book.flow.steps:
            raise Unknown(target, book.flow.steps)
        return decide.override(book, self.state, what, target, line.reason, actor, facts, self.now, person)

    def _do(self, line: Does, actor: Actor) -> tuple[list[ev.Event], State]:
        name, branch = place(line.does)
        step = self.book.flow.steps.get(name)
        if step is None:
            raise Unknown(name, self.book.flow.steps)
        self.taken |= line.facts
        wanted = self._wanted(line, step, name, branch)
        if self.state.status == "new":
            facts = self._facts()
            told = decide.open_case(self.book, self.applicant, wanted, actor, facts, self.now)
        else:
            told = decide.act(self.book, self.state, wanted, actor, self._facts(), self.now)
        self.outcomes.add((name, wanted.outcome))
        return told

    def _wanted(self, line: Does, step: Step, name: str, branch: int | None) -> Act:
        outcome = line.outcome or next(iter(self.book.flow.targets[name]))
        known = {one.name: one for one in verbs.find(step.verb).outcomes}
        asked = outcome in known and known[outcome].asks
        usual = {k: v for k, v in self.usual.get(name, {}).items() if asked}
        note = (
            line.note
            if line.note is not None
            else ("…" if outcome in known and known[outcome].reason else "")
        )
        return Act(
            name,
            outcome,
            branch,
            {**usual, **line.answers},
            note,
            "" if line.unsigned else _signature(step, line),
            self._extra(line, step, name, branch),
        )

    def _extra(self, line: Does, step: Step, name: str, branch: int | None) -> dict[str, Any]:
        told: dict[str, Any] = {"owner": OWNER, "reference": "…"} if step.ways else {}
        if step.checklist is not None:
            told["ticked"] = step.checklist if line.ticked is None else line.ticked
        if step.items is not None:
            rows = self.state.answer(step.items.removeprefix("form."), branch) or []
            ticked = line.ticked if line.ticked is not None else tuple(n + 1 for n in range(len(rows)))
            told["ticked"] = [n - 1 for n in ticked if isinstance(n, int)]
        if line.again is not None:
            told["at"] = (
                self.moment(line.again, self.now).astimezone(OFFICE_ZONE).replace(tzinfo=None).isoformat()
            )
        if step.to is not None:
            holders = sorted(self._facts().holders.get(self.book.sends_to(name, self.state, branch), ()))
            told["assignee"] = self._person(line.assignee) if line.assignee else next(iter(holders), None)
        if step.fees or step.of:
            fen = self._due(step, name, branch) if line.fen is None else line.fen
            told |= {"fen": fen, "method": line.method, "reference": line.reference}
        return {**told, "ticked": list(told["ticked"])} if "ticked" in told else told

    def _due(self, step: Step, name: str, branch: int | None) -> int:
        """What is to change hands: what was charged, or the deposits less what is deducted."""
        if step.of:
            turn = Turn(self.book, self.state, self._facts(), self.now, here=(name, branch))
            backs, kept = due_back(turn)
            return sum(back.fen for back in backs) - kept
        charge = self.state.charge(name, branch)
        return charge.due if charge else 0

    def _person(self, who: str) -> int:
        if who not in self.ids:
            raise Unknown(who, self.ids)
        return self.ids[who]

    def _facts(self) -> Facts:
        holders: dict[str, set[int]] = {}
        for who, posts in self.cast.items():
            for post in posts:
                holders.setdefault(post, set()).add(self.ids[who])
        taken = dict(self.taken)
        if self.book.procedure.rests_on is not None:
            taken["record"] = "no" if self.record is None else "yes"
        if self.book.procedure.repeats is not None:
            taken.setdefault("repeated", "no")
        prices = {name: Tariff(fen) for name, fen in self.prices.items()}
        confirmed = tuple(f"q{n}" for n in range(consent.questions(self.book, self.settings)))
        return Facts(
            taken=taken, settings=self.settings, holders=holders, record=self.record, prices=prices,
            names={number: who for who, number in self.ids.items()},
            brought=self.deposits, resting=self.resting, owners=frozenset({OWNER}), confirmed=confirmed,
            given=self.given, places=self._held, staff={plainly(who): {number} for who, number in self.ids.items()},
        )  # fmt: skip

    def _held(self, place: str, plate: str, since: date) -> list[Held]:
        mine = [one for one in self.places if place == one.place or plate == one.plate]
        return [one for one in mine if one.until is None or one.until >= since - timedelta(days=1)]

    def _hear(self, events: list[ev.Event]) -> None:
        for event in events:
            if isinstance(event, ev.Told):
                self.told += list(event.posts) if event.person is None else [self.name(event.person)]
            elif isinstance(event, ev.Done) and event.by is None:
                self.outcomes.add((event.step, event.outcome))

    def _known(self) -> None:
        """Posts, facts and settings of the story exist."""
        pack, flow = self.book.pack, self.book.flow
        named: list[tuple[str, Iterable[str]]]
        named = [(post, pack.posts) for posts in self.cast.values() for post in posts]
        named += [(name, pack.settings) for name in self.settings]
        named += [(name, pack.prices) for name in (*self.prices, *self.deposits)]
        named += [(step, flow.steps) for step in self.usual]
        for name, choices in named:
            if name not in choices:
                raise Unknown(name, choices)


def _signature(step: Step, line: Does) -> str:
    """As the office usually gets it: on paper; of an owner who may choose, drawn at the counter."""
    if not step.ways:
        return "call" if line.way == "call" else "paper"
    return line.way if line.way in ("paper", "call") else DRAWN


def place(written: str) -> tuple[str, int | None]:
    """A step, and the row where ``@1`` names the first."""
    name, _, row = written.partition("@")
    return name, int(row) - 1 if row else None


def written(step: str, branch: int | None) -> str:
    """A step and its row as a story writes them."""
    return step if branch is None else f"{step}@{branch + 1}"
