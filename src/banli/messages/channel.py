"""The ways in which somebody is told beside the screen: one interface, a real client behind each.

A channel is given an address and a note, and says what came of it: taken, with the other side's reference; not now,
so that it is tried again; or never. It raises for nothing that a server or a network can do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from .answers import Answer

#: By name, as a person chooses them. The screen is none of them: what is told lies there in any case.
CHANNELS = {"mail": _("电子邮件"), "wecom": _("企业微信"), "sms": _("短信")}


@dataclass(frozen=True)
class Note:
    """What is to be told. ``key`` stays the same however often it is tried, so that the other side can see it is one.

    ``words``: its parts by name (number, step, due, link), for a channel that fills in a form of words of its own.
    ``tried``: since when it has been tried; it may have gone although nobody was told. None: never yet.
    """

    key: str
    kind: str
    subject: str
    text: str
    words: Mapping[str, str] = field(default_factory=dict)
    tried: datetime | None = None


class Channel(Protocol):
    """A way to somebody."""

    def send(self, to: str, note: Note, now: datetime) -> Answer:
        """Hand it over for one address."""
