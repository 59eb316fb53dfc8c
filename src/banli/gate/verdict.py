"""The one evaluator of a pass: may these goods, may this worker go through the gate now? Pure, so that every asker
hears the same.

The pass proves who wrote it; the paper's state in the database decides (P1: checked at the gate, used once;
readings 1e: on the stated day only, a mismatch means a new slip). A card or a permit is good while the step that
holds it waits: not before it is stamped and handed over (readings 2f), not once it is given back, lost or renewed,
nor when what it rests on is over (P2.3), and only in the hours in which it lets in.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from banli.engine.refusals import Refusal
from banli.engine.text import Text
from banli.papers.passes import Claims

Kind = Literal[
    "go", "used", "expired", "void", "forged", "foreign", "unknown", "not_yet", "not_in_use", "given_back", "lost",
    "renewed", "no_record", "record_over", "off_hours",
]  # fmt: skip
Rests = Literal["", "stands", "over", "missing"]

GO = Text(zh="可放行", en="May go")
COME_IN = Text(zh="可进入", en="May come in")
IN_FORCE = Text(zh="有效", en="In force")
STOP = Text(zh="拒绝", en="Stop")
DAY_OVER = Text(
    zh="来访证只在当天有效，日子已过；今天来的，请回前台登记，由住户再确认。",
    en="Good on its day only, and that is over. Whoever comes today is entered at the desk and confirmed once more.",
)
PASS, CARD = Text(zh="条", en="pass"), Text(zh="证", en="card")
#: Why a pass was stopped, in a word, for the day's list.
REASONS = {
    "used": Text(zh="已用过", en="used before"),
    "expired": Text(zh="已过期", en="expired"),
    "void": Text(zh="已作废", en="void"),
    "forged": Text(zh="伪造", en="forged"),
    "foreign": Text(zh="别的小区的", en="another estate's"),
    "unknown": Text(zh="不认识", en="unknown"),
    "not_yet": Text(zh="还没到日期", en="not yet valid"),
    "not_in_use": Text(zh="还没交证", en="not handed over"),
    "given_back": Text(zh="已交回", en="given back"),
    "lost": Text(zh="已报失", en="reported lost"),
    "renewed": Text(zh="已换新", en="renewed"),
    "no_record": Text(zh="许可已停", en="permit stopped"),
    "record_over": Text(zh="许可期限已到", en="permit over"),
    "off_hours": Text(zh="不在时段", en="outside the hours"),
    "turned_away": Text(zh="门岗不放", en="turned away"),
    "unlisted": Text(zh="手机名单上没有", en="not on the phone's list"),
    "too_old": Text(zh="手机名单太旧", en="the phone's list too old"),
}
AMBER = ("expired", "not_yet", "not_in_use", "renewed", "record_over", "off_hours")


@dataclass(frozen=True)
class Standing:
    """Of a paper that is good while a step waits. ``use``: ``open``, how that step ended, or empty before it.

    ``person``: it shows a face, and lets somebody in. ``through``: going in or out on it is written down.
    ``rests``: how what it rests on stands, called ``record``.
    ``hours``: when it lets in, where that is limited; ``in_hours``: whether it is so now.
    """

    use: str = "open"
    person: bool = False
    through: bool = False
    replaced: bool = False
    rests: Rests = ""
    record: Text | None = None
    hours: Text | None = None
    in_hours: bool = True


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
    void_reason: Text | str | None = None
    standing: Standing | None = None


@dataclass(frozen=True)
class Verdict:
    """What the guard is told. ``word`` fills the screen; ``sentence`` says why and what to do."""

    kind: Kind
    sentence: Text
    number: str = ""
    used_at: datetime | None = None
    used_by: str = ""
    good: Text = GO

    @property
    def go(self) -> bool:
        return self.kind == "go"

    @property
    def word(self) -> Text:
        return self.good if self.go else STOP

    @property
    def tone(self) -> str:
        """The screen's colour: jade lets through, amber sends back to the desk, red stops."""
        return "jade" if self.go else "amber" if self.kind in AMBER else "red"


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
    if slip.standing is not None:
        return _standing(slip, slip.standing, now, zone)
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


def never_issued(number: str) -> Verdict:
    """The verdict on a number that was typed and is on no slip: most often a slip of the finger."""
    return Verdict(
        "unknown",
        Text(
            zh=f"本小区没有开过 {number}，今天的来访里也没有。请看清编号或车牌，再输一次。",
            en=f"This estate has issued no {number}, nor is it among today's visitors. Look again and type it anew.",
        ),
    )


def not_expected(words: str) -> Verdict:
    """The verdict on a name, or a plate, that no visitor of today has."""
    return Verdict(
        "unknown",
        Text(
            zh=f"今天的来访里没有“{words}”。请看清再输一次；没有登记的，请到前台登记。",
            en=f"Nobody of today's visitors is {words}. Look again, or send them to the desk to be entered.",
        ),
    )


