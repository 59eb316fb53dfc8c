"""Every rule of a procedure's file refuses something: in one of its stories, or in one of their lines done wrongly."""

from functools import cache
from pathlib import Path

import pytest

from banli.engine.load import LoadedPack, load
from banli.engine.rulebook import Rulebook

from .refusing import refused_in, rules_of

PROPERTY = Path(__file__).parents[2] / "packs" / "property"
PROCEDURES = sorted(path.name.split(".")[0] for path in PROPERTY.glob("procedures/*.scenarios.yaml"))


@cache
def pack() -> LoadedPack:
    return load(PROPERTY)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_rule_of_a_procedure_refuses_somebody_in_its_stories(procedure: str) -> None:
    book = Rulebook.of(pack().pack.procedures[procedure], pack().pack)
    assert sorted(rules_of(book) - refused_in(pack(), procedure)) == []
