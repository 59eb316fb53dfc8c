"""The last two months' rounds and shift logs: most done in time, one in a dozen missed, now and then a finding."""

import random
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from banli.cases.attachments import Upload
from banli.engine.findings import OK, WRONG
from banli.engine.refusals import Refusal
from banli.engine.routine import Routine
from banli.people.access import Desk
from banli.people.models import Acting
from banli.routines import actions, packs, signing, watches
from banli.routines.access import SUPERVISES
from banli.routines.models import LogLine, Round, Watch
from banli.routines.queries import listed

from . import hours, pictures
from .town import Town

DAYS = 61  # two months
#: When somebody looks what fell due, and walks it.
LOOKS = (time(8, 15), time(9, 20), time(10, 30), time(16, 25), time(22, 20))
MISSED, FOUND = 0.06, 0.15  # of the rounds
LOGS = ("front_desk", "gate")
SEEN = ("现场已拍照，已告知主管", "当场处理了一半，其余报修", "已放警示牌，等工程来", "与上次查到的是同一处")
WHY_MISSED = (
    "人手不足漏做，已补查，正常", "当时在处理电梯困人，事后补查", "新人不熟路线，已带走一遍", "暴雨，改到雨停后补做",
    "换班交接时漏了，已在交接本上加一行",
)  # fmt: skip
WHAT_DONE = (
    "已派工处理，复查正常",
    "杂物已清走，告知住户",
    "已换新，复查正常",
    "维保单位当天到场修好",
    "已加锁并拍照存档",
)
NOTES = {
    "front_desk": (
        "快递柜断电，已请快递公司来人",
        "业主问装修垃圾清运时间，已答复",
        "3栋大堂灯不亮，已转工程",
        "业主拾到钥匙一串，已挂失物招领",
        "居委会来贴通知三张，已登记",
        "电梯维保单位来做月检，签了到访",
        "老人忘带门卡，核对后送上楼",
        "消防公司来换灭火器，带走 6 具",
        "装修队问出入证到期，已请负责人来办",
    ),
    "gate": (
        "外卖车停在消防车通道，已请走",
        "西门快递车较多，已请其分两批进",
        "救护车进 8 栋，已引路、清道",
        "搬家车两辆，放行条逐项核对后放行",
        "访客没有登记，问明后到前台补登",
        "推销人员三名，已劝离",
    ),
}
MATTERS = {
    "front_desk": (
        ("12栋3单元门禁机不灵", "明早找厂家"),
        ("8栋地库入口积水", "雨停后看排水泵"),
        ("1栋一单元对讲没有声音", "约弱电来查"),
    ),
    "gate": (
        ("西门道闸抬杆慢", "请师傅看电机"),
        ("岗亭对讲机一台充不进电", "换电池，先用备用的"),
    ),
}
#: When a log changes hands: whose log, who goes, who comes.
CHANGES = (
    (time(7, 5), "gate", "gate", "gate"),
    (time(8, 35), "front_desk", "duty_supervisor", "front_desk"),
    (time(15, 5), "gate", "gate", "gate"),
    (time(17, 35), "front_desk", "front_desk", "duty_supervisor"),
)
#: Who reads and signs the day of each log: nobody who was on watch.
SIGNS = {"front_desk": "director", "gate": "safety_supervisor"}


def keep_rounds(town: Town, end: date) -> None:
    """The rounds and the logs of the last days up to ``end``."""
    first = end - timedelta(days=DAYS)
    town.at(hours.on(first, time(0, 1)), partial(_plan, town))
    for number in range(DAYS + 1):
        day = first + timedelta(days=number)
        for look in LOOKS:
            town.at(hours.on(day, look), partial(_walk, town))
        town.at(hours.on(day, time(9)), partial(_settle, town))
        for change, log, old, new in CHANGES:
            town.at(hours.on(day, change), partial(_hand_over, town, log, old, new))


def _plan(town: Town, at: datetime) -> None:
    actions.plan(at, only=town.estate)


def _walk(town: Town, at: datetime) -> None:
    _plan(town, at)
    waiting = Round.objects.filter(estate=town.estate, state=Round.State.OPEN, due_at__lte=at, until__gt=at)
    for row in waiting.order_by("pk"):
        chance = random.Random(f"{town.seed} round {row.routine} {row.due_at}")
        if chance.random() >= MISSED and at - row.due_at <= timedelta(hours=2):
            _do(town, row, at, chance)
    actions.miss(at)


