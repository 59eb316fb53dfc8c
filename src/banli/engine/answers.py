"""Whether an answer to a field is good, and how it is stored; else a refusal that says what to write."""

import re
from collections.abc import Container, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from banli.engine import identity, plates
from banli.engine.fields import (
    MAX_FEN,
    MAX_INTEGER,
    MAX_LONG_TEXT,
    MAX_ROWS,
    MAX_TEXT,
    OFFICE_ZONE,
    PICTURES,
    YES_NO,
    Column,
    Field,
    Question,
    Within,
    printable,
)
from banli.engine.hours import Hours, parse_hours
from banli.engine.limits import bound_of
from banli.engine.refusals import Refusal, together
from banli.engine.text import Text

_SHA256 = re.compile(r"^[0-9a-f]{64}$")
#: Yuan as a person types them. No exponents: 9e999999 is two keystrokes to write and minutes to compute.
_YUAN = re.compile(r"^[+-]?\d{1,12}(?:\.\d{1,2})?$")


class Moment(BaseModel):
    """The time an answer is judged at, the office's time zone, and the statutory rest days."""

    model_config = ConfigDict(arbitrary_types_allowed=True, frozen=True)

    now: datetime
    zone: ZoneInfo = OFFICE_ZONE
    rest_days: Container[date] = frozenset()

    @property
    def today(self) -> date:
        return self.wall.date()

    @property
    def wall(self) -> datetime:
        """What the clock on the office's wall shows."""
        return self.now.astimezone(self.zone).replace(tzinfo=None)


def blank(value: Any) -> bool:
    """Whether nothing was answered."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def accept(field: Field, raw: Any, moment: Moment, values: Mapping[str, Any] | None = None) -> Any:
    """The answer as it is stored (None where nothing was answered), or a Refusal that says what to write.

    ``values``: the other answers by name, for limits that rest on one.
    """
    if blank(raw):
        if field.required:
            raise Refusal("required")
        return None
    if field.type == "table":
        return _table(field, raw, moment)
    value = _READERS[field.type](field, raw)
    if field.type in ("date", "datetime"):
        _within(field, value, moment, values or {})
    for rule in field.hours:
        _in_hours(rule, value, moment, values or {})
    return value


def _in_hours(rule: Within, value: str, moment: Moment, values: Mapping[str, Any]) -> None:
    hours, at = parse_hours(rule.within), datetime.fromisoformat(value)
    begun = values.get(rule.since) if rule.since else None
    since = datetime.fromisoformat(begun) if begun else at
    if not hours.hold_on(at, moment.rest_days) or not hours.hold_from(since, at, moment.rest_days):
        raise Refusal("outside_hours", hours=hours.text, next=_next(hours, at, rule, moment))


def _next(hours: Hours, at: datetime, rule: Within, moment: Moment) -> Text | str:
    """When it may be instead, in words; nothing of an end, which has to suit its beginning."""
    begins = None if rule.since else hours.begins(at, moment.rest_days)
    if begins is None:
        return ""
    return Text(
        zh=f"之后最早：{begins.month}月{begins.day}日 {begins:%H:%M}。",
        en=f" The next time after it: {begins:%-d %b %H:%M}.",
    )


def _text(field: Question, raw: Any) -> str:
    if not isinstance(raw, str):
        raise Refusal("not_text")
    longest = field.max or (MAX_LONG_TEXT if field.type == "long_text" else MAX_TEXT)
    value = raw.strip().replace("\r\n", "\n")
    if len(value) > longest:
        raise Refusal("too_long", max=longest)
    if not printable(value, "\n\t" if field.type == "long_text" else ""):
        raise Refusal("bad_characters")
    return value


def _person_name(field: Question, raw: Any) -> str:
    return identity.check_name(_text(field, raw))


def _cn_id(field: Question, raw: Any) -> str:
    return identity.check_id("cn_id", _text(field, raw))


def _phone(field: Question, raw: Any) -> str:
    return identity.check_phone(_text(field, raw))


def _plate(field: Question, raw: Any) -> str:
    return plates.check_plate(_text(field, raw))


def _date(field: Question, raw: Any) -> str:
    try:
        return date.fromisoformat(_text(field, raw)).isoformat()
    except ValueError:
        raise Refusal("not_date") from None


def _datetime(field: Question, raw: Any) -> str:
    try:
        found = datetime.fromisoformat(_text(field, raw))
    except ValueError:
        raise Refusal("not_datetime") from None
    if found.tzinfo is not None:  # the office's own clock on the wall is meant, as on paper
        raise Refusal("not_datetime")
    return found.isoformat(timespec="minutes")


def _time(field: Question, raw: Any) -> str:
    try:
        return time.fromisoformat(_text(field, raw)).replace(tzinfo=None).isoformat(timespec="minutes")
    except ValueError:
        raise Refusal("not_time") from None


def _integer(field: Question, raw: Any) -> int:
    if isinstance(raw, str) and re.fullmatch(r"[+-]?\d{1,12}", raw.strip(), re.ASCII):
        raw = int(raw)
    if not isinstance(raw, int) or isinstance(raw, bool):
        raise Refusal("not_integer")
    return _bounded(field, raw, -MAX_INTEGER, MAX_INTEGER)


def _money(field: Question, raw: Any) -> int:
    """Typed as yuan with at most two decimals ("12.50"); a whole number given by a machine is fen."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return _bounded(field, raw, 0, MAX_FEN)
    typed = str(raw).strip().removeprefix("¥").strip()
    if not _YUAN.match(typed):
        raise Refusal("not_money")
    return _bounded(field, int(Decimal(typed) * 100), 0, MAX_FEN)


