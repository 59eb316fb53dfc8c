"""The letter of authority on paper (Civil Code 165): empty, as the form has it so far, or as it was entered.

Identity numbers are left to be written by hand: the file's are not printed where nobody gave a reason.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import QueryDict

from banli.engine.paper import LETTER
from banli.engine.refusals import Refusal
from banli.estate import queries
from banli.estate.actions import OWNERS
from banli.estate.models import Authority, Unit
from banli.estate.scopes import scope_titles
from banli.papers import render
from banli.people.access import Desk

from . import office_papers


def entered(letter: Authority) -> bytes:
    """A letter as it was entered, as a PDF. Refuses ``erased`` where it names nobody any more."""
    if letter.principal is None or letter.delegate is None:
        raise Refusal("erased")
    told = {
        "authority.principal": letter.principal.name, "authority.delegate": letter.delegate.name,
        "authority.valid_from": letter.valid_from.isoformat(), "authority.valid_to": letter.valid_to.isoformat(),
        "authority.once": "yes" if letter.once else "no", "authority.number": str(letter.pk),
    }  # fmt: skip
    return _printed(letter.estate, letter.unit, told, letter.scopes)


def draft(desk: Desk, unit: Unit, typed: QueryDict) -> bytes:
    """What has been typed so far, to be signed; with nothing typed, an empty letter. What cannot be is left blank."""
    people = {str(one.person.pk): one for one in queries.people_of(desk, unit)}
    principal, delegate = people.get(typed.get("principal", "")), people.get(typed.get("delegate", ""))
    once = typed.get("once", "") if typed else ""
    told = {
        "authority.principal": principal.person.name if principal and principal.role in OWNERS else "",
        "authority.delegate": delegate.person.name if delegate and delegate is not principal else "",
        "authority.valid_from": _day(typed.get("valid_from", "")),
        "authority.valid_to": _day(typed.get("valid_to", "")),
        "authority.once": once if once in ("yes", "no") else "",
    }
    return _printed(desk.estate, unit, told, typed.getlist("scopes"))


def _printed(estate: Any, unit: Unit, told: Mapping[str, Any], scopes: list[str]) -> bytes:
    matters = [{"title": title.zh, "on": scope in scopes} for scope, title in scope_titles().items()]
    values = {**told, "authority.matters": matters, "case.unit": unit.key, "estate.name": estate.name}
    definition = office_papers.definition(LETTER)
    return render.to_sign(definition, values, definition.copies[0].id)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
