"""What the gate reads of a card or a permit, and who came in on one today."""

from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone

from banli.cases import rules
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.estate.models import Estate
from banli.gate.standing import holder, portrait_of
from banli.gate.times import happened
from banli.journal.models import Entry
from banli.papers.models import Paper

SHOWN = 20


@dataclass(frozen=True)
class Card:
    """What is read to the guard: nothing private. ``portrait`` names the photograph, where there is one.

    ``through``: the step that is done by going through the gate on it, and its title; None for a card or a permit.
    ``inside``: whether somebody has come in on it.
    """

    facts: list[tuple[Text, str]]
    portrait: str | None
    through: tuple[str, Text] | None = None
    inside: bool = False

    @property
    def person(self) -> bool:
        """Whether it lets somebody in; a permit does not."""
        return self.portrait is not None

    @property
    def may_be_stopped(self) -> bool:
        """Whether somebody would come in on it, and may be turned away; who is inside may always leave."""
        return self.person or (self.through is not None and not self.inside)


@dataclass(frozen=True)
class CameIn:
    """Somebody who was let in on a card."""

    paper: Paper
    name: str
    at: datetime
    by: str


@dataclass(frozen=True)
class GoneThrough:
    """Somebody went in or out on their pass: what it is called, who, and when."""

    what: Text
    name: str
    at: datetime


def card(paper: Paper, permit: str | None = None) -> Card | None:
    """What a paper says that is good while a step waits; None for one that is used once.

    ``permit``: the number of the permit it rests on, where it is known; None: that is asked.
    Whoever asks for the photograph itself is journalled first (`banli.gate.actions.show`).
    """
    held = holder(paper)
    if held is None:
        return None
    book, name, step = held
    through = (name, book.step_title(name)) if step.verb == "scan" else None
    told = [(Text(zh="房号", en="Room"), str(paper.snapshot.get("case.unit") or ""))]
    for named, value in paper.snapshot.items():
        asked = book.procedure.form.get(named.removeprefix("form.")) if named.startswith("form.") else None
        if asked is not None and isinstance(value, (str, int)):
            told.append((asked.label, str(value)))
    told += _record(paper, book, permit)
    last = gone_through(paper) if through else None
    if last is not None:
        told.append((last.what, f"{timezone.localtime(last.at):%H:%M}"))
    return Card(
        [(label, said) for label, said in told if said], portrait_of(paper, book), through, last is not None
    )


def came_in(estate: Estate, now: datetime) -> list[CameIn]:
    """The last who were let in on a card today, the latest first."""
    today = timezone.localdate(now)
    last = Entry.objects.filter(stream=stream_of(estate)).select_related("actor").order_by("-seq")[:SHOWN]
    entries = [entry for entry in last if timezone.localdate(happened(entry)) == today]
    papers = Paper.objects.filter(estate=estate).select_related("case").only(
        "number", "kind", "snapshot", "case__version_id"
    ).in_bulk([entry.body["paper"] for entry in entries])  # fmt: skip
    return [
        CameIn(
            papers[told.body["paper"]],
            holder_name(papers[told.body["paper"]]),
            happened(told),
            told.actor.name,
        )
        for told in entries
        if told.actor is not None
    ]


def gone_through(paper: Paper) -> GoneThrough | None:
    """Which way somebody went on this pass last, in or out; None where nobody has yet."""
    book = rules.rulebook(paper.case.version_id)
    scanned = [m for m in paper.case.standing.get("marks", ()) if m["outcome"] == "scanned"]
    through = [m for m in scanned if book.flow.steps[m["step"]].holds == paper.kind]
    if not through:
        return None
    last = through[-1]
    return GoneThrough(book.step_title(last["step"]), holder_name(paper), datetime.fromisoformat(last["at"]))


def last_entry(paper: Paper, now: datetime) -> Entry | None:
    """When this card last let its holder in today, if it did."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    found = Entry.objects.filter(estate=paper.estate, at__gte=midnight, stream=stream_of(paper.estate))
    return found.filter(body__paper=paper.pk).select_related("actor").order_by("-seq").first()


def stream_of(estate: Estate) -> str:
    """The journal's stream of who came in on a card."""
    return f"gate-cards/{estate.pk}"


def holder_name(paper: Paper) -> str:
    """The holder's name: the first name that the card prints."""
    held = holder(paper)
    form = held[0].procedure.form if held else {}
    named = (n for n in paper.snapshot if n.startswith("form.") and form[n[5:]].type == "person_name")
    return str(paper.snapshot.get(next(named, ""), ""))


def _record(paper: Paper, book: Rulebook, number: str | None) -> list[tuple[Text, str]]:
    """The permit it rests on: its number, and its last day."""
    rule, record = book.procedure.rests_on, paper.case.record
    if rule is None or record is None:
        return []
    last = str((record.form or {}).get(rule.last_day or "") or "")
    if number is None:
        found = Paper.objects.filter(case=record, state=Paper.State.VALID, token__isnull=False).order_by(
            "-id"
        )
        number = found.values_list("number", flat=True).first() or ""
    until = Text(zh=f"{rule.title.zh}期限", en=f"{rule.title.en.capitalize()} until")
    return [(Text(zh=rule.title.zh, en=rule.title.en.capitalize()), number), (until, last)]
