"""A paper that is good while a step of its case waits: a worker's card, a renovation permit (P2, P0).

The step that holds it says so in its procedure (``holds``), and in which hours it lets in (``hours``).
"""

from datetime import date, datetime

from django.utils import timezone

from banli.cases import facts, rules
from banli.cases.holidays import rest_days
from banli.engine.hours import Hours, parse_hours
from banli.engine.procedure import Step
from banli.engine.rulebook import Rulebook
from banli.gate.verdict import Rests, Standing
from banli.papers.models import Paper


def holder(paper: Paper) -> tuple[Rulebook, str, Step] | None:
    """The procedure, and the step of it that holds this kind of paper; None for one that is used once.

    Of several (in, then out) the one that waits; where none does, the last that was done.
    """
    book = rules.rulebook(paper.case.version_id)
    held = [(book, name, step) for name, step in book.flow.steps.items() if step.holds == paper.kind]
    if len(held) < 2:
        return next(iter(held), None)
    use = {name: _use(paper, name, book) for _, name, _ in held}
    waits = [one for one in held if use[one[1]] == "open"]
    over = [one for one in held if use[one[1]]]
    return (waits or over[::-1] or held)[0]


def standing(paper: Paper, now: datetime, replaced: bool | None = None) -> Standing | None:
    """How it stands now; None for a paper that is used once. Its case, estate and form should be at hand.

    ``replaced``: whether a newer one has come in its place; None: that is asked.
    """
    found = holder(paper)
    if found is None:
        return None
    book, name, step = found
    hours = hours_of(paper, book, step, now)
    wall = timezone.localtime(now)
    return Standing(
        use=_use(paper, name, book),
        person=portrait_of(paper, book) is not None,
        through=step.verb == "scan",
        replaced=paper.state != Paper.State.VALID and (_replaced(paper) if replaced is None else replaced),
        rests=_rests(paper, book, wall.date()),
        record=book.procedure.rests_on.title if book.procedure.rests_on else None,
        hours=hours.text if hours else None,
        in_hours=hours is None or hours.hold_on(wall, rest_days(paper.estate)),
    )


def hours_of(paper: Paper, book: Rulebook, step: Step, now: datetime) -> Hours | None:
    """When it lets in, as the estate has set it today."""
    if not step.hours:
        return None
    name = step.hours.removeprefix("setting.")
    written = step.hours if name == step.hours else facts.setting_of(book, paper.estate, name, now)
    return parse_hours(str(written))


def portrait_of(paper: Paper, book: Rulebook) -> str | None:
    """The name under which the paper keeps its holder's photograph."""
    prints = paper.form.definition.get("prints", ())
    form = book.procedure.form
    asked = {name: form.get(name.removeprefix("form.")) for name in prints if name.startswith("form.")}
    return next((name for name, one in asked.items() if one is not None and one.type == "portrait"), None)


def _use(paper: Paper, step: str, book: Rulebook) -> str:
    """``open`` while the step waits, the outcome with which it ended, empty before it was reached.

    What was to be renewed, and was found to be lost then, is lost.
    """
    standing = paper.case.standing
    if any(_here(token, step, paper) for token in standing.get("tokens", ())):
        return "open"
    marks = standing.get("marks", ())
    ended = [mark["outcome"] for mark in marks if _here(mark, step, paper)]
    if ended and ended[-1] == "renewed":
        held = [name for name, one in book.flow.steps.items() if one.verb == "in_use"]
        if any(mark["outcome"] == "lost" and _here(mark, name, paper) for mark in marks for name in held):
            return "lost"
    return ended[-1] if ended else ""


def _here(one: dict[str, object], step: str, paper: Paper) -> bool:
    return one["step"] == step and one.get("branch") in (paper.branch, None)


def _replaced(paper: Paper) -> bool:
    newer = Paper.objects.filter(case_id=paper.case_id, kind=paper.kind, branch=paper.branch, pk__gt=paper.pk)
    return newer.exists()


def _rests(paper: Paper, book: Rulebook, today: date) -> Rests:
    """Whether what it rests on still stands (P2.3: not past the renovation's time limit)."""
    rule = book.procedure.rests_on
    if rule is None:
        return ""
    form = facts.record_form(book, paper.case.record)
    if form is None:
        return "missing"
    last_day = form.get(rule.last_day or "")
    return "over" if last_day and today.isoformat() > str(last_day) else "stands"
