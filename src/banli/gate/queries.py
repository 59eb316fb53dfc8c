"""What the gate reads: the pass behind a code or a number, its goods, what went out today."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from banli.cases import rules
from banli.cases.facts import settings_of
from banli.engine.fields import Column
from banli.engine.paper_numbers import one_way
from banli.engine.refusals import Refusal
from banli.engine.rulebook import Rulebook
from banli.engine.text import Text
from banli.estate.models import Estate
from banli.gate.standing import standing
from banli.gate.times import happened
from banli.gate.verdict import REASONS, Slip, Verdict, evaluate, from_refusal, never_issued, not_expected
from banli.journal.models import Entry
from banli.messages.models import CONFLICT
from banli.papers import files, passes
from banli.papers.finding import meant
from banli.papers.models import Paper
from banli.papers.passes import Claims

ZONE = timezone.get_default_timezone()
RELEASES_SHOWN = 20
STOPS_SHOWN = 20
STOPS_OF_CASE = 5
CONFLICTS_SHOWN = timedelta(days=3)
LONGEST_NUMBER = 40
LONGEST_NAME = 20
#: More digits are no last figure of a number that somebody reads out.
LONGEST_FIGURE = 6
#: What may be the number of a slip: letters, digits and dashes, with a digit among them.
_TYPED = re.compile(r"(?=.*[0-9])[A-Z0-9-]{1,40}")
#: Of what is no pass of ours so many signs are kept. So long a number may be a telephone, or of an identity card.
NOTED = 24
_LONG_NUMBER = re.compile(r"[0-9]{7,}(?=[0-9X]{4}(?![0-9X]))", re.IGNORECASE)


@dataclass(frozen=True)
class Item:
    """One line of the goods: its place in the list (from 0), what it is, how many, what else is said of it.

    ``mark``: where it belongs by the estate's lists (valuable), as the slip says.
    """

    place: int
    name: str
    count: str
    remark: str
    mark: str = ""


@dataclass(frozen=True)
class Stop:
    """A pass that was shown and did not let the goods go; of what is no pass of ours ``number`` is what was typed."""

    number: str
    reason: Text
    note: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Conflict:
    """What a guard did without a network and the house found otherwise: ``why``, and whether it was let ``passed``."""

    number: str
    why: Text
    passed: bool
    at: datetime
    by: str
    paper: int | None


@dataclass(frozen=True)
class Manifest:
    """What the guard holds the goods against, and the step of the case that lets them go.

    ``lists``: what counts as large, what as valuable, as the estate lists it today.
    """

    step: str
    items: list[Item]
    facts: list[tuple[Text, str]]
    lists: list[tuple[Text, str]]


def looked_up(code: str, estate: Estate, now: datetime) -> tuple[Verdict, Paper | None]:
    """The verdict on what was scanned or typed at this estate's gate, and the paper if it is one of ours."""
    by_number = numbered(code, estate)
    if by_number is not None:
        return judged(by_number, None, estate, now), by_number
    try:
        claims = passes.check_token(code)
    except Refusal as why:
        if number := typed(code):
            return never_issued(number), None
        return (not_expected(words) if (words := spoken(code)) else from_refusal(why)), None
    found = _paper(Q(estate=estate, pk=claims.paper_id)) if claims.estate_id == estate.pk else None
    verdict = judged(found, claims, estate, now)
    return verdict, found if verdict.kind not in ("unknown", "foreign") else None


def numbered(code: str, estate: Estate) -> Paper | None:
    """The pass of a typed number, however it is written; of what may mean several, the surest and the newest."""
    if not typed(code):
        return None
    ways = (_paper(Q(condition, estate=estate)) for condition in meant(code, rules.current_papers()))
    return next((found for found in ways if found is not None), None)


def of_figure(code: str, estate: Estate, now: datetime) -> list[Paper]:
    """The passes that still hold and whose number ends with the figure that was typed: 23 for LF-2026-000023."""
    figure = typed(code)
    if not figure.isdecimal() or len(figure) > LONGEST_FIGURE:
        return []
    held = Paper.objects.filter(
        estate=estate, state=Paper.State.VALID, valid_until__gt=now, ordinal=int(figure), token__isnull=False
    )
    return list(held.select_related("form").order_by("-pk")[:RELEASES_SHOWN])


