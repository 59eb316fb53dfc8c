"""What the tests of channels do first: an estate turns one on, somebody says how they want to be told."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.utils import timezone

from banli.desk.delivered import note
from banli.estate.setting import set_version
from banli.messages import configured, deliveries, reaching, spreading
from banli.messages.kinds import KINDS
from tests.office import Office, today

MAIL = "xiaowang@wuye.example"


def turn_on(office: Office, channel: str, **more: str | int) -> None:
    """The estate uses a channel, and has set what it needs."""
    chen = office["chen"]
    for name, value in {f"channel_{channel}": "yes", **more}.items():
        secret = str(value) if configured.SETTINGS[name].type == "secret" else ""
        set_version(
            by=chen, acting=chen.posts["director"], name=name, value=None if secret else value, secret=secret,
            valid_from=today(), reason="主任办公会决定",
        )  # fmt: skip
    for desk in office.desks.values():
        desk.estate.refresh_from_db()


def reached(
    office: Office, who: str, choice: Mapping[str, Sequence[str]] | None = None,
    quiet: tuple[time, time] | None = None, **addresses: str,
) -> None:  # fmt: skip
    """Somebody wants to hear of everything by each way they have an address for, or of what ``choice`` says."""
    chosen = choice if choice is not None else {kind: list(addresses) for kind in KINDS}
    reaching.choose(by=office.staff(who), addresses=addresses, choice=chosen, quiet=quiet)


def tell(now: datetime | None = None, **more: Any) -> int:
    """What the worker does every five seconds; how many were taken."""
    now = now or timezone.now()
    spreading.spread(now)
    return deliveries.send_due(note, now, **more)
