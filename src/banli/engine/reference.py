"""docs/reference.md, made from the models and the verbs: every key, verb, name and fault of the language."""

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from banli.engine import procedure as language
from banli.engine import verbs
from banli.engine.consent import WAYS
from banli.engine.draw.terms import FIELD_TYPES
from banli.engine.faults import FAULTS
from banli.engine.fields import Column, ColumnType, Field, Reckoned, Within
from banli.engine.keys import KEYS
from banli.engine.listed import Listed
from banli.engine.pack import (
    Book,
    BookColumn,
    ContractKind,
    PackHeader,
    PetKind,
    PostDefinition,
    Price,
    Setting,
    Shelf,
)
from banli.engine.paper import STEP_RECORD, Copy, Number, PaperDefinition, Seal
from banli.engine.privacy import Kept, Other
from banli.engine.procedure import FACTS, OUTSIDERS, ROLES
from banli.engine.relations import Refused
from banli.engine.routine import Calendar, Check, Reading, Routine
from banli.engine.scenarios import story
from banli.engine.sources import BOOK, KNOWN, PAPER
from banli.engine.text import Text

_PARTS: dict[str, tuple[tuple[str, type[BaseModel]], ...]] = {
    "procedures/&lt;name&gt;.yaml": (
        ("a procedure", language.Procedure),
        ("`applicant`", language.Applicants),
        ("`authorises`", language.Authorises),
        ("`sends`", language.Sends),
        ("`repeats`", language.Repeats),
        ("a question under `form`", Field),
        ("a line of `hours`", Within),
        ("`reckoned`", Reckoned),
        ("`listed`", Listed),
        ("a line of `refuses`", Refused),
        ("a column under `columns`", Column),
        ("a step", language.Step),
        ("a `together` block", language.Together),
        ("a branch of several steps", language.Several),
        ("an `each` block", language.Each),
        ("a line of `fees`", language.Fee),
        ("`reserves`", language.Reserves),
        ("`allots`", language.Allots),
        ("a clock", language.Clock),
        ("remind of a clock", language.Remind),
        ("`due`, `valid_until`: one of", language.Due),
        ("`late`", language.Late),
        ("a line of `never`", language.Never),
        ("a line of `apart`", language.Apart),
        ("`withdraw`", language.Withdraw),
        ("`override`", language.Override),
        ("any text", Text),
    ),
    "procedures/&lt;name&gt;.scenarios.yaml": (
        ("the file", story.Scenarios),
        ("`given`", story.Given),
        ("a line of `taken`", story.Taken),
        ("a line of `places`", story.Parked),
        ("a story", story.Story),
        ("somebody does a step", story.Does),
        ("somebody opens the case", story.Opens),
        ("somebody takes it back", story.Withdraws),
        ("somebody joins it to another", story.Joins),
        ("a supervisor sends it back", story.SendsBack),
        ("a supervisor opens it again", story.Reopens),
        ("a supervisor sends somebody else", story.Reassigns),
        ("time passes: one of", story.Waits),
        ("another case moves it on", story.Moves),
        ("a message is taken or not", story.Delivers),
        ("a look", story.Looks),
        ("`then`", story.Then),
    ),
    "papers/&lt;name&gt;.yaml": (
        ("a paper", PaperDefinition),
        ("`number`", Number),
        ("a copy", Copy),
        ("`seal`", Seal),
    ),
    "routines/&lt;name&gt;.yaml": (
        ("a routine", Routine),
        ("`when`", Calendar),
        ("a line of `checks`", Check),
        ("`reading`", Reading),
    ),
    "registers/&lt;name&gt;.yaml": (("a book", Book), ("a column", BookColumn)),
    "the pack's other files": (
        ("pack.yaml", PackHeader),
        ("a shelf of pack.yaml", Shelf),
        ("a post of posts.yaml", PostDefinition),
        ("a line of prices.yaml", Price),
        ("a line of settings.yaml", Setting),
        ("an entry of privacy.yaml", Kept),
        ("`otherwise` in privacy.yaml", Other),
        ("a kind in contracts.yaml", ContractKind),
        ("a kind in pets.yaml", PetKind),
    ),
}