def _do(town: Town, row: Round, at: datetime, chance: random.Random) -> None:
    routine = packs.of_version(row.version_id).routine
    said, note = _found(routine), ""
    shown: list[Upload] = []
    if chance.random() < FOUND:
        name = chance.choice([one for one, check in routine.checks.items() if check.reading is None])
        said[name], note = WRONG, chance.choice(SEEN)
    if note or routine.photo == "always":
        shown = [pictures.scene(chance.randrange(3))]
    desk = town.desk(town.who(row.post, at))
    with suppress(Refusal):  # somebody who looks at the demo meanwhile has done it
        actions.do(
            by=desk, acting=desk.posts[row.post], round_id=row.pk, said=said, note=note, photos=shown,
            key=town.key(f"round {row.routine} {row.due_at:%m%d%H}"), now=at,
        )  # fmt: skip


def _settle(town: Town, at: datetime) -> None:
    """A supervisor sees to what is two days old, and signs the day's log; the one who was on watch leaves it."""
    desk = town.desk(town.posts["duty_supervisor"])
    for one in signing.owed(town.estate.pk, at.astimezone(actions.ZONE).date()):
        if one.post in LOGS:
            reader = town.desk(town.posts[SIGNS[one.post]])
            acting = reader.posts[SIGNS[one.post]]
            signing.sign(by=reader, acting=acting, post=one.post, day=one.day, now=at)
    for row in listed(desk, "unsettled").filter(due_at__lt=at - timedelta(days=2)):
        chance = random.Random(f"{town.seed} settled {row.routine} {row.due_at}")
        told = chance.choice(WHY_MISSED if row.state == Round.State.MISSED else WHAT_DONE)
        acting = desk.posts["duty_supervisor"]
        actions.settle(by=desk, acting=acting, round_id=row.pk, settlement=told, now=at)


def _found(routine: Routine) -> dict[str, str]:
    """Everything in order."""
    told = {}
    for name, check in routine.checks.items():
        limits = check.reading
        if limits is None:
            told[name] = OK
        elif limits.min is not None and limits.max is not None:
            told[name] = f"{(limits.min + limits.max) / 2:.2f}"
        else:
            told[name] = str(limits.min if limits.min is not None else limits.max or 0)
    return told


def _hand_over(town: Town, log: str, old: str, new: str, at: datetime) -> None:
    """Whoever is on watch writes a line or two, closes what was left, and hands over to the other."""
    soon = timedelta(minutes=10)
    desk, taker = town.desk(town.who(old, at - soon)), town.desk(town.who(new, at + soon))
    watch = Watch.objects.filter(estate=town.estate, post=log, ended_at=None).first()
    with suppress(Refusal):  # somebody who looks at the demo meanwhile is on watch
        if watch is None and new == log:
            watches.begin(by=taker, acting=taker.posts[log], now=at)
        elif watch is not None and watch.began_at < at and watch.keeper_id == desk.staff.pk != taker.staff.pk:
            _write(town, desk, watch, at)
            watches.offer(
                by=desk, acting=_as(desk, log), watch_id=watch.pk, to=taker.staff.pk, counted=_counted(log), remark="",
                now=at - timedelta(minutes=5),
            )  # fmt: skip
            watches.take(by=taker, acting=_as(taker, log), watch_id=watch.pk, now=at)


def _as(desk: Desk, log: str) -> Acting:
    acting = desk.acting_as(log, *SUPERVISES)
    assert acting is not None
    return acting


def _write(town: Town, desk: Desk, watch: Watch, at: datetime) -> None:
    chance = random.Random(f"{town.seed} log {at}")
    log = watch.post
    for line in watches.open_matters(town.estate.pk, log):
        watches.close(
            by=desk, acting=_as(desk, log), line_id=line.pk, result="已处理", now=at - timedelta(hours=2)
        )
    told: dict[str, Any] = {"by": desk, "acting": _as(desk, log), "watch_id": watch.pk}
    key = town.key(f"log {at:%m%d%H}")
    watches.write(
        **told, kind=LogLine.Kind.NOTE, text=chance.choice(NOTES[log]), key=key, now=at - timedelta(hours=3)
    )
    if chance.random() < 0.4:
        text, following = chance.choice(MATTERS[log])
        watches.write(
            **told, kind=LogLine.Kind.MATTER, text=text, next_step=following, key=f"{key}-matter",
            responsible_id=town.desk(town.posts["technician"]).staff.pk, now=at - timedelta(hours=1),
        )  # fmt: skip


def _counted(log: str) -> Mapping[str, str]:
    return {name: str(number) for number, name in enumerate(watches.kept_by(log), 3)}
