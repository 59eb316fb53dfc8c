"""What sorts of notices there are, as somebody chooses how to hear of each."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .models import CONFLICT


@dataclass(frozen=True)
class Kind:
    """``codes``: those of the notices. ``urgent``: it does not wait for the end of somebody's quiet hours."""

    title: Any
    codes: tuple[str, ...]
    urgent: bool = False


KINDS = {
    "late": Kind(_("超时了"), ("clock_late", "clock_overdue"), urgent=True),
    "due": Kind(_("快到时限、提醒"), ("clock_warned", "clock_reminded")),
    "assigned": Kind(_("派给我的"), ("assigned",)),
    "rounds": Kind(_("日常工作没有做、查出不正常"), ("round_missed", "round_wrong")),
    "others": Kind(
        _("发不出去的、补录的、重复报的、分开的、停用的链接、门岗离线对不上的"),
        ("mail_failed", "back_entered", "repeated", "joined", "parted", "link_locked", CONFLICT),
    ),
}


def kind_of(code: str) -> str:
    """The sort of a notice; what has no sort of its own is among the others."""
    return next((name for name, kind in KINDS.items() if code in kind.codes), "others")
