"""What leaves the office as a notice: in the words of whoever it goes to, and on the page that shows what became of it.

No more than is needed: which case, which step or clock, until when, where to look. Never a name, a home, or what a
case says.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from banli.cases import rules
from banli.cases.models import ConsentLink
from banli.messages import deliveries
from banli.messages.channel import CHANNELS, Note
from banli.messages.models import CONFLICT, OF_ROUNDS, Delivery, Notice
from banli.people.access import Desk
from banli.web.clocks import told_end
from banli.web.templatetags.say import say

from . import due as clocks
from . import notices

PAGE = 50
#: Of a template's word the gateways take no more.
LONGEST_WORD = 35


@dataclass(frozen=True)
class ShownDelivery:
    """One line. ``why``: why it has not gone; ``advice``: what would mend that."""

    delivery: Delivery
    tone: str
    icon: str
    channel: Any
    about: str
    why: str
    advice: str


def note(delivery: Delivery, now: datetime) -> Note | None:
    """What a delivery tells, in its reader's language; None where somebody has read the notice meanwhile."""
    # Said as it was when it was laid there, however often it is tried: the other side may see that it is one.
    then = delivery.queued_at
    if delivery.link is not None:
        return _of_link(delivery, delivery.link, now)
    assert delivery.staff is not None  # the table itself says so
    with override(delivery.staff.language):
        if delivery.notice is None:
            return _test(delivery, then)
        return _notice(delivery, delivery.notice, then) if delivery.notice.read_at is None else None


def page(desk: Desk, before: int | None, *, every: bool) -> tuple[list[ShownDelivery], int | None]:
    """What waits or was given up at the estate, or everything, newest first. At most two queries."""
    found = deliveries.of_estate(desk.estate) if every else deliveries.not_gone(desk.estate)
    return _page(found, before, PAGE)


def mine(desk: Desk, most: int = 10) -> list[ShownDelivery]:
    """The last that went to the desk's own person at this estate. At most two queries."""
    return _page(deliveries.of_estate(desk.estate).filter(staff=desk.staff), None, most)[0]


def _page(found: Any, before: int | None, most: int) -> tuple[list[ShownDelivery], int | None]:
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.select_related("staff", "person", "notice__case")[: most + 1])
    shown = rows[:most]
    rounds = notices.rounds_of(one.notice for one in shown if one.notice)
    return [in_words(one, rounds) for one in shown], shown[-1].pk if len(rows) > most else None


def in_words(delivery: Delivery, rounds: Mapping[str, Any] = MappingProxyType({})) -> ShownDelivery:
    """One delivery as people read it."""
    why, advice = _why(delivery)
    tones = {"sent": "jade", "arrived": "jade", "failed": "red", "stopped": "quiet"}
    tone = tones.get(delivery.state, "amber" if why else "ink")
    about = str(delivery.get_purpose_display())
    if delivery.notice is not None:
        about = notices.sentence(delivery.notice, rounds)
    return ShownDelivery(
        delivery, tone, _ICONS[delivery.channel], CHANNELS[delivery.channel], about, why, advice
    )


_ICONS = {"mail": "mail", "wecom": "message", "sms": "device-mobile"}


def _why(delivery: Delivery) -> tuple[str, str]:
    """Why it has not gone, and what would mend that; empty where all is well."""
    if not delivery.problem or delivery.state not in ("queued", "failed"):
        return "", ""
    why, advice = _problems().get(delivery.problem, (_("对方暂时不收"), _("系统会自动再试。")))
    if delivery.link_id is not None and delivery.state == "failed":
        advice = _("请在办件里重新发链接，或换一种方式。")
    return (f"{why}{_('：')}{delivery.said}" if delivery.said else why), advice


