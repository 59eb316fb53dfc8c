"""What of the house a desk's screens may show."""

from django.http import Http404

from banli.cases import rules
from banli.cases.access import require_part
from banli.cases.models import Case
from banli.engine.state import State
from banli.estate.access import READ_POSTS, UNMASK_POSTS
from banli.papers.models import BlankBatch, BlankSheet
from banli.people.access import Denied, Desk

#: Who sets what an estate may set: settings and calendar. Everybody with a post may read them.
SETS = ("director",)


#: Who closes a month of a book, asks to open it again, and decides: two of them.
CLOSES = ("director", "duty_supervisor")


#: Who prints empty forms with serials, and accounts for each sheet.
BLANKS = ("front_desk", "duty_supervisor", "director")


def at_counter(desk: Desk) -> bool:
    """Whether the desk may look up residents: who may not has no use for the counter."""
    return desk.holds(*READ_POSTS)


def may_see(desk: Desk, case: Case) -> bool:
    """Whether a case of the estate may be shown to the desk."""
    try:
        require_part(desk, case)
    except Denied:
        return False
    return True


def may_unmask(desk: Desk, case: Case, state: State) -> bool:
    """Who may see a private answer, for a reason: who may in the resident file, and whoever has the case in hand."""
    book = rules.rulebook(case.version_id)
    in_hand = any(
        token.person == desk.staff.pk
        or (token.person is None and desk.holds(*book.flow.steps[token.step].posts()))
        for token in state.tokens
    )
    return desk.holds(*UNMASK_POSTS) or in_hand


def batch_for(desk: Desk, pk: int) -> BlankBatch:
    """A batch of empty forms of the desk's estate; 404 for any other."""
    batch = BlankBatch.objects.filter(pk=pk, estate=desk.estate).select_related("printed_by").first()
    if batch is None:
        raise Http404
    return batch


def sheet_for(desk: Desk, pk: int) -> BlankSheet:
    """An empty form of the desk's estate; 404 for any other."""
    mine = BlankSheet.objects.filter(pk=pk, estate=desk.estate)
    sheet = mine.select_related("batch__printed_by", "case__unit", "ended_by").first()
    if sheet is None:
        raise Http404
    return sheet
