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
from .sms import Sms, form_of
from .wecom import WeCom

_NOT_YET = Text(
    zh="《个人信息保护法》第二十三条：没有开通就不向外发",
    en="PIPL art. 23: nothing leaves before it is turned on",
)
_WECOM = Text(
    zh="企业微信管理后台“我的企业”和“应用管理”；没有填就不发",
    en="WeCom's administration, “My company” and “Applications”; without it nothing is sent",
)
_SMS = Text(
    zh="阿里云短信服务控制台；签名、模板要先审核。没有填就不发",
    en="Alibaba Cloud's SMS console; signature and forms are approved there. Without it nothing is sent",
)
_WORDS = Text(
    zh="阿里云短信模板规范：变量名由字母、数字、下划线组成，值不超过 35 个字，不能是网址",
    en="Alibaba Cloud's rules for forms: letters, digits and underlines; a value of at most 35 signs, and no address",
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
    "channel_sms": Setting(
        title=Text(zh="通知和业主链接也用短信发", en="Send notices and owners' links by SMS too"),
        help=Text(
            zh="阿里云短信服务；要先填密钥、签名和模板。每个员工自己选哪些通知发短信",
            en="Alibaba Cloud's SMS; needs key, signature and forms of words. Each of the staff chooses what goes",
        ),
        type="yes_no", default="no", source=_NOT_YET,
    ),
    "sms_key_id": Setting(
        title=Text(zh="短信服务的 AccessKey ID", en="SMS: the access key's id"), type="text", default="", source=_SMS,
    ),
    "sms_secret": Setting(
        title=Text(zh="短信服务的 AccessKey Secret", en="SMS: the access key's secret"),
        type="secret", default="", source=_SMS,
    ),
    "sms_sign": Setting(
        title=Text(zh="短信签名", en="SMS: the name that signs"), type="text", default="", source=_SMS,
        help=Text(zh="审核通过的签名名称，不带【】", en="as it was approved, without brackets"),
    ),
    "sms_notice_form": Setting(
        title=Text(zh="通知短信的模板编号", en="SMS: form of words for notices"), type="text", default="", source=_SMS,
        help=Text(
            zh="模板例：办件第${number}号，${step}，时限${due}，请到系统办理",
            en="such as: Case ${number}, ${step}, due ${due}: please see to it",
        ),
    ),
    "sms_notice_words": Setting(
        title=Text(zh="通知短信模板里三个变量的名字", en="SMS: names of a notice's three variables"), type="text",
        default="number step due", source=_WORDS,
        help=Text(zh="依次是办件号、环节、时限，用空格隔开", en="in this order: case, step, due; with blanks between"),
    ),
    "sms_link_form": Setting(
        title=Text(zh="业主链接短信的模板编号", en="SMS: form of words for owners' links"), type="text", default="",
        source=_SMS,
        help=Text(
            zh="模板例：有一件申请需要您同意，请打开 https://本系统地址/c/${link}/ ，${until}前有效",
            en="such as: An application needs your consent: https://this-house/c/${link}/ until ${until}",
        ),
    ),
    "sms_link_words": Setting(
        title=Text(zh="业主链接短信模板里两个变量的名字", en="SMS: names of a link's two variables"), type="text",
        default="link until", source=_WORDS,
        help=Text(zh="依次是链接的末段、有效期，用空格隔开", en="in this order: the link's last part, until when"),
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


def sms(estate: Estate, day: date) -> Sms:
    """The estate's SMS gateway; raises Unset."""
    told = {name: value(estate, name, day) for name in SETTINGS if name.startswith("sms_")}
    secret = secret_of(estate, "sms_secret", day)
    forms = {
        kind: form
        for kind in ("notice", "link")
        if (form := form_of(told[f"sms_{kind}_form"], told[f"sms_{kind}_words"], kind))
    }
    if not (told["sms_key_id"] and secret and told["sms_sign"] and forms):
        raise Unset("not_set")
    return Sms(told["sms_key_id"], secret, told["sms_sign"], forms, settings.BANLI_SMS_API)


_MADE: dict[str, Callable[[Estate, date], Channel]] = {"mail": _mail, "wecom": _wecom, "sms": sms}
