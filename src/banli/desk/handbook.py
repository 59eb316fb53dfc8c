"""A procedure as a page of the staff handbook, made from its file: nobody writes it a second time."""

from dataclasses import dataclass

from django.http import Http404
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from banli.cases import rules
from banli.cases.facts import settings_of
from banli.cases.models import ProcedureVersion
from banli.engine import draw, safeguards, verbs
from banli.engine.paper import RECEIPTS, PaperDefinition
from banli.engine.procedure import ROLES, Step
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.engine.wording import Wording
from banli.people.access import Desk
from banli.web.templatetags.say import say

from . import icons
from .sentences import Sentences


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
    title: str
    icon: str
    who: str
    when: str
    around: str
    hint: Text | None
    asks: list[Text]
    checks: list[Text]
    ways: list[Way]
    prices: list[str]
    money: list[str]
    paper: Text | None
    book: Text | None
    starts: Text | None
    clocks: list[Text]


@dataclass(frozen=True)
class Paper:
    definition: PaperDefinition
    step: str


@dataclass(frozen=True)
class Entry:
    """A line of the table of contents."""

    name: str
    rulebook: Rulebook
    shelf: Text | None
    opened_by: str


@dataclass(frozen=True)
class Page:
    """Everything the page says."""

    version: ProcedureVersion
    rulebook: Rulebook
    chart: SafeString
    opened_by: str
    applicants: str
    authority: bool
    steps: list[StepLine]
    clocks: list[tuple[Text, list[str]]]
    safeguards: list[str]
    papers: list[Paper]


def contents() -> list[Entry]:
    """The procedures in force, in the packs' order. One query beside those for rulebooks not yet read."""
    return [_entry(name, book) for name, book in rules.every_current().items()]


def _entry(name: str, book: Rulebook) -> Entry:
    words = Wording(book, get_language() or "zh")
    opened_by = words.listed(say(book.post_title(post)) for post in book.procedure.opened_by)
    shelf = book.pack.header.shelf_of(name)
    return Entry(name, book, shelf.title if shelf else None, opened_by)


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
        chart=mark_safe(draw.svg(book, get_language() or "zh")),  # the drawing escapes what it writes
        opened_by=words.posts(procedure.opened_by),
        applicants=words.listed(say(ROLES[role]) for role in procedure.applicant.roles),
        authority=procedure.applicant.authority is not None,
        steps=[step_line(book, words, number, step) for number, step in enumerate(book.flow.steps, 1)],
        clocks=[(clock.title, words.clock_lines(clock)) for clock in procedure.clocks.values()],
        safeguards=list(safeguards.sentences(words)),
        papers=[
            Paper(book.pack.papers[_paper_of(step)], words.quoted(words.step(name)))
            for name, step in book.flow.steps.items()
            if step.verb in ("issue", *RECEIPTS) and _paper_of(step) in book.pack.papers
        ],
    )


def step_line(book: Rulebook, words: Sentences, number: int, name: str) -> StepLine:
    """A step of the table, by its number and name."""
    step = book.flow.steps[name]
    verb = verbs.find(step.verb)
    ways = [
        Way(outcome.title, words.leads(name, outcome.name), outcome.good, outcome.reason)
        for outcome in verb.outcomes
        if outcome.name in book.flow.targets[name] and not verb.automatic
    ]
    return StepLine(
        number=number,
        title=words.step(name),
        icon=icons.of(step.verb),
        who=words.people(step),
        when=words.condition(step.when) if step.when else "",
        around=" · ".join(words.step(block) for block in reversed(book.flow.around(name))),
        hint=step.hint,
        asks=[book.procedure.form[asked].label for asked in step.asks],
        checks=list((step.checklist or {}).values()),
        ways=ways if len(ways) > 1 or any(way.leads for way in ways) else [],
        prices=[words.price(book.pack.prices[line]) for line in step.prices],
        money=[*(words.fee(fee) for fee in step.fees), *words.money(step)],
        paper=book.pack.papers[_paper_of(step)].title if _paper_of(step) in book.pack.papers else None,
        book=book.pack.books[step.book].title if step.book else None,
        starts=_started(step.starts),
        clocks=[
            clock.title
            for clock in book.procedure.clocks.values()
            if any(stop.split(".")[0] == name for stop in clock.stops)
        ],
    )


def _paper_of(step: Step) -> str:
    """The paper a step issues or holds against; a payment's receipt and a refund's slip come by themselves."""
    return step.paper or RECEIPTS.get(step.verb, "")


def _started(procedure: str | None) -> Text | None:
    if procedure is None:
        return None
    known = rules.every_current().get(procedure)
    return known.procedure.title if known else Text(zh=procedure, en=procedure)
