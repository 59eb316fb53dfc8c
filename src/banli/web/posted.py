"""What a browser sent for the fields that `<c-field>` shows: the other half of their templates.

Nothing is judged here but the shape. What an answer may be is the form's business.
"""

import base64
import binascii
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

#: A row's number has at most this many digits; a table has at most 200 rows.
_ROW = re.compile(r"(\d{1,4})-(.+)", re.DOTALL)
_PNG_URL = "data:image/png;base64,"
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
MAX_SIGNATURE = 1_000_000
#: The types that come as files or drawings.
PICTURES = ("photo", "portrait", "id_copy", "file", "signature")


@dataclass(frozen=True)
class Signature:
    """How somebody signed: drawn on the screen (a PNG), on paper, or (neither) not at all."""

    png: bytes = b""
    on_paper: bool = False

    def __bool__(self) -> bool:
        return bool(self.png) or self.on_paper


def answers(posted: QueryDict, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Field name → what was typed, for every field that was on the page. Photos and signatures are read apart.

    `fields` are a procedure's (name → field with `.type` and `.columns`). A field the browser left out, because its
    question was not asked, is left out here too.
    """
    told: dict[str, Any] = {}
    for name, field in fields.items():
        if field.type == "table":
            told[name] = table_rows(posted, name, field.columns or ())
        elif field.type == "choices":
            told[name] = posted.getlist(name)
        elif field.type not in PICTURES and name in posted:
            told[name] = posted[name]
    return told


def table_rows(posted: QueryDict, name: str, columns: Collection[str]) -> list[dict[str, str]]:
    """The rows of a table in their order, without those that were left blank."""
    rows: dict[int, dict[str, str]] = {}
    for key in posted:
        if not key.startswith(f"{name}-"):
            continue
        match = _ROW.fullmatch(key[len(name) + 1 :])
        if match and match.group(2) in columns:
            rows.setdefault(int(match.group(1)), {})[match.group(2)] = str(posted[key]).strip()
    return [
        {column: rows[number].get(column, "") for column in columns}
        for number in sorted(rows)
        if any(rows[number].values())
    ]


def signature(posted: QueryDict, name: str) -> Signature:
    """How the field was signed. What is not a PNG of at most 1 MB counts as no signature."""
    if posted.get(f"{name}-paper") == "yes":
        return Signature(on_paper=True)
    url = posted.get(name, "")
    if not url.startswith(_PNG_URL) or len(url) > MAX_SIGNATURE * 4 // 3 + 100:
        return Signature()
    try:
        png = base64.b64decode(url[len(_PNG_URL) :], validate=True)
    except binascii.Error:
        return Signature()
    return Signature(png=png) if png.startswith(_PNG_HEAD) else Signature()
