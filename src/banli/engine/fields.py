"""The fields of a form: what may be asked. Whether an answer is good: :mod:`banli.engine.answers`.

An answer is stored as plain JSON: text, whole numbers, ISO dates and times, lists. Money is integer fen.
A picture (a photograph, a signature) is the SHA-256 of its content, which is kept elsewhere.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator
from pydantic import Field as Key

from banli.engine.clocks import last_day, parse_duration
from banli.engine.conditions import Condition
from banli.engine.hours import parse_hours
from banli.engine.limits import parse_limit
from banli.engine.listed import Listed
from banli.engine.relations import Asked, Refused
from banli.engine.text import Text

FieldType = Literal[
    "text", "long_text", "person_name", "cn_id", "phone", "plate", "date", "datetime", "time", "integer",
    "money", "choice", "choices", "yes_no", "table", "photo", "portrait", "id_copy", "signature",
]  # fmt: skip
#: The types whose answer is a picture; and of these, the ones that are always private.
PICTURES = ("photo", "portrait", "id_copy", "signature")
PRIVATE_PICTURES = ("portrait", "id_copy")
#: How long an ``id_copy`` outlasts its case where its procedure does not say.
KEPT_UNLESS_SAID = "30 days"
ColumnType = Literal["text", "person_name", "cn_id", "phone", "date", "integer", "money", "choice", "price"]

MAX_TEXT, MAX_LONG_TEXT, MAX_ROWS = 200, 4000, 200
MAX_INTEGER, MAX_FEN = 2_000_000_000, 100_000_000_00
YES_NO = {"yes": Text(zh="是", en="Yes"), "no": Text(zh="否", en="No")}
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
SettingName = Annotated[str, StringConstraints(pattern=r"^setting\.[a-z][a-z0-9_]*$")]


class Question(BaseModel):
    """What a field of a form and a column of a table have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    label: Text
    required: bool = True
    options: dict[str, Text] | None = None
    min: int | None = None
    max: int | None = None

    @model_validator(mode="after")
    def _options_belong_to_choices(self) -> "Question":
        if (self.type in ("choice", "choices")) != bool(self.options):
            raise ValueError(
                "选择题要写 options，其他类型不写 / a choice needs options, nothing else takes them"
            )
        return self


class Column(Question):
    """One column of a table.

    ``at_least`` names a setting until :func:`settled` has put its value into ``min``. ``sorts``: an option of a choice
    → the text setting that lists what belongs there, its words from then on; a cell left blank is sorted by them.
    ``lines`` of the price list are the answers of a ``price``; nobody types what is ``reckoned`` (:mod:`.priced`).
    """

    type: ColumnType
    at_least: SettingName | None = None
    sorts: dict[str, SettingName] = {}
    lines: tuple[str, ...] = ()
    reckoned: bool = False

    @model_validator(mode="after")
    def _keys_belong_to_the_type(self) -> "Column":
        if self.at_least and (self.type != "integer" or self.min is not None):
            raise ValueError(
                "表格里的 at_least 只用于没写 min 的 integer"
                " / in a table only an integer without min takes at_least"
            )
        if (self.type == "price") != bool(self.lines) or (self.reckoned and self.type != "money"):
            raise ValueError(
                "price 要写 lines，其他类型不写；reckoned 只用于 money"
                " / a price needs lines, nothing else takes them; only money takes reckoned"
            )
        wrong = [one for one in self.sorts if one not in (self.options or {})]
        if wrong:
            raise ValueError(
                f"sorts 的“{wrong[0]}”不是可选的答案 / sorts: “{wrong[0]}” is not among the answers to choose from"
            )
        return self

    def sorted(self, said: str) -> str | None:
        """Where something belongs by the estate's lists: where the longest word stands that is part of its name."""
        found = [
            (len(word), one) for one, listed in self.sorts.items() for word in words(listed) if word in said
        ]
        return max(found, key=lambda pair: pair[0])[1] if found else None


