"""How one question of a form is shown: from its type, its limits and its answer to what the template needs.

Takes plain values or, as `question`, anything shaped like a field of a procedure file (type, label, help, required,
private, options, min, max, columns, when). Texts may be strings or {zh:, en:}.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from banli.web.templatetags.say import say

#: Beyond so many options a list to pull down is quicker to read than cards.
MOST_CARDS = 4

#: type → template in web/field/. Types not named here are one-line inputs.
TEMPLATES = {
    "long_text": "long_text",
    "money": "money",
    "choices": "options",
    "yes_no": "options",
    "table": "table",
    "photo": "photo",
    "portrait": "portrait",
    "id_copy": "photo",
    "file": "photo",
    "signature": "signature",
}
#: type → attributes of the one-line input, here and in a table's cell.
INPUTS: dict[str, dict[str, str]] = {
    "text": {"type": "text"},
    "person_name": {"type": "text", "data-check": "person_name"},
    "cn_id": {"type": "text", "maxlength": "20", "data-check": "cn_id", "autocapitalize": "characters"},
    "secret": {"type": "password"},
    "phone": {"type": "tel", "inputmode": "tel", "maxlength": "20", "data-check": "phone"},
    "plate": {"type": "text", "maxlength": "20", "autocapitalize": "characters"},
    "date": {"type": "date", "data-check": "date"},
    "datetime": {"type": "datetime-local", "data-check": "datetime"},
    "time": {"type": "time"},
    "integer": {"type": "text", "inputmode": "numeric", "maxlength": "12", "data-check": "integer"},
    "money": {"type": "text", "inputmode": "decimal", "maxlength": "14", "data-check": "money"},
}
#: These are read digit by digit: figures of one width, no help from a spelling checker.
FIGURES = ("cn_id", "phone", "plate", "date", "datetime", "time", "integer", "money")
YES_NO = {"yes": {"zh": "是", "en": "Yes"}, "no": {"zh": "否", "en": "No"}}


@dataclass(frozen=True)
class Option:
    id: str
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Cell:
    """One cell of a table's row. `value` is what was typed, or the stored answer made readable."""

    name: str
    label: str
    type: str
    value: str
    inputs: Mapping[str, str]
    options: Sequence[Option]

    @property
    def figures(self) -> bool:
        return self.type in FIGURES


@dataclass(frozen=True)
class Question:
    """Everything a field's template shows. ``drawn``: a signature that came with a form which was refused, as a data
    URL; ``by_hand``: it is drawn here, and not recorded as given on paper. ``suggested``: answers offered while one
    types; others are as good.
    """

    name: str
    type: str
    label: str
    help: str
    error: str
    value: str
    required: bool
    private: bool
    inputs: Mapping[str, str]
    options: Sequence[Option] = ()
    columns: Sequence[Cell] = ()
    rows: Sequence[Sequence[Cell]] = ()
    blank_row: Sequence[Cell] = ()
    min_rows: int = 1
    max_rows: int = 200
    stored: str = ""
    on_paper: bool = False
    drawn: str = ""
    by_hand: bool = False
    when: str = ""
    suggested: Sequence[str] = ()
    rest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def template(self) -> str:
        chosen = TEMPLATES.get(self.type, "line")
        if self.type == "choice":
            chosen = "options" if len(self.options) <= MOST_CARDS else "pull_down"
        return f"web/field/{chosen}.html"

    @property
    def figures(self) -> bool:
        return self.type in FIGURES

    @property
    def wide(self) -> bool:
        """Whether a table has too many columns for a phone's width: its rows are then stacked."""
        return len(self.columns) > 2

    @property
    def role(self) -> str:
        """What a group of controls is to a screen reader."""
        return "radiogroup" if self.template == "web/field/options.html" and not self.several else "group"

    @property
    def several(self) -> bool:
        return self.type == "choices"

    @property
    def grouped(self) -> bool:
        """Whether the label names a group of controls, not one."""
        return self.template in ("web/field/options.html", "web/field/table.html", "web/field/signature.html")

    @property
    def described_by(self) -> str:
        parts = [f"{self.id}-help"] if self.help else []
        return " ".join([*parts, f"{self.id}-error"])