def _bounded(field: Question, value: int, least: int, most: int) -> int:
    least = least if field.min is None else field.min
    most = most if field.max is None else field.max
    shown = (lambda n: f"{n / 100:.2f}") if field.type == "money" else str
    if value < least:
        raise Refusal("too_small", min=shown(least))
    if value > most:
        raise Refusal("too_large", max=shown(most))
    return value


def _choice(field: Question, raw: Any) -> str:
    options = YES_NO if field.type == "yes_no" else field.options or {}
    if not isinstance(raw, str) or raw not in options:
        raise Refusal("not_an_option")
    return raw


def _choices(field: Question, raw: Any) -> list[str]:
    several = [raw] if isinstance(raw, str) else raw
    if not isinstance(several, list):
        raise Refusal("not_an_option")
    return list(dict.fromkeys(_choice(field, one) for one in several))


def _content(field: Question, raw: Any) -> str:
    if not isinstance(raw, str) or not _SHA256.match(raw):
        raise Refusal("bad_file")
    return raw


_READERS: dict[str, Any] = {
    "text": _text, "long_text": _text, "person_name": _person_name, "cn_id": _cn_id, "phone": _phone, "plate": _plate,
    "date": _date, "datetime": _datetime, "time": _time, "integer": _integer, "money": _money,
    "choice": _choice, "price": _choice, "yes_no": _choice, "choices": _choices, **dict.fromkeys(PICTURES, _content),
}  # fmt: skip


def _within(field: Field, value: str, moment: Moment, values: Mapping[str, Any]) -> None:
    for limit, code in ((field.earliest, "too_early"), (field.latest, "too_late")):
        if limit is None:
            continue
        bound = bound_of(limit, field.type, moment, values, first=code == "too_early")
        if bound is None:
            continue
        shown = bound.replace("T", " ")
        if code == "too_early" and value < bound:
            raise Refusal(code, min=shown)
        if code == "too_late" and value > bound:
            raise Refusal(code, max=shown)


def _table(field: Field, raw: Any, moment: Moment) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or not all(isinstance(row, Mapping) for row in raw):
        raise Refusal("not_text")
    columns = field.columns or {}
    rows = [row for row in raw if not all(blank(row.get(name)) for name in columns)]
    fewest, most = field.min if field.min is not None else int(field.required), field.max or MAX_ROWS
    if len(rows) < fewest:
        raise Refusal("too_few_rows", min=fewest)
    if len(rows) > most:
        raise Refusal("too_many_rows", max=most)
    bad: list[Refusal] = []
    told = [_row(columns, row, number, bad) for number, row in enumerate(rows, start=1)]
    if bad:
        raise together(bad)
    return told


def _row(
    columns: Mapping[str, Column], row: Mapping[str, Any], number: int, bad: list[Refusal]
) -> dict[str, Any]:
    """One row as it is stored; what is wrong in it is added to ``bad``."""
    unknown = {key for key in row if key not in columns or (columns[key].reckoned and not blank(row[key]))}
    if unknown:
        raise Refusal("unexpected_field", field=sorted(map(str, unknown))[0])
    told: dict[str, Any] = {}
    called = str(row.get(next(iter(columns), "")) or "")
    for name, column in columns.items():
        value = row.get(name)
        if column.reckoned:
            continue
        try:
            if blank(value) and column.sorts:
                value = column.sorted(called)
            if blank(value):
                if column.required:
                    raise Refusal("required")
                told[name] = None
            else:
                told[name] = _READERS[column.type](column, value)
        except Refusal as why:
            bad.append(Refusal("bad_row", row=number, column=column.label, why=why))
    return told


