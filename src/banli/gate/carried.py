"""The list that a gate's phone carries, so that a pass can be judged where there is no network (ADR 0009).

The house judges, with its one evaluator: of each pass the list says which verdict holds from when on. The phone only
looks the pass up, and verifies the signature of one that is not on it.
"""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils import timezone

from banli.cases import rules
from banli.cases.facts import setting_of
from banli.cases.holidays import rest_days
from banli.engine.clocks import due, parse_duration
from banli.estate.models import Estate
from banli.gate.cards import Card, card, holder_name
from banli.gate.queries import ZONE, judged, manifest
from banli.gate.standing import holder, hours_of
from banli.gate.without import said
from banli.journal import statement
from banli.papers import passes
from banli.papers.models import Paper
from banli.web.templatetags.say import say

#: No more passes are carried than these: those in force first, and of those the newest.
MOST = 2000
#: How long a pass stays on the list after its end: whoever comes too late is told why.
ENDED = timedelta(days=2)
GONE = timedelta(days=7)
#: The age from which on the list is old, and from which on it lets nothing pass; and where a pack sets none.
AMBER, USUAL_AMBER = "gate_list_old", "30m"
RED, USUAL_RED = "gate_list_too_old", "12h"
#: Those in force or just over, void or used: each way by an index of its own, which an OR of them all would not use.
_CARRIED = " UNION ALL ".join(
    f"(SELECT id FROM papers_paper WHERE estate_id = %(estate)s AND token IS NOT NULL AND {stands}"
    "  ORDER BY id DESC LIMIT %(most)s)"
    for stands in (
        "state = 'valid' AND valid_until > %(ended)s",
        "state = 'valid' AND valid_until IS NULL",
        "state = 'expired' AND valid_until > %(ended)s",
        "state = 'void' AND voided_at > %(gone)s",
        "state = 'used' AND used_at > %(gone)s",
    )
)
#: A paper has its number from the moment on at which it is issued, but is seen when that is written.
_BEING_WRITTEN = timedelta(minutes=2)


def carried(estate: Estate, now: datetime) -> dict[str, Any]:
    """The list of an estate, in the reader's language. Five queries, however many passes there are.

    Read again it is the same to the byte until something changes, so that a phone that has it is sent nothing.
    """
    papers = _papers(estate, now)
    until = _midnight(timezone.localdate(now) + timedelta(days=2))
    renewed, permits = _renewed(papers), _permits(papers)
    return {
        "estate": estate.pk,
        "keys": {number: b64encode(raw).decode() for number, raw in passes.public_keys().items()},
        "ages": [_age(estate, AMBER, USUAL_AMBER, now), _age(estate, RED, USUAL_RED, now)],
        "newest": _newest(estate, now),
        "said": said(),
        "whole": len(papers) < MOST,
        "passes": [
            _entry(one, now, until, one.pk in renewed, permits.get(one.case.record_id or 0, ""))
            for one in papers
        ],
    }


def _papers(estate: Estate, now: datetime) -> list[Paper]:
    asked = {"estate": estate.pk, "ended": now - ENDED, "gone": now - GONE, "most": MOST}
    found = Paper.objects.filter(pk__in=statement.ids(_CARRIED, asked))
    found = found.select_related("used_by", "case", "case__record", "form", "estate")
    found = found.defer("private", "form__template", "form__library")
    valid = ExpressionWrapper(Q(state=Paper.State.VALID), BooleanField())
    return list(found.order_by(valid.desc(), "-pk")[:MOST])


def _entry(paper: Paper, now: datetime, until: datetime, renewed: bool, permit: str) -> dict[str, Any]:
    told = verdicts(paper, now, until, renewed)
    entry = {
        "id": paper.pk,
        "code": passes.fingerprint(paper.token or ""),
        "number": paper.number,
        "told": told,
    }
    if not any(piece[1] == "jade" for piece in told):
        return entry  # nobody passes on it any more: nobody's name is carried about
    read = card(paper, permit)
    return entry | (_of_card(paper, read) if read else _of_goods(paper))


def verdicts(paper: Paper, now: datetime, until: datetime, renewed: bool) -> list[list[Any]]:
    """From when (seconds since 1970) which verdict holds: ``[from, tone, word, sentence, kind]``, until ``until``."""
    told: list[list[Any]] = []
    for at in [now, *sorted(one for one in _turns(paper, now, until) if now < one < until)]:
        verdict = judged(paper, None, paper.estate, at, renewed)
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


def _renewed(papers: Sequence[Paper]) -> set[int]:
    """Those that stand no more, in whose place a newer one has come."""
    ended = [one for one in papers if one.state != Paper.State.VALID]
    newest: dict[tuple[int, str, int | None], int] = {}
    for one in Paper.objects.filter(case_id__in={each.case_id for each in ended}).only(
        "case", "kind", "branch"
    ):
        place = one.case_id, one.kind, one.branch
        newest[place] = max(one.pk, newest.get(place, 0))
    return {one.pk for one in ended if newest[one.case_id, one.kind, one.branch] > one.pk}


def _permits(papers: Sequence[Paper]) -> dict[int, str]:
    """The record that a card rests on → the number of its newest permit that stands."""
    records = {one.case.record_id for one in papers if one.case.record_id}
    found = Paper.objects.filter(case_id__in=records, state=Paper.State.VALID, token__isnull=False)
    return dict(found.order_by("pk").values_list("case_id", "number"))


def _age(estate: Estate, name: str, usual: str, now: datetime) -> int:
    """A setting of the estate in seconds."""
    known = (book for book in rules.every_current().values() if name in book.pack.settings)
    book = next(known, None)
    told = str(setting_of(book, estate, name, now)) if book is not None else usual
    return int((due(now, parse_duration(told), ZONE) - now).total_seconds())


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))
