"""What was done on paper while the machine was off, and is entered afterwards (补录): its true time, and who did it.

ADR 0006 gives the reasons. The true time is the moment the act is decided by; the entry keeps its own time beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from banli.engine import clocks, verbs
from banli.engine import events as ev
from banli.engine.clock_wording import ClockWording
from banli.engine.fields import printable
from banli.engine.paper import PaperDefinition, blank_serial
from banli.engine.refusals import Refusal
from banli.engine.text import Text

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from banli.engine.decide import Actor
    from banli.engine.rulebook import Rulebook
    from banli.engine.turn import Turn

#: The duration after which only a supervisor enters it, with a reason; and where a pack sets none.
LIMIT, USUAL_LIMIT = "back_entry_limit", "72h"
#: Whether what was written on a sheet without a serial may be entered too; a pack without the setting takes it.
UNNUMBERED = "blank_unnumbered"
MAX_REFERENCE, MAX_REASON = 120, 1000
_FIRST_YEAR = 2000


@dataclass(frozen=True)
class OnPaper:
    """How an act was done on paper. ``at``: when, an ISO text; without an offset it is the office's own clock.

    ``by``: who did it, None for whoever enters it. ``reference``: where the paper is filed. ``scan``: the SHA-256 of
    its picture. ``reason``: why it is entered so late. ``sheet``: the serial of the empty form, as it was typed.
    """

    at: str
    by: int | None = None
    reference: str = ""
    scan: str = ""
    reason: str = ""
    sheet: str = ""


def moment_of(told: OnPaper, zone: "ZoneInfo", now: datetime) -> datetime:
    """The true time. Refuses what is no time, or has not come yet."""
    try:
        at = datetime.fromisoformat(told.at)
        if at.year < _FIRST_YEAR:
            raise ValueError(told.at)
        at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Refusal("form_invalid", count=1, fields={"happened": Refusal("not_datetime")}) from None
    if at > now:
        raise Refusal("back_entry_future")
    return at


def begin(turn: "Turn", told: OnPaper | None, since: str, actor: "Actor") -> None:
    """Let the turn be at the true time, as its first event says. ``since``: when the step came to be done; empty for
    a case that is opened so.

    Raises Refusal where that cannot have been, or where ``actor`` may not enter it.
    """
    if told is None:
        return
    zone, now = turn.facts.zone, turn.now
    at = moment_of(told, zone, now)
    earliest = datetime.fromisoformat(since) if since else at
    if at < earliest.replace(second=0, microsecond=0):
        raise Refusal("back_entry_order", at=_on_the_clock(earliest, zone))
    at = max(at, earliest)  # paper says the minute; within it the order is the journal's
    reason = _written(told.reason, "late", MAX_REASON)
    _in_time(turn, at, reason, actor)
    another = told.by not in (None, actor.id)
    if another and not told.scan:
        raise Refusal("back_entry_scan")
    sheet = _serial(told.sheet)
    if not since and not sheet and must_be_numbered(turn.book, turn.facts.settings):
        raise Refusal("blank_required")
    turn.set_back(
        ev.BackEntered(
            at=at.isoformat(timespec="microseconds"),
            by=told.by if another else None,
            post=may_enter(turn.book, actor) if another else "",
            reference=_written(told.reference, "form", MAX_REFERENCE),
            scan=told.scan,
            reason=reason,
            sheet=sheet,
        )
    )


def doer(turn: "Turn", told: OnPaper | None, actor: "Actor") -> "Actor":
    """Who did it: whoever enters it, or the colleague who signed the paper, with the posts they held then."""
    if told is None or told.by in (None, actor.id):
        return actor
    known = turn.facts.did
    if known is None or known.id != told.by:
        raise Refusal("back_entry_person")
    return known


def enterers(book: "Rulebook") -> tuple[str, ...]:
    """The posts that may enter what a colleague did: those that open the case, and its supervisors."""
    return tuple(dict.fromkeys((*book.procedure.opened_by, *supervisors(book))))


def supervisors(book: "Rulebook") -> tuple[str, ...]:
    """The posts that may enter what is past the limit."""
    rule = book.procedure.override
    return rule.by if rule is not None else ()


def limit_of(book: "Rulebook", own: Mapping[str, Any]) -> str:
    """The duration after which only a supervisor enters it; ``own``: the settings it is judged by."""
    return str(book.setting(LIMIT, own)) if LIMIT in book.pack.settings else USUAL_LIMIT


def sheets(book: "Rulebook") -> dict[str, PaperDefinition]:
    """The papers of a procedure that can be had empty. Cards are made, not written; a receipt has its own pad."""
    steps = book.flow.steps.values()
    issued = [step.paper for step in steps if step.paper and verbs.find(step.verb).name == "issue"]
    found = {name: book.pack.papers[name] for name in issued}
    return {name: one for name, one in found.items() if one.size != "card"}


def must_be_numbered(book: "Rulebook", own: Mapping[str, Any]) -> bool:
    """Whether a case that was opened on paper must say the serial of its sheet, by the settings it is judged by."""
    if UNNUMBERED not in book.pack.settings or book.setting(UNNUMBERED, own) != "no":
        return False
    return bool(sheets(book))


def may_enter(book: "Rulebook", actor: "Actor") -> str:
    """The post in which somebody enters what a colleague did; raises Refusal without one."""
    posts = enterers(book)
    held = [post for post in posts if post in actor.posts]
    if not held:
        raise Refusal("back_entry_post", posts=[book.post_title(post) for post in posts])
    return min(held, key=lambda post: actor.posts[post] is not None)


def _in_time(turn: "Turn", at: datetime, reason: str, actor: "Actor") -> None:
    """After the limit only a supervisor enters it, and says why."""
    book, facts = turn.book, turn.facts
    limit = limit_of(book, facts.settings)
    if clocks.due(at, clocks.parse_duration(limit), facts.zone, facts.holidays) >= turn.now:
        return
    posts = supervisors(book)
    told = Text(zh=ClockWording(book, "zh").duration(limit), en=ClockWording(book, "en").duration(limit))
    if not any(post in actor.posts for post in posts):
        raise Refusal("back_entry_limit", limit=told, posts=[book.post_title(post) for post in posts])
    if not reason:
        raise Refusal("back_entry_reason", limit=told)


def _written(text: str, name: str, most: int) -> str:
    text = text.strip()
    if len(text) > most:
        raise Refusal("form_invalid", count=1, fields={name: Refusal("too_long", max=most)})
    if not printable(text, "\n\t"):
        raise Refusal("form_invalid", count=1, fields={name: Refusal("bad_characters")})
    return text


def _serial(typed: str) -> str:
    """The serial as it is kept; refuses what is none."""
    typed = typed.strip()
    serial = blank_serial(typed)
    if typed and not serial:
        raise Refusal("blank_serial", typed=typed[:30])
    return serial


def _on_the_clock(at: datetime, zone: "ZoneInfo") -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
