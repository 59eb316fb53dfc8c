"""Follow-up and satisfaction (P18): what was owed, who was reached, what they judged and why.

Reckoned from the journal by the database. `report` is plain JSON: archived, it is read again as it was.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from banli.cases import rules
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.people.models import Staff

from .period import Period
from .queries import percent

#: So many of what dissatisfied are told, the newest.
REASONS = 50
#: What is counted of each line. ``reached``: became due; the others are outcomes of the call.
COUNTED = ("reached", "satisfied", "fair", "dissatisfied", "complains", "declined", "no_answer", "later")


@dataclass(frozen=True)
class Contact:
    """So often, in a month (its first day), a follow-up ended so by somebody's hand; or was reached."""

    procedure: str
    step: str
    how: str
    by: int | None
    month: date
    times: int


_TOLD = """
    SELECT ruled.procedure, event->>'step', entry.actor_id, entry.at, entry.stream, ruled.id, ruled.unit_id,
           event->>'note' AS note,
           CASE event->>'event' WHEN 'reached' THEN 'reached' ELSE event->>'outcome' END AS how
      FROM journal_entry entry
      CROSS JOIN jsonb_array_elements(entry.body->'events') AS event
      JOIN cases_case ruled
        ON ruled.id = CASE WHEN entry.stream LIKE 'case/%%' THEN substr(entry.stream, 6)::bigint END
     WHERE entry.estate_id = %(estate)s AND entry.at >= %(start)s AND entry.at < %(end)s
       AND event->>'event' IN ('reached', 'done', 'attempted')
       AND (ruled.procedure, event->>'step') IN (SELECT * FROM unnest(%(procedures)s::text[], %(steps)s::text[]))
"""
_CONTACTS = f"""
    SELECT procedure, step, how, CASE WHEN how <> 'reached' THEN actor_id END,
           date_trunc('month', at AT TIME ZONE %(zone)s)::date, count(*)
      FROM ({_TOLD}) told(procedure, step, actor_id, at, stream, case_id, unit_id, note, how)
     GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
"""
_REASONS = f"""
    SELECT told.case_id, told.procedure, told.how, told.note, told.at, told.actor_id, coalesce(unit.key, '')
      FROM ({_TOLD}) told(procedure, step, actor_id, at, stream, case_id, unit_id, note, how)
      LEFT JOIN estate_unit unit ON unit.id = told.unit_id
     WHERE told.how IN ('dissatisfied', 'complains') ORDER BY told.at DESC, told.case_id DESC LIMIT %(limit)s
"""
_ANSWERS = """
    SELECT called.procedure, said.key, said.value #>> '{}', count(*)
      FROM (SELECT DISTINCT task.procedure, task.case_id FROM cases_task task
             WHERE task.estate_id = %(estate)s AND task.state = 'done'
               AND task.ended_at >= %(start)s AND task.ended_at < %(end)s
               AND (task.procedure, task.step) IN
                   (SELECT * FROM unnest(%(procedures)s::text[], %(steps)s::text[]))) called
      JOIN cases_case ruled ON ruled.id = called.case_id
      CROSS JOIN LATERAL jsonb_each(ruled.form) AS said
     WHERE said.key = ANY(%(fields)s) AND jsonb_typeof(said.value) <> 'null' GROUP BY 1, 2, 3
"""


def places(books: Mapping[str, Rulebook]) -> list[tuple[str, str]]:
    """The follow-ups there are: procedure and step."""
    return [
        (procedure, name)
        for procedure, book in books.items()
        for name, step in book.flow.steps.items()
        if step.verb == "follow_up"
    ]


def contacts(estate_id: int, period: Period, asked: list[tuple[str, str]]) -> list[Contact]:
    """Every follow-up that became due or was called in the period, counted."""
    return [Contact(*row) for row in _rows(_CONTACTS, estate_id, period, asked)]


def counted(estate_id: int, period: Period) -> dict[str, Any]:
    """What became of all follow-ups of the period. One query."""
    return _summed(contacts(estate_id, period, places(rules.every_current())))


