"""The packs that come with Banli are sound, and the check is quick enough to run at every start."""

from pathlib import Path

import pytest

from banli.engine.check import examine
from banli.engine.check.explore import Explorer
from banli.engine.check.subject import Subject, subject_of
from banli.engine.load import LoadedPack, load, model, parse
from banli.engine.procedure import Procedure
from banli.engine.rulebook import Rulebook
from banli.engine.scenarios import play
from tests.property_pack import property_pack

from .office import pack_of

PACKS = Path(__file__).parents[2] / "packs"
PROCEDURES = sorted(p.name.split(".")[0] for p in PACKS.glob("property/procedures/*.scenarios.yaml"))


@pytest.mark.parametrize("folder", sorted(p.name for p in PACKS.iterdir() if (p / "pack.yaml").exists()))
def test_our_packs_are_sound(folder: str) -> None:
    loaded = load(PACKS / folder)
    report = examine(loaded)
    assert report.faults == [], "\n".join(map(str, report.faults))
    assert report.walked.keys() == loaded.pack.procedures.keys()
    walked = sum(figures.with_overrides for figures in report.walked.values())
    assert walked < 2000 * len(loaded.pack.procedures), "an office waits while its pack is proved"


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_scenarios_show_every_end_of_every_step(procedure: str) -> None:
    loaded = property_pack()
    played = play(loaded, procedure)
    assert played.faults == []
    flow = Rulebook.of(loaded.pack.procedures[procedure], loaded.pack).flow
    every = {(step, outcome) for step, targets in flow.targets.items() for outcome in targets}
    automatic = {
        (step, outcome)
        for step, outcome in every
        if flow.steps[step].verb in ("enter", "start", "amend", "authorise")
    }
    assert played.stories >= min(15, len(every - automatic))
    assert every - automatic <= played.outcomes


ROWS = """
procedure: rows
title: {zh: 逐行, en: Rows}
opened_by: front_desk
applicant: {roles: [owner]}
form:
  people: {type: table, label: {zh: 人, en: People}, columns: {name: {type: text, label: {zh: 名, en: Name}}}}
  well: {type: yes_no, label: {zh: 好, en: Well}}
steps:
  fill: {verb: fill, by: front_desk, asks: people}
  each:
    each: form.people
    steps:
      look: {verb: fill, by: front_desk, asks: well}
      agree: {verb: decide, by: director, outcomes: [approved], when: {form.well: "yes"}}
      hand: {verb: sign, by: applicant, at: front_desk, outcomes: [signed]}
never: [hand before agree]
"""


def test_rows_that_cannot_touch_are_walked_in_one_order_and_nothing_is_missed() -> None:
    subject = _subject(ROWS)
    quick, whole = Explorer(subject, overrides=False), Explorer(subject, overrides=False)
    assert quick._apart == {"each"}
    whole._apart = frozenset()
    told, all_told = quick.walk(), whole.walk()
    assert {one.code for one in all_told.seen} == {"safeguard"}, "the fault is there to be found"
    assert told.seen.keys() == all_told.seen.keys()
    assert told.reached == all_told.reached
    assert len(told.situations) < len(all_told.situations)


@pytest.mark.parametrize(
    "touching",
    [
        ROWS.replace("outcomes: [signed]}", "outcomes: [signed], on: {signed: end}}"),
        ROWS + "override: {by: director, to: fill}\n",
        ROWS + "withdraw: {by: front_desk, before: hand}\n",
    ],
)
def test_rows_from_which_something_leads_out_are_walked_in_every_order(touching: str) -> None:
    assert Explorer(_subject(touching), overrides=True)._apart == frozenset()


def _subject(written: str) -> Subject:
    document = parse(written, "rows.yaml")
    procedure = model(Procedure, document)
    loaded = LoadedPack(PACKS, pack_of(procedure), {("procedures", "rows"): document})
    subject, faults = subject_of(loaded, "rows")
    assert subject is not None and not faults
    return subject
