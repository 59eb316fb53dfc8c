"""A procedure as a page of the staff handbook, made from its file: nobody writes it a second time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from banli.cases import rules
from banli.cases.facts import settings_of
from banli.cases.models import ProcedureVersion
from banli.engine import verbs
from banli.engine.paper import PaperDefinition
from banli.engine.procedure import ROLES
from banli.engine.text import Text
from banli.engine.turn import Rulebook
from banli.people.access import Desk
from banli.web.templatetags.say import say

from . import icons
from .sentences import Sentences, listed, quoted


@dataclass(frozen=True)
class Way:
    """One way a step can end. ``leads`` is empty for simply on."""

    title: Text
    leads: str
    good: bool
    reason: bool


@dataclass(frozen=True)
class StepLine:
    """A step of the table."""

    number: int
    title: Text
    icon: str
    who: str
    when: str
    around: str
    hint: Text | None
    asks: list[Text]
    checks: list[Text]
    ways: list[Way]
    paper: Text | None
    book: Text | None
    starts: Text | None
    clocks: list[Text]


@dataclass(frozen=True)
class Paper:
    definition: PaperDefinition
    step: str


@dataclass(frozen=True)
class Page:
    """Everything the page says."""

    version: ProcedureVersion
    rulebook: Rulebook
    opened_by: str
    applicants: str
    authority: bool
    steps: list[StepLine]
    clocks: list[tuple[Text, list[str]]]
    safeguards: list[str]
    papers: list[Paper]


def contents() -> list[tuple[ProcedureVersion, Rulebook]]:
    """The procedures in force, in the packs' order. One query beside those for rulebooks not yet read."""
    current = ProcedureVersion.objects.filter(current=True).defer("compiled").order_by("pack", "procedure")
    return [(version, rules.rulebook(version.pk)) for version in current]


def page(desk: Desk, name: str) -> Page:
    """One procedure's page, with the times this estate has set. 404 where there is none of this name."""
    version = ProcedureVersion.objects.filter(procedure=name[:50], current=True).defer("compiled").first()
    if version is None:
        raise Http404
    book = rules.rulebook(version.pk)
    words = Sentences(book, settings_of(book, desk.estate))
    procedure = book.procedure
    return Page(
        version=version,
        rulebook=book,
        opened_by=words.posts(procedure.opened_by),
        applicants=listed(say(ROLES[role]) for role in procedure.applicant.roles),
        authority=procedure.applicant.authority is not None,
        steps=[_step(book, words, number, step) for number, step in enumerate(book.flow.steps, 1)],
        clocks=[(clock.title, words.clock(clock)) for clock in procedure.clocks.values()],
        safeguards=list(_safeguards(book, words)),
        papers=[
            Paper(book.pack.papers[step.paper], words.step(name))
            for name, step in book.flow.steps.items()
            if step.paper and verbs.find(step.verb).name == "issue"
        ],
    )


def _step(book: Rulebook, words: Sentences, number: int, name: str) -> StepLine:
    step = book.flow.steps[name]
    verb = verbs.find(step.verb)
    ways = [
        Way(outcome.title, words.leads(name, outcome.name), outcome.good, outcome.reason)
        for outcome in verb.outcomes
        if outcome.name in book.flow.targets[name] and not verb.automatic
    ]
    return StepLine(
        number=number,
        title=book.step_title(name),
        icon=icons.of(step.verb),
        who=words.who(step),
        when=words.condition(step.when),
        around=_around(book, name),
        hint=step.hint,
        asks=[book.procedure.form[asked].label for asked in step.asks],
        checks=list((step.checklist or {}).values()),
        ways=ways if len(ways) > 1 or any(way.leads for way in ways) else [],
        paper=book.pack.papers[step.paper].title if step.paper else None,
        book=book.pack.books[step.book].title if step.book else None,
        starts=_started(step.starts),
        clocks=[
            clock.title
            for clock in book.procedure.clocks.values()
            if any(stop.split(".")[0] == name for stop in clock.stops)
        ],
    )


def _started(procedure: str | None) -> Text | None:
    if procedure is None:
        return None
    known = rules.every_current().get(procedure)
    return known.procedure.title if known else Text(zh=procedure, en=procedure)


def _around(book: Rulebook, name: str) -> str:
    """How a step stands beside others: at the same time as they, or once for each row of a table."""
    around = book.flow.around(name)
    if not around:
        return ""
    block = book.flow.blocks[around[0]]
    if block.kind == "each":
        return _("%(table)s的每一行各办一次") % {"table": quoted(book.procedure.form[block.over or ""].label)}
    return _("同时进行")


def _safeguards(book: Rulebook, words: Sentences) -> Iterator[str]:
    procedure, flow = book.procedure, book.flow
    for rule in procedure.never:
        yield words.safeguard(rule)
    approving = [name for name, step in flow.steps.items() if verbs.find(step.verb).approves]
    if approving:
        yield _("登记这件事的人，不能办%(steps)s") % {"steps": listed(map(words.step, approving))}
    for apart in procedure.apart:
        told: dict[str, Any] = {"steps": listed(map(words.step, apart.steps))}
        if apart.unless == "deputy":
            yield _("%(steps)s不能由同一个人办，有书面代理的除外") % told
        else:
            yield _("%(steps)s不能由同一个人办") % told
    if procedure.withdraw is not None:
        told = {"posts": words.posts(procedure.withdraw.by)}
        if procedure.withdraw.before:
            told["step"] = words.step(procedure.withdraw.before)
            yield _("撤回由%(posts)s办，%(step)s办过以后不能再撤回") % told
        else:
            yield _("撤回由%(posts)s办") % told
    if procedure.override is not None:
        yield _("改派、退回重办和重新打开由%(posts)s办，须写明原因，全部记入日志") % {
            "posts": words.posts(procedure.override.by)
        }