def report(estate_id: int, period: Period) -> dict[str, Any]:
    """The summary report (回访总结报告) as plain JSON. Four queries, however many rows there are."""
    books = rules.every_current()
    asked = places(books)
    told = contacts(estate_id, period, asked)
    reasons = list(_rows(_REASONS, estate_id, period, asked, limit=REASONS))
    names = _names({one.by for one in told} | {row[5] for row in reasons})
    return {
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
        "total": _summed(told),
        "procedures": [
            {"title": _plain(books[name].procedure.title), **_summed(lines)}
            for name, lines in _by(told, lambda one: one.procedure)
        ],
        "staff": [
            {"name": names.get(by, ""), **_summed(lines)}
            for by, lines in _by([one for one in told if one.by is not None], lambda one: one.by or 0)
        ],
        "months": [
            {"month": f"{month:%Y-%m}", **_summed(lines)} for month, lines in _by(told, lambda one: one.month)
        ],
        "questions": _questions(estate_id, period, books, asked),
        "reasons": [
            {
                "case": case, "title": _plain(books[procedure].procedure.title), "complains": how == "complains",
                "note": note or "", "at": at.isoformat(), "who": names.get(by or 0, ""), "unit": unit,
            }
            for case, procedure, how, note, at, by, unit in reasons
        ],
    }  # fmt: skip


def rate(told: Mapping[str, int]) -> int | None:
    """Satisfied or fairly so, of a hundred who gave a judgement."""
    good = told["satisfied"] + told["fair"]
    return percent(good, good + told["dissatisfied"] + told["complains"])


def _summed(lines: Iterable[Contact]) -> dict[str, Any]:
    """What became of the calls of some lines. ``done``: followed up to an end; ``attempts``: in vain so far."""
    number = Counter[str]()
    for one in lines:
        number[one.how] += one.times
    told: dict[str, Any] = {name: number[name] for name in COUNTED[1:6]}
    told["owed"], told["done"] = number["reached"], sum(told.values())
    told["attempts"] = number["no_answer"] + number["later"]
    return told | {"rate": rate(told), "reach": percent(told["done"], max(told["owed"], told["done"]))}


def _questions(
    estate_id: int, period: Period, books: Mapping[str, Rulebook], asked: list[tuple[str, str]]
) -> list[dict[str, Any]]:
    """The questionnaires: of each choice that is put in a follow-up, how often what was answered."""
    put = {
        (procedure, name): field
        for procedure, step in asked
        for name in books[procedure].flow.steps[step].asks
        if (field := books[procedure].procedure.form[name]).options
    }
    fields = sorted({name for _, name in put})
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for procedure, name, value, times in _rows(_ANSWERS, estate_id, period, asked, fields=fields):
        found[procedure, name][value] += times
    return [
        {
            "title": _plain(books[procedure].procedure.title), "question": _plain(field.label),
            "answers": [
                {"title": _plain(title), "times": found[procedure, name][value]}
                for value, title in (field.options or {}).items()
            ],
        }
        for (procedure, name), field in put.items() if found[procedure, name]
    ]  # fmt: skip


def _by(told: Iterable[Contact], key: Any) -> list[tuple[Any, list[Contact]]]:
    found: dict[Any, list[Contact]] = defaultdict(list)
    for one in told:
        found[key(one)].append(one)
    return sorted(found.items())


def _names(staff: Iterable[int | None]) -> dict[int, str]:
    known = [pk for pk in staff if pk is not None]
    return dict(Staff.objects.filter(pk__in=known).values_list("pk", "name"))


def _plain(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _rows(
    statement: str, estate_id: int, period: Period, asked: list[tuple[str, str]], **more: Any
) -> list[tuple[Any, ...]]:
    params = {
        "estate": estate_id, "start": period.start, "end": period.end, "zone": settings.TIME_ZONE,
        "procedures": [procedure for procedure, _ in asked], "steps": [step for _, step in asked], **more,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())