def question(attrs: Mapping[str, Any]) -> Question:
    """The question of a `<c-field>`: its own attributes come before those of the `question` it was given."""
    given = {key.replace("-", "_"): value for key, value in attrs.items()}
    source = given.pop("question", None)

    def told(key: str, default: Any = None) -> Any:
        if key in given:
            return given.pop(key)
        value = getattr(source, key, None) if not isinstance(source, Mapping) else source.get(key)
        return default if value is None else value

    name, kind = str(told("name", "")), str(told("type", "text"))
    if kind not in INPUTS and kind not in TEMPLATES and kind != "choice":
        raise ValueError(f"field {name!r}: there is no type {kind!r}")
    value, columns = told("value"), told("columns") or {}
    minimum, maximum = told("min"), told("max")
    options = YES_NO if kind == "yes_no" else told("options") or {}
    limits = _limits(kind, minimum, maximum, told("earliest", ""), told("latest", ""))
    parts: dict[str, Any] = {}
    if kind == "table":
        columns = {key: one for key, one in columns.items() if not getattr(one, "reckoned", False)}
        parts = _table(name, columns, value if isinstance(value, Sequence) else [], minimum, maximum)
    return Question(
        name=name,
        type=kind,
        label=say(told("label", "")),
        help=say(told("help")),
        error=say(told("error")),
        value="" if kind in ("table", "choices") else written(kind, value),
        required=bool(told("required", False)),
        private=bool(told("private", False)),
        inputs={**INPUTS.get(kind, {}), **limits},
        options=_options(f"f-{name}", options, value if kind == "choices" else [value]),
        stored=str(told("stored", "") or ""),
        on_paper=bool(told("on_paper", False)),
        drawn=str(told("drawn", "") or ""),
        by_hand=bool(told("by_hand", False)),
        when=when_of(told("when")),
        suggested=tuple(dict.fromkeys(told("suggested") or ())),
        rest=_rest(given, source),
        **parts,
    )


def written(kind: str, value: Any) -> str:
    """A stored answer as somebody would type it; what was typed stays as it is. Money is stored as integer fen."""
    if value is None:
        return ""
    if kind == "money" and isinstance(value, int) and not isinstance(value, bool):
        return f"{value // 100}.{value % 100:02d}"
    if kind == "yes_no" and isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        return local.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def _options(prefix: str, options: Any, chosen: Any) -> list[Option]:
    pairs = options.items() if isinstance(options, Mapping) else options
    several = [chosen] if isinstance(chosen, str) else chosen or []
    taken = {written("yes_no", one) for one in several if one is not None}
    return [
        Option(id=f"{prefix}-{number}", value=str(key), label=say(label), chosen=str(key) in taken)
        for number, (key, label) in enumerate(pairs)
    ]


def _limits(kind: str, minimum: Any, maximum: Any, earliest: Any, latest: Any) -> dict[str, str]:
    if kind in ("date", "datetime"):
        bounds = {"min": written(kind, earliest or minimum), "max": written(kind, latest or maximum)}
        return {key: limit for key, limit in bounds.items() if limit[:1].isdigit()}
    if kind in ("integer", "money"):
        pairs = {"data-least": minimum, "data-most": maximum}
        return {key: written(kind, limit) for key, limit in pairs.items() if limit is not None}
    if kind in ("text", "long_text", "person_name") and maximum:
        return {"maxlength": str(maximum)}
    return {}


def _table(name: str, columns: Any, values: Sequence[Any], minimum: Any, maximum: Any) -> dict[str, Any]:
    """Rows with answers, then blank ones up to three, as on a printed form; blank rows are not sent on."""
    shown = [row for row in values if isinstance(row, Mapping)]
    blank = max(3 - len(shown), 1)
    rows = [_row(name, str(number), columns, row) for number, row in enumerate([*shown, *[{}] * blank])]
    return {
        "columns": _row(name, "", columns, {}),
        "rows": rows,
        "blank_row": _row(name, "__row__", columns, {}),
        "min_rows": max(int(minimum or 1), 1),
        "max_rows": int(maximum or 200),
    }


def _row(name: str, number: str, columns: Any, row: Mapping[str, Any]) -> list[Cell]:
    cells = []
    for key, column in columns.items():
        part = column.get if isinstance(column, Mapping) else lambda k, d=None, c=column: getattr(c, k, d)
        kind = column if isinstance(column, str) else part("type", "text")
        label = key if isinstance(column, str) else part("label", key)
        limits = {} if isinstance(column, str) else _limits(kind, part("min"), part("max"), "", "")
        options = None if isinstance(column, str) else part("options")
        cells.append(
            Cell(
                name=f"{name}-{number}-{key}",
                label=say(label),
                type=kind,
                value=written(kind, row.get(key)),
                inputs={**INPUTS.get(kind, INPUTS["text"]), **limits},
                options=_options(f"f-{name}-{number}-{key}", options or {}, [row.get(key)]),
            )
        )
    return cells


def when_of(condition: Any) -> str:
    """A condition of the procedure language as JSON for the page, which only hides; the server decides."""
    if not condition:
        return ""
    if isinstance(condition, str):
        return condition
    return json.dumps(_plain(getattr(condition, "root", condition)), ensure_ascii=False)


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return dict(node)
    if hasattr(node, "how"):
        return {"how": node.how, "parts": [_plain(part) for part in node.parts]}
    value = list(node.value) if isinstance(node.value, (tuple, list)) else node.value
    return {"name": node.name, "op": node.op, "value": value}


def _rest(given: Mapping[str, Any], source: Any) -> dict[str, Any]:
    """Further attributes for the input itself (placeholder, autofocus, hx-…), as HTML spells them."""
    known = set(Question.__dataclass_fields__) | {"attrs", "question", "earliest", "latest", "slot"}
    return {key.replace("_", "-"): value for key, value in given.items() if key not in known}
