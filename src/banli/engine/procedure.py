"""The procedure file: the models a file is read into. Unknown keys are refused.

``docs/authoring.md`` teaches the language; the JSON Schema for editors is generated from these models.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, StringConstraints, Tag, model_validator
from pydantic import Field as Key

from banli.engine.clocks import parse_duration
from banli.engine.conditions import Condition
from banli.engine.fields import Field, SettingName
from banli.engine.hours import parse_hours
from banli.engine.relations import Asked
from banli.engine.text import Text

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
Post = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
#: A post, or ``form.<field>``: the post that an answer names.
Destination = Annotated[str, StringConstraints(pattern=r"^(form\.)?[a-z][a-z0-9_]{0,40}$")]
#: A step of another procedure: ``worker-card.in_use``.
Place = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,40}\.[a-z][a-z0-9_]{0,40}$")]

#: Who may stand outside the office and still act in a procedure, always at a post's counter or side.
OUTSIDERS = {
    "applicant": Text(zh="申请人", en="applicant"),
    "unit.owner": Text(zh="业主", en="owner"),
    "resident": Text(zh="住户", en="resident"),
    "other": Text(zh="表上写明的人", en="whoever the form names"),
}
ROLES = {
    "owner": Text(zh="业主", en="owner"),
    "co_owner": Text(zh="共有人", en="co-owner"),
    "tenant": Text(zh="租户", en="tenant"),
    "family": Text(zh="家属", en="family member"),
    "renovation_lead": Text(zh="装修负责人", en="renovation lead"),
    "staff": Text(zh="本处员工", en="office staff"),
}
#: How an owner may agree (:mod:`banli.engine.consent`).
Way = Literal["in_person", "link", "paper", "call"]
Role = Literal["owner", "co_owner", "tenant", "family", "renovation_lead", "staff"]
ENDS = {
    "done": Text(zh="已办结", en="done"),
    "rejected": Text(zh="未通过", en="rejected"),
    "withdrawn": Text(zh="已撤回", en="withdrawn"),
    "expired": Text(zh="已过期", en="expired"),
}
#: Facts the office supplies beside the form, each with the values it can have.
FACTS = {"authority": ("yes", "no"), "record": ("yes", "no"), "repeated": ("yes", "no")}

#: Names under which a paper tells of somebody; the rest of what it prints is the office's own.
OF_SOMEBODY = ("form.", "case.", "step.")
#: More than so many of anything are never given in one slot.
MOST_IN_A_SLOT = 500

_ASSIGNEE = re.compile(r"^([a-z][a-z0-9_]*)\.assignee$")
_NEVER = re.compile(r"^([a-z][a-z0-9_]*) before ([a-z][a-z0-9_]*)$")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def with_lists(data: Any, *keys: str) -> Any:
    """A mapping in which these keys hold lists: a single name may be written without brackets."""
    if not isinstance(data, dict):
        return data
    return {k: [v] if k in keys and isinstance(v, str) else v for k, v in data.items()}


class Applicants(_Model):
    """Who may apply. ``authority``: the scope a delegate's letter of authority must have (Civil Code 165)."""

    roles: tuple[Role, ...] = Key(min_length=1)
    authority: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "roles")


class RestsOn(_Model):
    """The open case of another procedure, about the same room, on which a case rests (P2.1: the renovation's).

    It stands once its step ``after`` is done. ``last_day``: the date of its form after which it is over.
    """

    procedure: Slug
    title: Text
    after: Name
    last_day: Name | None = None
    missing: Literal["refused", "allowed"] = "refused"
    over: Literal["refused", "allowed"] = "refused"


