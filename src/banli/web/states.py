"""The states of things an office keeps, as a word and a tone. The word is always shown: colour alone says nothing."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class State:
    """`tone` is one of jade, ink, amber, red, quiet."""

    label: str | Promise
    tone: str
    icon: str


STATES: dict[str, State] = {
    "open": State(_("办理中"), "jade", "circle-dot"),
    "waiting": State(_("等待中"), "quiet", "hourglass"),
    "done": State(_("已办结"), "ink", "check"),
    "rejected": State(_("未通过"), "red", "x"),
    "not_done": State(_("未办成"), "amber", "circle-x"),
    "withdrawn": State(_("已撤回"), "quiet", "arrow-back-up"),
    "returned": State(_("已退回"), "amber", "arrow-back-up"),
    "expired": State(_("已过期"), "amber", "clock-pause"),
    "lapsed": State(_("已失效"), "quiet", "ban"),
    "valid": State(_("有效"), "jade", "circle-check"),
    "used": State(_("已使用"), "ink", "check"),
    "void": State(_("已作废"), "red", "ban"),
    "revoked": State(_("已撤销"), "red", "ban"),
}


def named(name: Any) -> State:
    """The state of that name; an unknown one shows its own name, quietly."""
    return STATES.get(str(name)) or State(str(name), "quiet", "circle")
