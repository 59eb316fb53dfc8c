"""Private answers: sealed before they are written anywhere, each to its case and field."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from banli.engine import events as ev
from banli.engine.fields import PICTURES
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.state import State
from banli.journal import vault

from .models import Case

Answers = dict[str, Any]
#: What is shown of a private picture without a reason: that there is one.
MASKED_PICTURE = "***"


def context(field: str) -> str:
    """What a sealed answer is bound to besides its case's salt."""
    return f"case.form.{field.split('@')[0]}"


def seal_events(book: Rulebook, events: Iterable[ev.Event], salt: bytes) -> list[ev.Event]:
    """The events with every private answer sealed."""
    private = book.procedure.private_fields()
    return [_sealed(event, private, salt) for event in events]


def _sealed(event: ev.Event, private: frozenset[str], salt: bytes) -> ev.Event:
    if not isinstance(event, ev.Filled) or not private & set(event.values):
        return event
    if not salt:
        raise Refusal("erased")  # what is sealed without a salt would open for ever
    values = {
        name: vault.seal(json.dumps(value, ensure_ascii=False), context(name), salt=salt)
        if name in private and value is not None
        else value
        for name, value in event.values.items()
    }
    return replace(event, values=values)


def handed_on(
    case: Case, book: Rulebook, state: State, step: str, branch: int | None
) -> tuple[Answers, Answers]:
    """What a step gives the case it starts: as this case keeps it, and in clear, for the other to seal its own way."""
    gives, private = book.flow.steps[step], book.procedure.private_fields()
    kept = {to: state.answer(field, branch) for to, field in gives.handed_on().items()}
    clear = {
        to: open_answer(case, field, kept[to]) if field in private else kept[to]
        for to, field in gives.handed_on().items()
    }
    return kept | gives.told(), clear | gives.told()


def open_answer(case: Case, field: str, sealed: str | None) -> Any:
    """A private answer in clear; None where there is none. Raises VaultError once it was erased."""
    if not sealed:
        return None
    return json.loads(vault.open_sealed(sealed, context(field), salt=bytes(case.vault_salt)))


def masked(case: Case, book: Rulebook, field: str, sealed: str | None) -> str:
    """What may be shown of a private answer without a reason."""
    name = field.split("@")[0]
    try:
        clear = open_answer(case, field, sealed)
    except vault.VaultError:
        return "—"
    if clear is None:
        return ""
    kind = book.procedure.form[name].type
    return MASKED_PICTURE if kind in PICTURES else vault.mask(kind, str(clear))


def pictures(case: Case, book: Rulebook, state: State) -> set[str]:
    """The SHA-256 of every private picture the case has at present: shown for a recorded reason only."""
    kinds, private = book.procedure.form, book.procedure.private_fields()
    sealed = {
        place: value
        for place, value in state.form.items()
        if (name := place.split("@")[0]) in private and kinds[name].type in PICTURES and value
    }
    return {found for place, value in sealed.items() if (found := _opened(case, place, value))}


def _opened(case: Case, place: str, value: str) -> str | None:
    try:
        return str(open_answer(case, place, value))
    except vault.VaultError:
        return None
