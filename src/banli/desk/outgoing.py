"""What leaves the office by mail, as people read it: where it stands, why it waits or failed, what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from banli.cases import access, rules, store
from banli.cases.models import Case
from banli.engine.procedure import Sends
from banli.engine.rulebook import Rulebook
from banli.engine.state import Token
from banli.engine.text import Text
from banli.engine.wording import Wording
from banli.messages import outbox
from banli.messages.models import Mail
from banli.people.access import Desk
from banli.web.templatetags.say import say

from . import matter

PAGE = 50
#: Whoever sees what has not gone: it is their clock that turns red.
SEES = ("front_desk", "duty_supervisor", "director")


@dataclass(frozen=True)
class ShownMail:
    """One message. ``why``: why it has not gone; ``advice``: what would mend that; ``may_again``: for this desk."""

    mail: Mail
    tone: str
    state: str
    why: str
    advice: str
    told: str
    step: Text
    may_again: bool = False
    procedure: Text | None = None
    matter: str = ""

    @property
    def case(self) -> Case:
        return self.mail.case


def page(desk: Desk, before: int | None) -> tuple[list[ShownMail], int | None]:
    """What waits or failed at the desk's estate, newest first, and the id to go on from. One query."""
    found = outbox.not_gone(desk.estate).select_related("case__unit__building", "case__applicant")
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    shown = [_of_list(desk, mail) for mail in rows[:PAGE]]
    return shown, rows[PAGE - 1].pk if len(rows) > PAGE else None


def of_case(book: Rulebook, case: Case) -> dict[tuple[str, int | None], ShownMail]:
    """The newest message of each step of a case. One query, for a case whose procedure sends anything at all."""
    if not book.sending:
        return {}
    return {(mail.step, mail.branch): shown(book, case, mail) for mail in outbox.of_case(case.pk)}


def shown(book: Rulebook, case: Case, mail: Mail) -> ShownMail:
    """A message in words."""
    rule = book.flow.steps[mail.step].sends
    assert rule is not None  # only such steps lay messages
    words = Wording(book, get_language() or "zh")
    told = words.listed(words.sent(name) for name in mail.fields)
    why, advice = _why(book, case, rule, mail)
    tone = {Mail.State.SENT: "jade", Mail.State.FAILED: "red"}.get(
        Mail.State(mail.state), "amber" if why else "ink"
    )
    return ShownMail(mail, tone, str(mail.get_state_display()), why, advice, told, book.step_title(mail.step))


def _of_list(desk: Desk, mail: Mail) -> ShownMail:
    case = mail.case
    book = rules.rulebook(case.version_id)
    one = shown(book, case, mail)
    token = Token(mail.step, mail.branch)
    may = access.why_not(desk, book, store.state_of(case), token) is None
    return ShownMail(
        mail, one.tone, one.state, one.why, one.advice, one.told, one.step, may, book.procedure.title,
        matter.in_brief(case, book),
    )  # fmt: skip


def _why(book: Rulebook, case: Case, rule: Sends, mail: Mail) -> tuple[str, str]:
    """Why a message has not gone, and what would mend it; empty where all is well."""
    if mail.state == Mail.State.FAILED:
        return (
            _("对方不收：%(answer)s（%(address)s）") % {"answer": mail.answer, "address": mail.address},
            _("核对邮箱，改好后重新发送；来不及就另行送交，写明原因。"),
        )
    if mail.state != Mail.State.QUEUED or not mail.problem:
        return "", ""
    why, advice = _problems(book, case, rule).get(mail.problem, (_("附件做不出来"), _("请管理员看日志。")))
    return (f"{why}{_('：')}{mail.said}" if mail.said else why), advice


def _problems(book: Rulebook, case: Case, rule: Sends) -> Mapping[str, tuple[str, str]]:
    """Code → why, and what to do; the codes are those of ``cases.mailing`` and ``messages.smtp``."""
    set_it = _("请主任在设置里填写，填好后自动发出。")
    administrator = _("请管理员检查邮件服务器的配置；系统会自动再试。")
    patience = _("系统会自动再试；来不及就另行送交，写明原因。")
    unset = _("还没有设置“%(setting)s”")
    named = store.state_of(case).answer(rule.named.removeprefix("form.")) or "—"
    return {
        "no_server": (_("没有配置邮件服务器"), _("请管理员按操作手册“发邮件”一节配置，配好后自动发出。")),
        "no_address": (unset % {"setting": _setting(book, rule.to)}, set_it),
        "no_password": (unset % {"setting": _setting(book, rule.password)}, set_it),
        "another_recipient": (
            _("同意书写的是“%(named)s”，与设置里的“%(setting)s”不同，不能发给别人")
            % {"named": named, "setting": _setting(book, rule.whose)},
            _("改正设置，或退回重新征求同意，或另行送交。"),
        ),
        "unreachable": (_("连不上邮件服务器"), administrator),
        "not_let_in": (_("邮件服务器不认我们的账号或口令"), administrator),
        "no_tls": (_("邮件服务器的加密连接不可用"), administrator),
        "password_in_clear": (_("没有加密连接，不能把邮箱口令发出去"), administrator),
        "not_now": (_("对方暂时不收"), patience),
        "broke_off": (_("发送中断"), patience),
    }


def _setting(book: Rulebook, name: str) -> str:
    return say(book.pack.settings[name.removeprefix("setting.")].title)
