"""An owner agrees on the telephone: what they answer is compared with the file, and a wrong answer is kept in mind."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from banli.engine.refusals import Refusal
from banli.estate import identity_questions
from banli.estate.models import Person
from banli.people.access import Desk
from banli.people.actions import record

from . import facts
from .models import Case


def confirmed(
    by: Desk, case: Case, signature: str, extra: Mapping[str, Any], now: datetime
) -> tuple[str, ...]:
    """The identity questions that the owner on the telephone answered right; none where nobody telephones.

    ``extra``: ``owner`` (id), ``identity``: question → what they said, kept nowhere. Raises Refusal as
    :func:`banli.estate.identity_questions.confirmed` does; who tried in vain stands in the estate's journal.
    """
    owner, said = extra.get("owner"), extra.get("identity")
    if signature != "call" or case.unit is None or owner not in facts.owners_of(case.unit, now):
        return ()
    person = Person.objects.get(pk=owner)
    try:
        return identity_questions.confirmed(case.unit, person, said if isinstance(said, Mapping) else {}, now)
    except Refusal as why:
        if why.fields:
            wrong = sorted(name.removeprefix("ask-") for name in why.fields)
            body = {"case": case.pk, "person": person.pk, "questions": wrong}
            record(
                estate_id=case.estate_id, kind="identity_not_confirmed", body=body, by=by.staff,
                acting=by.acting_as(*by.posts),
            )  # fmt: skip
        raise
