"""The rules a case is bound to: its procedure's version, compiled once and kept."""

import json
from functools import lru_cache

from banli.engine.pack import Pack
from banli.engine.paper import PaperDefinition
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.journal import statement

from .models import ProcedureVersion

_CURRENT_OF = "SELECT id FROM cases_procedureversion WHERE procedure = %(procedure)s AND current"
_CURRENT = "SELECT jsonb_object_agg(procedure, id) FROM cases_procedureversion WHERE current"


@lru_cache(maxsize=256)
def rulebook(version_id: int) -> Rulebook:
    """The rulebook of a version. Versions never change, so it is kept for the life of the process."""
    return compile_version(ProcedureVersion.objects.get(pk=version_id))


def compile_version(version: ProcedureVersion) -> Rulebook:
    """Read the stored procedure back; it carries all it uses of its pack."""
    pack = Pack.model_validate_json(version.compiled)
    return Rulebook.of(pack.procedures[version.procedure], pack)


def current(procedure: str) -> Rulebook:
    """The rules new cases begin with. Refuses with ``unknown_procedure``."""
    found = statement.row(_CURRENT_OF, {"procedure": procedure[:50]})
    if not found:
        raise Refusal("unknown_procedure", procedure=procedure[:50])
    return rulebook(found[0])


def every_current() -> dict[str, Rulebook]:
    """All procedures new cases may begin with, by name: pack by pack, as their packs' shelves sort them."""
    versions = statement.row(_CURRENT, {})[0]
    return {
        procedure: rulebook(pk)
        for procedure, pk in sorted(json.loads(versions or "{}").items(), key=lambda one: _place(one[1]))
    }


def current_papers() -> dict[str, PaperDefinition]:
    """Every kind of paper the procedures in force issue, as it is written today."""
    return {
        kind: definition for book in every_current().values() for kind, definition in book.pack.papers.items()
    }


@lru_cache(maxsize=256)
def _place(version_id: int) -> tuple[str, int, str]:
    book = rulebook(version_id)
    header = book.pack.header
    return header.pack, *header.place_of(book.procedure.procedure)


def participants(book: Rulebook) -> frozenset[str]:
    """The posts that take part in a procedure: they may see its cases.

    One of several departments, which a case chooses for itself, sees what it was sent and no more (`departments`).
    """
    told = set(book.procedure.opened_by)
    for name, step in book.flow.steps.items():
        told.update(step.posts())
        sent = book.destinations(name)
        told.update(sent if len(sent) == 1 else ())
    for rule in (book.procedure.withdraw, book.procedure.override):
        told.update(rule.by if rule else ())
    return frozenset(told)


def departments(book: Rulebook) -> frozenset[str]:
    """The posts among which a case of the procedure chooses whom it is sent to."""
    told = (book.destinations(name) for name in book.flow.steps)
    return frozenset(post for sent in told if len(sent) > 1 for post in sent)
