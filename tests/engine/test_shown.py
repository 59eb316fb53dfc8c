"""Whatever a procedure's file tells apart, one of its stories shows: conditions, clocks, fees, roles, interventions."""

from functools import cache
from pathlib import Path

import pytest

from banli.engine.load import LoadedPack, load

from .shown import possible, shown

PROPERTY = Path(__file__).parents[2] / "packs" / "property"
PROCEDURES = sorted(path.name.split(".")[0] for path in PROPERTY.glob("procedures/*.scenarios.yaml"))


@cache
def pack() -> LoadedPack:
    return load(PROPERTY)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_whatever_the_file_tells_apart_is_told_in_a_story(procedure: str) -> None:
    assert sorted(possible(pack(), procedure) - shown(pack(), procedure)) == []
