"""The list that a gate's phone carries, so that a pass can be judged where there is no network (ADR 0009).

The house judges, with its one evaluator: of each pass the list says which verdict holds from when on. The phone only
looks the pass up, and verifies the signature of one that is not on it.
"""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import get_language

from banli.cases import rules
from banli.cases.facts import setting_of
from banli.cases.holidays import rest_days
from banli.engine.clocks import due, parse_duration
from banli.estate.models import Estate
from banli.gate.cards import Card, card, holder_name
from banli.gate.listed import MOST, Listed, listed
from banli.gate.queries import ZONE, judged, manifest
from banli.gate.standing import holder, hours_of
from banli.gate.without import said
from banli.papers import passes
from banli.papers.models import Paper
from banli.web.templatetags.say import say

#: The age from which on the list is old, and from which on it lets nothing pass; and where a pack sets none.
AMBER, USUAL_AMBER = "gate_list_old", "30m"
RED, USUAL_RED = "gate_list_too_old", "12h"
#: A paper has its number from the moment on at which it is issued, but is seen when that is written.
_BEING_WRITTEN = timedelta(minutes=2)


class _Kept(NamedTuple):
    """An entry, of what it was made, and from when on until before when it says so."""

    of: Listed
    since: datetime
    until: datetime
    entry: dict[str, Any]

    def holds(self, one: Listed, now: datetime) -> bool:
        return self.of == one and self.since <= now < self.until


#: (estate, language) → paper → its entry on the last list, so that the next one makes only those that changed.
_last: dict[tuple[int, str | None], dict[int, _Kept]] = {}


def carried(estate: Estate, now: datetime) -> dict[str, Any]:
    """The list of an estate, in the reader's language. Four queries at most, however many passes there are.

    Read again it is the same to the byte until something changes, so that a phone that has it is sent nothing.
    """
    on_it = listed(estate, now)
    return {
        "estate": estate.pk,
        "keys": {number: b64encode(raw).decode() for number, raw in passes.public_keys().items()},
        "ages": _ages(estate, now),
        "newest": _newest(estate, now),
        "said": said(),
        "whole": len(on_it) < MOST,
        "passes": _entries(estate, on_it, now),
    }


def _entries(estate: Estate, on_it: list[Listed], now: datetime) -> list[dict[str, Any]]:
    """What the list says of each: as it said last, or made anew where a row has changed or a verdict has turned."""
    place = estate.pk, get_language()
    last = _last.get(place, {})
    told = {
        one.paper: kept for one in on_it if (kept := last.get(one.paper)) is not None and kept.holds(one, now)
    }
    told |= _made({one.paper: one for one in on_it if one.paper not in told}, now)
    _last[place] = told
    return [told[one.paper].entry for one in on_it]


def _made(asked: dict[int, Listed], now: datetime) -> dict[int, _Kept]:
    if not asked:
        return {}
    found = Paper.objects.filter(pk__in=asked)
    found = found.select_related("used_by", "case", "case__record", "form", "estate")
    papers = found.defer("private", "form__template", "form__library")
    return {paper.pk: _kept(paper, asked[paper.pk], now) for paper in papers}


def _kept(paper: Paper, of: Listed, now: datetime) -> _Kept:
    today = timezone.localdate(now)
    entry = _entry(paper, now, _midnight(today + timedelta(days=2)), of)
    until = _midnight(today + timedelta(days=1))
    if len(entry["told"]) > 1:
        until = min(until, datetime.fromtimestamp(entry["told"][1][0], UTC))
    return _Kept(of, now, until, entry)


def _entry(paper: Paper, now: datetime, until: datetime, of: Listed) -> dict[str, Any]:
    told = verdicts(paper, now, until, of.replaced)
    entry = {
        "id": paper.pk,
        "code": passes.fingerprint(paper.token or ""),
        "number": paper.number,
        "told": told,
    }
    if not any(piece[1] == "jade" for piece in told):
        return entry  # nobody passes on it any more: nobody's name is carried about
    read = card(paper, of.permit)
    return entry | (_of_card(paper, read) if read else _of_goods(paper))


def verdicts(paper: Paper, now: datetime, until: datetime, replaced: bool) -> list[list[Any]]:
    """From when (seconds since 1970) which verdict holds: ``[from, tone, word, sentence, kind]``, until ``until``."""
    told: list[list[Any]] = []
    for at in [now, *sorted(one for one in _turns(paper, now, until) if now < one < until)]:
        verdict = judged(paper, None, paper.estate, at, replaced)
        said = [verdict.tone, say(verdict.word), say(verdict.sentence), verdict.kind]
        if not told or told[-1][1:] != said:
            told.append([int(at.timestamp()) if told else 0, *said])
    return told


def _turns(paper: Paper, now: datetime, until: datetime) -> set[datetime]:
    """The moments at which the verdict may become another by itself: the ends of its time, of the hours, and of the
    day where it rests on something that has a last one. What has ended stays ended."""
    if paper.state != Paper.State.VALID:
        return set()
    turns = {one for one in (paper.valid_from, paper.valid_until) if one is not None}
    turns |= {one + timedelta(seconds=1) for one in turns}
    held = holder(paper)
    if held is None or not (held[2].hours or held[0].procedure.rests_on):
        return turns
    book, _, step = held
    day = timezone.localdate(now)
    while (midnight := _midnight(day)) < until:
        turns.add(midnight)
        hours = hours_of(paper, book, step, max(midnight, now))
        for begin, end in hours.spans_on(day, rest_days(paper.estate)) if hours else ():
            turns |= {midnight + timedelta(minutes=begin), midnight + timedelta(minutes=end + 1)}
        day += timedelta(days=1)
    return turns


def _of_goods(paper: Paper) -> dict[str, Any]:
    told = manifest(paper, private=False)
    return {
        "goods": [[item.name, item.count, item.remark, item.mark] for item in told.items],
        "facts": [[say(label), said] for label, said in told.facts],
    }


def _of_card(paper: Paper, read: Card) -> dict[str, Any]:
    told: dict[str, Any] = {"facts": [[say(label), said] for label, said in read.facts]}
    if read.person:
        told["face"] = True  # it is on the card: no photograph leaves the house
    if read.through:
        held = holder(paper)
        assert held is not None
        book, here, _ = held
        ways = [name for name, step in book.flow.steps.items() if step.holds == paper.kind]
        told["ways"] = [[name, say(book.step_title(name))] for name in ways[ways.index(here) :]]
        plate = next((name for name, asked in book.procedure.form.items() if asked.type == "plate"), "")
        told |= {"name": holder_name(paper), "plate": str(paper.case.form.get(plate) or "")}
    return told


def _newest(estate: Estate, now: datetime) -> int:
    """Whatever was issued up to this one is on the list, or has long been over."""
    known = Paper.objects.filter(token__isnull=False, issued_at__lt=now - _BEING_WRITTEN)
    return int(known.order_by("-pk").values_list("pk", flat=True).first() or 0)


def _ages(estate: Estate, now: datetime) -> list[int]:
    """From when on the list is old, and too old, in seconds, as the estate has set it."""
    every = rules.every_current().values()
    told = []
    for name, usual in ((AMBER, USUAL_AMBER), (RED, USUAL_RED)):
        book = next((one for one in every if name in one.pack.settings), None)
        age = str(setting_of(book, estate, name, now)) if book is not None else usual
        told.append(int((due(now, parse_duration(age), ZONE) - now).total_seconds()))
    return told


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
