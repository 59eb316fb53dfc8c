"""What the checker proves is true: compared with brute force, on procedures nobody thought of."""

import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, assume, event, given, note, settings
from hypothesis import strategies as st

from banli.engine import decide
from banli.engine.check import fitting
from banli.engine.check.soundness import soundness
from banli.engine.check.steps import known_verbs
from banli.engine.check.subject import Subject, subject_of
from banli.engine.decide import Act, Actor, Facts
from banli.engine.faults import Fault
from banli.engine.load import Document, LoadedPack, plain, read
from banli.engine.procedure import Procedure
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from tests.property_pack import property_pack

from .office import FACTS, NOW, POSTS, pack_of
from .oracle import EXTRA, opinion_of

PROPERTY = Path(__file__).parents[2] / "packs" / "property"
PROVED = {"dead_step", "stuck", "no_end", "safeguard"}
BY_SUPERVISORS = ("send back", "reopen", "withdraw")
#: What a change of names alone is refused with.
NAMES = {
    "unknown_step", "unknown_target", "unknown_trigger", "unknown_name", "not_dispatch", "field_unasked",
    "unknown_source", "asked_later", "same_step", "dead_outcome", "code_unread",
}  # fmt: skip
FEW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a failure is shown as it was found: making it smaller takes minutes
    suppress_health_check=list(HealthCheck),
)


def text(words: str) -> dict[str, str]:
    return {"zh": words, "en": words}


FORM = {
    "kind": {
        "type": "choice",
        "label": text("类"),
        "options": {"a": text("甲"), "b": text("乙"), "c": text("丙")},
    },
    "rows": {
        "type": "table",
        "label": text("行"),
        "columns": {"name": {"type": "text", "label": text("名")}},
    },
}
CONDITIONS: list[dict[str, Any]] = [
    {"form.kind": "a"},
    {"not": {"form.kind": "a"}},
    {"form.kind": ["b", "c"]},
    {"applicant": "tenant"},
    {"applicant": "tenant", "fact.authority": "no"},
    {"any": [{"form.kind": "b"}, {"fact.authority": "yes"}]},
]
STEPS: list[dict[str, Any]] = [
    {"verb": "call", "by": ["front_desk"]},
    {"verb": "sign", "by": ["applicant"], "at": ["front_desk"]},
    {"verb": "decide", "by": ["director"]},
    {"verb": "review", "by": ["duty_supervisor"]},
    {"verb": "follow_up", "by": ["front_desk"]},
    {"verb": "work", "by": ["technician"]},
    {"verb": "enter", "book": "cards"},
    {"verb": "wait"},
]
#: For each verb, the outcome that an author may lead elsewhere.
ELSEWHERE = {
    "call": "no_answer", "sign": "refused", "decide": "rejected", "review": "rejected",
    "follow_up": "dissatisfied", "work": "unfinished",
}  # fmt: skip


@dataclass
class Sketch:
    """A procedure being made up: names in order, and which of them stand in one line."""

    count: int = 0

    def name(self) -> str:
        self.count += 1
        return f"s{self.count}"


@st.composite
def procedures(draw: st.DrawFn) -> dict[str, Any]:
    """A well-formed procedure of a handful of steps, blocks among them; sound or not."""
    sketch = Sketch()
    clocks: dict[str, Any] = {}
    steps: dict[str, Any] = {"s0": {"verb": "fill", "by": ["front_desk"], "asks": ["kind", "rows"]}}
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["step", "step", "step", "step", "together", "each"]))
        if kind == "step":
            _add(draw, sketch, steps, clocks)
        elif kind == "together":
            branches: dict[str, Any] = {}
            _add(draw, sketch, branches, clocks)
            line: dict[str, Any] = {}
            for _ in range(draw(st.integers(1, 2))):
                _add(draw, sketch, line, clocks)
            branches[f"line{sketch.count}"] = {"steps": line}
            steps[f"block{sketch.count}"] = {"together": branches}
        else:
            line = {}
            for _ in range(draw(st.integers(1, 2))):
                _add(draw, sketch, line, clocks)
            steps[f"block{sketch.count}"] = {"each": "form.rows", "steps": line}
    names = [f"s{number}" for number in range(sketch.count + 1)]
    for _, step, line_names in _lines(steps, [n for n in steps if n.startswith("s")]):
        _lead(draw, step, line_names)
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0] != pair[1])
    never = [{"do": do, "before": before} for do, before in draw(st.lists(pairs, max_size=2, unique=True))]
    for rule in never:
        if draw(st.integers(0, 3)) == 0:
            rule["when"] = draw(st.sampled_from(CONDITIONS))
    return {
        "procedure": "small", "title": text("小"), "opened_by": ["front_desk"],
        "applicant": {"roles": ["owner", "tenant"]}, "form": FORM, "steps": steps, "clocks": clocks,
        "never": never,
    }  # fmt: skip


