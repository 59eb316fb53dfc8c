"""Procedures as they stood: a version is what its hash says, and a case runs on the version it began with."""

import json
from collections.abc import Iterator
from functools import lru_cache

from banli.cases import rules
from banli.cases.models import Case, ProcedureVersion
from banli.cases.packs import digest_of
from banli.engine.rulebook import Rulebook

from .finding import UNSAYABLE, Finding, Ticker, named, unwatched


def versions(tick: Ticker = unwatched) -> Iterator[Finding]:
    """A procedure's version is what its hash says, and is kept under the names that stand in it."""
    for version in ProcedureVersion.objects.order_by("pk").iterator(10):
        row = named(version, version.procedure)
        if digest_of(version.compiled) != version.digest:
            yield Finding(row, "was changed: it is not what its digest says")
        elif (version.pack, version.procedure) != _names_in(version.compiled):
            yield Finding(row, "is kept under another name than its own")
        tick(1)
    for pk in Case.objects.order_by("version_id").values_list("version_id", flat=True).distinct():
        if not ProcedureVersion.objects.filter(pk=pk).exists():
            yield Finding(f"cases_procedureversion {pk}", "is missing, though cases run on it")


def _names_in(compiled: str) -> tuple[str, str]:
    try:
        told = json.loads(compiled)
        (procedure,) = told["procedures"]
        return told["header"]["pack"], procedure
    except UNSAYABLE:
        return "", ""


class NotKept(Exception):
    """A journal names a version that is not kept, or was changed."""


@lru_cache(maxsize=256)
def rulebook(procedure: str | None, digest: str | None) -> Rulebook:
    """The rules that a journal names by their hash. Raises NotKept."""
    version = ProcedureVersion.objects.filter(procedure=procedure, digest=digest).first()
    if version is None or digest_of(version.compiled) != digest:
        raise NotKept(procedure)
    return rules.compile_version(version)
