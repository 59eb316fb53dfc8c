"""``privacy.yaml``: what is kept about people, why, on what ground, for how long (PIPL 6, 13, 17, 19)."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from banli.engine.clocks import parse_duration
from banli.engine.text import Text

Ground = Literal["contract", "duty", "consent", "emergency"]
#: When somebody's own wish erases it; ``by_itself``: a job does, in its time.
Erased = Literal["on_request", "when_unnamed", "by_itself", "never"]

GROUNDS: dict[str, Text] = {
    "contract": Text(zh="履行物业服务合同", en="necessary for the service contract"),
    "duty": Text(zh="法定职责", en="a duty by law"),
    "consent": Text(zh="本人同意", en="consent"),
    "emergency": Text(zh="紧急情况", en="an emergency"),
}
ERASED: dict[str, Text] = {
    "on_request": Text(zh="离开后本人要求即删除", en="on request, once they left"),
    "when_unnamed": Text(
        zh="没有办件、单据、委托时，本人要求即删除", en="on request, where no case, paper or letter names them"
    ),
    "by_itself": Text(zh="到期自动删除", en="by itself in its time"),
    "never": Text(zh="须保存", en="must be kept"),
}  # fmt: skip
#: How long something is kept, where that is no length of time.
RETENTIONS: dict[str, Text] = {
    "while_here": Text(zh="属于本小区期间", en="while they belong to the estate"),
    "while_named": Text(
        zh="随所在的办件、单据、委托", en="with the cases, papers and letters that name them"
    ),
    "by_procedure": Text(zh="按各流程写明的期限", en="as each procedure says"),
    "for_good": Text(zh="长期", en="for good"),
}
#: Everything the house keeps about people: a pack says of each why, on what ground and for how long.
INFORMATION = (
    "person_name", "person_phone", "person_paper", "person_corrections", "occupancy", "authority", "vehicle",
    "contract", "pet", "case_answers", "identity_copies", "books", "money", "journal",
)  # fmt: skip

#: What cases keep: its time runs from the day each of them ended.
OF_CASES = "case_answers"


def _reckoned(retention: str) -> str:
    """Refuses what no calendar can reckon."""
    if retention in RETENTIONS:
        return retention
    try:
        much = parse_duration(retention)
    except ValueError:
        much = None
    if much is None or much.unit not in ("d", "month") or not much.number:
        raise ValueError(
            f"“{retention}”不是保存期限，写 30 days、36 months，或 {'、'.join(RETENTIONS)}"
            f" / “{retention}” is no time to keep something; write 30 days, 36 months, or {', '.join(RETENTIONS)}"
        )
    return retention


Retention = Annotated[str, AfterValidator(_reckoned)]


class Other(BaseModel):
    """How long the cases of one procedure keep it, where that is not as long as all others do, and why."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    retention: Retention
    kept: Text
    law: Text


class Kept(BaseModel):
    """One kind of personal information: why it is needed, the ground, how long it is kept, and whether it can go.

    ``retention``: a length of time after somebody left or a case ended, or one of RETENTIONS; ``kept`` says it to them.
    ``otherwise``: by the name of a procedure, of what its cases keep for another time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Text
    why: Text
    ground: Ground
    law: Text
    retention: Retention
    kept: Text
    erased: Erased
    otherwise: dict[str, Other] = {}

    @model_validator(mode="after")
    def _goes_as_it_is_kept(self) -> "Kept":
        if self.retention == "for_good" and self.erased != "never":
            raise ValueError("长期保存的，erased 写 never / what is kept for good has erased: never")
        if (self.retention == "by_procedure") != (self.erased == "by_itself"):
            raise ValueError(
                "按流程期限自动删除的，retention 写 by_procedure，erased 写 by_itself"
                " / what a procedure erases has retention: by_procedure and erased: by_itself"
            )
        return self

    def of(self, procedure: str) -> "Kept":
        """The same of the cases of a procedure."""
        other = self.otherwise.get(procedure)
        return self if other is None else self.model_copy(update=dict(other))

    @property
    def others(self) -> tuple[Other, ...]:
        """The other times there are, each once."""
        return tuple(dict.fromkeys(self.otherwise.values()))

    @property
    def kept_for(self) -> tuple[Text, ...]:
        """How long it is kept, and how long otherwise, as it is told to people."""
        return (self.kept, *(one.kept for one in self.others))

    @property
    def ground_title(self) -> Text:
        """The ground in words."""
        return GROUNDS[self.ground]

    @property
    def erased_title(self) -> Text:
        """Whether it can go, in words."""
        return ERASED[self.erased]

    @property
    def retention_title(self) -> Text:
        """How long it is kept, in words."""
        if self.retention in RETENTIONS:
            return RETENTIONS[self.retention]
        much = parse_duration(self.retention)
        zh, en = {"d": ("天", "days"), "month": ("个月", "months")}[much.unit]
        return Text(zh=f"结束后 {much.number} {zh}", en=f"{much.number} {en} after it ended")
