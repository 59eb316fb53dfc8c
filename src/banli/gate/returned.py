"""What a guard did without a network, as the phone sends it when it has one again (ADR 0009).

Each record is the same act as online, at its true time, done once by the key the phone gave it. What cannot be done
any more, because the pass was used elsewhere or made void meanwhile, has happened all the same: it is not refused but
kept as a finding, which the gate's superior and the director are told of.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone

from banli.cases import actions as cases
from banli.cases.actions import checked_key
from banli.engine.back_entry import OnPaper
from banli.engine.fields import printable
from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.gate import queries
from banli.gate.access import GATE, require_gate
from banli.gate.actions import LONGEST_REASON, Before, let_in, turn_away
from banli.gate.cards import card
from banli.gate.verdict import REASONS
from banli.journal import actions as journal
from banli.journal.models import Entry
from banli.messages.models import CONFLICT, Notice
from banli.operation.happenings import action
from banli.papers.models import Paper
from banli.people.access import DIRECTOR, Desk
from banli.people.titles import post_definitions

Did = Literal["passed", "stopped", "shown"]
DIDS: tuple[Did, ...] = ("passed", "stopped", "shown")
LARGEST_ID, MOST_TICKS = 2**63 - 1, 1000
declare(
    {
        "gate_record": Text(zh="这条离线记录读不懂，没有收。", en="This record cannot be read and was not taken."),
        "gate_no_paper": Text(zh="系统里没有这张单据。", en="There is no such paper on file."),
        "gate_nothing_to_do": Text(zh="这种单据在门岗没有要登记的。", en="Nothing is done on such a paper here."),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Record:
    """One act on a phone. ``at``, ``sent`` and ``listed`` are by the phone's clock: when it was done, when it is sent,
    when the list was last known to be true.

    ``ticked`` is None where the guard held the goods against the slip itself, as the list did not have them.
    ``told``: the verdict the phone gave.
    """

    key: str
    did: Did
    paper: int
    number: str
    at: datetime
    sent: datetime
    listed: datetime
    told: str
    ticked: tuple[int, ...] | None = None
    step: str = ""
    reason: str = ""

    def happened(self, now: datetime) -> datetime:
        """When it was done by the house's clock: as long ago as the phone says, however wrong its clock goes."""
        return now - max(self.sent - self.at, timedelta())


def read(told: Mapping[str, Any]) -> Record:
    """A record as it was sent; refuses with ``gate_record`` what no phone of ours writes."""
    try:
        ticked = told.get("ticked")
        record = Record(
            key=checked_key(str(told["key"])),
            did=DIDS[DIDS.index(told["did"])],
            paper=int(told.get("paper") or 0),
            number=str(told.get("number") or "")[:40],
            at=_moment(told["at"]),
            sent=_moment(told["sent"]),
            listed=_moment(told["listed"]),
            told=str(told["told"]),
            ticked=tuple(sorted(set(map(int, ticked)))) if ticked is not None else None,
            step=str(told.get("step") or "")[:50],
            reason=str(told.get("reason") or "").strip(),
        )
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        raise Refusal("gate_record") from None
    fits = 0 <= record.paper <= LARGEST_ID and len(record.reason) <= LONGEST_REASON
    ticks = record.ticked is None or len(record.ticked) <= MOST_TICKS
    written = all(map(printable, (record.reason, record.number, record.step)))
    if not (fits and ticks and written) or record.told not in (*REASONS, "go"):
        raise Refusal("gate_record")
    return record


@action("take_back")
def take_back(*, record: Record, by: Desk, at: datetime) -> Text | None:
    """Do what the guard did. The sentence of the finding where that could not be; None where it was done, or before."""
    require_gate(by)
    if (known := _known(record, by)) is not None:
        return _told(known, by)
    paper = queries.of_estate(record.paper, by.estate)
    try:
        if record.did == "shown":
            _shown(record, paper, by, at)
        elif paper is None:
            raise Refusal("gate_no_paper")
        else:
            _done(record, paper, by, at)
    except Refusal as why:
        # Two sent it at once, or the house had done it when the network broke off: then it stands under this key.
        known = _known(record, by)
        return _told(known, by) if known is not None else _conflict(record, paper, why, by, at)
    return None


def _known(record: Record, by: Desk) -> Entry | None:
    return Entry.objects.filter(estate=by.estate, key=record.key).first()


