"""What somebody can do is set from a day on. Nothing is overwritten: what held before stays as it was."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone

from banli.engine.refusals import Refusal, declare
from banli.engine.text import Text
from banli.operation.happenings import action

from ..access import Acting, Desk
from ..actions import done_before, record
from ..models import Ability, Holding, Staff

KIND = "ability_set"
LEAST, MOST = 10, 900

declare(
    {
        "ability_no_post": Text(
            zh="{who} 在本小区没有岗位。", en="{who} has no post at this estate."
        ),
        "ability_share": Text(
            zh="份额为 {least} 至 {most}；别人都是 100。", en="A share is {least} to {most}; others have 100."
        ),
        "ability_past": Text(
            zh="只能从今天起设，过去的不改。", en="It is set from today on; what held before stays."
        ),
    }
)  # fmt: skip


@action("set_ability")
@transaction.atomic
def set_ability(
    *, by: Desk, acting: Acting, staff: Staff, kind: str, values: Collection[str], offered: Collection[str],
    since: date, share: int = 100, key: str | None = None,
) -> Ability:  # fmt: skip
    """Say which of what is ``offered`` of a kind of work somebody can do from a day on; all of it: everything.

    Refusals: not_an_option, ability_no_post, ability_share (percent), ability_past.
    """
    before = done_before(estate_id=by.estate.pk, key=key, kind=KIND)
    if before is not None:
        return Ability.objects.get(pk=before["ability"])
    _must_be_sound(by, staff, values, offered, since, share)
    everything = set(values) == set(offered)
    told = Ability.objects.create(
        staff=staff, estate=by.estate, kind=kind, everything=everything,
        values=[] if everything else [one for one in offered if one in values], share=share, since=since,
        set_by=by.staff,
    )  # fmt: skip
    body = {
        "ability": told.pk, "staff": staff.pk, "name": staff.name, "kind": kind, "everything": everything,
        "values": told.values, "share": share, "since": since.isoformat(), "set_at": told.set_at.isoformat(),
    }  # fmt: skip
    record(estate_id=by.estate.pk, kind=KIND, body=body, by=by.staff, acting=acting, key=key)
    return told


def _must_be_sound(
    by: Desk, staff: Staff, values: Collection[str], offered: Collection[str], since: date, share: int
) -> None:
    today = timezone.localdate()
    if not set(values) <= set(offered) or not offered:
        raise Refusal("not_an_option")
    if not LEAST <= share <= MOST:
        raise Refusal("ability_share", least=LEAST, most=MOST)
    if since < today:
        raise Refusal("ability_past")
    if not staff.is_active or not Holding.objects.on(today).filter(estate=by.estate, staff=staff).exists():
        raise Refusal("ability_no_post", who=staff.name)
