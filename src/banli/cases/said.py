"""What papers, books and screens say of a case beside its own answers: names, and what other rooms know. One query."""

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from banli.engine.state import State
from banli.journal import statement
from banli.people.models import Staff

from .facts import OWNERS
from .models import Case

_SAID = """
    SELECT (SELECT jsonb_agg(jsonb_build_array(id, name)) FROM people_staff WHERE id = ANY(%(people)s::bigint[])),
           (SELECT person.name FROM estate_occupancy lives JOIN estate_person person ON person.id = lives.person_id
             WHERE lives.unit_id = %(unit)s AND lives.role = 'owner'
               AND lives.since <= %(day)s AND (lives.until IS NULL OR lives.until >= %(day)s)
             ORDER BY lives.id LIMIT 1),
           (SELECT jsonb_build_array(letter.id, principal.name) FROM estate_authorityuse used
              JOIN estate_authority letter ON letter.id = used.authority_id
              JOIN estate_person principal ON principal.id = letter.principal_id
             WHERE used.case_id = %(case)s ORDER BY letter.id LIMIT 1),
           (SELECT jsonb_agg(jsonb_build_array(branch, number, step) ORDER BY id)
              FROM papers_paper WHERE case_id = %(case)s),
           (SELECT jsonb_agg(jsonb_build_array(id, name)) FROM estate_person WHERE id = ANY(%(owners)s::bigint[]))
"""


@dataclass
class Said:
    """``names`` by the id of a member of staff; ``numbers``: (branch, number, step) of every paper, oldest first.

    ``owners``: by their id, the names of owners who agreed.
    """

    names: Mapping[int, str]
    given: Mapping[str, Any]
    numbers: list[tuple[int | None, str, str]]
    owners: Mapping[int, str]

    def number(self, branch: int | None, aside: Container[str]) -> str:
        """The number of the newest paper, of one branch or of all; the papers of the steps ``aside`` do not count."""
        mine = [n for of, n, step in self.numbers if branch in (None, of) and step not in aside]
        return mine[-1] if mine else ""


def said(case: Case, people: Iterable[int], owners: Iterable[int]) -> Said:
    """Ask for the names of ``people`` and for what other rooms know of the case, in one query."""
    day = timezone.localdate(case.opened_at)
    asked = {
        "people": list(people), "unit": case.unit_id, "day": day, "case": case.pk, "owners": list(owners),
    }  # fmt: skip
    names, owner, principal, numbers, agreed = statement.row(_SAID, asked)
    return Said(
        names=dict(_list(names)),
        given=_given(case, owner, _list(principal)) | {f"person.{pk}": name for pk, name in _list(agreed)},
        numbers=[(branch, number, step) for branch, number, step in _list(numbers)],
        owners=dict(_list(agreed)),
    )


def given(case: Case) -> Mapping[str, Any]:
    """Names that come from other rooms: the estate, the owner, on what authority the applicant acts."""
    agreed = {mark.get("person") for mark in case.standing.get("marks", ())} - {None}
    return said(case, (), agreed).given


def owners_in(state: State) -> set[int]:
    """The ids of the owners who agreed to something that stands."""
    return {mark.person for mark in state.marks if mark.person}


def people_in(case: Case, state: State) -> set[int]:
    """The ids of the members of staff a case speaks of."""
    ids = {m.by for m in state.marks} | {m.deputy_for for m in state.marks} | set(state.assigned.values())
    ids |= {pk for named in state.named.values() for pk in named}
    return {one for one in (*ids, case.opened_by_id) if one}


def names_of(case: Case, state: State) -> dict[int, str]:
    """Their names, in one query."""
    return dict(Staff.objects.filter(pk__in=people_in(case, state)).values_list("pk", "name"))


def _given(case: Case, owner: str | None, letter: list[Any]) -> dict[str, Any]:
    """``letter``: the number of the letter of authority that the case rests on and who gave it, where there is one."""
    told: dict[str, Any] = {"estate.name": case.estate.name, "estate.address": case.estate.address}
    told["case.authority"] = None
    if case.applicant_role not in OWNERS and letter:  # else: the consent given says on what footing
        number, principal = letter
        told["case.authority"] = {
            "zh": f"持{principal}委托书（第 {number} 号）", "en": f"letter of authority no. {number} from {principal}",
        }  # fmt: skip
    if case.unit_id:
        told["unit.owner"] = owner
    return told


def _list(value: Any) -> list[Any]:
    """A JSON array as the driver gives it: Django leaves it as text."""
    return json.loads(value) if isinstance(value, str) else value or []
