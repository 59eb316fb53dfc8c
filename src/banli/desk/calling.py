"""When residents may be called, and the call itself: what whoever dials has before them (P18)."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from banli.cases import facts
from banli.cases.holidays import rest_days
from banli.engine import verbs
from banli.engine.hours import parse_hours
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.engine.verbs.follow_up import EARLY, Calling
from banli.estate.models import Estate

from .answers import Answer
from .case_sheet import CaseSheet
from .case_tasks import OpenTask
from .telling import Told

#: What was done is told by these; the rest of a case's story is for the case's own page.
_WORK = ("dispatch", "take", "arrive", "check", "review", "call", "work", "sign", "decide")


@dataclass(frozen=True)
class Did:
    """A step of the work that stands: what, how it ended, who did it, when."""

    title: Text
    outcome: Text
    who: str
    at: datetime


@dataclass(frozen=True)
class Call:
    """A follow-up on the screen. ``at``: when the resident wants to be called; ``again``: when one may, if not now."""

    task: OpenTask
    phones: list[Answer]
    did: list[Did]
    attempts: list[Told]
    at: datetime | None
    hours: Text | None
    rests: bool
    again: datetime | None


def calling_of(book: Rulebook, step: str, estate: Estate, now: datetime) -> Calling | None:
    """The hours of a follow-up as the estate has set them; None where nothing is said of any."""
    written = book.flow.steps[step].hours
    if written is None:
        return None
    if written.startswith("setting."):
        written = str(facts.settings_of(book, estate, now)[written.removeprefix("setting.")])
    return Calling(parse_hours(written), rest_days(estate))


def may_be_called(calling: Calling | None, agreed: datetime | None, now: datetime) -> bool:
    """Whether it is time for the call: in their hours, and not before the moment that was agreed."""
    if agreed is not None and now < agreed - EARLY:
        return False
    return calling is None or not calling.rests(wall(now), wall(agreed) if agreed else None)


def again_at(calling: Calling | None, now: datetime) -> datetime | None:
    """When residents may be called again: the next morning, after the midday rest."""
    moment = calling.next(wall(now)) if calling else None
    return timezone.make_aware(moment) if moment else None


def call_of(sheet: CaseSheet, now: datetime) -> Call | None:
    """The call whose form is on the page; None where that is another step's."""
    task = next((one for one in sheet.tasks if one.form is not None), None)
    if task is None or task.form is None or sheet.book.flow.steps[task.form.name].verb != "follow_up":
        return None
    name, book = task.form.name, sheet.book
    calling = calling_of(book, name, sheet.case.estate, now)
    told = sheet.state.call_at(name, task.branch)
    agreed = datetime.fromisoformat(told) if told else None
    rests = calling is not None and calling.rests(wall(now), wall(agreed) if agreed else None)
    return Call(
        task=task,
        phones=sheet.phones,
        did=_did(sheet),
        attempts=[one for one in sheet.history if one.attempted == name],
        at=agreed,
        hours=calling.hours.text if calling else None,
        rests=rests,
        again=again_at(calling, now) if rests else None,
    )


def _did(sheet: CaseSheet) -> list[Did]:
    """The work as it stands, oldest first."""
    steps = sheet.book.flow.steps
    return [
        Did(
            sheet.book.step_title(mark.step), verbs.find(steps[mark.step].verb).outcome(mark.outcome).told,
            sheet.names.get(mark.by or 0, ""), datetime.fromisoformat(mark.at),
        )
        for mark in sheet.state.marks if steps[mark.step].verb in _WORK
    ]  # fmt: skip


def wall(moment: datetime) -> datetime:
    """A moment on the office's clock."""
    return timezone.localtime(moment).replace(tzinfo=None)