def _add(draw: st.DrawFn, sketch: Sketch, line: dict[str, Any], clocks: dict[str, Any]) -> None:
    name = sketch.name()
    step = dict(draw(st.sampled_from(STEPS)))
    if draw(st.integers(0, 2)) == 0:
        step["when"] = draw(st.sampled_from(CONDITIONS))
    if step["verb"] == "wait":
        start = "s0.done" if line.keys() >= {"s0"} and draw(st.booleans()) else f"{name}.opened"
        clocks[f"clock_{name}"] = {
            "title": text("时"), "starts": start, "stops": [f"{name}.over"], "within": "1h",
            "late": {"step": name, "outcome": "over"},
        }  # fmt: skip
    line[name] = step


def _lead(draw: st.DrawFn, step: dict[str, Any], line: list[str]) -> None:
    """Perhaps lead an outcome of a step somewhere else than its verb does."""
    where = [*line, "next", "end", "end.rejected"]
    if step["verb"] in ("decide", "review") and draw(st.booleans()):
        step["back_to"] = draw(st.sampled_from(line))
    if step["verb"] in ELSEWHERE and draw(st.booleans()):
        step["on"] = {ELSEWHERE[step["verb"]]: draw(st.sampled_from(where))}


def _lines(items: dict[str, Any], root: list[str]) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
    """Each step with the names it may lead to: those of its own line and of the lines around it."""
    for name, item in items.items():
        if "together" in item:
            for child, part in item["together"].items():
                inner = part.get("steps", {child: part})
                yield from _lines(inner, [*root, *inner])
        elif "each" in item:
            yield from _lines(item["steps"], [*root, *item["steps"]])
        else:
            yield name, item, root


def subject(data: dict[str, Any]) -> tuple[Subject | None, list[Fault]]:
    procedure = Procedure.model_validate(data)
    pack = pack_of(procedure)
    loaded = LoadedPack(Path("small"), pack, {("procedures", "small"): Document("small.yaml", data)})
    found, faults = subject_of(loaded, procedure.procedure)
    if found is not None:
        faults = list(known_verbs(found)) or list(fitting(found, loaded, pack.procedures))
    return found, faults


@FEW
@given(procedures())
def test_the_checker_and_brute_force_agree_on_procedures_nobody_thought_of(data: dict[str, Any]) -> None:
    found, faults = subject(data)
    assert found is not None and not faults, "\n".join(map(str, faults))
    agree(found)


def agree(found: Subject) -> None:
    """The same dead steps, the same broken safeguards, the same dead ends."""
    opinion = opinion_of(found.procedure, found.pack)
    assume(opinion.whole)  # asked first: of what is too large for brute force, the proof takes a minute
    faults, _ = soundness(found)
    ordinary = [fault for fault in faults if not any(act.startswith(BY_SUPERVISORS) for act in fault.path)]
    codes = {fault.code for fault in ordinary}
    unsent = codes & {"nobody_assigned", "post_unnamed"}
    if unsent:  # refused for that; brute force finds nobody to go on with
        event(", ".join(sorted(unsent)))
        return
    event("sound" if not codes & PROVED else ", ".join(sorted(codes & PROVED)))
    note("\n".join(map(str, faults)))
    assert {fault.key.split(".")[-1] for fault in faults if fault.code == "dead_step"} == opinion.dead
    assert {int(fault.key.split(".")[1]) for fault in ordinary if fault.code == "safeguard"} == opinion.broken
    assert bool(codes & {"stuck", "no_end"}) is opinion.lost


@FEW
@given(procedures(), st.integers(0, 2**32))
def test_what_is_accepted_never_breaks_a_safeguard_and_can_always_end(
    data: dict[str, Any], seed: int
) -> None:
    dice = random.Random(seed)
    found, faults = subject(data)
    assert found is not None and not faults
    assume(not {fault.code for fault in soundness(found)[0]} & PROVED)
    book = found.book
    state = State()
    for who in range(20):
        try:
            posts = dict.fromkeys(dice.sample(POSTS, dice.randint(1, len(POSTS))))
            _, state = decide.open_case(
                book, dice.choice(["owner", "tenant"]), None, Actor(who, posts), FACTS, NOW
            )
            break
        except Refusal as why:
            assert why.code == "opens_post"
    for _ in range(40):
        if state.status == "open":
            state = any_act(book, state, dice)
    while state.status == "open":
        state = towards_the_end(book, state)


