"""The names a procedure file is written in, and whom and what it may name beside them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

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
    "not_done": Text(zh="未办成", en="not carried out"),
    "withdrawn": Text(zh="已撤回", en="withdrawn"),
    "expired": Text(zh="已过期", en="expired"),
}
#: Facts the office supplies beside the form, each with the values it can have.
FACTS = {"authority": ("yes", "no"), "record": ("yes", "no"), "repeated": ("yes", "no")}

#: Names under which a paper tells of somebody; the rest of what it prints is the office's own.
OF_SOMEBODY = ("form.", "case.", "step.")
#: More than so many of anything are never given in one slot.
MOST_IN_A_SLOT = 500


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def with_lists(data: Any, *keys: str) -> Any:
    """A mapping in which these keys hold lists: a single name may be written without brackets."""
    if not isinstance(data, dict):
        return data
    return {k: [v] if k in keys and isinstance(v, str) else v for k, v in data.items()}
