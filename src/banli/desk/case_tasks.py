"""The steps of a case that wait, for its page: who has each, its form where this desk may do it, else why not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, cast

from django.db.models import Count
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from banli.cases import access, facts, listing, rules, store
from banli.cases.able import unable
from banli.cases.models import Case, Task
from banli.cases.record import Record, in_one_line
from banli.cases.said import given
from banli.engine import able, verbs
from banli.engine.complained_of import is_kept_away
from banli.engine.procedure import Step
from banli.engine.record import named
from banli.engine.refusals import Refusal
from banli.engine.state import Token
from banli.engine.text import Text
from banli.papers.models import Paper
from banli.people.access import Desk
from banli.people.models import Staff
from banli.web.templatetags.say import say

from . import due, known, matter
from .answers import answers
from .back_entries import BackEntry, back_entry_of
from .consents import consent_of
from .forms import StepForm
from .money import deduction_of, money_of, tariffs_of
from .outgoing import ShownMail, of_case


@dataclass
class OpenTask:
    """A step that waits; ``whose``: the worker of the row it is about. One this desk may do (``mine``) has its ``form``
    here, or a ``check`` of its paper at the gate, or its turn comes when it is chosen by its ``key``. ``why_not``: why
    this desk may not do it; ``may_enter``: whether it may enter what a colleague did on paper."""

    key: str
    title: Text
    since: datetime
    person: str
    posts: list[tuple[Text, list[str]]]
    due: due.Due | None
    check: Paper | None
    branch: int | None
    waits: bool
    mail: ShownMail | None = None
    why_not: Refusal | None = None
    may_enter: bool = False
    form: StepForm | None = None
    whose: str = ""

    @property
    def mine(self) -> bool:
        return self.why_not is None

    @property
    def holders(self) -> str:
        """Who has it, in words."""
        if self.person:
            return self.person
        with_names = _("%(post)s（%(names)s）")
        return " / ".join(
            with_names % {"post": say(title), "names": _("、").join(who)} if who else say(title)
            for title, who in self.posts
        )


def tasks(
    desk: Desk, record: Record, papers: list[Paper], shown: StepForm | None, chosen: str, now: datetime
) -> list[OpenTask]:
    """The open steps: the one with its form first, then others this desk may do, then those of others."""
    book, tokens = record.book, record.state.tokens
    posts = {post for token in tokens for post in book.flow.steps[token.step].posts()}
    held = facts.holders_of(desk.estate, posts, now)
    why = {
        _key(token.step, token.branch): access.why_not(desk, book, record.state, token) for token in tokens
    }
    may = [key for key, refusal in why.items() if refusal is None]
    told = [_task(desk, record, token, papers, held, now) for token in tokens]
    for task, token in zip(told, tokens, strict=True):
        task.why_not = why[task.key]
        task.may_enter = access.may_enter_for_another(desk, book, record.state, token)
    wanted = _key(shown.name, shown.branch) if shown else chosen
    others = [task.key for task in told if task.may_enter]
    first = wanted if wanted in (*may, *others) else next(iter(may), "")
    mails = of_case(book, record.case)
    for task, token in zip(told, tokens, strict=True):
        task.mail = mails.get((token.step, token.branch))
        if task.key == first and (task.check is None or not task.mine):
            same = shown is not None and wanted == first
            task.form = shown if same else task_form(desk, record, token.step, token.branch, now, held)
    return sorted(told, key=lambda task: (task.key != first, not task.mine))


def task_form(
    desk: Desk, record: Record, name: str, branch: int | None, now: datetime,
    held: Mapping[str, Mapping[int, str]] | None = None,
) -> StepForm:  # fmt: skip
    """The form of a step of a case, with what is known already. ``held``: who holds the posts it waits for."""
    case, book, state, step = record.case, record.book, record.state, record.book.flow.steps[name]
    form = StepForm(
        book, name, desk.staff.pk, branch=branch, known=known.of_case(case, book, state, name, branch),
        values={**state.values(branch), **named(listing.record_form(book, case.record, name))}, now=now,
        estate=desk.estate.name,
    )  # fmt: skip
    if step.to:
        form.assignees = assignees(desk, record, name, branch, now)
        form.sent_for = able.named(book, state, name, branch)
    form.staff = cache(lambda: known.staff_named(desk.estate, book, name))
    if step.prices:
        form.tariffs = tariffs_of(desk, book, name, now)
    if step.fees or step.of:
        form.money = money_of(desk, record, name, branch, now)
    form.deduction = deduction_of(record, name, branch)
    if step.tells:
        places = {*step.tells, *(f"{one}@{branch}" for one in step.tells)}
        form.told = [one for one in answers(record) if one.place in places]
    if step.items:
        form.rows = _rows(record, step.items.removeprefix("form."), branch)
    form.signer = _signer(record, step)
    form.consent = consent_of(record, name, branch, now)
    form.back = _back(desk, record, name, branch, now, held)
    return form


def _rows(record: Record, table: str, branch: int | None) -> dict[str, str]:
    """The rows of a table by number, each in one line."""
    rows = replace(record, branch=branch).value(f"form.{table}") or []
    return {str(number): say(in_one_line([row])) for number, row in enumerate(rows)}


def _back(
    desk: Desk, record: Record, name: str, branch: int | None, now: datetime,
    held: Mapping[str, Mapping[int, str]] | None,
) -> BackEntry | None:  # fmt: skip
    """How a step may be entered that was done on paper; None for one that does not wait."""
    book, token = record.book, record.state.token(name, branch)
    if token is None:
        return None
    posts, person = book.flow.steps[name].posts(), token.person

    def who() -> list[Mapping[int, str]]:
        if person is not None:
            return [dict(Staff.objects.filter(pk=person).values_list("pk", "name"))]
        known = facts.holders_of(desk.estate, posts, now) if held is None else held
        return [known.get(post, {}) for post in posts]

    return back_entry_of(
        desk, book, who, mine=access.why_not(desk, book, record.state, token) is None,
        others=access.may_enter_for_another(desk, book, record.state, token),
    )  # fmt: skip


def record_of(case: Case) -> Record:
    """The case by name, for its forms."""
    book, state = rules.rulebook(case.version_id), store.state_of(case)
    asked = cast(
        Mapping[str, Any], SimpleLazyObject(lambda: given(case))
    )  # few forms ask for the owner's name
    return Record(case, book, state, {}, facts.ZONE, given=asked)


def assignees(desk: Desk, record: Record, name: str, branch: int | None, now: datetime) -> dict[str, str]:
    """Who may be sent by a step, by number, with how many tasks they have in hand: neither whom it is kept from, nor
    who does not do that work. Four queries.
    """
    book, state = record.book, record.state
    held = facts.sendable(desk.estate, book, state, name, branch, now)
    out = unable(book, state, name, branch, desk.estate.pk, held, now)
    held = {pk: who for pk, who in held.items() if pk not in out}
    in_hand = dict(
        Task.objects.filter(estate=desk.estate, person__in=list(held), state=Task.State.OPEN)
        .values_list("person")
        .annotate(Count("pk"))
    )
    told = {}
    for pk, name in sorted(held.items(), key=lambda one: (in_hand.get(one[0], 0), one[1])):
        load = in_hand.get(pk, 0)
        told[str(pk)] = _("%(name)s（手上 %(n)s 件）") % {"name": name, "n": load} if load else name
    return told


def _signer(record: Record, step: Step) -> str:
    who = step.outside()
    if who is None:
        return ""
    if step.signer is not None:
        return str(record.value(step.signer) or "")
    if who == "unit.owner":
        owner = record.given.get("unit.owner")
        return str(owner) if owner else _("业主")
    return record.case.applicant.name if record.case.applicant else ""


def _task(
    desk: Desk,
    record: Record,
    token: Token,
    papers: list[Paper],
    held: Mapping[str, Mapping[int, str]],
    now: datetime,
) -> OpenTask:
    book, step = record.book, record.book.flow.steps[token.step]
    check = None
    if step.items:  # goods are held against their paper at the gate, nowhere else
        check = next((p for p in papers if p.kind == step.paper and p.branch == token.branch), None)
    return OpenTask(
        key=_key(token.step, token.branch),
        title=book.step_title(token.step),
        since=datetime.fromisoformat(token.since),
        person=record.names.get(token.person or 0, ""),
        posts=_posts(record, token, held),
        due=due.of_task(book, record.case.clocks, token.step, token.branch, now),
        check=check,
        branch=token.branch,
        waits=verbs.find(step.verb).waits,
        whose=matter.whose(book, record.state.form, token.step, token.branch),
    )


def _posts(
    record: Record, token: Token, held: Mapping[str, Mapping[int, str]]
) -> list[tuple[Text, list[str]]]:
    """The posts a step waits for, and who holds each, without whoever is kept away: nobody waits for them (P13).

    A post all of whose holders are kept away is left out where another post can do the step.
    """
    book = record.book
    told: list[tuple[Text, list[str]]] = []
    out: list[tuple[Text, list[str]]] = []
    for post in book.flow.steps[token.step].posts():
        may = [
            who for pk, who in held.get(post, {}).items()
            if not is_kept_away(book, record.state, token.step, token.branch, pk, who)
        ]  # fmt: skip
        (told if may or not held.get(post) else out).append((book.post_title(post), may))
    return told or out


def _key(step: str, branch: int | None) -> str:
    return step if branch is None else f"{step}.{branch}"
