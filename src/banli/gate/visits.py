"""Who is expected at the gate today, and who is inside: people with a pass that is read in and out (P16)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone

from banli.cases import rules
from banli.cases.models import Task
from banli.engine.plates import part_of_plate, with_digits
from banli.engine.text import Text
from banli.estate.models import Estate
from banli.papers.models import Paper

from .cards import GoneThrough, gone_through, holder_name
from .queries import LONGEST_NAME, spoken

SHOWN = 50
#: So many are looked through for whoever is called by name or plate.
LOOKED_THROUGH = 1000


@dataclass(frozen=True)
class Visit:
    """Somebody with a pass for today. ``last``: the way they went last; None for one who has not come yet. ``next``:
    what is to be written down of them next."""

    paper: Paper
    name: str
    unit: str
    plate: str
    next: Text
    last: GoneThrough | None


def visits(estate: Estate, now: datetime, most: int = SHOWN) -> list[Visit]:
    """Those who are inside first, then those who are to come. Two queries."""
    steps = {
        (name, step): book.flow.steps[step].holds
        for name, book in rules.every_current().items()
        for step in book.flow.steps
        if book.flow.steps[step].verb == "scan"
    }
    waiting = Task.objects.filter(
        estate=estate, state=Task.State.OPEN, procedure__in={name for name, _ in steps},
        step__in={step for _, step in steps},
    )  # fmt: skip
    open_steps = dict(waiting.order_by("order_at", "id").values_list("case_id", "step")[:most])
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now) + timedelta(days=1), time.min))
    papers = Paper.objects.filter(
        estate=estate, case_id__in=open_steps, kind__in=set(steps.values()), state=Paper.State.VALID,
        token__isnull=False, valid_until__gt=now, valid_until__lte=midnight,
    ).select_related("case", "form")  # fmt: skip
    told = [_visit(paper, open_steps[paper.case_id]) for paper in papers.order_by("issued_at", "pk")]
    return sorted(told, key=lambda one: one.last is None)


def called(estate: Estate, words: str, now: datetime) -> list[Visit]:
    """Today's visitors of that name or plate, or of a part of it: a guard has the car before them, not its pass."""
    name = spoken(words)
    part = part_of_plate(words) if len(words) <= LONGEST_NAME else ""
    if not name and not part:
        return []
    today = visits(estate, now, LOOKED_THROUGH)
    return [one for one in today if (with_digits(part) in one.plate if part else name in one.name)]


def _visit(paper: Paper, step: str) -> Visit:
    book = rules.rulebook(paper.case.version_id)
    plate = next((n for n, asked in book.procedure.form.items() if asked.type == "plate"), "")
    return Visit(
        paper, holder_name(paper), str(paper.snapshot.get("case.unit") or ""), str(paper.case.form.get(plate) or ""),
        book.step_title(step), gone_through(paper),
    )  # fmt: skip
