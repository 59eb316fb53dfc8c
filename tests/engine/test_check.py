"""The packs that come with Banli are sound, and the check is quick enough to run at every start."""

import time
from pathlib import Path

import pytest

from banli.engine.check import examine
from banli.engine.load import load
from banli.engine.turn import Rulebook

PACKS = Path(__file__).parents[2] / "packs"
PROCEDURES = sorted(p.stem for p in PACKS.glob("property/procedures/*.yaml") if "." not in p.stem)


@pytest.mark.parametrize("folder", sorted(p.name for p in PACKS.iterdir() if (p / "pack.yaml").exists()))
def test_our_packs_are_sound(folder: str) -> None:
    loaded = load(PACKS / folder)
    begun = time.process_time()
    report = examine(loaded)
    assert report.faults == [], "\n".join(map(str, report.faults))
    assert report.walked.keys() == loaded.pack.procedures.keys()
    assert time.process_time() - begun < 2 * len(loaded.pack.procedures)


@pytest.mark.parametrize(
    "procedure",
    PROCEDURES,
)
def test_the_scenarios_show_every_end_of_every_step(procedure: str) -> None:
    loaded = load(PACKS / "property")
    played = examine(loaded).played[procedure]
    flow = Rulebook.of(loaded.pack.procedures[procedure], loaded.pack).flow
    every = {(step, outcome) for step, targets in flow.targets.items() for outcome in targets}
    automatic = {(step, outcome) for step, outcome in every if flow.steps[step].verb in ("enter", "start")}
    assert played.stories >= 15
    assert every - automatic <= played.outcomes
