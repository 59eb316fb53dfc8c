"""Somebody says how they want to be told beside the screen."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.people.models import Staff

from .channel import CHANNELS
from .kinds import KINDS
from .models import Reach

declare(
    {
        "reach_no_address": Text(
            zh="还没有填这种方式的地址，请先填好保存。",
            en="Its address is missing: fill it in and save first.",
        ),
        "reach_too_soon": Text(
            zh="刚发过一条，请等二十秒再试。", en="One was sent just now; try again in twenty seconds."
        ),
    }
)


def reach_of(staff: Staff) -> Reach:
    """What somebody has said; nothing at all before they did. One query."""
    return Reach.objects.filter(staff=staff).first() or Reach(staff=staff)


def choose(
    *, by: Staff, addresses: Mapping[str, str], choice: Mapping[str, Sequence[str]],
    quiet: tuple[time, time] | None,
) -> Reach:  # fmt: skip
    """From now on they are told so. Raises Refusal ``reach_no_address`` for a channel that leads nowhere."""
    chosen = {kind: [name for name in CHANNELS if name in choice.get(kind, ())] for kind in KINDS}
    if any(not addresses.get(name) for names in chosen.values() for name in names):
        raise Refusal("reach_no_address")
    told: dict[str, Any] = {name: addresses.get(name, "") for name in CHANNELS}
    begin, end = quiet or (None, None)
    told |= {"choice": chosen, "quiet_from": begin, "quiet_until": end}
    reach, _ = Reach.objects.update_or_create(staff=by, defaults=told)
    return reach
