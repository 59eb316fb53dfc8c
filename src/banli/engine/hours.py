"""Hours of the week: ``Mo-Fr 08:00-12:00,14:30-18:00; Sa 09:00-12:00``.

What is not named is closed. A statutory rest day from Monday to Friday counts as a Sunday; a weekend day worked to make
up for one keeps its own hours. The last minute belongs to the hours (Civil
Code 1259: a limit that is named is included).
"""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from banli.engine.text import Text

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
SATURDAY, SUNDAY = 5, 6
_NAMES = (
    Text(zh="周一", en="Mon"), Text(zh="周二", en="Tue"), Text(zh="周三", en="Wed"), Text(zh="周四", en="Thu"),
    Text(zh="周五", en="Fri"), Text(zh="周六", en="Sat"), Text(zh="周日", en="Sun"),
)  # fmt: skip
_PART = re.compile(r"^(Mo|Tu|We|Th|Fr|Sa|Su)(?:-(Mo|Tu|We|Th|Fr|Sa|Su))? +(\S.*)$")
_SPAN = re.compile(
    r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$|^([01]\d|2[0-3]):([0-5]\d)-(24):(00)$"
)


@dataclass(frozen=True)
class Part:
    """From one day of the week to another (Monday is 0), the same ``spans`` of minutes since midnight."""

    first: int
    last: int
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Hours:
    """When something may be done in a week."""

    parts: tuple[Part, ...]

    def hold(self, at: datetime, *, rest_day: bool = False) -> bool:
        """Whether ``at``, on the office's own clock, lies within them. ``rest_day``: it is a statutory one."""
        day, minute = SUNDAY if rest_day else at.weekday(), at.hour * 60 + at.minute
        spans = [span for part in self.parts if part.first <= day <= part.last for span in part.spans]
        return any(begin <= minute <= end for begin, end in spans)

    def hold_on(self, at: datetime, rest_days: Container[date]) -> bool:
        """`hold`, for an office whose rest days name weekends too: only from Monday to Friday is one a Sunday."""
        return self.hold(at, rest_day=at.weekday() < SATURDAY and at.date() in rest_days)

    def hold_from(self, since: datetime, until: datetime, rest_days: Container[date]) -> bool:
        """Whether they hold from one moment to another of the same day, without a break between them."""
        first, last = (one.hour * 60 + one.minute for one in (since, until))
        same = since.date() == until.date()
        return same and any(
            begin <= first and last <= end for begin, end in self.spans_on(until.date(), rest_days)
        )

    def spans_on(self, day: date, rest_days: Container[date]) -> list[tuple[int, int]]:
        """The hours of ``day`` in minutes since midnight, in order, none touching another."""
        week = SUNDAY if day.weekday() < SATURDAY and day in rest_days else day.weekday()
        told: list[tuple[int, int]] = []
        for begin, end in sorted(
            s for part in self.parts if part.first <= week <= part.last for s in part.spans
        ):
            if told and begin <= told[-1][1]:
                told[-1] = (told[-1][0], max(told[-1][1], end))
            else:
                told.append((begin, end))
        return told

    def begins(self, after: datetime, rest_days: Container[date]) -> datetime | None:
        """The first moment after ``after`` at which some of them begin; None where there is none in a fortnight."""
        for ahead in range(15):
            day = after.date() + timedelta(days=ahead)
            for begin, _end in self.spans_on(day, rest_days):
                moment = datetime.combine(day, time(begin // 60, begin % 60))
                if moment > after:
                    return moment
        return None

    @property
    def text(self) -> Text:
        """In words: 周一至周五 08:00–12:00、14:30–18:00."""
        return Text(zh="；".join(map(_zh, self.parts)), en="; ".join(map(_en, self.parts)))


def parse_hours(written: str) -> Hours:
    """The hours as they are written in a pack. Raises ValueError with advice."""
    parts = tuple(_part(part.strip(), written) for part in written.split(";"))
    return Hours(parts)


def day_names(day: str) -> Text:
    """What a day of the week is called: ``Mo`` → 周一."""
    return _NAMES[DAYS.index(day)]


def read_hours(typed: str) -> str:
    """Hours as somebody types them, in the pack's writing: what :attr:`Hours.text` says is read back.

    周一至周五 08:00–12:00、14:30–18:00；周六 09:00–12:00. Raises ValueError with advice.
    """
    told = typed.strip()
    for name, sign in zip(_NAMES, DAYS, strict=True):
        told = re.sub(rf"{name.zh}|\b{name.en}\b", sign, told)
    for said, sign in (("每天", "Mo-Su"), ("daily", "Mo-Su"), ("至", "-"), ("–", "-"), ("—", "-"), ("、", ","),
                       ("，", ","), ("；", ";"), ("：", ":")):  # fmt: skip
        told = told.replace(said, sign)
    told = re.sub(r"\s*([-,;])\s*", r"\1", told).replace(";", "; ").rstrip("; ")
    parse_hours(told)
    return told


def _part(part: str, written: str) -> Part:
    found = _PART.match(part)
    if not found:
        raise _wrong(written)
    first, last = DAYS.index(found.group(1)), DAYS.index(found.group(2) or found.group(1))
    spans = tuple(_span(span.strip(), written) for span in found.group(3).split(","))
    if last < first:
        raise _wrong(written)
    return Part(first, last, spans)


def _span(span: str, written: str) -> tuple[int, int]:
    found = _SPAN.match(span)
    if not found:
        raise _wrong(written)
    hour, minute, until_hour, until_minute = (int(one) for one in found.groups() if one is not None)
    begin, end = hour * 60 + minute, until_hour * 60 + until_minute
    if end <= begin:
        raise _wrong(written)
    return begin, end


def _wrong(written: str) -> ValueError:
    return ValueError(
        f"“{written}”不是时段，写成 Mo-Fr 08:00-12:00,14:30-18:00; Sa 09:00-12:00 这样"
        f" / “{written}” are no hours; write such as Mo-Fr 08:00-12:00,14:30-18:00; Sa 09:00-12:00"
    )


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _days(part: Part, language: str, joint: str, every: str) -> str:
    if (part.first, part.last) == (0, SUNDAY):
        return every
    first, last = _NAMES[part.first].say(language), _NAMES[part.last].say(language)
    return first if part.first == part.last else f"{first}{joint}{last}"


def _zh(part: Part) -> str:
    spans = "、".join(f"{_clock(begin)}–{_clock(end)}" for begin, end in part.spans)
    return f"{_days(part, 'zh', '至', '每天')} {spans}"


def _en(part: Part) -> str:
    spans = ", ".join(f"{_clock(begin)}–{_clock(end)}" for begin, end in part.spans)
    return f"{_days(part, 'en', '–', 'daily')} {spans}"