class Repeats(_Model):
    """Which earlier cases are the same matter once more: of these procedures, with the same room or the same answer.

    ``same``: ``unit`` or ``form.<field>``; one of them in common is enough. ``within``: how long back.
    """

    of: tuple[Slug, ...] = Key(min_length=1)
    same: tuple[str, ...] = Key(min_length=1)
    within: str

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "of", "same")

    @model_validator(mode="after")
    def _within_is_days(self) -> "Repeats":
        if not self.within.startswith("setting.") and parse_duration(self.within).unit not in ("d", "month"):
            raise ValueError("within 写天或月，如 90 days / within takes days or months, such as 90 days")
        return self

    def fields(self) -> tuple[str, ...]:
        """The fields whose answers are compared."""
        return tuple(name.removeprefix("form.") for name in self.same if name.startswith("form."))


class Fee(_Model):
    """A line of a charge: ``price`` of the pack's price list, ``times`` the rows or the number in a field.

    ``amount``: the money field in which the amount of one unit is agreed, where the price is a range.
    """

    price: Slug
    times: str | None = None
    amount: str | None = None
    when: Condition | None = None


class Authorises(_Model):
    """Whom a case authorises: answers that name them, what they are to the room, in which matters, until which day."""

    name: str
    phone: str | None = None
    id_number: str | None = None
    role: Role
    scopes: tuple[Name, ...] = Key(min_length=1)
    until: str

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "scopes")

    def fields(self) -> dict[str, str]:
        """Key → the field it names."""
        told = {"name": self.name, "phone": self.phone, "id_number": self.id_number, "until": self.until}
        return {key: named.removeprefix("form.") for key, named in told.items() if named}


class Sends(_Model):
    """What leaves the office, to whom, as what, and on whose consent (PIPL 23: recipient, purpose, kinds, consent).

    ``to``, ``whose`` and ``password`` name settings of the estate: the address, whose it is, and what opens the paper.
    ``named``: the field in which the consent names the recipient. ``fields``: everything the paper may say of the case.
    """

    to: str
    whose: str
    named: str
    paper: Slug
    fields: tuple[str, ...] = Key(min_length=1)
    password: str
    consent: Name
    subject: Text
    body: Text

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "fields")

    def lets(self, name: str) -> bool:
        """Whether a name that the paper prints may leave: what tells of somebody only where it is named."""
        return name in self.fields or not name.startswith(OF_SOMEBODY)


class Reserves(_Model):
    """A slot of time that a step gives once: of ``pool``, at the moment ``at``, ``units`` of the ``most`` there are.

    ``each``: there are as many for each person who is sent. ``offers``: the hours from which a refusal names free ones.
    """

    pool: Slug
    at: str
    slot: str
    most: Annotated[int, Key(ge=1, le=MOST_IN_A_SLOT)] | SettingName = 1
    units: str | None = None
    each: Literal["assignee"] | None = None
    offers: str | None = None

    @model_validator(mode="after")
    def _times_are_times(self) -> "Reserves":
        if not self.slot.startswith("setting."):
            parse_duration(self.slot)
        if self.offers and not self.offers.startswith("setting."):
            parse_hours(self.offers)
        return self


