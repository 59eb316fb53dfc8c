"""Every row of an estate, table by table, as CSV and as JSON.

Which rows are an estate's is told by the models: by the column that names it, by the shortest way over what the row
refers to, or by what of the estate refers to it (a procedure's version by its cases). What is left out has its reason.
"""

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.apps import apps
from django.db import models
from django.utils import timezone

from banli.cases import private, rules
from banli.cases.models import Case
from banli.estate.models import Estate
from banli.journal.vault import EncryptedText, VaultError
from banli.people.models import Holding, Staff
from banli.registers.models import RegisterRow

from .bundle import Bundle

CHUNK = 500
LEFT_OUT = {
    "people_apitoken": "keys that open the house to machines; of no use without it",
    "messages_reach": "how staff wish to be told, at whichever estate: where they are found is their own",
    "estate_takeoutpart": "pieces of archives like this one, locked, until they are fetched",
    "journal_head": "where streams end: the entries themselves say it",
}
#: Columns that are secrets of the house, or stand in files of their own.
WITHHELD = {
    "people_staff.password": "of no use without the house",
    "estate_settingversion.secret": "a password of another system",
    "estate_takeout.passphrase": "of an archive that is being made",
    "estate_intake.sealed": "a workbook on its way in",
    "cases_consentlink.digest": "of a link that opens a step",
    "messages_delivery.secret": "of a link that opens a step",
    "cases_attachment.sealed": "the picture is a file: attachments/",
    "estate_letterscan.picture": "the photograph is a file: letters/",
    "estate_contractpage.picture": "the page is a file: contracts/",
    "routines_roundphoto.sealed": "the photograph is a file: rounds/",
    "papers_paperfile.pdf": "the paper is a file: papers/",
}
_CSV_IN_EXCEL = b"\xef\xbb\xbf"  # without it Excel takes the text for another code


def tables() -> list[type[models.Model]]:
    """Every table of the house that an estate has a part in, by name."""
    ours = (model for model in apps.get_models() if model.__module__.startswith("banli."))
    return sorted(
        (model for model in ours if model._meta.db_table not in LEFT_OUT),
        key=lambda model: model._meta.db_table,
    )


def rows_of(model: type[models.Model], estate: Estate) -> models.QuerySet[Any]:
    """The rows of a table that are an estate's, in the order they were written. LookupError where none can be told."""
    return model._default_manager.filter(_of(model, estate)).order_by("pk")


def _of(model: type[models.Model], estate: Estate) -> models.Q:
    if model is Estate:
        return models.Q(pk=estate.pk)
    if model is Staff:  # by the posts they hold, not by everything they ever put their name to
        return models.Q(pk__in=Holding.objects.filter(estate=estate).values("staff"))
    onward = _onward(model)
    if onward is not None:
        return models.Q(**{onward: estate.pk})
    for used in model._meta.get_fields(include_hidden=True):
        if isinstance(used, models.ManyToOneRel) and (onward := _onward(used.related_model)) is not None:
            by = used.related_model._default_manager.filter(**{onward: estate.pk})
            return models.Q(pk__in=by.values(used.field.attname))
    raise LookupError(f"{model._meta.db_table} leads to no estate")


def _onward(model: type[models.Model]) -> str | None:
    """The shortest way over what a row always refers to."""
    ways: list[tuple[str, type[models.Model]]] = [("", model)]
    for way, at in ways:
        for field in (one for one in at._meta.concrete_fields if one.is_relation and not one.null):
            target = field.related_model
            assert isinstance(target, type)
            if target is Estate:
                return f"{way}{field.name}"
            if way.count("__") < 3 and target is not at:
                ways.append((f"{way}{field.name}__", target))
    return None


def write(bundle: Bundle, model: type[models.Model], estate: Estate) -> int:
    """Write a table's rows twice, as CSV and as lines of JSON. Returns how many."""
    name, count = model._meta.db_table, 0
    columns = [field for field in model._meta.concrete_fields if _is_told(model, field)]
    heads = [str(field.attname) for field in columns]
    with tempfile.TemporaryFile() as table, tempfile.TemporaryFile() as lines:
        table.write(_CSV_IN_EXCEL + _line(heads))
        for row in rows_of(model, estate).iterator(CHUNK):
            told = [_told(row, field) for field in columns]
            table.write(_line([_cell(value) for value in told]))
            lines.write(_json(dict(zip(heads, told, strict=True))) + b"\n")
            count += 1
        bundle.stream(f"data/{name}.csv", _read(table))
        bundle.stream(f"data/{name}.jsonl", _read(lines))
    return count


def _is_told(model: type[models.Model], field: Any) -> bool:
    return (
        not field.generated
        and f"{model._meta.db_table}.{field.column}" not in WITHHELD
        and field.column != "vault_salt"
    )


def _told(row: models.Model, field: Any) -> Any:
    """A value as JSON has it, private ones in clear; an erased one is empty."""
    if isinstance(field, EncryptedText):
        try:
            return getattr(row, field.attname)
        except VaultError:
            return ""
    if isinstance(row, Case) and field.attname == "form":
        return answers_of(row)
    if isinstance(row, RegisterRow) and field.attname == "cells":
        return {name: _masked(cell) for name, cell in row.cells.items()}
    value = getattr(row, field.attname)
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat()
    if isinstance(value, date | Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value


def answers_of(case: Case) -> dict[str, Any]:
    """A case's answers, the private ones in clear."""
    hidden = rules.rulebook(case.version_id).procedure.private_fields()
    return {
        place: _opened(case, place, value) if place.partition("@")[0] in hidden else value
        for place, value in case.form.items()
    }


def _opened(case: Case, place: str, value: str | None) -> Any:
    try:
        return private.open_answer(case, place, value)
    except VaultError:
        return None


def _masked(cell: Any) -> Any:
    """What a book shows of a private answer; in clear it stands with its case."""
    return cell["mask"] if isinstance(cell, dict) and "sealed" in cell else cell


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) and not isinstance(value, int) else text


def _line(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode()


def _json(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False).encode()


def _read(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(1 << 20):
        yield chunk
