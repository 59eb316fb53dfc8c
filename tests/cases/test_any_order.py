"""Anybody does anything in any order: the office holds, at every step and at the end.

Seeded walks through the real actions on the real procedures, in the database. BANLI_STEPS sets how far they go in all
(100000 for the long run: legs of LEG steps, each in an office of its own, side by side with -n), BANLI_SEED where they
begin.
"""

import os
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from banli.cases import actions, attachments, audit, rules
from banli.cases.models import Case
from banli.engine import events as ev
from banli.engine.fields import Column, Field
from banli.engine.folding import apply, fold
from banli.engine.limits import parse_limit
from banli.engine.procedure import Step
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.standing import to_json
from banli.engine.state import State, Token
from banli.journal.chain import moment
from banli.journal.models import Entry
from banli.papers.models import Paper
from tests.desk.at_the_desk import picture
from tests.engine.oracle import safeguards_broken
from tests.office import ZONE, Office, identity

STEPS = int(os.environ.get("BANLI_STEPS", 400))
LEG = min(STEPS, 2000)
SEED = int(os.environ.get("BANLI_SEED", 20260501))
OPEN_AT_ONCE = 12
OUTSIDERS = ("he", "xiaoqin")
PICTURE = attachments.photo(picture())
#: Refusals that only a fault of ours could cause.
NEVER_SAID = {"safeguard"}


@dataclass
class Kept:
    """What the walk knows of a case without asking the database."""

    state: State = field(default_factory=State)
    good: frozenset[tuple[str, int | None]] = frozenset()
    entries: int = 0


