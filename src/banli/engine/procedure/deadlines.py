"""Deadlines: when they are due, who is reminded, what happens when they run out."""

from typing import Any

from pydantic import Field as Key
from pydantic import model_validator

from banli.engine.clocks import parse_duration
from banli.engine.conditions import Condition
from banli.engine.hours import parse_hours
from banli.engine.text import Text

from .names import Model, Name, Post, with_lists

#: What may be written together.
_DUE = (["at"], ["end_of"], ["within"], ["at", "within"], ["end_of", "within"], ["at", "before"])


class Due(Model):
    """One moment: ``at`` a datetime field, ``end_of`` a date or datetime field's day, ``within`` a time from now.

    ``within`` beside ``at`` counts from that moment, beside ``end_of`` from that day, not from now. ``before`` beside
    ``at``: so long before that moment.
    """

    at: str | None = None
    end_of: str | None = None
    within: str | None = None
    before: str | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "Due":
        given = [key for key in ("at", "end_of", "within", "before") if getattr(self, key)]
        if given not in _DUE:
            raise ValueError(
                "at、end_of、within 只写一个，或 at、end_of 加 within，或 at 加 before"
                " / give one of at, end_of, within, or within with at or end_of, or before with at"
            )
        for written in (self.within, self.before):
            if written and not written.startswith("setting."):
                parse_duration(written)
        return self


class Late(Model):
    """What happens when a clock runs out: who hears of it, and the outcome it gives a step, if any."""

    tell: tuple[Post, ...] = ()
    step: Name | None = None
    outcome: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "tell")

    @model_validator(mode="after")
    def _both_or_neither(self) -> "Late":
        if (self.step is None) != (self.outcome is None):
            raise ValueError("step 和 outcome 要一起写 / step and outcome go together")
        return self


#: Those a reminder may name beside posts: whoever the clock waits for, and the post above theirs.
HOLDER, SUPERIOR = "holder", "superior"


class Remind(Model):
    """A reminder of a clock: so long ``before`` it is due, or ``after`` it ran out, to posts, holder or superior."""

    before: str | None = None
    after: str | None = None
    tell: tuple[Post, ...] = Key(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "tell")

    @model_validator(mode="after")
    def _one_time(self) -> "Remind":
        if (self.before is None) == (self.after is None):
            raise ValueError("before 和 after 写一个 / give one of before and after")
        if parse_duration(self.before or self.after or "").unit not in ("m", "h"):
            raise ValueError("写分钟或小时，如 30m、24h / write minutes or hours, such as 30m or 24h")
        return self


class Clock(Model):
    """A deadline: what starts it, what stops it, when it is due, who hears of it (P7.3, P8.3, P9.6).

    A ``period`` is none: it is waited out. When it is over its step ends, and nobody was late. ``unless``: another
    clock; while that one runs, the same is owed already, and this one does not start.
    """

    title: Text
    starts: tuple[str, ...] = Key(min_length=1)
    unless: Name | None = None
    stops: tuple[str, ...] = Key(min_length=1)
    due: Due
    during: str | None = None
    period: bool = False
    pause: tuple[Post, ...] = ()
    when: Condition | None = None
    warn: str | None = None
    remind: tuple[Remind, ...] = ()
    late: Late = Late()

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, data: Any) -> Any:
        if isinstance(data, dict):
            data = with_lists(data, "starts", "stops", "pause")
            if isinstance(data.get("remind"), dict):
                data["remind"] = [data["remind"]]
            for key in ("within", "at", "end_of"):
                if key in data:
                    data["due"] = {**data.get("due", {}), key: data.pop(key)}
        return data

    @property
    def beginnings(self) -> tuple[str, ...]:
        """The steps at which it starts; of what happens to the whole case, such as ``opened``, its own name."""
        return tuple(dict.fromkeys(one.split(".")[0] for one in self.starts))

    @property
    def ends(self) -> tuple[str, ...]:
        """What stops it for good: what starts it besides only lets it begin anew."""
        return tuple(one for one in self.stops if one not in self.starts)

    @model_validator(mode="after")
    def _hours_bear_on_a_time(self) -> "Clock":
        if self.during is None:
            return self
        if not self.due.within:
            raise ValueError("during 要和 within 一起写 / during goes with within")
        if not self.during.startswith("setting."):
            parse_hours(self.during)
        return self

    @model_validator(mode="after")
    def _a_period_hurries_nobody(self) -> "Clock":
        if self.period and (
            self.late.step is None or self.late.tell or self.warn or self.remind or self.pause
        ):
            raise ValueError(
                "period 只写 late 的 step 和 outcome，不写 tell、warn、remind、pause"
                " / a period takes late's step and outcome alone, without tell, warn, remind or pause"
            )
        return self

    @model_validator(mode="after")
    def _warning_is_a_time(self) -> "Clock":
        if self.warn and parse_duration(self.warn).unit not in ("m", "h"):
            raise ValueError(
                "warn 写提前的分钟或小时，如 5m / warn takes minutes or hours before the due time, such as 5m"
            )
        return self