class Step(_Model):
    """One thing that one post does."""

    verb: Name
    by: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    signer: Asked | None = None
    title: Text | None = None
    hint: Text | None = None
    when: Condition | None = None
    asks: tuple[Name, ...] = ()
    outcomes: tuple[Name, ...] | None = None
    on: dict[Name, str] = Key(default_factory=dict)
    back_to: Name | None = None
    checklist: dict[Name, Text] | None = None
    paper: Slug | None = None
    copies: tuple[Name, ...] | None = None
    valid_until: "Due | None" = None
    book: Slug | None = None
    to: Destination | None = None
    not_by: Asked | None = None
    starts: Slug | None = None
    fees: tuple[Fee, ...] = ()
    of: Name | None = None
    deductions: str | None = None
    second: Name | None = None
    spends: Name | None = None
    carries: Name | None = None
    signed: bool = False
    ways: tuple[Way, ...] = ()
    items: str | None = None
    gives: dict[Name, str] = Key(default_factory=dict)
    prices: tuple[Slug, ...] = ()
    amends: dict[Name, str] = Key(default_factory=dict)
    moves: dict[Place, Name] = Key(default_factory=dict)
    authorises: Authorises | None = None
    sends: Sends | None = None
    anew: bool = False
    after_cases: tuple[Slug, ...] = ()
    voids: tuple[Slug, ...] = ()
    holds: Slug | None = None
    hours: str | None = None
    reserves: Reserves | None = None

    @model_validator(mode="after")
    def _hours_are_hours(self) -> "Step":
        if self.hours and not self.hours.startswith("setting."):
            parse_hours(self.hours)
        return self

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        data = with_lists(
            data, "by", "at", "asks", "outcomes", "copies", "prices", "after_cases", "voids", "ways"
        )
        if isinstance(data, dict) and isinstance(data.get("fees"), dict):
            data = {**data, "fees": [data["fees"]]}
        return data

    def handed_on(self) -> dict[str, str]:
        """What a started case is given of this one's answers: its field → the field here."""
        given = {to: source for to, source in self.gives.items() if source.startswith("form.")}
        return {to: source.removeprefix("form.") for to, source in given.items()}

    def told(self) -> dict[str, str]:
        """What a started case is given outright: its field → one of the answers to choose from."""
        return {to: answer for to, answer in self.gives.items() if not answer.startswith("form.")}

    def outside(self) -> str | None:
        """The outsider who acts, if it is not a post of the office."""
        return next((who for who in self.by if who in OUTSIDERS), None)

    def issues(self) -> str | None:
        """The paper that leaves the office with this step."""
        if self.sends is not None:
            return self.sends.paper
        return self.paper if self.verb == "issue" else None

    def assigned_by(self) -> str | None:
        """The dispatch step whose assignee acts here, if it is one."""
        found = [m.group(1) for who in (*self.by, *self.at) if (m := _ASSIGNEE.match(who))]
        return found[0] if found else None

    def posts(self) -> tuple[str, ...]:
        """The posts in whose inbox the task lies."""
        held = self.at if self.outside() else self.by
        return tuple(who for who in held if who not in OUTSIDERS and not _ASSIGNEE.match(who))


class Together(_Model):
    """Steps that are open at the same time; all must be done before what follows."""

    together: "dict[Name, Item]" = Key(min_length=2)
    title: Text | None = None


class Each(_Model):
    """The same steps once for each row of a table field."""

    each: Annotated[str, StringConstraints(pattern=r"^form\.[a-z][a-z0-9_]*$")]
    steps: "dict[Name, Item]" = Key(min_length=1)
    title: Text | None = None


class Several(_Model):
    """Steps one after the other, as one branch of ``together``."""

    steps: "dict[Name, Item]" = Key(min_length=1)


def _kind_of(data: Any) -> str:
    if isinstance(data, BaseModel):
        return type(data).__name__.lower()
    keys = set(data) if isinstance(data, dict) else set()
    if "together" in keys:
        return "together"
    if "each" in keys:
        return "each"
    return "several" if "steps" in keys else "step"


Item = Annotated[
    Annotated[Step, Tag("step")]
    | Annotated[Together, Tag("together")]
    | Annotated[Each, Tag("each")]
    | Annotated[Several, Tag("several")],
    Discriminator(_kind_of),
]


class Due(_Model):
    """One moment: ``at`` a datetime field, ``end_of`` a date or datetime field's day, ``within`` a time from now.

    ``within`` beside ``at`` counts from that moment, not from now.
    """

    at: str | None = None
    end_of: str | None = None
    within: str | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "Due":
        given = [key for key in ("at", "end_of", "within") if getattr(self, key)]
        if len(given) != 1 and given != ["at", "within"]:
            raise ValueError(
                "at、end_of、within 只写一个，或 at 加 within / give one of at, end_of, within, or at with within"
            )
        if self.within and not self.within.startswith("setting."):
            parse_duration(self.within)
        return self


class Late(_Model):
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


class Remind(_Model):
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