def _told(known: Entry, by: Desk) -> Text | None:
    """What came of a record that was taken before; refuses with ``key_reused`` what somebody else did."""
    if known.actor_id != by.staff.pk:
        raise Refusal("key_reused")
    return Text(**known.body["why"]) if known.kind == CONFLICT else None


def _done(record: Record, paper: Paper, by: Desk, at: datetime) -> None:
    read_card, before = card(paper), Before(record.happened(at), _times(record))
    if read_card is None:
        told = queries.manifest(paper)
        released = {
            "ticked": [item.place for item in told.items] if record.ticked is None else list(record.ticked)
        }
        passed = record.did == "passed"
        _act(
            record,
            paper,
            told.step,
            "released" if passed else "mismatch",
            by,
            at,
            extra=released if passed else {},
        )
    elif record.did == "stopped":
        turn_away(paper=paper, reason=record.reason, key=record.key, by=by, at=at, before=before)
    elif read_card.through:
        verdict = queries.judged(paper, None, by.estate, before.happened)
        if not verdict.go:
            raise Refusal("card_stopped", why=verdict.sentence)
        _act(record, paper, record.step or read_card.through[0], "scanned", by, at)
    elif read_card.person:
        let_in(paper=paper, key=record.key, by=by, at=at, before=before)
    else:
        raise Refusal("gate_nothing_to_do")


def _act(
    record: Record, paper: Paper, step: str, outcome: str, by: Desk, at: datetime,
    extra: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """The case's own step, entered afterwards by whoever did it (ADR 0006)."""
    done, sent = (timezone.localtime(one).strftime("%Y-%m-%d %H:%M:%S") for one in (record.at, record.sent))
    reference = f"门岗手机离线记录：手机钟 {done} 办，{sent} 传"
    cases.act(
        by=by, case_id=paper.case_id, step=step, branch=paper.branch, outcome=outcome, key=record.key, extra=extra,
        note=record.reason if record.did == "stopped" else "", now=at,
        on_paper=OnPaper(record.happened(at).isoformat(), reference=reference),
    )  # fmt: skip


@transaction.atomic
def _shown(record: Record, paper: Paper | None, by: Desk, at: datetime) -> None:
    """A pass that did not let the goods go: in the day's list, as online."""
    known = {"paper": paper.pk if paper else None, "number": paper.number if paper else ""}
    known |= {} if paper else {"shown": queries.noted(record.number)}
    journal.lock(queries.stream_of(by.estate))
    if _known(record, by) is None:
        _keep(record, "stopped", {"verdict": record.told, **known}, by, at)


@transaction.atomic
def _conflict(record: Record, paper: Paper | None, why: Refusal, by: Desk, at: datetime) -> Text:
    """What happened and should not have: in the journal, on the gate's page, and with those who answer for the gate."""
    said = Text(zh=why.say("zh"), en=why.say("en"))
    journal.lock(queries.stream_of(by.estate))
    if (known := _known(record, by)) is not None:
        return _told(known, by) or said
    posts = _answering()
    body = {
        "did": record.did, "paper": paper.pk if paper else None, "number": paper.number if paper else record.number,
        "case": paper.case_id if paper else None, "code": why.code, "why": {"zh": said.zh, "en": said.en},
        "told": record.told, "reason": record.reason, "posts": posts, "at": at.isoformat(),
    }  # fmt: skip
    _keep(record, CONFLICT, body, by, at)
    about = Entry.objects.values_list("pk", flat=True).get(estate=by.estate, key=record.key)
    Notice.objects.bulk_create(
        Notice(estate=by.estate, post=post, code=CONFLICT, about=str(about), at=at) for post in posts
    )
    return said


def _answering() -> list[str]:
    """The posts that hear of it: the gate's superior, and the director."""
    gate = post_definitions().get(GATE)
    return list(dict.fromkeys(((gate and gate.superior) or DIRECTOR, DIRECTOR)))


def _keep(record: Record, kind: str, body: dict[str, Any], by: Desk, at: datetime) -> None:
    acting = require_gate(by)
    journal.append(
        estate_id=by.estate.pk, stream=queries.stream_of(by.estate), kind=kind, by=by.staff, post=acting.post,
        deputy_for=acting.deputy_for, key=record.key, at=at,
        body={**body, **Before(record.happened(at), _times(record)).told},
    )  # fmt: skip


def _times(record: Record) -> dict[str, str]:
    """What the phone's clock said, as it said it."""
    return {name: getattr(record, name).isoformat() for name in ("at", "sent", "listed")}


def _moment(milliseconds: Any) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
