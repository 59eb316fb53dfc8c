"""What the guard does: let the goods go, or turn them back. Both are the case's own step, done once by its key.

A pass that was stopped changes no case; that it was shown is kept in the gate's own stream of the journal. Nor does a
worker who comes in on a card, or is turned away: a card is used every day until it is given back.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from banli.cases import actions as cases
from banli.cases.actions import checked_key
from banli.engine.fields import printable
from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.gate import cards, queries
from banli.gate.access import require_gate
from banli.gate.queries import manifest
from banli.gate.verdict import Verdict
from banli.journal import actions as journal
from banli.journal.models import Entry
from banli.operation import happenings
from banli.operation.happenings import action
from banli.papers import files
from banli.papers.models import Paper
from banli.people.access import Desk
from banli.people.actions import record

LONGEST_REASON = 200


@dataclass(frozen=True)
class Before:
    """It was done without a network and is sent now: when, by the house's clock, and what the phone's clock said."""

    happened: datetime
    phone: Mapping[str, str]

    @property
    def told(self) -> dict[str, Any]:
        """As the journal keeps it, beside the entry's own time."""
        return {"happened": self.happened.isoformat(), "phone": dict(self.phone)}


declare({"card_stopped": Text(zh="不能放进：{why}", en="Not let in: {why}")})


def release(*, paper: Paper, ticked: Collection[int], key: str, by: Desk, at: datetime | None = None) -> None:
    """Everything was found as written: the slip is used up. Refuses with ``goods_unticked`` and all the case's own."""
    cases.act(
        by=by, case_id=paper.case_id, step=manifest(paper).step, branch=paper.branch, outcome="released", key=key,
        extra={"ticked": sorted(set(ticked))}, now=at,
    )  # fmt: skip


def turn_back(*, paper: Paper, reason: str, key: str, by: Desk, at: datetime | None = None) -> None:
    """The goods are not as written: the slip is void, the desk issues a new one (readings 1e)."""
    cases.act(
        by=by, case_id=paper.case_id, step=manifest(paper).step, branch=paper.branch, outcome="mismatch", key=key,
        note=reason.strip(), now=at,
    )  # fmt: skip


def check(*, code: str, by: Desk, at: datetime) -> tuple[Verdict, Paper | None]:
    """The verdict on what was scanned or typed, and the paper if it is one of ours. A stop is journalled.

    A name that nobody expected has is no pass that was stopped.
    """
    acting = require_gate(by)
    verdict, paper = queries.looked_up(code, by.estate, at)
    happenings.verdict(verdict.kind)
    if not verdict.go and (paper is not None or not queries.spoken(code)):
        known = paper is not None
        shown = "" if known or verdict.number else queries.noted(code)
        journal.append(
            estate_id=by.estate.pk, stream=queries.stream_of(by.estate), kind="stopped", by=by.staff, post=acting.post,
            deputy_for=acting.deputy_for, at=at,
            body={
                "verdict": verdict.kind, "paper": paper.pk if paper else None,
                "number": verdict.number if known else queries.noted(verdict.number),
                **({"shown": shown} if shown else {}),
            },
        )  # fmt: skip
    return verdict, paper


@action("show_card")
def show(*, paper: Paper, name: str, by: Desk) -> str:
    """The photograph on a card, as a data URL; that it was looked at, and by whom, is journalled first."""
    body = {"case": paper.case_id, "field": name, "paper": paper.pk, "reason": "门岗查验"}
    record(estate_id=by.estate.pk, kind="unmask", body=body, by=by.staff, acting=require_gate(by))
    picture = files.values_of(paper).get(name) or {}
    kind, content = next(iter(picture.items()), ("", ""))
    return f"data:image/{kind};base64,{content}" if kind else ""


@action("let_in")
def let_in(*, paper: Paper, key: str, by: Desk, at: datetime, before: Before | None = None) -> None:
    """Somebody comes in on their card. Refuses with ``card_stopped`` and why, as it stands at this moment."""
    verdict = queries.judged(paper, None, by.estate, before.happened if before else at)
    if not verdict.go:
        raise Refusal("card_stopped", why=verdict.sentence)
    _once(by, key, cards.stream_of(by.estate), "came_in", paper, before.told if before else {}, at)


def go_through(*, paper: Paper, step: str, key: str, by: Desk, at: datetime) -> None:
    """Whoever the pass is for goes in, or out: the case's own step, with its refusals, and ``card_stopped``."""
    verdict = queries.judged(paper, None, by.estate, at)
    if not verdict.go:
        raise Refusal("card_stopped", why=verdict.sentence)
    cases.act(
        by=by, case_id=paper.case_id, step=step[:50], branch=paper.branch, outcome="scanned", key=key, now=at
    )


@action("turn_away")
def turn_away(
    *, paper: Paper, reason: str, key: str, by: Desk, at: datetime, before: Before | None = None
) -> None:
    """The card would do, but whoever shows it is not let in: another's face, an altered date. Needs a reason."""
    reason = reason.strip()
    if not reason:
        raise Refusal("reason_required")
    if len(reason) > LONGEST_REASON:
        raise Refusal("too_long", max=LONGEST_REASON)
    if not printable(reason):
        raise Refusal("bad_characters")
    told = {"verdict": "turned_away", "reason": reason, **(before.told if before else {})}
    _once(by, key, queries.stream_of(by.estate), "stopped", paper, told, at)


@transaction.atomic
def _once(
    by: Desk, key: str, stream: str, kind: str, paper: Paper, told: dict[str, Any], at: datetime
) -> None:
    """An entry of the gate's, once by its key: the stream's lock lets one by, then the other, who finds it."""
    acting, key = require_gate(by), checked_key(key)
    body = {"paper": paper.pk, "number": paper.number, "case": paper.case_id, **told}
    journal.lock(stream)
    known = Entry.objects.filter(estate=by.estate, key=key).first()
    if known is not None:
        if (known.stream, known.body) != (stream, body):
            raise Refusal("key_reused")
        return
    journal.append(
        estate_id=by.estate.pk, stream=stream, kind=kind, by=by.staff, post=acting.post,
        deputy_for=acting.deputy_for, key=key, at=at, body=body,
    )  # fmt: skip
