"""The one evaluator of a pass: may these goods go through the gate now? Pure, so that every asker hears the same.

The pass proves who wrote it; the paper's state in the database decides (P1: checked at the gate, used once;
readings 1e: on the stated day only, a mismatch means a new slip).
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.papers.passes import Claims

Kind = Literal["go", "used", "expired", "void", "forged", "foreign", "unknown", "not_yet"]

GO = Text(zh="可放行", en="May go")
STOP = Text(zh="拒绝", en="Stop")
#: Why a pass was stopped, in a word, for the day's list.
REASONS = {
    "used": Text(zh="已用过", en="used before"),
    "expired": Text(zh="已过期", en="expired"),
    "void": Text(zh="已作废", en="void"),
    "forged": Text(zh="伪造", en="forged"),
    "foreign": Text(zh="别的小区的", en="another estate's"),
    "unknown": Text(zh="不认识", en="unknown"),
    "not_yet": Text(zh="还没到日期", en="not yet valid"),
}


@dataclass(frozen=True)
class Slip:
    """What is on file about a paper that is a pass."""

    estate_id: int
    number: str
    token: str
    state: str
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    used_at: datetime | None = None
    used_by: str = ""
    void_reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the guard is told. ``word`` fills the screen; ``sentence`` says why and what to do."""

    kind: Kind
    sentence: Text
    number: str = ""
    used_at: datetime | None = None
    used_by: str = ""

    @property
    def go(self) -> bool:
        return self.kind == "go"

    @property
    def word(self) -> Text:
        return GO if self.go else STOP

    @property
    def tone(self) -> str:
        """The screen's colour: jade lets through, amber sends back to the desk, red stops."""
        return {"go": "jade", "expired": "amber", "not_yet": "amber"}.get(self.kind, "red")


def evaluate(
    slip: Slip | None, claims: Claims | None, now: datetime, estate_id: int, zone: ZoneInfo
) -> Verdict:
    """Judge a pass at this estate's gate. ``claims`` is None where the number was typed instead of scanned."""
    if claims is not None and claims.estate_id != estate_id:
        return Verdict(
            "foreign", Text(zh="这是别的小区的放行条，本小区不能放行。", en="This pass is another estate's.")
        )
    if slip is None or (claims is not None and claims.token != slip.token):
        return Verdict(
            "unknown", Text(zh="本小区没有开过这张放行条。", en="This estate has issued no such pass.")
        )
    if slip.estate_id != estate_id:
        return Verdict(
            "foreign", Text(zh="这是别的小区的放行条，本小区不能放行。", en="This pass is another estate's.")
        )
    return _by_state(slip, now, zone) or Verdict(
        "go",
        Text(
            zh="逐项核对名称和数量，全部相符才放行。",
            en="Check every item and its count; release only if all agree.",
        ),
        slip.number,
    )


def from_refusal(why: Refusal) -> Verdict:
    """The verdict on a code whose signature did not even pass: forged, or no pass at all."""
    if why.code == "pass_forged":
        return Verdict(
            "forged",
            _both(why, Text(zh="扣下此条，报告值班主任。", en="Keep it and call the duty supervisor.")),
        )
    return Verdict(
        "unknown",
        _both(
            why, Text(zh="请扫放行条上的二维码，或输入编号。", en="Scan the slip's code or type its number.")
        ),
    )


def _by_state(slip: Slip, now: datetime, zone: ZoneInfo) -> Verdict | None:
    if slip.state == "used":
        at = _told(slip.used_at, zone)
        sentence = Text(
            zh=f"此条已于 {at} 由 {slip.used_by} 放行，不能再用。",
            en=f"Used at {at} by {slip.used_by}; it cannot be used again.",
        )
        return Verdict("used", sentence, slip.number, slip.used_at, slip.used_by)
    if slip.state == "void":
        reason = f"（{slip.void_reason}）" if slip.void_reason else ""
        sentence = Text(
            zh=f"此条已作废{reason}，请回前台另开新条。",
            en=f"This pass is void{reason}; the front desk must issue a new one.",
        )
        return Verdict("void", sentence, slip.number)
    if slip.state == "expired" or (slip.valid_until is not None and slip.valid_until < now):
        at = _told_end(slip.valid_until, zone)
        sentence = Text(
            zh=f"此条已于 {at} 过期，请回前台另开新条。",
            en=f"Expired at {at}; the front desk must issue a new one.",
        )
        return Verdict("expired", sentence, slip.number)
    if slip.valid_from is not None and slip.valid_from > now:
        at = _told(slip.valid_from, zone)
        return Verdict("not_yet", Text(zh=f"此条从 {at} 起才有效。", en=f"Good only from {at}."), slip.number)
    return None


def _told(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else "—"


def _told_end(at: datetime | None, zone: ZoneInfo) -> str:
    """The end of a day is 24:00 of that day, not midnight of the next."""
    local = at.astimezone(zone) if at else None
    if local and local.time() == time.min:
        return f"{local.date() - timedelta(days=1)} 24:00"
    return _told(at, zone)


def _both(why: Refusal, then: Text) -> Text:
    return Text(zh=why.say("zh") + then.zh, en=f"{why.say('en')} {then.en}")
