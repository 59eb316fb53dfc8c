"""Complaints for the tests: taken down, judged, seen on the spot, answered; through the actions people use."""

import io
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.utils import timezone
from PIL import Image

from banli.cases import actions, attachments
from tests.office import Office

_keys = count(1)
TELEPHONE = "13800571500"


def key() -> str:
    return f"complaint-{next(_keys):06}"


def local(moment: datetime) -> str:
    """A moment as somebody types it."""
    return timezone.localtime(moment).replace(tzinfo=None).isoformat(timespec="minutes")


def photograph(colour: str = "green") -> attachments.Upload:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return attachments.photo(out.getvalue())


def said(**change: Any) -> dict[str, Any]:
    """What is taken down of a complaint about the cleaning."""
    return {
        "received_at": local(timezone.now() - timedelta(minutes=5)), "channel": "phone", "cause": "cleaning",
        "matter": "楼道三天没有打扫", "severity": "important", "why": "保洁没有按排班打扫",
        "phone": TELEPHONE, **change,
    }  # fmt: skip


def complain(office: Office, **change: Any) -> int:
    return actions.open_case(
        by=office["xiaowang"], procedure="complaint", unit=office.unit, applicant=office.owner, applicant_role="owner",
        answers=said(**change), key=key(),
    ).case_id  # fmt: skip


def communicate(office: Office, **change: Any) -> int:
    answers = {
        **said(kind="question", why="没有看到公示", cause="charging", matter="物业费为什么多了"),
        **change,
    }
    del answers["severity"]
    return actions.open_case(
        by=office["xiaowang"], procedure="communication", unit=office.unit, applicant=office.tenant,
        applicant_role="tenant", answers=answers, key=key(),
    ).case_id  # fmt: skip


def do(office: Office, who: str, case: int, step: str, outcome: str, **more: Any) -> None:
    actions.act(by=office[who], case_id=case, step=step, outcome=outcome, key=key(), **more)


def sent(office: Office, case: int, who: str = "wu", department: str = "cleaning_leader") -> None:
    """It is judged valid, and the department's head is sent."""
    do(office, "laoli", case, "judge", "agreed", answers={"department": department, "our_duty": "yes"})
    do(office, "laoli", case, "send", "dispatched", extra={"assignee": office.staff(who).pk})


def handled(office: Office, case: int, who: str = "wu") -> None:
    """Seen on the spot, answered, dealt with: the follow-up is owed."""
    seen = photograph()
    found = {"found": "二楼地面有污渍", "site_photo": seen.sha256}
    do(office, who, case, "visit", "arrived", answers=found, uploads=[seen])
    do(office, who, case, "answer", "reached", answers={"measure": "今天上午清扫", "promise": "no"})
    do(office, who, case, "handle", "finished", answers={"result": "已清扫消毒"})