def _standing(slip: Slip, found: Standing, now: datetime, zone: ZoneInfo) -> Verdict:
    """A card or a permit: first how its use ended, which says more than that it is void."""
    kind: Kind | None = "renewed" if found.replaced or found.use == "renewed" else None
    if kind == "renewed" and slip.state == "void" and not found.replaced:
        kind = "given_back"  # nothing has come in its place: its holder stays away, or waits for the new one
    kind = kind or _ENDED.get(found.use)
    if kind == "expired" and found.through:
        return Verdict(kind, DAY_OVER, slip.number)
    if kind is None:
        by_state = _by_state(slip, now, zone, noun=CARD)
        if by_state is not None:
            day_over = found.through and by_state.kind == "expired"
            return Verdict(by_state.kind, DAY_OVER, slip.number) if day_over else by_state
        kind = _stopped(found)
    if kind is not None:
        told = {name: text for name in ("record", "hours") if (text := getattr(found, name))}
        zh, en = _SAID[kind]
        sentence = Text(
            zh=zh.format(**{name: text.zh for name, text in told.items()}),
            en=en.format(**{name: text.en for name, text in told.items()}),
        )
        return Verdict(kind, sentence, slip.number)
    zh, en = _SAID["go" if found.person else "through" if found.through else "in_force"]
    return Verdict("go", Text(zh=zh, en=en), slip.number, good=COME_IN if found.person else IN_FORCE)


def _stopped(found: Standing) -> Kind | None:
    if found.use != "open":
        return "not_in_use"
    if found.rests in ("missing", "over"):
        return "no_record" if found.rests == "missing" else "record_over"
    return None if found.in_hours else "off_hours"


_ENDED: dict[str, Kind] = {
    "given_back": "given_back",
    "reported": "given_back",
    "lost": "lost",
    "over": "expired",
    "scanned": "used",
}
_SAID = {
    "go": (
        "核对照片与本人，相符才放行；只去登记的房号。",
        "Hold the photograph against the face; let in only if they agree, and only to the room named.",
    ),
    "through": (
        "核对来人、人数和要去的房号，相符再登记。",
        "Hold who comes, how many and the room against it, then write it down.",
    ),
    "used": ("此证已用完：人已登记离开，再来另办。", "Used up: its holder has left. Coming again needs a new one."),
    "in_force": ("此证有效，与现场情况核对。", "In force. Hold it against what is being done."),
    "renewed": (
        "此证已换新，凭新证进入；旧证收下交前台。",
        "Renewed: only the new one lets in. Keep this one for the front desk.",
    ),
    "given_back": ("此证已交回，不再有效；收下交前台。", "Given back and no longer good. Keep it for the front desk."),
    "lost": ("此证已报失；收下，报告值班主任。", "Reported lost. Keep it and call the duty supervisor."),
    "expired": ("此证已到期；收下交前台。", "Over. Keep it for the front desk."),
    "not_in_use": ("此证还没有盖章、交证，请回前台办完。", "Not stamped and handed over yet: back to the front desk."),
    "no_record": (
        "{record}已停止或办结，不能进入，请到前台。",
        "The {record} was stopped or closed: nobody comes in on it.",
    ),
    "record_over": ("{record}的期限已到，不能进入；续期请到前台。", "The {record} is over; the front desk extends it."),
    "off_hours": ("现在不是可以进入的时段（{hours}），只出不进。", "Outside the hours ({hours}): out, not in."),
}  # fmt: skip


def _by_state(slip: Slip, now: datetime, zone: ZoneInfo, noun: Text = PASS) -> Verdict | None:
    if slip.state == "used":
        at = _told(slip.used_at, zone)
        sentence = Text(
            zh=f"此{noun.zh}已于 {at} 由 {slip.used_by} 放行，不能再用。",
            en=f"Used at {at} by {slip.used_by}; it cannot be used again.",
        )
        return Verdict("used", sentence, slip.number, slip.used_at, slip.used_by)
    if slip.state == "void":
        why = slip.void_reason
        zh, en = (why.zh, why.en) if isinstance(why, Text) else (why, why)
        sentence = Text(
            zh=f"此{noun.zh}已作废{f'（{zh}）' if zh else ''}，请回前台另开新{noun.zh}。",
            en=f"This {noun.en} is void{f' ({en})' if en else ''}; the front desk must issue a new one.",
        )
        return Verdict("void", sentence, slip.number)
    if slip.state == "expired" or (slip.valid_until is not None and slip.valid_until < now):
        at = _told_end(slip.valid_until, zone)
        sentence = Text(
            zh=f"此{noun.zh}已于 {at} 过期，请回前台另开新{noun.zh}。",
            en=f"Expired at {at}; the front desk must issue a new one.",
        )
        return Verdict("expired", sentence, slip.number)
    if slip.valid_from is not None and slip.valid_from > now:
        at = _told(slip.valid_from, zone)
        return Verdict(
            "not_yet", Text(zh=f"此{noun.zh}从 {at} 起才有效。", en=f"Good only from {at}."), slip.number
        )
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