class Within(BaseModel):
    """The hours in which a moment must lie, where ``when`` holds: ``setting.<hours>`` or the hours themselves.

    ``since``: and all the time from that other moment of the form on, without a break.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    within: str
    since: Asked | None = None
    when: Condition | None = None

    @model_validator(mode="after")
    def _hours_are_hours(self) -> "Within":
        if not self.within.startswith("setting."):
            parse_hours(self.within)
        return self


class Reckoned(BaseModel):
    """A date nobody types: the last day of ``months`` that begin with ``of``, or so many ``days`` after it.

    With ``unused_after`` a number: how many of these months begin after that day. Of the month that day lies in,
    ``begun`` days may be over and it still counts as unused: a number, or a setting until :func:`settled` has read it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: Asked
    months: Annotated[int, Key(ge=1, le=1200)] | Asked | None = None
    days: Annotated[int, Key(ge=-3660, le=3660)] | None = None
    unused_after: Asked | None = None
    begun: Annotated[int, Key(ge=0, le=31)] | SettingName = 0

    @model_validator(mode="after")
    def _one_of_them(self) -> "Reckoned":
        if (self.months is None) == (self.days is None):
            raise ValueError("months 和 days 写一个 / give one of months and days")
        if self.unused_after is None and self.begun != 0:
            raise ValueError("begun 只与 unused_after 一起写 / begun goes with unused_after")
        if self.unused_after is not None and self.months is None:
            raise ValueError("unused_after 要写 months / unused_after needs months")
        return self

    def answer(self, values: Mapping[str, Any]) -> str | int | None:
        """The day or the number it comes to; None where what it rests on was not answered."""
        begins = values.get(self.of)
        if not begins:
            return None
        day = date.fromisoformat(str(begins)[:10])
        if self.unused_after is not None:
            return self._unused(day, values)
        if self.days is not None:
            return (day + timedelta(days=self.days)).isoformat()
        months = values.get(self.months) if isinstance(self.months, str) else self.months
        return last_day(day, int(months)).isoformat() if months else None

    def _unused(self, begins: date, values: Mapping[str, Any]) -> int | None:
        months = values.get(self.months) if isinstance(self.months, str) else self.months
        told = values.get(str(self.unused_after))
        if not months or not told:
            return None
        last = date.fromisoformat(str(told)[:10])
        first_days = [begins, *(last_day(begins, one) + timedelta(days=1) for one in range(1, int(months)))]
        return sum(day + timedelta(days=int(self.begun)) > last for day in first_days)


