"""Whatever a procedure's file tells apart, one of its stories shows: conditions, clocks, fees, roles, interventions."""

from pathlib import Path

import pytest

from tests.property_pack import property_pack

from .shown import possible, shown

PROPERTY = Path(__file__).parents[2] / "packs" / "property"
PROCEDURES = sorted(path.name.split(".")[0] for path in PROPERTY.glob("procedures/*.scenarios.yaml"))


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_whatever_the_file_tells_apart_is_told_in_a_story(procedure: str) -> None:
    assert sorted(possible(property_pack(), procedure) - shown(property_pack(), procedure)) == []