def any_act(book: Rulebook, state: State, dice: random.Random) -> State:
    """Somebody does something, sensible or not; what is refused changes nothing and breaks no safeguard."""
    who = Actor(dice.randint(1, 9), dict.fromkeys(dice.sample(POSTS, dice.randint(1, len(POSTS)))))
    facts = Facts(taken={"authority": dice.choice(["yes", "no"])}, holders={"technician": {who.id or 0}})
    if dice.randint(0, 5) == 0:
        return decide.tick(book, state, facts, NOW.replace(year=NOW.year + 1))[1]
    step = dice.choice(list(book.flow.steps))
    outcome = dice.choice([*book.flow.targets[step], "nonsense"])
    rows = [{"name": "甲"}] * dice.randint(0, 3)
    answers = {"kind": dice.choice(["a", "b", "c", "d"]), "rows": rows} if step == "s0" else {}
    act = Act(step, outcome, dice.choice([None, 0, 1]), answers, "because", "paper", EXTRA)
    try:
        return decide.act(book, state, act, who, facts, NOW)[1]
    except Refusal as why:
        assert why.code != "safeguard"
        return state


def towards_the_end(book: Rulebook, state: State) -> State:
    """Breadth first, the nearest end; there always is one."""
    seen, waiting = {repr(state)}, [(state, NOW.replace(year=NOW.year + 2))]
    everybody = [Actor(who, dict.fromkeys(POSTS)) for who in (101, 102)]
    facts = Facts(holders={"technician": {101}})
    while waiting:
        here, now = waiting.pop(0)
        after = [decide.tick(book, here, facts, now)[1]]
        for token in here.tokens:
            for outcome in book.flow.targets[token.step]:
                answers = {"kind": "a", "rows": [{"name": "甲"}]} if token.step == "s0" else {}
                act = Act(token.step, outcome, token.branch, answers, "because", "paper", EXTRA)
                for who in everybody:
                    try:
                        after.append(decide.act(book, here, act, who, facts, now)[1])
                    except Refusal as why:
                        assert why.code != "safeguard"
        for one in after:
            if one.status != "open":
                return one
            if repr(one) not in seen:
                seen.add(repr(one))
                waiting.append((one, now + timedelta(days=1)))
    raise AssertionError("a case that cannot end")


@cache
def as_written(name: str) -> dict[str, Any]:
    return dict(plain(read(PROPERTY / "procedures" / f"{name}.yaml").data))


@st.composite
def mutations(draw: st.DrawFn) -> dict[str, Any]:
    """One of our procedures with one thing changed: a step taken out, a target turned, a safeguard turned round."""
    name = draw(st.sampled_from(["goods-release", "home-repair"]))
    data = deepcopy(as_written(name))
    steps = data["steps"]
    kind = draw(st.sampled_from(["remove", "turn", "swap", "move", "skip"]))
    chosen = draw(st.sampled_from(sorted(steps)))
    if kind == "remove":
        del steps[chosen]
    elif kind == "turn":
        led = [(s, "on", o) for s, one in steps.items() for o in one.get("on", {})]
        led += [(s, "back_to", "") for s, one in steps.items() if "back_to" in one]
        step, key, outcome = draw(st.sampled_from(led))
        target = draw(st.sampled_from([*sorted(steps), "next", "end"])) if key == "on" else chosen
        if key == "on":
            steps[step]["on"][outcome] = target
        else:
            steps[step]["back_to"] = target
    elif kind == "swap":
        rule = draw(st.sampled_from(range(len(data["never"]))))
        written = data["never"][rule]
        do, before = (
            written.split(" before ") if isinstance(written, str) else (written["do"], written["before"])
        )
        data["never"][rule] = f"{before} before {do}"
    elif kind == "move":
        rest = {s: one for s, one in steps.items() if s != chosen}
        place = draw(st.integers(1, len(rest)))
        names = [*list(rest)[:place], chosen, *list(rest)[place:]]
        data["steps"] = {s: steps[s] for s in names}
    else:
        steps[chosen]["when"] = {"applicant": "owner"}
    note(f"{name}: {kind} {chosen}")
    return data


@settings(FEW, max_examples=15)
@given(mutations())
def test_a_changed_procedure_is_still_sound_or_refused_with_the_right_code(data: dict[str, Any]) -> None:
    loaded = property_pack()
    procedure = Procedure.model_validate(data)
    name = procedure.procedure
    pack = loaded.pack.model_copy(update={"procedures": {**loaded.pack.procedures, name: procedure}})
    documents = {**loaded.documents, ("procedures", name): Document(f"{name}.yaml", data)}
    changed = LoadedPack(loaded.folder, pack, documents)
    found, faults = subject_of(changed, name)
    assert found is not None
    faults = list(fitting(found, changed, pack.procedures))
    if faults:
        assert {fault.code for fault in faults} <= NAMES, "\n".join(map(str, faults))
        event("names")
        return
    agree(found)