class Field(Question):
    """One question of a form.

    ``at_least`` and ``at_most`` name settings until :func:`settled` has put their values into ``min`` and ``max``;
    ``needed`` one whose yes makes the question required.

    A one-inch photograph (``portrait``) and a copy of an identity paper (``id_copy``) are private without saying so.
    ``purpose`` is what an ``id_copy`` is taken for: it is written across the copy before that is kept. ``kept`` is how
    long the copy outlasts its case: a duration, or ``setting.<duration>``. Nobody types what is ``reckoned`` or
    ``listed``, or what others come to together (``sums``). A choice with ``buttons`` has one for each answer; the
    form's own gives its ``default``.
    """

    type: FieldType
    help: Text | None = None
    private: bool = False
    when: Condition | None = None
    known: str | None = None
    earliest: str | None = None
    latest: str | None = None
    columns: dict[str, Column] | None = None
    default: str | int | None = None
    buttons: bool = False
    needed: SettingName | None = None
    at_least: SettingName | None = None
    at_most: SettingName | None = None
    hours: tuple[Within, ...] = ()
    differs_from: Asked | None = None
    same_day_as: Asked | None = None
    refuses: tuple[Refused, ...] = ()
    purpose: Text | None = None
    kept: str | None = None
    reckoned: Reckoned | None = None
    listed: Listed | None = None
    sums: tuple[Asked, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _people_are_private(cls, data: Any) -> Any:
        if not isinstance(data, Mapping) or data.get("type") not in PRIVATE_PICTURES:
            return data
        if not data.get("private", True):
            raise ValueError(
                "portrait 和 id_copy 总是保密的，不写 private: false"
                " / a portrait and an id_copy are always private: do not write private: false"
            )
        return {**data, "private": True}

    @model_validator(mode="after")
    def _keys_belong_to_the_type(self) -> "Field":
        for key, limit, fixed in (("at_least", self.at_least, "min"), ("at_most", self.at_most, "max")):
            if limit and (self.type not in ("integer", "money") or getattr(self, fixed) is not None):
                raise ValueError(
                    f"{key} 只用于没写 {fixed} 的 integer 和 money"
                    f" / only an integer or money without {fixed} takes {key}"
                )
        if self.needed and self.required:
            raise ValueError(
                "写了 needed 的，另写 required: false / with needed write required: false: the setting decides"
            )
        if self.differs_from and self.type not in ("text", "person_name", "cn_id", "phone", "choice"):
            raise ValueError(
                "differs_from 只用于 text、person_name、cn_id、phone、choice"
                " / only text, person_name, cn_id, phone or choice takes differs_from"
            )
        if self.same_day_as and self.type not in ("date", "datetime"):
            raise ValueError(
                "same_day_as 只用于 date 和 datetime / only a date or a datetime takes same_day_as"
            )
        wrong = [one for rule in self.refuses for one in rule.answer if one not in self.choices()]
        if wrong:
            raise ValueError(
                f"refuses 的“{wrong[0]}”不是可选的答案 / refuses: “{wrong[0]}” is not among the answers to choose from"
            )
        if (self.type == "id_copy") != (self.purpose is not None):
            raise ValueError(
                "id_copy 要写用途 purpose，其他类型不写 / an id_copy needs its purpose, nothing else takes one"
            )
        if self.kept is not None:
            if self.type != "id_copy":
                raise ValueError("kept 只用于 id_copy / only an id_copy takes kept")
            if not self.kept.startswith("setting."):
                parse_duration(self.kept)
        typed = self.default, self.known, self.earliest, self.latest
        if self.reckoned:
            kind = "date" if self.reckoned.unused_after is None else "integer"
            limits = self.min, self.max, self.at_least, self.at_most
            if self.type != kind or self.private or {*typed, *limits} != {None}:
                raise ValueError(
                    f"这样的 reckoned 只用于不保密的 {kind}，不再写 default、known、earliest、latest、min、max"
                    f" / only a field of type {kind} that is not private takes such a reckoned,"
                    " without default, known, earliest, latest, min or max"
                )
        if self.listed is not None:
            self._is_listed(self.listed)
        if self.sums and (self.type != "money" or self.private or {*typed} != {None}):
            raise ValueError(
                "sums 只用于不保密的 money，不写 default、known / only money that is not private takes sums,"
                " without default or known"
            )
        if any(one.lines for one in (self.columns or {}).values()):
            self._is_priced()
        if self.buttons and (self.type != "choice" or self.default is None or self.when or self.known):
            raise ValueError(
                "buttons 只用于写了 default、不写 when 和 known 的 choice"
                " / only a choice with a default and without when and known takes buttons"
            )
        if self.hours and self.type != "datetime":
            raise ValueError("hours 只用于 datetime / only a datetime takes hours")
        if (self.type == "table") != bool(self.columns):
            raise ValueError(
                "表格要写 columns，其他类型不写 / a table needs columns, nothing else takes them"
            )
        for key in ("earliest", "latest"):
            limit = getattr(self, key)
            if limit is None:
                continue
            if self.type not in ("date", "datetime"):
                raise ValueError(f"{key} 只用于 date 和 datetime / only a date or a datetime takes {key}")
            span = parse_limit(limit).span
            if self.type == "date" and span and re.match(r"\d+ ?[mh]$", span):
                raise ValueError("日期只能加天或月 / days or months are added to a date")
        return self

    def _is_priced(self) -> None:
        kinds = sorted(
            "sum" if one.reckoned else one.type
            for one in (self.columns or {}).values()
            if one.type in ("price", "integer") or (one.type == "money" and one.reckoned is one.required)
        )
        if kinds != ["integer", "money", "price", "sum"]:
            raise ValueError(
                "有 price 的表格要有一列 integer、一列 required: false 的 money、一列 reckoned 的 money"
                " / beside a price a table has one integer, one money with required: false, one money that is reckoned"
            )

    def _is_listed(self, rule: Listed) -> None:
        table = self.type == "table" and set(rule.gives) == set(self.columns or {})
        if not (table or (self.type == "text" and not rule.gives and rule.of is None)):
            raise ValueError(
                "listed 只用于 text（不写 gives、of）和 table（gives 逐列写明）"
                " / listed is for a text (without gives and of) and a table (gives names each column)"
            )
        if self.private or self.reckoned or (self.default, self.known) != (None, None):
            raise ValueError(
                "listed 的字段不保密，不写 default、known、reckoned"
                " / what is listed is not private and has no default, known or reckoned"
            )

    @property
    def typed(self) -> bool:
        """Whether somebody answers it, or it follows from what the office knows."""
        return self.reckoned is None and self.listed is None and not self.sums

    def choices(self) -> Mapping[str, Text]:
        """The answers to choose from; empty where the answer is free."""
        return YES_NO if self.type == "yes_no" else self.options or {}


def settled(field: Field, values: Mapping[str, Any], default: Callable[[str], Any]) -> Field:
    """The field with the estate's limits in place of the settings it names.

    ``values``: ``setting.<name>`` → what holds for the case; ``default`` says it where a case has kept none.
    """

    def of(name: str) -> Any:
        return values[name] if name in values else default(name.removeprefix("setting."))

    change: dict[str, Any] = {}
    if field.needed is not None:
        change |= {"required": of(field.needed) == "yes", "needed": None}
    if field.at_least is not None:
        change |= {"min": of(field.at_least), "at_least": None}
    if field.at_most is not None:
        change |= {"max": of(field.at_most), "at_most": None}
    for key in ("earliest", "latest"):
        name = setting_of(getattr(field, key))
        if name:
            change[key] = getattr(field, key).replace(name, str(of(name)))
    if any(one.at_least or one.sorts for one in (field.columns or {}).values()):
        change["columns"] = {key: _column(one, of) for key, one in (field.columns or {}).items()}
    if field.reckoned is not None and isinstance(field.reckoned.begun, str):
        begun = int(of(field.reckoned.begun))
        change["reckoned"] = field.reckoned.model_copy(update={"begun": begun})
    if any(rule.within.startswith("setting.") for rule in field.hours):
        change["hours"] = tuple(
            rule.model_copy(update={"within": of(rule.within)})
            if rule.within.startswith("setting.")
            else rule
            for rule in field.hours
        )
    return field.model_copy(update=change) if change else field


def _column(column: Column, of: Callable[[str], Any]) -> Column:
    change: dict[str, Any] = {}
    if column.at_least is not None:
        change |= {"min": of(column.at_least), "at_least": None}
    if column.sorts:
        listed = column.sorts.items()
        change["sorts"] = {one: of(name) if name.startswith("setting.") else name for one, name in listed}
    return column.model_copy(update=change) if change else column


def words(listed: str) -> list[str]:
    """The words of a list that an estate writes in one line: with commas, 、 or semicolons between them."""
    return [word.strip() for word in re.split(r"[、，,；;]", listed) if word.strip()]


def setting_of(limit: str | None) -> str:
    """The setting a limit adds: ``setting.<name>``; empty where it adds none."""
    span = parse_limit(limit).span if limit else ""
    return span if span.startswith("setting.") else ""


def printable(text: str, allowed: str = "") -> bool:
    """Whether a text can be stored and printed: no control character but those ``allowed``, no half of a pair."""
    return not any(
        (ord(c) < 32 and c not in allowed) or 0xD800 <= ord(c) <= 0xDFFF or ord(c) == 127 for c in text
    )