def _listed(field: Field, seen: Mapping[str, Any]) -> Any:
    """What the office's papers say; where one has to be there that is not there yet, something else comes first."""
    told = field.listed.answer(seen) if field.listed else None
    if told is None and field.required:
        raise Refusal("not_done_yet")
    columns, bad = field.columns or {}, list[Refusal]()
    for number, row in enumerate(told if isinstance(told, list) else (), start=1):
        which = " ".join(str(cell) for cell in row.values() if not blank(cell))
        for name, column in columns.items():
            if column.required and blank(row.get(name)):
                why = Refusal("row_not_done_yet", which=which) if which else Refusal("not_done_yet")
                bad.append(Refusal("bad_row", row=number, column=column.label, why=why))
    if bad:
        raise together(bad)
    return told


def _as_asked(field: Field, seen: Mapping[str, Any]) -> Field:
    """The field with the hours that hold for these answers."""
    if not field.hours:
        return field
    held = tuple(rule for rule in field.hours if rule.when is None or rule.when.holds(seen))
    return field.model_copy(update={"hours": held})


def _relate(
    field: Field,
    value: Any,
    seen: Mapping[str, Any],
    labels: Mapping[str, Text],
    bad: Mapping[str, Refusal],
) -> None:
    """Hold an answer against those before it; one that is itself wrong is no measure."""
    if value is None:
        return
    for rule in field.refuses:
        if rule.hits(value, seen):
            raise Refusal("refused_answer", why=rule.why)

    def other(name: str) -> tuple[Any, Text]:
        plain = name.removeprefix("form.")
        label = labels.get(plain) or Text(zh="前面填的", en="the earlier answer")
        return (None if plain in bad else seen.get(name)), label

    if field.differs_from:
        have, label = other(field.differs_from)
        if have is not None and have == value:
            if field.listed:
                raise Refusal("still_the_old", other=label, number=value)
            raise Refusal("same_as_other", other=label)
    if field.same_day_as:
        have, label = other(field.same_day_as)
        if have is not None and have[:10] != value[:10]:
            raise Refusal("other_day", other=label, day=have[:10])


def accept_all(
    fields: Mapping[str, Field], raw: Mapping[str, Any], values: Mapping[str, Any], moment: Moment
) -> dict[str, Any]:
    """Every answer of one step, or one Refusal ``form_invalid`` that marks each bad field."""
    told, bad = judge_all(fields, raw, values, moment)
    if bad:
        raise Refusal("form_invalid", fields=bad, count=len(bad))
    return told


def judge_all(
    fields: Mapping[str, Field], raw: Mapping[str, Any], values: Mapping[str, Any], moment: Moment,
    form: Mapping[str, Field] | None = None,
) -> tuple[dict[str, Any], dict[str, Refusal]]:  # fmt: skip
    """The answers of one step that are right, and what is wrong with each of the others.

    ``values`` are the names conditions may refer to. A field whose condition is not met is not asked; what
    was sent for it is dropped, as it is for a person whose screen no longer shows it. ``form``: the whole form, whose
    fields an answer may be held against.
    """
    told: dict[str, Any] = {}
    bad: dict[str, Refusal] = {}
    labels = {name: one.label for name, one in {**(form or {}), **fields}.items()}
    for name, typed in raw.items():
        if name not in fields or (not fields[name].typed and not blank(typed)):
            bad[str(name)] = Refusal("unexpected_field", field=str(name))
    seen = dict(values)
    for name, field in fields.items():
        if field.when is not None and not field.when.holds(seen):
            told[name] = None
        elif (rule := field.reckoned) is not None:
            told[name] = rule.answer(seen)
        elif field.sums:  # once the price list has said what its rows come to
            told[name] = None
        else:
            try:
                given = _listed(field, seen) if field.listed else raw.get(name)
                told[name] = accept(_as_asked(field, seen), given, moment, seen)
                _relate(field, told[name], seen, labels, bad)
            except Refusal as why:
                told.pop(name, None)
                bad[name] = why
                continue
        seen[f"form.{name}"] = told[name]
    return told, bad
