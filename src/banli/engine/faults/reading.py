"""From what the models say of a file to faults at its lines, in both languages."""

import difflib
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from banli.engine.faults import Fault

if TYPE_CHECKING:
    from banli.engine.load import Document

A_MAPPING = "应为“键: 值” / should be a mapping of keys to values"
A_LIST = "应为列表 / should be a list"
#: pydantic's kinds of error → what the author is told; {name} is filled from the error's context.
_SAID = {
    "literal_error": "应为 {expected} / should be {expected}",
    "string_type": "应为文字 / should be text",
    "int_type": "应为整数 / should be a whole number",
    "int_parsing": "应为整数 / should be a whole number",
    "bool_type": "应为 true 或 false / should be true or false",
    "bool_parsing": "应为 true 或 false / should be true or false",
    "dict_type": A_MAPPING,
    "model_type": A_MAPPING,
    "model_attributes_type": A_MAPPING,
    "tuple_type": A_LIST,
    "list_type": A_LIST,
    "too_short": "至少写 {min_length} 项 / at least {min_length} needed",
    "string_too_short": "不能为空 / may not be empty",
    "greater_than_equal": "不能小于 {ge} / not less than {ge}",
    "less_than_equal": "不能大于 {le} / not more than {le}",
}


def reading_faults(
    kind: type[BaseModel], document: "Document", keys: tuple[str | int, ...], why: ValidationError
) -> list[Fault]:
    """Every fault that was found when the value at ``keys`` was read as a ``kind``."""
    errors = why.errors()
    deeper = {error["loc"][:-1] for error in errors}
    return [
        _fault(kind, document, keys, error)
        for error in errors
        if not (error["type"] == "too_short" and error["loc"] in deeper)  # a bad item is not a missing one
    ]


def _fault(kind: type[BaseModel], document: "Document", keys: tuple[str | int, ...], error: Any) -> Fault:
    path = (*keys, *_place(kind, error["loc"]))
    what, context = error["type"], error.get("ctx") or {}
    if what == "extra_forbidden":
        known = sorted(_keys_at(kind, error["loc"][:-1]))
        close = difflib.get_close_matches(str(path[-1]), known, n=3)
        return document.fault(path, "unknown_key", choices=close or known)
    if what == "missing":
        return document.fault(path, "missing")
    if what == "string_pattern_mismatch":
        pattern = context["pattern"]
        if pattern.startswith("^[a-z]") and pattern.endswith("{0,40}$"):
            return document.fault(path, "bad_name")
        return document.fault(path, "bad_reference", why=f"要符合 {pattern} / must match {pattern}")
    said = _SAID.get(what, error["msg"].removeprefix("Value error, "))
    return document.fault(path, "value", why=said.format_map(context) if what in _SAID else said)


def _place(kind: Any, loc: tuple[Any, ...]) -> list[str | int]:
    """``loc`` without what pydantic adds to what stands in the file: a union's branch, the mark of a key."""
    found: list[Any] = [kind]
    told: list[str | int] = []
    for part in loc:
        tagged = _tagged(found, part)
        if not tagged and part != "[key]":
            told.append(part)
        found = tagged or [inner for one in found for inner in _inside(one, part)]
    return told


def _keys_at(kind: Any, loc: tuple[Any, ...]) -> set[str]:
    """The keys the model at ``loc`` of a ``kind`` has."""
    found: list[Any] = [kind]
    for part in loc:
        found = _tagged(found, part) or [inner for one in found for inner in _inside(one, part)]
    return {name for one in found if _is_model(one) for name in one.model_fields} - {"template"}


def _tagged(found: list[Any], part: Any) -> list[Any]:
    """The branch of a union that ``part`` names, if it names one."""
    if len(found) < 2:
        return []
    return [one for one in found if getattr(one, "__name__", "").lower() == part]


def _inside(kind: Any, part: Any) -> list[Any]:
    if _is_model(kind):
        field = kind.model_fields.get(part)
        return _options(field.annotation) if field else []
    if get_origin(kind) in (dict, tuple, list):
        return _options(get_args(kind)[-1] if get_origin(kind) is dict else get_args(kind)[0])
    return []


def _options(kind: Any) -> list[Any]:
    """The kinds a value may be of: unions and annotations taken apart."""
    if get_origin(kind) is Annotated:
        return _options(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return [option for one in get_args(kind) for option in _options(one)]
    return [kind]


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