def of_estate(pk: int, estate: Estate) -> Paper | None:
    """A pass of the estate by its row."""
    return _paper(Q(pk=pk, estate=estate))


def typed(code: str) -> str:
    """The number of a slip that somebody typed, in its one spelling; empty for what reads like none."""
    number = one_way(code) if len(code) <= LONGEST_NUMBER else ""
    return number if _TYPED.fullmatch(number) else ""


def spoken(code: str) -> str:
    """A name or a plate that somebody typed; empty for what no visitor is called by."""
    words = " ".join(code.split())
    return words if 1 < len(words) <= LONGEST_NAME and not words.isascii() else ""


def noted(code: str) -> str:
    """What is kept of a code that is no pass of ours, so that one knows later which it was: its beginning, in signs of
    numbers and letters alone; of a telephone or an identity number the last four."""
    said = " ".join(code.split())
    if not said.isascii() or not said.isprintable():
        return ""
    masked = _LONG_NUMBER.sub("…", said)
    return masked if len(masked) <= NOTED else f"{masked[:NOTED]}…"


def _quoted(shown: str) -> str:
    return f"“{shown}”" if shown else ""


def judged(
    paper: Paper | None, claims: Claims | None, estate: Estate, now: datetime, replaced: bool | None = None
) -> Verdict:
    """The evaluator's word on a paper as it stands in the database. ``replaced``: see `standing`."""
    return evaluate(_slip(paper, now, replaced) if paper else None, claims, now, estate.pk, ZONE)


def standing_of(code: str, now: datetime) -> tuple[Verdict, Paper] | None:
    """For whoever else scans a pass: whether it holds, and whose it is. None for what is no pass of ours."""
    try:
        claims = passes.check_token(code)
    except Refusal:
        return None
    found = _paper(Q(pk=claims.paper_id, estate_id=claims.estate_id, token=claims.token))
    return (judged(found, claims, found.estate, now), found) if found else None


def manifest(paper: Paper, *, private: bool = True) -> Manifest:
    """The goods and what else the slip says, frozen on it; without ``private`` nothing sealed is opened."""
    book = rules.rulebook(paper.case.version_id)
    name, step = next(
        (name, step)
        for name, step in book.flow.steps.items()
        if step.verb == "check_once" and step.paper == paper.kind
    )
    values = files.values_of(paper) if private else paper.snapshot
    form = book.procedure.form
    goods = (step.items or "").removeprefix("form.")
    columns = form[goods].columns or {} if goods in form else {}
    shown = [field for field in form if f"form.{field}" in values and field != goods]
    facts = [(Text(zh="房号", en="Room"), _said(values.get("case.unit")))]
    facts += [(form[field].label, _said(values[f"form.{field}"])) for field in shown]
    return Manifest(
        step=name,
        items=[_item(place, row, columns) for place, row in enumerate(values.get(f"form.{goods}") or [])],
        facts=[(label, said) for label, said in facts if said],
        lists=_lists(book, columns, settings_of(book, paper.estate)),
    )


def watched(estate: Estate) -> list[tuple[Text, str]]:
    """What leaves on a pass only, as the estate lists it: of the procedures whose goods are checked at the gate."""
    told: list[tuple[Text, str]] = []
    for book in rules.every_current().values():
        for step in book.flow.steps.values():
            table = book.procedure.form.get((step.items or "").removeprefix("form."))
            if table is not None and table.columns:
                told += _lists(book, table.columns, settings_of(book, estate))
    return list(dict.fromkeys(told))


def _lists(book: Rulebook, columns: Mapping[str, Column], own: Mapping[str, Any]) -> list[tuple[Text, str]]:
    """What the setting is called → the words the estate lists in it, where there are any."""
    names = [name.removeprefix("setting.") for column in columns.values() for name in column.sorts.values()]
    return [(book.pack.settings[name].title, str(own[name])) for name in names if own[name]]