def _problems() -> dict[str, tuple[str, str]]:
    """Code → why, and what to do; the codes are those of ``messages.deliveries`` and of the channels."""
    administrator = _("请管理员检查；系统会自动再试。")
    again = _("系统会自动再试。")
    return {
        "quiet": (_("在免打扰时间"), _("过了免打扰时间自动发出。")),
        "off": (_("本小区没有开通这种方式"), _("请主任在设置里开通，或请本人改选。")),
        "no_server": (_("没有配置邮件服务器"), _("请管理员按操作手册“发邮件”一节配置，配好后自动发出。")),
        "no_address": (_("本人没有填地址"), _("请本人在“通知方式”里填写。")),
        "not_set": (_("本小区没有填好这种方式的账号"), _("请主任在设置的“通知渠道”里填写，填好后自动发出。")),
        "busy": (_("对方忙"), again),
        "refused": (_("对方不收"), _("请本人核对地址，改好后重新发送。")),
        "unreachable": (_("连不上"), administrator),
        "not_let_in": (_("对方不认我们的账号或口令"), administrator),
        "no_tls": (_("加密连接不可用"), administrator),
        "password_in_clear": (_("没有加密连接，不能把口令发出去"), administrator),
        "not_arrived": (_("运营商没有送到"), _("请核对手机号码，或换一种方式。")),
        "broke_off": (_("发送中断"), again),
        "broken": (_("这条通知做不出来"), _("请管理员看日志。")),
    }


def _notice(delivery: Delivery, notice: Notice, now: datetime) -> Note:
    said = notices.sentence(notice, notices.rounds_of([notice]))
    lines, words = [said], {"number": "-", "step": _word(said), "due": "-"}
    if notice.code.startswith(OF_ROUNDS):
        address = reverse("routines:round", args=[notice.about])
    elif notice.code == CONFLICT:
        address = reverse("desk:notices")
    else:
        assert notice.case is not None
        case, book = notice.case, rules.rulebook(notice.case.version_id)
        number = _("第 %(n)s 号") % {"n": case.pk}
        lines.append(
            _("办件：%(number)s · %(procedure)s") % {"number": number, "procedure": say(book.procedure.title)}
        )
        words |= {"number": str(case.pk)}
        clock = clocks.of_clock(book, case.clocks, notice.about, now)
        if clock is not None:
            lines.append(_("时限：%(due)s") % {"due": told_end(clock.due, now)})
            words |= {"step": _word(say(clock.title)), "due": _moment(clock.due)}
        elif notice.about in book.flow.steps:
            words |= {"step": _word(say(book.step_title(notice.about)))}
        address = reverse("desk:case", args=[case.pk])
    return Note(
        delivery.key, "notice", f"【{delivery.estate}】{said}", "\n".join([*lines, *_link(address)]), words
    )


def _of_link(delivery: Delivery, link: ConsentLink, now: datetime) -> Note | None:
    """An owner's link, as long as it can be answered. The form of words at the gateway has the rest of the address."""
    if link.state != "waiting" or link.expires_at <= now:
        return None
    with override("zh-hans"):
        said = _("有一件申请需要您同意")
        lines = [said, *_link(reverse("portal:consent", args=[delivery.secret]))]
        words = {"link": delivery.secret, "until": _moment(link.expires_at)}
        return Note(delivery.key, "link", f"【{delivery.estate}】{said}", "\n".join(lines), words)


def _test(delivery: Delivery, now: datetime) -> Note:
    said = _("测试：这样可以收到办理系统的通知")
    text = f"{said}\n{_('发出时间：%(at)s') % {'at': _moment(now)}}"
    words = {"number": "-", "step": _word(_("通知测试")), "due": _moment(now)}
    return Note(delivery.key, "test", f"【{delivery.estate}】{said}", text, words)


def _link(path: str) -> Iterable[str]:
    """Where to look; nothing where other machines do not reach us."""
    return [settings.BANLI_PASS_ORIGIN.rstrip("/") + path] if settings.BANLI_PASS_ORIGIN else []


def _word(text: str) -> str:
    return text if len(text) <= LONGEST_WORD else text[: LONGEST_WORD - 1] + "…"


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%m-%d %H:%M}"
