"""An owner's link, as a case's journal keeps it. None of these moves the case on."""

from dataclasses import dataclass

from ._event import Event


@dataclass(frozen=True)
class LinkSent(Event):
    """The ``owner`` was given a link to answer a step through; one that waited until then stops working.

    ``digest``: the SHA-256 of its token. ``through``: ``sms``, or nothing where the desk shows it, to be scanned or
    passed on.
    """

    kind = "link_sent"
    step: str = ""
    branch: int | None = None
    link: int = 0
    owner: int = 0
    digest: str = ""
    expires_at: str = ""
    through: str = ""


@dataclass(frozen=True)
class LinkTakenBack(Event):
    """The desk took a link back before it was answered."""

    kind = "link_taken_back"
    step: str = ""
    branch: int | None = None
    link: int = 0
    owner: int = 0


@dataclass(frozen=True)
class LinkLocked(Event):
    """Whoever had a link answered wrongly, so often that it stopped working."""

    kind = "link_locked"
    step: str = ""
    branch: int | None = None
    link: int = 0
    owner: int = 0
