"""What a paper says, frozen when it is issued: plain JSON by name, the private part kept apart.

A case gives its values as people read them: text, whole numbers, rows of a table, ``{"zh", "en"}``, a private
answer as ``{"sealed", "mask"}``, a picture as its bytes (PNG or JPEG), a signature also as how else it was given
(``paper``, ``call``).
"""

import base64
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from banli.engine.paper import PaperDefinition
from banli.journal import vault

#: How a step was signed, where it was not drawn on the screen.
SIGNED_OTHERWISE = {"paper": "纸上签名存档", "call": "电话确认"}
_MOBILE = re.compile(r"(?:\+86)?1\d{10}")
_IDENTITY = re.compile(r"\d{17}[\dXx]")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Frozen:
    """``open`` may lie in the database as it is; ``private`` is sealed before it is written."""

    open: dict[str, Any]
    private: dict[str, Any]


def freeze(definition: PaperDefinition, told: Mapping[str, Any], private: Collection[str] = ()) -> Frozen:
    """The values the paper prints and no others. Drawings and the names in ``private`` are private."""
    frozen = Frozen({}, {})
    for name in definition.names():
        if name not in told:
            continue
        value = plain(told[name])
        if isinstance(value, str) and value:
            value = _written(definition, name, value)
        hidden = name in private or is_picture(value)
        (frozen.private if hidden else frozen.open)[name] = value
    return frozen


def is_picture(value: Any) -> bool:
    """Whether a frozen value is a drawing or a photograph: ``{"png": …}`` or ``{"jpeg": …}``, in base 64."""
    return isinstance(value, Mapping) and len(value) == 1 and next(iter(value)) in ("png", "jpeg")


def plain(value: Any) -> Any:
    """A value as JSON: Chinese for a text in two languages, the mask of a sealed answer, local times."""
    if isinstance(value, (bytes, memoryview)):
        content = bytes(value)
        kind = "jpeg" if content.startswith(b"\xff\xd8\xff") else "png"
        return {kind: base64.b64encode(content).decode()}
    if isinstance(value, Mapping):
        if set(value) == {"zh", "en"}:
            return value["zh"]
        if set(value) == {"sealed", "mask"}:
            return value["mask"]
        return {str(name): plain(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value


def _written(definition: PaperDefinition, name: str, value: str) -> str:
    if name.endswith(".signature"):
        return "已电子签名" if _SHA256.fullmatch(value) else SIGNED_OTHERWISE.get(value, value)
    if name in definition.masked and "*" not in value:
        return vault.mask("phone" if _MOBILE.fullmatch(value) else "cn_id", value)
    return value


def masked(value: Any) -> Any:
    """A private value as a screen may show it: no whole telephone or identity number, also in the rows of a table."""
    if isinstance(value, Mapping):
        return {name: masked(part) for name, part in value.items()}
    if isinstance(value, list):
        return [masked(part) for part in value]
    if isinstance(value, str):
        for kind, pattern in (("phone", _MOBILE), ("cn_id", _IDENTITY)):
            if pattern.fullmatch(value):
                return vault.mask(kind, value)
    return value
