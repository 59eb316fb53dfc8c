"""What the rules of a procedure's file refuse, and what is refused while its stories are played.

Each story is played as it is told, and before each of its lines the same thing is tried wrongly: by nobody in
particular, by whoever filed it, by whoever did what it is kept apart from, without signature, ticks or reason, with
another amount, with each answer that its question forbids, and every step whose turn it is not. A rule that nothing of
this runs into refuses nothing that anybody has ever seen.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from banli.engine import decide, verbs
from banli.engine.answers import blank
from banli.engine.decide import Actor
from banli.engine.fields import OFFICE_ZONE, Field
from banli.engine.load import LoadedPack, model, read
from banli.engine.procedure import ROLES, Step
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.scenarios.stage import Stage, place
from banli.engine.scenarios.story import (
    Delivers,
    Does,
    Looks,
    Moves,
    Opens,
    Scenarios,
    SendsBack,
    Waits,
    Withdraws,
)

#: Nobody of the cast, and somebody who holds every post.
NOBODY = Actor(900_000, {}, name="路人")
ALL_WAYS = {"in_person", "link", "paper", "call"}
#: Refusals that say the same of a rule: the step is another's; its turn has not come, or is over.
SAME = {
    "wrong_post": "somebody else's", "not_assigned": "somebody else's",
    "task_lapsed": "task_not_open", "task_done": "task_not_open",
}  # fmt: skip
#: These verbs wait for nobody: the system does them, or time.
NOBODYS = ("enter", "amend", "authorise", "start", "wait")
LONG = "长" * 20_000
#: The rules that whatever is not to be done now runs into.
AROUND = ("withdraw:", "override:", "never ")


# --- what the file says -------------------------------------------------------------------------------------------


def rules_of(book: Rulebook) -> set[str]:
    """Every rule of the file that refuses something, each by a name that says where and how."""
    named = (_of_the_case, _of_the_steps, _of_the_form, _by_number)
    return {rule for of in named for rule in of(book)}


def _of_the_case(book: Rulebook) -> Iterator[str]:
    procedure = book.procedure
    yield "open: opens_post"
    if set(procedure.applicant.roles) != set(ROLES):
        yield "open: applicant_role"
    rests = procedure.rests_on
    if rests is not None:
        yield from ["open: record_missing"] if rests.missing == "refused" else []
        yield from ["record_over"] if rests.over == "refused" else []
    if procedure.withdraw is not None:
        yield "withdraw: withdraw_post"
        last = [name for name, step in book.flow.steps.items() if step.verb not in NOBODYS][-1]
        if procedure.withdraw.before not in (
            None,
            last,
        ):  # after the last step there is nothing left to take back
            yield "withdraw: withdraw_late"
    if procedure.override is not None:
        yield "override: override_post"
        yield "override: override_target"
    for rule in procedure.never:
        yield f"never {rule.do} before {rule.before}"
    for apart in procedure.apart:
        yield f"apart {' '.join(apart.steps)}: four_eyes"


def _of_the_steps(book: Rulebook) -> Iterator[str]:
    for name, step in book.flow.steps.items():
        verb = verbs.find(step.verb)
        if step.verb in NOBODYS:
            continue
        if name != next(iter(book.flow.steps)):  # whoever does the first opens the case
            yield f"{name}: somebody else's"
            yield f"{name}: task_not_open"
        if verb.approves:
            yield f"{name}: four_eyes_filer"
        if verb.signs or step.signed:
            yield f"{name}: signature_required"
        for code, there in (
            ("checklist_open", step.checklist), ("goods_unticked", step.items),
            ("amount_differs", step.fees or step.of),
            ("rest_hours", step.verb == "follow_up" and step.hours),
            ("not_by", step.not_by), ("assignee_unable", step.able), ("cases_resting", step.after_cases),
            ("note_required", _with_reason(book, name)),
            ("consent_way", step.ways and set(step.ways) != ALL_WAYS),
        ):  # fmt: skip
            if there:
                yield f"{name}: {code}"


def _by_number(book: Rulebook) -> Iterator[str]:
    """What is paid or given back without cash has a number."""
    if any(step.fees or step.of for step in book.flow.steps.values()):
        yield "form.reference: reference_required"


def _with_reason(book: Rulebook, name: str) -> list[str]:
    """The ends of a step that want a reason."""
    known = verbs.find(book.flow.steps[name].verb).outcomes
    return [one.name for one in known if one.reason and one.name in book.flow.targets[name]]


def _of_the_form(book: Rulebook) -> Iterator[str]:
    asked = {name for step in book.flow.steps.values() for name in step.asks}
    deducted = {step.deductions for step in book.flow.steps.values()}
    claimed = {step.claims for step in book.flow.steps.values()}
    for name, one in book.procedure.form.items():
        number = one.type in ("integer", "money")
        for code, there in (
            ("required", one.required and one.default is None and one.typed),
            ("not_done_yet", one.listed and one.required),
            ("too_early", one.earliest), ("too_late", one.latest),
            ("too_small", number and (one.min is not None or one.at_least)),
            ("too_large", number and (one.max is not None or one.at_most)),
            ("too_long", one.max is not None and one.type in ("text", "long_text")),
            ("outside_hours", one.hours), ("same_as_other", one.differs_from and not one.listed),
            ("still_the_old", one.differs_from and one.listed), ("other_day", one.same_day_as),
            ("deduction_too_large", f"form.{name}" in deducted), ("nothing_beyond", f"form.{name}" in claimed),
        ):  # fmt: skip
            if there and name in asked:
                yield f"form.{name}: {code}"
        for number, _rule in enumerate(one.refuses):
            yield f"form.{name}: refused_answer {number}"


# --- what is refused when the stories are played --------------------------------------------------------------------


@dataclass
class Tried:
    """The rules that refused something so far."""

    book: Rulebook
    hit: set[str] = field(default_factory=set)

    @contextmanager
    def at(self, where: str) -> Iterator[None]:
        """Whatever is refused in here is noted at ``where``."""
        try:
            yield
        except Refusal as why:
            self._note(where, why)

    def _note(self, where: str, why: Refusal) -> None:
        self.hit |= {why.code, f"{where}: {SAME.get(why.code, why.code)}"}
        for apart in self.book.procedure.apart if why.code == "four_eyes" else ():
            if where in apart.steps and why.params["other"] in map(self.book.step_title, apart.steps):
                self.hit.add(f"apart {' '.join(apart.steps)}: four_eyes")
        for name, one in why.fields.items():
            self.hit.add(f"form.{name}: {one.code}")
            for number, rule in enumerate(
                self.book.procedure.form[name].refuses if name in self.book.procedure.form else ()
            ):
                if one.code == "refused_answer" and one.params.get("why") == rule.why:
                    self.hit.add(f"form.{name}: refused_answer {number}")


def refused_in(loaded: LoadedPack, procedure: str) -> set[str]:
    """Every rule that refuses something while the stories of a procedure are played, and tried wrongly.

    What was refused once is not tried again, and nothing is once every rule has refused something.
    """
    path = loaded.folder / "procedures" / f"{procedure}.scenarios.yaml"
    file = model(Scenarios, read(path, path.name))
    book = Rulebook.of(loaded.pack.procedures[procedure], loaded.pack)
    tried, rules = Tried(book), rules_of(book)
    for story in file.stories.values():
        stage = Stage(book, file, story.given)
        for line in story.when:
            left = rules - tried.hit
            if not left:
                return tried.hit
            if isinstance(line, Looks):
                continue
            if isinstance(line, Does) and line.refused is None and _bears_on(book, line, left):
                _wrongly(tried, stage, line)
            if any(rule.endswith("task_not_open") or rule.startswith(AROUND) for rule in left):
                _around(tried, stage)
            with tried.at("open" if stage.state.status == "new" else _where(line)):
                stage.play(line)
        _around(tried, stage)
    return tried.hit


def _bears_on(book: Rulebook, line: Does, left: set[str]) -> bool:
    """Whether a rule that has refused nothing yet may refuse this line, done wrongly."""
    name, _branch = place(line.does)
    places = (f"{name}:", "apart ", "open:", *(f"form.{asked}:" for asked in book.flow.steps[name].asks))
    places += ("form.reference:",) if book.flow.steps[name].fees or book.flow.steps[name].of else ()
    return any(rule.startswith(places) or " " not in rule for rule in left)


def _where(line: Any) -> str:
    if isinstance(line, Does):
        return place(line.does)[0]
    named = {Withdraws: "withdraw", Opens: "open", SendsBack: "override"}
    return named.get(type(line), "") if not isinstance(line, (Waits, Moves, Delivers)) else ""


def _wrongly(tried: Tried, stage: Stage, line: Does) -> None:
    """The same step tried in every wrong way; the stage stays as it is, but that the time of the line has come."""
    book, name = stage.book, place(line.does)[0]
    step = book.flow.steps[name]
    if line.at is not None:
        stage._pass_until(stage.moment(line.at, stage.now))
    if line.way == "link":
        return
    actor = stage.actor(line.who)
    where = "open" if stage.state.status == "new" else name
    ways: list[tuple[dict[str, Any], Actor]] = [
        ({}, NOBODY), ({"unsigned": True}, actor), ({"ticked": ()}, actor), ({"fen": 1}, actor),
        ({"method": "qr", "reference": " "}, actor),
    ]  # fmt: skip
    ways += [({"outcome": one, "note": ""}, actor) for one in _with_reason(book, name)]
    ways += [({"way": one}, actor) for one in ALL_WAYS - {"link"} if step.ways]
    ways += [({"answers": {**line.answers, **bad}}, actor) for bad in _bad(stage, line, step)]
    ways += [({}, _as(filer, step, stage)) for filer in stage.state.filers]
    for changed, who in ways:
        with tried.at(where if who is NOBODY else name):
            stage._act(line.model_copy(update=changed), who)
    _kept_apart(tried, stage, line)
    _as_another(tried, stage)
    _about_themselves(tried, stage, line, step)
    if step.verb == "follow_up":
        _at_night(tried, stage, line)
    if step.able:
        _unable(tried, stage, line)


def _about_themselves(tried: Tried, stage: Stage, line: Does, step: Step) -> None:
    """Whoever a step is kept from by name."""
    named = stage.state.answer((step.not_by or "").removeprefix("form."), None) if step.not_by else None
    for who in str(named or "").split("、"):
        if who in stage.ids:
            with tried.at(place(line.does)[0]):
                stage._act(line, _as(stage.ids[who], step, stage))


def _unable(tried: Tried, stage: Stage, line: Does) -> None:
    """Nobody does the work that is sent for."""
    known = replace(stage._facts(), unable=frozenset(stage.ids.values()))
    with patch.object(stage, "_facts", lambda: known), tried.at(place(line.does)[0]):
        stage._act(line, stage.actor(line.who))


def _at_night(tried: Tried, stage: Stage, line: Does) -> None:
    """The call is made at three in the morning."""
    now = stage.now
    try:
        night = now.astimezone(OFFICE_ZONE).replace(hour=3, minute=0) + timedelta(days=1)
        stage.now = night.astimezone(now.tzinfo)
        with tried.at(place(line.does)[0]):
            stage._act(line, stage.actor(line.who))
    finally:
        stage.now = now


def _as(person: int, step: Step, stage: Stage) -> Actor:
    """Somebody of the cast, with the posts this step is for."""
    return Actor(person, dict.fromkeys(step.posts() or stage.book.pack.posts), name=stage.name(person))


def _kept_apart(tried: Tried, stage: Stage, line: Does) -> None:
    """Whoever did one of two steps that are kept apart tries the other."""
    name, _branch = place(line.does)
    for apart in stage.book.procedure.apart:
        for mark in stage.state.marks if name in apart.steps else ():
            if mark.step in apart.steps and mark.step != name and mark.by is not None:
                try:
                    stage._act(line, _as(mark.by, stage.book.flow.steps[name], stage))
                except Refusal as why:  # who filed it is kept from approving it by that already
                    if why.code in ("four_eyes", "four_eyes_filer"):
                        tried.hit.add(f"apart {' '.join(apart.steps)}: four_eyes")


def _as_another(tried: Tried, stage: Stage) -> None:
    """Somebody who may not apply does."""
    roles = [role for role in ROLES if role not in stage.book.procedure.applicant.roles]
    opener = Actor(1, dict.fromkeys(stage.book.procedure.opened_by))
    if stage.state.status == "new" and roles:
        with tried.at("open"):
            decide.open_case(stage.book, roles[0], None, opener, stage._facts(), stage.now)


def _around(tried: Tried, stage: Stage) -> None:
    """Whatever is not to be done now: other steps, taking it back, sending it back, as anybody and as who may."""
    book, state, facts, now = stage.book, stage.state, stage._facts(), stage.now
    if state.status == "new":
        return
    everything = Actor(900_001, dict.fromkeys(book.pack.posts))
    stands = {mark.step for mark in state.marks}
    for name in book.flow.steps:
        if any(token.step == name for token in state.tokens) or state.status != "open":
            continue
        try:
            act = decide.Act(name, next(iter(book.flow.targets[name])), None, {}, "", "paper", {})
            decide.act(book, state, act, everything, facts, now)
        except Refusal as why:
            tried.hit.add(f"{name}: {SAME.get(why.code, why.code)}")
            for rule in book.procedure.never:
                if rule.do == name and rule.before not in stands:
                    tried.hit.add(f"never {rule.do} before {rule.before}")
    if book.procedure.withdraw is not None:
        for who in (NOBODY, everything):
            with tried.at("withdraw"):
                decide.withdraw(book, state, "…", who, facts, now)
    if book.procedure.override is not None:
        for who, step in ((NOBODY, book.procedure.override.to[0]), (everything, list(book.flow.steps)[-1])):
            with tried.at("override"):
                decide.override(book, state, "send_back", step, "…", who, facts, now)


def _bad(stage: Stage, line: Does, step: Step) -> Iterable[Mapping[str, Any]]:
    """For each question of a step the answers it forbids."""
    known = {**stage.usual.get(place(line.does)[0], {}), **line.answers}
    for name in step.asks:
        asked = stage.book.procedure.form[name]
        for value in _forbidden(asked, known, stage):
            yield {name: value}


def _forbidden(asked: Field, known: Mapping[str, Any], stage: Stage) -> Iterator[Any]:
    yield None
    if asked.type in ("date", "datetime"):
        at = "" if asked.type == "date" else " 03:00"
        yield from (f"2001-01-01{at}", f"2098-12-31{at}")
        others = [one for one in (asked.same_day_as, *(["form.starts_at"] if asked.hours else [])) if one]
        for other in others:
            day = known.get(other.removeprefix("form."))
            if not blank(day):
                yield (datetime.fromisoformat(str(day)) + timedelta(hours=15)).isoformat(" ", "minutes")
    elif asked.type in ("integer", "money"):
        yield from (-1, 0, 10**9)
    elif asked.type in ("text", "long_text"):
        yield LONG
    yield from (one for rule in asked.refuses for one in rule.answer)
    if asked.differs_from:
        name = asked.differs_from.removeprefix("form.")
        yield known.get(name) or stage.state.answer(name, None)
