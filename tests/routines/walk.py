"""What the tests of rounds do before they look: let time pass, walk a round."""

import io
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from PIL import Image

from banli.cases import attachments
from banli.routines import actions
from banli.routines.models import Round
from tests.office import ZONE, Office


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


#: A Thursday: an ordinary working day.
MORNING, LATER = moment("2026-05-14T07:00"), moment("2026-05-14T10:30")


def fallen_due(office: Office, since: datetime = MORNING, until: datetime = LATER) -> dict[str, Round]:
    """The estate's rounds that fell due between two moments, by their routine."""
    actions.plan(since)
    actions.plan(until)
    return {row.routine: row for row in Round.objects.filter(estate=office.estate).order_by("due_at")}


def a_round(office: Office, now: datetime) -> Round:
    """The one patrol of the gate's that waits at this moment, whatever the hour: they are twelve hours apart."""
    fallen_due(office, now - timedelta(hours=12), now)
    row = Round.objects.get(estate=office.estate, routine="fire-patrol")
    row.until = now + timedelta(hours=1)
    row.save(update_fields=["until"])
    return row


def picture(colour: str = "red") -> attachments.Upload:
    return attachments.photo(png(colour))


def png(colour: str = "red") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return out.getvalue()


PATROL = dict.fromkeys(("exits", "doors", "lane", "signs", "extinguishers", "charging"), "ok")
PUMPS = {"pressure": "0.45", "leaks": "ok", "locked": "ok"}


def walk(office: Office, who: str, row: Round, said: dict[str, str], **more: Any) -> Round:
    """Somebody does a round."""
    told = {"note": "", "photos": [], "key": uuid4().hex, "now": LATER, **more}
    desk = office[who]
    return actions.do(by=desk, acting=desk.posts[row.post], round_id=row.pk, said=said, **told)


def settle(office: Office, who: str, row: Round, said: str = "已约维保单位", now: datetime = LATER) -> Round:
    desk = office[who]
    acting = next(iter(desk.posts.values()))
    return actions.settle(by=desk, acting=acting, round_id=row.pk, settlement=said, now=now)
