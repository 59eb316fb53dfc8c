"""The names conditions may ask about, and the values each can have."""

from dataclasses import dataclass
from typing import Literal

from banli.engine.fields import MAX_FEN, MAX_INTEGER, Field
from banli.engine.pack import Setting
from banli.engine.procedure import FACTS
from banli.engine.rulebook import Rulebook


@dataclass(frozen=True)
class Domain:
    """``word``: one of ``values``; ``words``: several of them; ``number`` between two limits; ``other``: anything."""

    kind: Literal["word", "words", "number", "other"]
    values: tuple[str, ...] = ()
    least: int = -MAX_INTEGER
    most: int = MAX_INTEGER
    private: bool = False


def domains_of(book: Rulebook) -> dict[str, Domain]:
    """Every name a condition of this procedure may use."""
    procedure, flow = book.procedure, book.flow
    told = {"applicant": Domain("word", tuple(procedure.applicant.roles))}
    told.update((f"form.{name}", _of_field(field)) for name, field in procedure.form.items())
    told.update((f"fact.{name}", Domain("word", values)) for name, values in FACTS.items())
    if procedure.rests_on is None:
        del told["fact.record"]
    if procedure.repeats is None:
        del told["fact.repeated"]
    told.update((f"setting.{name}", _of_setting(setting)) for name, setting in book.pack.settings.items())
    for step, targets in flow.targets.items():
        ends = tuple(outcome for outcome, target in targets.items() if target.kind != "again")
        told[f"outcome.{step}"] = Domain("word", ends)
    return told


def _of_field(field: Field) -> Domain:
    if field.type in ("choice", "yes_no"):
        return Domain("word", tuple(field.choices()), private=field.private)
    if field.type == "choices":
        return Domain("words", tuple(field.choices()), private=field.private)
    if field.type in ("integer", "money"):
        floor, ceiling = (0, MAX_FEN) if field.type == "money" else (-MAX_INTEGER, MAX_INTEGER)
        least = floor if field.min is None else field.min
        most = ceiling if field.max is None else field.max
        return Domain("number", least=least, most=most, private=field.private)
    return Domain("other", private=field.private)


def _of_setting(setting: Setting) -> Domain:
    if setting.type == "yes_no":
        return Domain("word", ("yes", "no"))
    if setting.type in ("integer", "money"):
        return Domain("number")
    return Domain("other", private=setting.type == "secret")
