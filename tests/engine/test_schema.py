"""Editors are told the same of a pack's files as the models know."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import BaseModel

from banli.engine import pack, paper, privacy, procedure, routine
from banli.engine.fields import Column, Field, Reckoned, Within
from banli.engine.keys import KEYS
from banli.engine.listed import Listed
from banli.engine.load import plain, read
from banli.engine.relations import Refused
from banli.engine.scenarios import story
from banli.engine.schema import schemas
from banli.engine.text import Text

PACKS = Path(__file__).parents[2] / "packs"
KINDS = {
    "procedure": "procedures/*[!s].yaml",
    "routine": "routines/*.yaml",
    "scenarios": "procedures/*.scenarios.yaml",
    "paper": "papers/*.yaml",
    "register": "registers/*.yaml",
    "pack": "pack.yaml",
    "posts": "posts.yaml",
    "settings": "settings.yaml",
    "privacy": "privacy.yaml",
    "contracts": "contracts.yaml",
    "pets": "pets.yaml",
}


def valid(kind: str, data: Any) -> bool:
    return jsonschema_rs.validator_for(json.loads(schemas()[f"{kind}.schema.json"])).is_valid(data)


@pytest.mark.parametrize("kind", KINDS)
def test_our_packs_are_valid_for_an_editor(kind: str) -> None:
    validator = jsonschema_rs.validator_for(json.loads(schemas()[f"{kind}.schema.json"]))
    files = sorted(PACKS.glob(f"*/{KINDS[kind]}"))
    assert files
    for path in files:
        told = [
            f"{path.name} {e.instance_path}: {e.message}"
            for e in validator.iter_errors(plain(read(path).data))
        ]
        assert not told, told


def test_an_editor_marks_an_unknown_key_verb_and_word() -> None:
    path = PACKS / "property" / "procedures" / "goods-release.yaml"
    whole = plain(read(path).data)
    assert valid("procedure", whole)
    for change in (
        {"colour": "white"},
        {"steps": {"fill": {"verb": "stamp"}}},
        {"steps": {"fill": {"verb": "fill", "ask": []}}},
        {"about": "planet"},
        {"never": ["issue after seal", 7]},
        {"clocks": {"soon": {"title": {"zh": "快", "en": "Soon"}, "starts": "opened", "stops": "fill.done"}}},
        {"title": {"zh": "只有中文"}},
    ):
        assert not valid("procedure", {**whole, **change}), change


def models() -> set[type[BaseModel]]:
    found = {Text, Field, Column, Within, Reckoned, Listed, Refused}
    for module in (procedure, routine, pack, paper, privacy, story):
        found |= {
            one
            for one in vars(module).values()
            if isinstance(one, type)
            and issubclass(one, BaseModel)
            and one.__module__.startswith(module.__name__)
        }
    return {one for one in found if not one.__name__.startswith("_") and one is not procedure.Model}


def test_every_key_of_every_model_is_explained() -> None:
    for model in models() - {pack.Pack, pack.Planned}:
        keys = {field.alias or name for name, field in model.model_fields.items()} - {"template"}
        assert set(KEYS[model.__name__]) == keys, model.__name__
    assert set(KEYS) == {model.__name__ for model in models() - {pack.Pack, pack.Planned}}
