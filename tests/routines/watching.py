"""What the tests of shift logs do before they look."""

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from banli.people.models import Acting
from banli.routines import signing, watches
from banli.routines.access import SUPERVISES
from banli.routines.models import LogLine, LogSignature, Watch
from tests.office import Office

COUNTED = {"keys": "12", "show_keys": "3", "radios": "4", "phones": "1", "petty_cash": "200"}


def acting(office: Office, who: str, post: str) -> Acting:
    told = office[who].acting_as(post, *SUPERVISES)
    assert told is not None
    return told


def begin(
    office: Office, who: str = "xiaowang", post: str = "front_desk", now: datetime | None = None
) -> Watch:
    return watches.begin(by=office[who], acting=acting(office, who, post), now=now)


def write(office: Office, watch: Watch, text: str, who: str = "xiaowang", **more: Any) -> LogLine:
    told = {"kind": "note", "key": uuid4().hex, **more}
    return watches.write(
        by=office[who], acting=acting(office, who, watch.post), watch_id=watch.pk, text=text, **told
    )


def matter(office: Office, watch: Watch, text: str, who: str = "xiaowang", **more: Any) -> LogLine:
    told = {"kind": "matter", "responsible_id": office.staff("zheng").pk, "next_step": "明早去看", **more}
    return write(office, watch, text, who, **told)


def close(
    office: Office, line: LogLine, who: str = "xiaowang", result: str = "已修好", **more: Any
) -> LogLine:
    desk = office[who]
    as_ = desk.acting_as(line.post, *SUPERVISES) or next(iter(desk.posts.values()))
    return watches.close(by=desk, acting=as_, line_id=line.pk, result=result, **more)


def offer(office: Office, watch: Watch, who: str = "xiaowang", to: str = "laoli", **more: Any) -> Watch:
    told = {"counted": COUNTED, "remark": "", **more}
    return watches.offer(
        by=office[who],
        acting=acting(office, who, watch.post),
        watch_id=watch.pk,
        to=office.staff(to).pk,
        **told,
    )


def take(office: Office, watch: Watch, who: str = "laoli", **more: Any) -> Watch:
    return watches.take(by=office[who], acting=acting(office, who, watch.post), watch_id=watch.pk, **more)


def withdraw(office: Office, watch: Watch, who: str, reason: str = "钥匙少一把", **more: Any) -> Watch:
    return watches.withdraw(
        by=office[who], acting=acting(office, who, watch.post), watch_id=watch.pk, reason=reason, **more
    )


def sign(office: Office, who: str, post: str, day: date, **more: Any) -> LogSignature:
    as_ = office[who].acting_as(*signing.superiors(post))
    assert as_ is not None
    return signing.sign(by=office[who], acting=as_, post=post, day=day, **more)
