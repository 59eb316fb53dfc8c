"""Whom an answer names does not do a step that is ``not_by`` them: nobody handles the complaint about themselves (P13),
nobody calls about their own work (P18).

The answer is said at the counter, and may name several, or nobody of the office. When it is written down, whoever of
the estate's staff bears such a name is kept by their number: what somebody is called later changes nothing. Of two
namesakes both are kept away. Whoever came to the staff since is known by their name. Where nobody else of the post is
left, somebody of the post above it is sent: whoever is complained of is never the only one who could deal with it.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Set
from typing import TYPE_CHECKING, Any

from banli.engine import events as ev
from banli.engine.refusals import Refusal

if TYPE_CHECKING:
    from banli.engine.rulebook import Rulebook
    from banli.engine.state import State

_BETWEEN = re.compile(r"[、,，;；/\n]+")
#: A name in Chinese characters that may be part of a longer one: 老周 of 门岗老周, 小明 of 王小明.
_PART = re.compile(r"^[\u3400-\u9fff]{2,}$")


def note_persons(
    book: "Rulebook", state: "State", name: str, branch: int | None, answers: Mapping[str, Any],
    staff: Mapping[str, Set[int]],
) -> list[ev.Event]:  # fmt: skip
    """Who of the ``staff`` (plain name → their numbers) is named by answers that keep somebody from a step."""
    told: list[ev.Event] = []
    for field in sorted(book.kept_from & answers.keys()):
        called = {who for one in names_in(answers[field]) for who in meant(one, staff)}
        found = {pk for who in called for pk in staff[who]}
        if found or state.persons(field, branch):
            told.append(ev.Named(name, branch, field, tuple(sorted(found))))
    return told


def keep_away(
    book: "Rulebook", state: "State", name: str, branch: int | None, person: int | None, who: str
) -> None:
    """Refuses ``person``, called ``who``, where the step is not by whoever an answer names."""
    if is_kept_away(book, state, name, branch, person, who):
        label = book.procedure.form[_field(book, name)].label
        raise Refusal("not_by", step=book.step_title(name), field=label, who=who)


def is_kept_away(
    book: "Rulebook", state: "State", name: str, branch: int | None, person: int | None, who: str
) -> bool:
    """Whether ``person``, called ``who``, is named by the answer that the step ``name`` is not by."""
    field = _field(book, name)
    if not field:
        return False
    return person in state.persons(field, branch) or plainly(who) in names_in(state.answer(field, branch))


def may_be_sent(
    book: "Rulebook", state: "State", name: str, branch: int | None, holders: Mapping[str, Collection[int]],
    names: Mapping[int, str],
) -> list[int]:  # fmt: skip
    """Who may be sent by the step ``name``: whoever holds its post and is not kept away; where there is nobody, of the
    post above it, and so on. ``holders``: post → who holds it now."""
    for post in book.sends_up(name, state, branch):
        left = [
            pk for pk in holders.get(post, ()) if not is_kept_away(book, state, name, branch, pk, names.get(pk, ""))
        ]  # fmt: skip
        if left:
            return left
    return []


def must_be_sent(
    book: "Rulebook", state: "State", name: str, branch: int | None, person: Any,
    holders: Mapping[str, Collection[int]], names: Mapping[int, str],
) -> int:  # fmt: skip
    """The one to be sent, where they may be; else the refusal that says who may."""
    post = book.sends_to(name, state, branch)
    if isinstance(person, int) and person in holders.get(post, ()):
        keep_away(book, state, name, branch, person, names.get(person, ""))
    left = may_be_sent(book, state, name, branch, holders, names)
    if isinstance(person, int) and person in left:
        return person
    up = book.sends_up(name, state, branch)
    if len(up) > 1 and not left:
        raise Refusal("nobody_left", posts=[book.post_title(one) for one in up])
    raise Refusal("assignee_unknown", post=book.post_title(post))


def meant(called: str, staff: Iterable[str]) -> list[str]:
    """Which names of the staff a plain name means: the same one; else those that end with it, or that it ends with."""
    names = list(staff)
    if called in names:
        return [called]
    return [one for one in names if _ends_with(one, called) or _ends_with(called, one)]


def _ends_with(long: str, short: str) -> bool:
    return bool(_PART.match(short)) and long.endswith(short)


def names_in(told: Any) -> list[str]:
    """The names that an answer holds, as they are compared."""
    return [plain for one in _BETWEEN.split(str(told or "")) if (plain := plainly(one))]


def plainly(name: str) -> str:
    """A name as it is compared: without spaces, and without regard to capitals."""
    return "".join(name.split()).casefold()


def _field(book: "Rulebook", name: str) -> str:
    return (book.flow.steps[name].not_by or "").removeprefix("form.")
