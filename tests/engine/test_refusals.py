"""Every rule of a procedure's file refuses something: in one of its stories, or in one of their lines done wrongly."""

from pathlib import Path

import pytest

from banli.engine.rulebook import Rulebook
from tests.property_pack import property_pack

from .refusing import refused_in, rules_of

PROPERTY = Path(__file__).parents[2] / "packs" / "property"
PROCEDURES = sorted(path.name.split(".")[0] for path in PROPERTY.glob("procedures/*.scenarios.yaml"))


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_rule_of_a_procedure_refuses_somebody_in_its_stories(procedure: str) -> None:
    book = Rulebook.of(property_pack().pack.procedures[procedure], property_pack().pack)
    assert sorted(rules_of(book) - refused_in(property_pack(), procedure)) == []
