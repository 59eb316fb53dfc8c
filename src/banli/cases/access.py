"""Which cases a desk may see, and what it may do with them. Another estate's are not there (404)."""

from django.http import Http404

from banli.engine import verbs
from banli.engine.allowed import may_do, may_enter
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.state import State, Token
from banli.estate.access import FILE_POSTS
from banli.journal.models import Entry
from banli.people.access import Denied, Desk

from . import private, queries, rules, store
from .actions import actor_of
from .models import Attachment, Case

SEES_ALL = ("director", "duty_supervisor")


def case_for(desk: Desk, case_id: int) -> Case:
    """The case with all its screen needs, in one query. 404 outside the estate, 403 for a post with no part in it."""
    try:
        case = store.shown(case_id, desk.estate.pk)
    except Case.DoesNotExist:
        raise Http404 from None
    require_part(desk, case)
    return case


def require_part(desk: Desk, case: Case) -> None:
    """Whether the desk takes part in the procedure, or this case was sent to it; raises Denied.

    A department keeps sight of what it handled when the case goes on to another; one that was sent a case by mistake
    and did nothing does not. One query, where a department asks.
    """
    book = rules.rulebook(case.version_id)
    posts = rules.participants(book) | set(SEES_ALL)
    if desk.holds(*posts) or desk.staff.pk in store.state_of(case).assigned.values():
        return
    if not desk.holds(*rules.departments(book)) or not queries.sent_to(desk).filter(case=case).exists():
        raise Denied(*sorted(posts))


def attachment_for(desk: Desk, case_id: int, sha256: str) -> tuple[Case, Attachment]:
    """A picture of a case the desk may see. A private one is not there: it is looked at for a reason (`unmask`)."""
    case = case_for(desk, case_id)
    if case.erased:
        raise Http404
    found = Attachment.objects.filter(case=case, sha256=sha256[:64]).first()
    book = rules.rulebook(case.version_id)
    if found is None or found.sha256 in private.pictures(case, book, store.state_of(case)):
        raise Http404
    if not desk.holds(*FILE_POSTS) and _is_a_letter(case, found.sha256):
        raise Denied(*FILE_POSTS)
    return case, found


def _is_a_letter(case: Case, sha256: str) -> bool:
    """Whether it is the picture of a signed paper: that bears names and numbers, and is for the desk alone."""
    return Entry.objects.filter(stream=case.stream, body__events__contains=[{"scan": sha256}]).exists()


def may_open(desk: Desk, book: Rulebook) -> bool:
    """Whether the desk may take this procedure in."""
    return desk.holds(*book.procedure.opened_by)


def procedure_for(desk: Desk, procedure: str) -> Rulebook:
    """The rules in force of a procedure this desk may open. 404 if there is none, 403 for another post."""
    try:
        book = rules.current(procedure)
    except Refusal:
        raise Http404 from None
    if not may_open(desk, book):
        raise Denied(*book.procedure.opened_by)
    return book


def why_not(desk: Desk, book: Rulebook, state: State, token: Token) -> Refusal | None:
    """Why this desk may not do an open step; None if it may. For screens; the action asks again."""
    if verbs.find(book.flow.steps[token.step].verb).waits:
        return Refusal("task_not_open", step=book.step_title(token.step))
    try:
        may_do(book, state, token, actor_of(desk))
    except Refusal as why:
        return why
    return None


def may_enter_for_another(desk: Desk, book: Rulebook, state: State, token: Token) -> bool:
    """Whether the desk may enter what a colleague did on paper at an open step. For screens; the action asks again."""
    if verbs.find(book.flow.steps[token.step].verb).waits:
        return False
    try:
        may_enter(book, state, token, actor_of(desk))
    except Refusal:
        return False
    return True


def may_intervene(desk: Desk, book: Rulebook) -> bool:
    """Whether the desk may reassign, send back and reopen."""
    rule = book.procedure.override
    return rule is not None and desk.holds(*rule.by)


def may_withdraw(desk: Desk, book: Rulebook, state: State) -> bool:
    """Whether the desk may take the case back now."""
    rule = book.procedure.withdraw
    if rule is None or state.status != "open" or not desk.holds(*rule.by):
        return False
    return not (rule.before and state.mark(rule.before))
