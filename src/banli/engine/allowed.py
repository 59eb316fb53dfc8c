"""Who may do a step, and when: posts and deputies, whoever was sent, four eyes, a case that is open."""

from typing import TYPE_CHECKING, Any

from banli.engine import back_entry, consent, verbs
from banli.engine.complained_of import keep_away
from banli.engine.procedure import ENDS
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.state import Mark, State, Token
from banli.engine.text import Text

if TYPE_CHECKING:
    from banli.engine.decide import Actor


def may_do(book: Rulebook, state: State, token: Token, actor: "Actor") -> tuple[str, int | None]:
    """The post ``actor`` does an open step with, and whom they deputise for. Raises Refusal if they may not.

    Whoever filed a case never approves it, and steps that are ``apart`` need different people (readings G1).
    """
    name = token.step
    step = book.flow.steps[name]
    if actor.outsider:
        if actor.outsider != step.outside() or "link" not in step.ways:
            raise Refusal(
                "consent_way", way=consent.WAYS["link"], ways=[consent.WAYS[one] for one in step.ways]
            )
        return "", None
    if token.person not in (None, actor.id):
        raise Refusal("not_assigned", step=book.step_title(name))
    sender = step.assigned_by() or ""
    posts = step.posts() if token.person is None else book.sends_up(sender, state, token.branch)
    keep_away(book, state, name, token.branch, actor.id, actor.name)
    post, deputy_for = post_for(actor, posts, "wrong_post", book, step=book.step_title(name))
    _four_eyes(book, state, token, actor, deputy_for)
    return post, deputy_for


def may_enter(book: Rulebook, state: State, token: Token, actor: "Actor") -> None:
    """Raises Refusal if ``actor`` may not enter what a colleague did on paper: four eyes are two people in here too."""
    back_entry.may_enter(book, actor)
    keep_away(book, state, token.step, token.branch, actor.id, actor.name)
    _four_eyes(book, state, token, actor, None)


def _four_eyes(book: Rulebook, state: State, token: Token, actor: "Actor", deputy_for: int | None) -> None:
    """Neither whoever does a step, nor whoever enters it for them, had a hand in what it is to be kept apart from."""
    title = book.step_title(token.step)
    if verbs.find(book.flow.steps[token.step].verb).approves and actor.id in state.filers:
        raise Refusal("four_eyes_filer", step=title)
    other = next((mark for mark in state.marks if _keeps_away(book, mark, token, actor, deputy_for)), None)
    if other:
        raise Refusal("four_eyes", step=title, other=book.step_title(other.step))


def _keeps_away(book: Rulebook, mark: Mark, token: Token, actor: "Actor", deputy_for: int | None) -> bool:
    """Whether what ``actor`` did keeps them from this step, as the two are to be done by different people."""
    if actor.id not in (mark.by, mark.entered_by) or mark.step == token.step:
        return False
    if mark.branch != token.branch and None not in (mark.branch, token.branch):
        return False
    as_deputy = deputy_for is not None or mark.deputy_for is not None
    return any(
        {mark.step, token.step} <= set(rule.steps) and not (rule.unless == "deputy" and as_deputy)
        for rule in book.procedure.apart
    )


def post_for(
    actor: "Actor", posts: tuple[str, ...], code: str, book: Rulebook, **params: Any
) -> tuple[str, int | None]:
    """The post of these that ``actor`` holds, and whom they deputise for; the refusal ``code`` where they hold none."""
    held = [p for p in posts if p in actor.posts]
    if not held:
        raise Refusal(code, posts=[book.post_title(p) for p in posts], **params)
    own = [p for p in held if actor.posts[p] is None]
    post = (own or held)[0]
    return post, actor.posts[post]


def has_been_at(book: Rulebook, state: State, target: str) -> bool:
    """A case goes back only to where it has been; sending it on past steps nobody did would skip them."""
    order = book.flow.order
    been = {token.step for token in state.tokens} | {mark.step for mark in state.marks}
    return order[target] <= max((order[step] for step in been), default=-1)


def must_be_open(state: State) -> None:
    """Refuses what would be done to a case that is over, or has not begun."""
    if state.status != "open":
        raise Refusal("case_closed", status=ENDS.get(state.status, Text(zh="未开始", en="not begun")))
