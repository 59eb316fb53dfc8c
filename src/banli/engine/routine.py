"""The routine file: work that comes back by the calendar (日常工作), typed and frozen."""

import re
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, field_validator, model_validator
from pydantic import Field as Key

from banli.engine.clocks import SAME_DAY, parse_duration
from banli.engine.procedure import Name, Post, Slug, with_lists
from banli.engine.text import Text

Day = Literal["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
Every = Literal["day", "workday", "week", "month", "year"]
Time = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
#: What a reading may have: six digits before the point, three after it.
NUMBER = re.compile(r"-?\d{1,6}(?:\.\d{1,3})?")
#: What a case begun from a finding may be given of it, and which fields take it; anything else is an answer itself.
GIVEN: dict[str, tuple[str, ...]] = {
    "check.label": ("text", "long_text"),
    "check.found": ("text", "long_text"),
    "round.title": ("text", "long_text"),
    "round.note": ("text", "long_text"),
    "round.who": ("text", "person_name"),
    "round.photo": ("photo",),
}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Calendar(_Model):
    """When a round falls due: which days, at which times.

    ``rest_day``: what becomes of a day of the week, month or year that is a rest day: kept, left out, or moved to the
    next working day.
    """

    every: Every
    on: tuple[Day, ...] = ()
    months: tuple[Annotated[int, Key(ge=1, le=12)], ...] = ()
    day: Annotated[int, Key(ge=1, le=31)] | Literal["last"] | None = None
    at: tuple[Time, ...] = Key(min_length=1)
    rest_day: Literal["keep", "skip", "next"] = "keep"

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "on", "at")

    @model_validator(mode="after")
    def _keys_fit(self) -> "Calendar":
        wanted = {"week": {"on"}, "month": {"day"}, "year": {"months", "day"}}.get(self.every, set())
        written = {name for name in ("on", "months", "day") if getattr(self, name)}
        if wanted != written:
            needs = "、".join(sorted(wanted)) or "—"
            raise ValueError(
                f"every: {self.every} 要写的是 {needs}，写了 {'、'.join(sorted(written)) or '—'}"
                f" / every: {self.every} takes {', '.join(sorted(wanted)) or 'none of on, months, day'}"
            )
        if self.every in ("day", "workday") and self.rest_day != "keep":
            raise ValueError("rest_day 只用于 week、month、year / only week, month and year take rest_day")
        if len(set(self.at)) < len(self.at):
            raise ValueError("同一个时间写了两次 / a time is written twice")
        return self


class Reading(_Model):
    """A number that is read off: what it is counted in, and between which limits (both included) it is right."""

    unit: Text
    min: Decimal | None = None
    max: Decimal | None = None

    @model_validator(mode="after")
    def _limits(self) -> "Reading":
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min 大于 max / min is more than max")
        for limit in (self.min, self.max):
            if limit is not None and not NUMBER.fullmatch(str(limit)):
                raise ValueError(
                    "写至多三位小数的数 / write a number with at most three places after the point"
                )
        return self


class Check(_Model):
    """A line of the checklist: in order or not, or a reading. ``gives``: what a case begun from it says otherwise."""

    label: Text
    reading: Reading | None = None
    gives: dict[Name, str] = Key(default_factory=dict)


class Routine(_Model):
    """A routine. ``missed`` and ``wrong``: the posts that hear of a round that was not done, and of what was found.

    ``starts``: the procedure of which a line that is not in order may begin a case; ``gives``: field of its first
    step → what of the finding it is filled with (GIVEN), or an answer.
    """

    routine: Slug
    title: Text
    purpose: Text
    source: str = Key(min_length=1)
    post: Post
    when: Calendar
    within: str
    only: Name | None = None
    checks: dict[Name, Check] = Key(min_length=1)
    photo: Literal["no", "wrong", "always"] = "no"
    missed: tuple[Post, ...] = Key(min_length=1)
    wrong: tuple[Post, ...] = Key(min_length=1)
    starts: Slug | None = None
    gives: dict[Name, str] = Key(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "missed", "wrong")

    @model_validator(mode="after")
    def _gives_to_something(self) -> "Routine":
        if self.starts is None and (self.gives or any(one.gives for one in self.checks.values())):
            raise ValueError("写了 gives 就要写 starts / gives needs starts")
        return self

    def given(self, check: str) -> dict[str, str]:
        """What a case begun from a line of the checklist is given: the routine's, and the line's own before it."""
        return {**self.gives, **self.checks[check].gives}

    @field_validator("within")
    @classmethod
    def _time_to_do_it(cls, within: str) -> str:
        much = parse_duration(within)
        if much.unit != SAME_DAY and not much.number:
            raise ValueError("within 不能是零 / within cannot be nought")
        return within
