"""Which channels an estate has, as it has set them; the mail server is the whole house's."""

from collections.abc import Callable
from datetime import date

from django.conf import settings

from banli.engine.pack import Setting
from banli.engine.text import Text
from banli.estate.models import Estate
from banli.estate.own import in_force, secret_of

from .by_mail import ByMail
from .channel import CHANNELS, Channel
from .wecom import WeCom

_NOT_YET = Text(
    zh="《个人信息保护法》第二十三条：没有开通就不向外发",
    en="PIPL art. 23: nothing leaves before it is turned on",
)
_WECOM = Text(
    zh="企业微信管理后台“我的企业”和“应用管理”；没有填就不发",
    en="WeCom's administration, “My company” and “Applications”; without it nothing is sent",
)

#: The house's own settings, beside those of the packs.
SETTINGS: dict[str, Setting] = {
    "channel_mail": Setting(
        title=Text(zh="通知也用电子邮件发给员工", en="Tell staff by e-mail too"),
        help=Text(
            zh="每个人自己选哪些通知发到邮箱；用整套系统的邮件服务器",
            en="Everybody chooses which notices go to their mailbox; by the house's own mail server",
        ),
        type="yes_no", default="no", source=_NOT_YET,
    ),
    "channel_wecom": Setting(
        title=Text(zh="通知也用企业微信发给员工", en="Tell staff by WeCom too"),
        help=Text(
            zh="要先填企业 ID、应用编号和应用的 Secret；每个人自己选",
            en="Needs the company's id, the application's number and its secret; everybody chooses for themselves",
        ),
        type="yes_no", default="no", source=_NOT_YET,
    ),
    "wecom_corp": Setting(
        title=Text(zh="企业微信的企业 ID", en="WeCom: the company's id (corpid)"),
        type="text", default="", source=_WECOM,
    ),
    "wecom_agent": Setting(
        title=Text(zh="企业微信的应用编号", en="WeCom: the application's number (AgentId)"),
        type="integer", default=0, max=2_000_000_000, source=_WECOM,
    ),
    "wecom_secret": Setting(
        title=Text(zh="企业微信的应用 Secret", en="WeCom: the application's secret"),
        type="secret", default="", source=_WECOM,
    ),
}  # fmt: skip


class Unset(Exception):
    """A channel that cannot be used before somebody has set something; says which, by code."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def value(estate: Estate, name: str, day: date) -> str:
    """A setting of a channel as it holds on a day."""
    return str(in_force(estate, day).get(name, SETTINGS[name].default))


def on(estate: Estate, day: date) -> set[str]:
    """The channels that the estate uses at all."""
    return {name for name in CHANNELS if value(estate, f"channel_{name}", day) == "yes"}


def channel(estate: Estate, name: str, day: date) -> Channel:
    """The channel, ready to be used; raises Unset."""
    if name not in on(estate, day):
        raise Unset("off")
    return _MADE[name](estate, day)


def _mail(estate: Estate, day: date) -> Channel:
    if settings.BANLI_SMTP is None:
        raise Unset("no_server")
    return ByMail(settings.BANLI_SMTP)


def _wecom(estate: Estate, day: date) -> Channel:
    corp, agent = value(estate, "wecom_corp", day), int(value(estate, "wecom_agent", day))
    secret = secret_of(estate, "wecom_secret", day)
    if not (corp and agent and secret):
        raise Unset("not_set")
    return WeCom(corp, agent, secret, settings.BANLI_WECOM_API)


_MADE: dict[str, Callable[[Estate, date], Channel]] = {"mail": _mail, "wecom": _wecom}