def releases(estate: Estate, now: datetime, before: tuple[datetime, int] | None = None) -> list[Paper]:
    """What went out today, the latest first; one more than is shown, so that one sees whether there is more."""
    midnight = timezone.make_aware(datetime.combine(timezone.localdate(now), time.min))
    gone = Paper.objects.filter(
        estate=estate, state=Paper.State.USED, used_at__gte=midnight, token__isnull=False
    )
    if before is not None:
        gone = gone.filter(Q(used_at__lt=before[0]) | Q(used_at=before[0], pk__lt=before[1]))
    return list(gone.select_related("used_by").order_by("-used_at", "-id")[: RELEASES_SHOWN + 1])


def stream_of(estate: Estate) -> str:
    """The journal's stream of an estate's gate."""
    return f"gate/{estate.pk}"


def stops(estate: Estate, now: datetime) -> list[Stop]:
    """The last passes that were stopped today, the latest first."""
    found = (
        Entry.objects.filter(stream=stream_of(estate), kind="stopped")
        .select_related("actor")
        .order_by("-seq")
    )
    today = timezone.localdate(now)
    return [_stop(entry) for entry in found[:STOPS_SHOWN] if timezone.localdate(happened(entry)) == today]


def stops_of(papers: Iterable[Paper]) -> list[Stop]:
    """When the gate stopped one of these papers, and why, the latest first: whoever was sent back asks at the desk."""
    shown = [paper.pk for paper in papers if paper.token]
    if not shown:
        return []
    found = Entry.objects.filter(kind="stopped", body__paper__in=shown).select_related("actor")
    found = found.order_by("-at", "-id")  # by its number alone the whole journal would be read backwards
    return [_stop(entry) for entry in found[:STOPS_OF_CASE]]


def _stop(entry: Entry) -> Stop:
    return Stop(
        entry.body["number"] or _quoted(entry.body.get("shown", "")),
        REASONS[entry.body["verdict"]],
        entry.body.get("reason", ""),
        happened(entry),
        entry.actor.name if entry.actor else "",
    )


def conflicts(estate: Estate, now: datetime) -> list[Conflict]:
    """What was let pass without a network in the last days and could not be entered, the latest first."""
    found = Entry.objects.filter(stream=stream_of(estate), kind=CONFLICT, at__gt=now - CONFLICTS_SHOWN)
    return [
        Conflict(
            entry.body["number"], Text(**entry.body["why"]), entry.body["did"] == "passed", happened(entry),
            entry.actor.name if entry.actor else "", entry.body["paper"],
        )
        for entry in found.select_related("actor").order_by("-seq")[:STOPS_SHOWN]
    ]  # fmt: skip


def _paper(condition: Q) -> Paper | None:
    return (
        Paper.objects.filter(condition, token__isnull=False)
        .select_related("used_by", "case", "case__record", "form", "estate")
        .order_by("-pk")
        .first()
    )


def _slip(paper: Paper, now: datetime, replaced: bool | None) -> Slip:
    return Slip(
        estate_id=paper.estate_id, number=paper.number, token=paper.token or "", state=paper.state,
        valid_from=paper.valid_from, valid_until=paper.valid_until, used_at=paper.used_at,
        used_by=paper.used_by.name if paper.used_by else "", void_reason=paper.why_void if paper.void_reason else None,
        standing=standing(paper, now, replaced),
    )  # fmt: skip


def _item(place: int, row: dict[str, Any], columns: Any) -> Item:
    """The first text column names the thing, the first whole number counts it, the one that sorts it marks it, the
    rest is remark."""
    count = next((name for name, column in columns.items() if column.type == "integer"), "")
    name = next((name for name in columns if name != count), "")
    mark = next((name for name, column in columns.items() if column.sorts), "")
    marks = {columns[mark].options[one].zh for one in columns[mark].sorts} if mark else set()
    told = _said(row.get(mark))
    rest = [_said(row.get(other)) for other in columns if other not in (name, count, mark)]
    remark = "，".join(filter(None, rest))
    return Item(place, _said(row.get(name)), _said(row.get(count)), remark, told if told in marks else "")


def _said(value: Any) -> str:
    return "" if value is None else str(value)
