"""JSON Schema for editors, made from the models the files are read into: completion, and red ink while one types."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, TypeAdapter

from banli.engine import verbs
from banli.engine.keys import KEYS
from banli.engine.pack import Book, ContractKind, PackHeader, PetKind, PostDefinition, Price, Setting
from banli.engine.paper import PaperDefinition
from banli.engine.privacy import Kept
from banli.engine.procedure import Name, Procedure, Slug
from banli.engine.routine import Routine
from banli.engine.scenarios.story import Scenarios

DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: Lists that may be written as one name.
ONE_OR_SEVERAL = {
    "Procedure": ("opened_by",),
    "Applicants": ("roles",),
    "Step": ("by", "at", "asks", "outcomes", "copies", "prices", "fees", "after_cases", "voids"),
    "Sends": ("fields",),
    "Clock": ("starts", "stops", "pause", "remind"),
    "Remind": ("tell",),
    "Late": ("tell",),
    "Withdraw": ("by",),
    "Override": ("by", "to"),
    "BookColumn": ("source",),
    "Calendar": ("on", "at"),
    "Routine": ("missed", "wrong"),
    "Refused": ("answer",),
    "Then": ("open", "stands", "lapsed", "papers", "books", "running", "late", "told"),
}
FILES: Mapping[str, Any] = {
    "procedure": Procedure,
    "routine": Routine,
    "scenarios": Scenarios,
    "paper": PaperDefinition,
    "register": Book,
    "pack": PackHeader,
    "posts": dict[Name, PostDefinition],
    "prices": dict[Slug, Price],
    "settings": dict[Name, Setting],
    "privacy": dict[Name, Kept],
    "contracts": dict[Name, ContractKind],
    "pets": dict[Name, PetKind],
}


def schemas() -> dict[str, str]:
    """``<kind>.schema.json`` → its text, for every kind of file in a pack."""
    return {f"{kind}.schema.json": _text(_schema(kind, model)) for kind, model in FILES.items()}


def _schema(kind: str, model: Any) -> dict[str, Any]:
    if isinstance(model, type) and issubclass(model, BaseModel):
        told = model.model_json_schema(ref_template="#/$defs/{model}")
        name = model.__name__
    else:
        told = TypeAdapter(model).json_schema(ref_template="#/$defs/{model}")
        name = ""
    defs: dict[str, dict[str, Any]] = told.pop("$defs", {})
    if name:
        defs[name] = dict(told)
        told = {"$ref": f"#/$defs/{name}"}
    for title, part in defs.items():
        _as_written(title, part)
    return {"$schema": DIALECT, "title": f"Banli: {kind}", **told, "$defs": defs}


def _as_written(model: str, part: dict[str, Any]) -> None:
    """A model's schema as authors write it: short forms allowed, keys explained."""
    keys = part.get("properties", {})
    keys.pop("template", None)  # it stands in the .typ file beside a paper's
    for key in keys:
        keys[key] = {"description": KEYS[model][key], **_plain(keys[key])}
    for key in ONE_OR_SEVERAL.get(model, ()):
        _or_one(keys[key])
    if model == "Clock":
        for key in ("at", "end_of", "within"):
            keys[key] = {"description": KEYS["Due"][key], "type": "string"}
        part["required"] = [key for key in part["required"] if key != "due"]
        part["anyOf"] = [{"required": [key]} for key in ("due", "at", "end_of", "within")]
    elif model == "Step":
        keys["verb"]["enum"] = sorted(verbs.every())
    elif model in ("Never", "Apart"):
        short = {"type": "string"} if model == "Never" else {"type": "array", "items": {"type": "string"}}
        whole = dict(part)
        part.clear()
        part["anyOf"] = [short, whole]
    elif model == "Given":
        keys["cast"]["additionalProperties"]["anyOf"].append({"type": "string"})


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the titles pydantic makes of names."""
    return {key: value for key, value in schema.items() if key != "title"}


def _or_one(schema: dict[str, Any]) -> None:
    several = [one for one in schema.get("anyOf", [schema]) if one.get("type") == "array"]
    items = several[0]["items"]
    kept = schema.pop("anyOf", None)
    if kept is None:
        kept = [{key: schema.pop(key) for key in ("type", "items", "minItems") if key in schema}]
    schema["anyOf"] = [*kept, items]


def _text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