class Clock(_Model):
    """A deadline: what starts it, what stops it, when it is due, who hears of it (P7.3, P8.3, P9.6)."""

    title: Text
    starts: str
    stops: tuple[str, ...] = Key(min_length=1)
    due: Due
    during: str | None = None
    pause: tuple[Post, ...] = ()
    when: Condition | None = None
    warn: str | None = None
    remind: tuple[Remind, ...] = ()
    late: Late = Late()

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, data: Any) -> Any:
        if isinstance(data, dict):
            data = with_lists(data, "stops", "pause")
            if isinstance(data.get("remind"), dict):
                data["remind"] = [data["remind"]]
            for key in ("within", "at", "end_of"):
                if key in data:
                    data["due"] = {**data.get("due", {}), key: data.pop(key)}
        return data

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
    def _warning_is_a_time(self) -> "Clock":
        if self.warn and parse_duration(self.warn).unit not in ("m", "h"):
            raise ValueError(
                "warn 写提前的分钟或小时，如 5m / warn takes minutes or hours before the due time, such as 5m"
            )
        return self


class Never(_Model):
    """A safeguard: ``do`` is never done unless ``before`` was done and still stands."""

    do: Name
    before: Name
    when: Condition | None = None

    @model_validator(mode="before")
    @classmethod
    def _sentence(cls, data: Any) -> Any:
        if isinstance(data, str):
            found = _NEVER.match(data.strip())
            if not found:
                raise ValueError("写成：步骤 before 步骤 / write: <step> before <step>")
            return {"do": found.group(1), "before": found.group(2)}
        return data


class Apart(_Model):
    """Steps that one person may not both do. A recorded deputy may, where ``unless`` says so (G1)."""

    steps: tuple[Name, ...] = Key(min_length=2)
    unless: Literal["deputy"] | None = None

    @model_validator(mode="before")
    @classmethod
    def _list(cls, data: Any) -> Any:
        return {"steps": data} if isinstance(data, list) else data


class Withdraw(_Model):
    """Who may take the case back, and until which step has been done.

    ``joins``: a repeated report is taken back by joining it to the open case whose matter it repeats (P8).
    """

    by: tuple[Post, ...] = Key(min_length=1)
    before: Name | None = None
    joins: Literal["yes", "no"] = "no"

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "by")


class Override(_Model):
    """Which posts may reassign, send back and reopen, always with a reason."""

    by: tuple[Post, ...] = Key(min_length=1)
    to: tuple[Name, ...] = Key(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "by", "to")


class Campaign(_Model):
    """A case for each of many residents is opened at once (P18): ``name`` and ``occasion`` are answered for all."""

    name: Asked
    occasion: Asked


class Procedure(_Model):
    """A written procedure. The order of ``steps`` is the order of the work."""

    procedure: Slug
    title: Text
    purpose: Text | None = None
    source: Text | str | None = None
    about: Literal["unit", "estate"] = "unit"
    opened_by: tuple[Post, ...] = Key(min_length=1)
    applicant: Applicants
    rests_on: RestsOn | None = None
    repeats: Repeats | None = None
    campaign: Campaign | None = None
    form: dict[Name, Field] = Key(min_length=1)
    steps: "dict[Name, Item]" = Key(min_length=1)
    clocks: dict[Name, Clock] = Key(default_factory=dict)
    never: tuple[Never, ...] = ()
    apart: tuple[Apart, ...] = ()
    withdraw: Withdraw | None = None
    override: Override | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_or_several(cls, data: Any) -> Any:
        return with_lists(data, "opened_by")

    def private_fields(self) -> frozenset[str]:
        """Fields that are stored sealed and shown masked."""
        return frozenset(name for name, field in self.form.items() if field.private)

    def each_step(self) -> Iterator[tuple[str, Step]]:
        """Every step with its name, in the file's order."""
        yield from _steps(self.steps)


def _steps(items: "dict[str, Item]") -> Iterator[tuple[str, Step]]:
    for name, item in items.items():
        if isinstance(item, Step):
            yield name, item
        elif isinstance(item, Together):
            yield from _steps(item.together)
        else:
            yield from _steps(item.steps)


for _model in (Step, Together, Each, Several, Procedure):
    _model.model_rebuild()
