"""The empty sheet on which a case was written in a power cut: entered once, and of one case for good."""

from datetime import datetime

from banli.engine import back_entry
from banli.engine import events as ev
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.papers.blanks import why_not
from banli.papers.models import BlankSheet
from banli.papers.standing import shown
from banli.people.models import Staff

from . import rules
from .models import Case


def enter(event: ev.BackEntered, case: Case, book: Rulebook, by: Staff | None, at: datetime) -> None:
    """The sheet became this case, or is already its own; of two at the same time one wins.

    Refuses what became another case, is spoiled or lost, was never printed for this procedure here, or only after it
    is said to have been written on.
    """
    kinds = list(back_entry.sheets(book))
    mine = BlankSheet.objects.filter(estate=case.estate_id, kind__in=kinds, serial=event.sheet)
    then = datetime.fromisoformat(event.at)
    printed = mine.values_list("batch__printed_at", flat=True).first()
    if printed is not None and then < printed.replace(second=0, microsecond=0):
        raise Refusal("blank_later", serial=event.sheet, at=shown(printed))
    unused = mine.filter(state=BlankSheet.State.UNUSED)
    if unused.update(state=BlankSheet.State.USED, case=case, ended_at=at, ended_by=by):
        return
    sheet = mine.select_related("case__unit").first()
    if sheet is None or sheet.case_id != case.pk:
        raise why_not(sheet, event.sheet, _about(sheet.case) if sheet and sheet.case else None)


def _about(case: Case) -> Text:
    """A case as a refusal names it: what it is about, of which home."""
    title, home = rules.rulebook(case.version_id).procedure.title, f" {case.unit}" if case.unit else ""
    return Text(zh=f"{title.zh}{home}", en=f"{title.en}{home}")