@dataclass
class Walk:
    office: Office
    dice: random.Random
    now: datetime = datetime(2026, 5, 1, 9, 0, tzinfo=ZONE)
    cases: dict[int, Kept] = field(default_factory=dict)
    accepted: list[tuple[dict[str, Any], actions.Outcome]] = field(default_factory=list)
    told: Counter[str] = field(default_factory=Counter)
    keys: int = 0

    def step(self) -> None:
        """One thing, sensible or not."""
        self.now += timedelta(seconds=self.dice.randint(0, 600))
        still = self.still_open()
        if len(still) < self.dice.randint(1, OPEN_AT_ONCE):
            return self.open()
        case = self.dice.choice(list(self.cases) if self.dice.random() < 0.1 else still)
        what = self.dice.choices(
            [self.act, self.tick, self.again, self.withdraw, self.override], [70, 8, 8, 8, 6]
        )[0]
        what(case)

    def still_open(self) -> list[int]:
        """The newest cases that are open; older ones were left lying."""
        found = [pk for pk in list(self.cases)[-4 * OPEN_AT_ONCE :] if self.state(pk).status == "open"]
        return found[-OPEN_AT_ONCE:]

    def state(self, case: int) -> State:
        return self.cases[case].state

    def book(self, case: int) -> Rulebook:
        return rules.rulebook(Case.objects.values_list("version_id", flat=True).get(pk=case))

    def open(self) -> None:
        procedure = self.dice.choice(
            [
                "additional-item",
                "goods-release",
                "home-cleaning",
                "home-repair",
                "hot-work",
                "opening",
                "stairs-lift",
            ]
        )
        book = rules.current(procedure)
        role = self.dice.choice(["owner", "tenant"])
        first = book.flow.root.items[0]
        self.asked(
            {
                "by": self.somebody(book.procedure.opened_by), "procedure": procedure, "unit": self.office.unit,
                "applicant": self.office.owner if role == "owner" else self.office.tenant, "applicant_role": role,
                "answers": self.answers(book, first), "uploads": self.dice.choice([[PICTURE], [PICTURE], []]),
            },
            book,
        )  # fmt: skip

    def act(self, case: int) -> None:
        book, state = self.book(case), self.state(case)
        token = self.dice.choice(state.tokens) if state.tokens and self.dice.random() < 0.93 else None
        step = token.step if token else self.dice.choice(list(book.flow.steps))
        offered = list(book.flow.targets[step])
        outcome = offered[0] if self.dice.random() < 0.6 else self.dice.choice([*offered, "nonsense"])
        self.asked(self.wanted(book, case, token or Token(step, None, None, ""), outcome), book)

    def wanted(self, book: Rulebook, case: int, token: Token, outcome: str) -> dict[str, Any]:
        step = book.flow.steps[token.step]
        who = next((w for w in self.office.desks if self.office.staff(w).pk == token.person), None)
        to = book.sends_to(token.step, self.state(case), token.branch)
        fit = [desk.staff.pk for desk in self.office.desks.values() if to and desk.holds(to)] or [1]
        return {
            "by": self.office[who] if who and self.dice.random() < 0.9 else self.somebody(step.posts()),
            "case_id": case, "step": token.step, "outcome": outcome, "branch": token.branch,
            "answers": self.answers(book, token.step), "uploads": [PICTURE],
            "note": self.dice.choice(["原因", "原因", ""]), "signature": self.dice.choice(["paper", "paper", ""]),
            "extra": {
                "assignee": self.dice.choice([*fit, *fit, 1]),
                "ticked": self.dice.choice([self.everything(case, step), [0], []]),
                "reference": self.dice.choice(["2026 年 5 月夹", "2026 年 5 月夹", ""]),
            },
        }  # fmt: skip

    def everything(self, case: int, step: Step) -> list[Any]:
        """All there is to tick off."""
        rows = self.state(case).answer((step.items or "").removeprefix("form.")) if step.items else ()
        return list(step.checklist) if step.checklist else list(range(len(rows or ())))

    def withdraw(self, case: int) -> None:
        book = self.book(case)
        posts = book.procedure.withdraw.by if book.procedure.withdraw else ()
        self.asked(
            {"by": self.somebody(posts), "case_id": case, "reason": self.dice.choice(["不办了", ""])}, book
        )

    def override(self, case: int) -> None:
        book = self.book(case)
        posts = book.procedure.override.by if book.procedure.override else ()
        self.asked(
            {
                "by": self.somebody(posts), "case_id": case,
                "what": self.dice.choice(["reassign", "send_back", "reopen"]),
                "step": self.dice.choice(list(book.flow.steps)), "reason": self.dice.choice(["更正", ""]),
                "person_id": self.dice.choice([None, self.office.staff("zheng").pk]),
            },
            book,
        )  # fmt: skip

    def tick(self, case: int) -> None:
        """Minutes to days pass; every case is looked at, as the worker does."""
        self.now += timedelta(minutes=self.dice.choice([5, 20, 120, 60 * 26]))
        for pk in self.still_open():
            told = actions.tick(case_id=pk, now=self.now)
            if told:
                self.keep(told, None, self.book(pk))

    def again(self, case: int) -> None:
        """What was acknowledged is sent once more: the answer is the first one's, and nothing happens."""
        if not self.accepted:
            return
        request, first = self.dice.choice(self.accepted[-50:])
        before = Entry.objects.count()
        told = self.call(request)
        assert (told.case_id, told.seq, told.again) == (first.case_id, first.seq, True)
        assert Entry.objects.count() == before
        self.told["again"] += 1

    def asked(self, request: dict[str, Any], book: Rulebook) -> None:
        self.keys += 1
        request |= {"key": f"walk-{self.keys:08}", "now": self.now}
        before = Entry.objects.count()
        try:
            told = self.call(request)
        except Refusal as why:
            assert why.code not in NEVER_SAID, (why, request)
            assert why.say("zh") and why.say("en")
            assert Entry.objects.count() == before, "a refusal changes nothing"
            self.told[why.code] += 1
            return
        assert request["by"].estate == self.office.estate, "nobody acts on another estate's case"
        self.told["done"] += 1
        self.accepted.append((request, told))
        self.keep(told, request["by"], book)

    def call(self, request: dict[str, Any]) -> actions.Outcome:
        if "procedure" in request:
            return actions.open_case(**request)
        if "step" not in request:
            return actions.withdraw(**request)
        return actions.override(**request) if "what" in request else actions.act(**request)

    def keep(self, told: actions.Outcome, by: Any, book: Rulebook) -> None:
        """What the action says it did is all that the database shows, was done in a post, and broke no safeguard."""
        kept = self.cases.setdefault(told.case_id, Kept())
        before = self.state(told.case_id)
        assert told.seq == kept.entries + 1
        kept.entries = told.seq
        entry = Entry.objects.get(stream=f"case/{told.case_id}", seq=told.seq)
        broken, kept.good = safeguards_broken(book, told.events, kept.good, before)
        assert not broken, [book.procedure.never[number] for number in broken]
        for event in told.events:
            kept.state = apply(kept.state, event, moment(entry.at))
        case, state = Case.objects.get(pk=told.case_id), kept.state
        shown = to_json(state)
        assert (case.status, case.seq) == (state.status, told.seq)
        assert (case.form, case.clocks, case.standing) == (shown["form"], shown["clocks"], shown["standing"])
        for event in told.events:
            if isinstance(event, ev.Done) and event.by:
                self.done_by_the_right_post(book, before, event, by)
            if isinstance(event, ev.CaseStarted) and event.case:
                self.take_on(event.case)

    def take_on(self, case: int) -> None:
        """A case that another began is walked on as well: it waits at its first step, with what it was given."""
        entry = Entry.objects.get(stream=f"case/{case}")
        events = [ev.from_json(told) for told in entry.body["events"]]
        broken, good = safeguards_broken(self.book(case), events, frozenset(), State())
        assert not broken
        state = fold((event, moment(entry.at)) for event in events)
        assert state.tokens
        self.cases[case] = Kept(state, good, entry.seq)

    def done_by_the_right_post(self, book: Rulebook, before: State, event: ev.Done, by: Any) -> None:
        step = book.flow.steps[event.step]
        assert event.by == by.staff.pk
        assert event.post in by.posts
        sent = before.assigned.get(step.assigned_by() or "")
        assert event.post in step.posts() if sent is None else event.by == sent
        for rule in book.procedure.apart:
            if event.step in rule.steps:
                others = {before.mark(other, None) for other in rule.steps if other != event.step}
                assert all(mark is None or mark.by != event.by for mark in others)

    def somebody(self, posts: Any) -> Any:
        """Mostly whoever may; sometimes anybody, also from another estate."""
        fit = [desk for who, desk in self.office.desks.items() if who not in OUTSIDERS and desk.holds(*posts)]
        return self.dice.choice(fit if fit and self.dice.random() < 0.8 else list(self.office.desks.values()))

    def answers(self, book: Rulebook, step: str) -> dict[str, Any]:
        """Good ones mostly; else one is left out or is nonsense."""
        told: dict[str, Any] = {}
        for name in book.flow.steps[step].asks:
            if book.procedure.form[name].sums:
                continue  # reckoned, not asked
            told[name] = self.fitting(book.procedure.form[name], told)
            if book.procedure.form[name].type == "table":
                told[name] = [self.priced(book, book.procedure.form[name], row) for row in told[name]]
        if told and self.dice.random() < 0.12:
            name = self.dice.choice(list(told))
            told[name] = self.dice.choice([None, "", "x" * 5000, [{}], "\0"])
        return {name: value for name, value in told.items() if value is not None}

    def fitting(self, question: Field, told: dict[str, Any]) -> Any:
        """An answer that goes with those before it."""
        before = (
            told.get(parse_limit(question.earliest).name.removeprefix("form.")) if question.earliest else None
        )
        if before and question.type == "date":
            return str(date.fromisoformat(before[:10]) + timedelta(days=self.dice.randint(0, 9)))
        if before and question.latest != "now":
            return (datetime.fromisoformat(before) + timedelta(hours=self.dice.randint(1, 6))).isoformat()[
                :16
            ]
        if question.differs_from and self.dice.random() < 0.9:
            return "李强"
        answer = self.answer(question)
        refused = [one for rule in question.refuses for one in rule.answer]
        return self.dice.choice([o for o in question.choices() if o not in refused]) if refused else answer

    def priced(self, book: Rulebook, table: Field, row: dict[str, Any]) -> dict[str, Any]:
        """A row that charges by the price list: at the list's price, or at one within its range."""
        columns = table.columns or {}
        for line in [row[name] for name, one in columns.items() if one.lines]:
            tariff = book.tariff(line, {})
            fen = self.dice.randint(tariff.low, tariff.high) if tariff.fen is None else None
            agreed = f"{fen / 100:.2f}" if fen is not None else None
            row |= {name: agreed for name, one in columns.items() if one.type == "money"}
        return row

    def answer(self, question: Field | Column) -> Any:
        if isinstance(question, Field) and question.type == "table":
            rows = self.dice.randint(1, 3)
            return [
                {name: self.answer(one) for name, one in (question.columns or {}).items()}
                for _ in range(rows)
            ]
        options = question.options or (question.choices() if isinstance(question, Field) else None)
        if options:
            return self.dice.choice(list(options))
        if isinstance(question, Field) and question.latest == "now":
            return f"{self.now.astimezone(ZONE):%Y-%m-%dT%H:%M}"
        day = self.now.astimezone(ZONE).date() + timedelta(days=self.dice.randint(0, 2))
        return {
            "cn_id": identity(), "phone": "13812345678", "date": day.isoformat(), "integer": self.dice.randint(1, 9),
            "datetime": f"{day + timedelta(days=1)}T10:00", "money": f"{self.dice.randint(1, 300)}.50",
            "person_name": "张小明", "photo": PICTURE.sha256, "id_copy": PICTURE.sha256, "signature": None,
        }.get(question.type, "冰箱")  # fmt: skip

    def finish(self, case: int) -> None:
        """The straight way to the end, with whoever may, while time passes: it is never far."""
        book = self.book(case)
        for _ in range(400):
            state = self.state(case)
            if state.status != "open":
                return
            token = state.tokens[0]
            self.finish_first(case, book.flow.steps[token.step])
            self.asked(self.wanted(book, case, token, next(iter(book.flow.targets[token.step]))), book)
            self.now += timedelta(minutes=20)
            ran_out = actions.tick(case_id=case, now=self.now)
            if ran_out:
                self.keep(ran_out, None, book)
        raise AssertionError(f"case {case} does not end: {state.tokens}")

    def finish_first(self, case: int, step: Step) -> None:
        """A step may wait for cases that this one began: a complaint for its order."""
        waits_for = Case.objects.filter(parent=case, procedure__in=step.after_cases, status="open")
        for other in list(waits_for.values_list("pk", flat=True)):
            self.finish(other)


@pytest.mark.django_db
@pytest.mark.parametrize("leg", range(-(-STEPS // LEG)))
def test_whatever_anybody_does_the_office_holds(office: Office, leg: int) -> None:
    walk = Walk(office, random.Random(SEED + leg))
    for _ in range(LEG):
        walk.step()
    for case in list(walk.cases):
        walk.finish(case)
    assert [str(one) for check in audit.CHECKS.values() for one in check()] == []
    assert Case.objects.count() == len(walk.cases)
    numbers: dict[tuple[str, str], list[int]] = {}
    for kind, period, ordinal in Paper.objects.order_by("ordinal").values_list("kind", "period", "ordinal"):
        numbers.setdefault((kind, period), []).append(ordinal)
    assert all(gapless == list(range(1, len(gapless) + 1)) for gapless in numbers.values())
    assert walk.told["done"] > LEG / 4 and walk.told["again"] and len(walk.told) > 12, walk.told
    assert {state.status for state in map(walk.state, walk.cases)} >= {"done", "withdrawn"}
    print(walk.told)
