"""The same matter once more: earlier cases of the same room or about the same thing (P13; domain/kpis C, repeats)."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from banli.engine import clocks
from banli.engine.rulebook import Rulebook

from .facts import ZONE, settings_of
from .models import Case

#: So many are shown beside a case.
SHOWN = 6


def came_before(book: Rulebook, case: Case, answers: Mapping[str, Any], at: datetime) -> bool:
    """Whether a case that says ``answers`` is about a matter that came before; asks only where its procedure asks it.

    The case it was handed over from is the same complaint, not an earlier one.
    """
    found = _alike(book, case, answers, at)
    return found is not None and found.filter(opened_at__lte=at).exists()


def alike(book: Rulebook, case: Case) -> list[Case]:
    """The cases about the same matter as this one, newest first, in either direction of time. One query."""
    found = _alike(book, case, case.form, case.opened_at)
    if found is None:
        return []
    return list(found.select_related("unit__building", "applicant").order_by("-id")[:SHOWN])


def _alike(book: Rulebook, case: Case, answers: Mapping[str, Any], at: datetime) -> QuerySet[Case] | None:
    rule = book.procedure.repeats
    if rule is None:
        return None
    same = Q(pk__in=())
    if "unit" in rule.same and case.unit_id is not None:
        same |= Q(unit_id=case.unit_id)
    for name in rule.fields():
        answer = answers.get(name)
        if isinstance(answer, str) and answer and "\x00" not in answer:
            same |= Q(**{f"form__{name}": answer})
    own = [case.pk, *([case.parent_id] if case.parent_id else [])]
    since, until = _span(book, case, at)
    return (
        Case.objects.filter(same, estate_id=case.estate_id, procedure__in=rule.of)
        .filter(opened_at__gte=since, opened_at__lt=until)
        .exclude(pk__in=own)
        .exclude(parent_id=case.pk)
    )


def _span(book: Rulebook, case: Case, at: datetime) -> tuple[datetime, datetime]:
    """From the beginning of the day so long before ``at`` to the end of the day so long after."""
    rule = book.procedure.repeats
    assert rule is not None
    written = rule.within
    if written.startswith("setting."):
        written = str(settings_of(book, case.estate, at)[written.removeprefix("setting.")])
    much, day = clocks.parse_duration(written), at.astimezone(ZONE).date()
    if much.unit == "month":
        first, last = clocks.add_months(day, -much.number), clocks.add_months(day, much.number)
    else:
        days = timedelta(days=much.number if much.unit == "d" else 1)
        first, last = day - days, day + days
    return datetime.combine(first, time(), ZONE), clocks.end_of_day(last, ZONE)