def reference() -> str:
    """The page. ``banli draw`` writes it; ``banli draw --check`` compares it with the committed one."""
    lines = [
        "# Reference of the procedure language",
        "",
        "Made by `banli draw` from the models that read a pack's files; do not edit. How to write a procedure is",
        "taught in [authoring](authoring.md).",
        "",
        *_keys(),
        *_verbs(),
        *_names(),
        *_types(),
        *_faults(),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _keys() -> Iterator[str]:
    yield from ("## Keys", "", "● must be there.", "")
    for file, parts in _PARTS.items():
        yield from (f"### {file}", "")
        for title, model in parts:
            rows = [
                [f"`{key}`", "●" if _field(model, key).is_required() else "", meaning]
                for key, meaning in KEYS[model.__name__].items()
            ]
            yield from (f"**{title}**", "", *_table(["key", "", "meaning"], rows))


def _field(model: type[BaseModel], key: str) -> FieldInfo:
    """The field that is written as ``key``."""
    return next(one for name, one in model.model_fields.items() if key in (name, one.alias))


def _verbs() -> Iterator[str]:
    yield from ("## Verbs", "")
    rows = []
    for name, verb in sorted(verbs.every().items()):
        ends = ", ".join(_end(outcome) for outcome in verb.outcomes)
        marks = {
            "done by the system": verb.automatic,
            "ends by a clock": verb.waits,
            "never by whoever filed": verb.approves,
            "files the case": verb.files,
            "signed": verb.signs,
            "people from outside may": verb.outsiders,
        }
        keys = [f"**{key}**" for key in sorted(verb.needs)] + sorted(verb.may)
        what = "; ".join(mark for mark, holds in marks.items() if holds)
        rows.append([f"`{name}`", verb.title.zh, ends, ", ".join(keys), what])
    yield from _table(["verb", "中文", "outcomes and where they lead", "keys (**must**)", ""], rows)


def _end(outcome: verbs.Outcome) -> str:
    where = {
        "next": "",
        "again": " ↻ stays open",
        "back": " ↩ back_to",
        "end": f" → end.{outcome.end}",
        "written": " → only with `on`",
    }
    marks = (" (reason)" if outcome.reason else "") + (" (by a clock)" if outcome.by_clock else "")
    marks += " (by another case)" if outcome.by_record else ""
    marks += " (by the system)" if outcome.by_system else ""
    return f"`{outcome.name}`{where[outcome.leads]}{marks}"


def _names() -> Iterator[str]:
    yield from ("## Names", "")
    rows = [
        [
            "in a condition",
            "`applicant`, `form.<field>`, `fact.<fact>`, `setting.<setting>`, `outcome.<step>`",
        ],
        ["facts", ", ".join(f"`fact.{name}`: {' or '.join(values)}" for name, values in FACTS.items())],
        ["roles", ", ".join(f"`{role}` {title.zh}" for role, title in ROLES.items())],
        ["people from outside", ", ".join(f"`{who}` {title.zh}" for who, title in OUTSIDERS.items())],
        ["`ways` of an owner's consent", ", ".join(f"`{way}` {title.zh}" for way, title in WAYS.items())],
        [
            "`known`",
            ", ".join(f"`{name}` ({', '.join(types)})" for name, types in KNOWN.items())
            + ", `record.<field>`, `setting.<text>` (text)",
        ],
        ["in a paper and a book", f"`form.<field>`, `step.<step>.` {', '.join(STEP_RECORD)}"],
        ["in a paper besides", ", ".join(f"`{name}`" for name in ("setting.<setting>", *sorted(PAPER)))],
        [
            "in a book besides",
            ", ".join(f"`{name}`" for name in sorted(BOOK))
            + ", `form.<table>.<column>` of the row it is about",
        ],
    ]
    yield from _table(["", "names"], rows)


def _types() -> Iterator[str]:
    columns: tuple[Any, ...] = get_args(ColumnType)
    rows = [
        [f"`{name}`", title.zh, title.en, "●" if name in columns else ""]
        for name, title in FIELD_TYPES.items()
    ]
    yield from ("## Kinds of answer", "", *_table(["type", "中文", "English", "in a column too"], rows))


def _faults() -> Iterator[str]:
    yield from ("## Faults", "")
    rows = [
        [f"`{code}`", f"{saying.message.zh} {saying.message.en}", f"{saying.advice.zh} {saying.advice.en}"]
        for code, saying in FAULTS.items()
    ]
    yield from _table(["code", "what is wrong", "what to write instead"], rows)


def _table(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield "| " + " | ".join(heads) + " |"
    yield "|" + " --- |" * len(heads)
    yield from ("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    yield ""
