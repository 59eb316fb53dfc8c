"""Telling somebody by SMS, through Alibaba Cloud's short message service (阿里云短信服务), version 2017-05-25.

By its documentation: an RPC request whose parameters, in order and percent-encoded, are signed with HMAC-SHA1 under the
access key's secret and an ampersand. The text itself is a form of words that the gateway keeps and has approved; we
name it and fill in its words. ``OutId`` is ours and comes back with the gateway's records: before a note that may have
gone is sent again, the records are asked for it.
"""

import base64
import hashlib
import hmac
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from .answers import Answer, one_line
from .channel import Note
from .http import NotHeard, ask

API = "https://dysmsapi.aliyuncs.com"
#: The gateway's days.
ZONE = ZoneInfo("Asia/Shanghai")
PAGE = 50
#: Of one number's messages of a day it is looked through so many pages.
MOST_PAGES = 4

_MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,19}")
#: What the variables of a form of words are filled with, in this order.
WORDS = {"notice": ("number", "step", "due"), "link": ("link", "until")}

#: Too often for this number or account, or the other side's own trouble.
_BUSY = (
    "isv.BUSINESS_LIMIT_CONTROL", "isp.SYSTEM_ERROR", "isp.GATEWAY_ERROR", "isv.DAY_LIMIT_CONTROL",
    "isv.MONTH_LIMIT_CONTROL", "Throttling", "Throttling.User", "Throttling.Api", "ServiceUnavailable", "InternalError",
)  # fmt: skip
#: The account, its key, its money, the signature or the form of words: whoever set them mends that.
_OURS = (
    "InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive", "SignatureDoesNotMatch", "isp.RAM_PERMISSION_DENY",
    "isv.OUT_OF_SERVICE", "isv.AMOUNT_NOT_ENOUGH", "isv.ACCOUNT_NOT_EXISTS", "isv.ACCOUNT_ABNORMAL",
    "isv.PRODUCT_UN_SUBSCRIPT", "isv.PRODUCT_UNSUBSCRIBE", "isv.SMS_TEMPLATE_ILLEGAL", "isv.SMS_SIGNATURE_ILLEGAL",
    "isv.TEMPLATE_MISSING_PARAMETERS", "InvalidTimeStamp.Expired", "Forbidden.RAM", "NoPermission",
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """A form of words at the gateway: its code, and which of a note's words each of its variables takes."""

    code: str
    words: Mapping[str, str]


def form_of(code: str, variables: str, kind: str) -> Form | None:
    """The form of words for a kind of note; ``variables``: their names at the gateway. None where that is no form."""
    names = variables.split()
    if not code or len(names) != len(WORDS[kind]) or not all(map(_VARIABLE.fullmatch, names)):
        return None
    return Form(code, dict(zip(names, WORDS[kind], strict=True)))


def mobile(written: str) -> str:
    """A mobile number of the mainland as the gateway takes it; empty for anything else."""
    found = _MOBILE.fullmatch(re.sub(r"[\s()（）-]", "", written))
    return found[1] if found else ""


@dataclass(frozen=True)
class Sms:
    """``sign``: the name that stands before the text. ``forms``: of notices (tests too), and of links."""

    key_id: str
    secret: str = field(repr=False)
    sign: str
    forms: Mapping[str, Form]
    api: str = API

    def send(self, to: str, note: Note, now: datetime) -> Answer:
        """See :class:`banli.messages.channel.Channel`."""
        form = self.forms.get("link" if note.kind == "link" else "notice")
        if form is None:
            return Answer("later", "not_set")
        words = {variable: note.words.get(word, "-") for variable, word in form.words.items()}
        told = {
            "PhoneNumbers": to, "SignName": self.sign, "TemplateCode": form.code, "OutId": note.key,
            "TemplateParam": json.dumps(words, ensure_ascii=False),
        }  # fmt: skip
        try:
            gone = self._recorded(to, note.key, note.tried, now) if note.tried else None
            if gone is not None:
                return Answer("taken", said=one_line(str(gone.get("BizId") or note.key)))
            return _came(self._ask("SendSms", told, now))
        except NotHeard as why:
            return why.answer

    def arrived(self, to: str, key: str, sent: datetime, now: datetime) -> Literal["arrived", "failed", ""]:
        """What the operator has said since of a message that was taken; nothing where it has said nothing yet."""
        try:
            found = self._recorded(to, key, sent, now)
        except NotHeard:
            return ""
        status = found.get("SendStatus") if found else None
        return "arrived" if status == 3 else "failed" if status == 2 else ""

    def _recorded(self, to: str, key: str, since: datetime, now: datetime) -> dict[str, Any] | None:
        """The gateway's record of a message of ours, looked for on each day since it was first tried."""
        for day in _days(since, now):
            for page in range(1, MOST_PAGES + 1):
                said = self._ask("QuerySendDetails", {
                    "PhoneNumber": to, "SendDate": day, "PageSize": str(PAGE), "CurrentPage": str(page),
                }, now)  # fmt: skip
                if said.get("Code") != "OK":
                    raise NotHeard(_came(said))
                rows = _rows(said)
                for row in rows:
                    if row.get("OutId") == key:
                        return row
                if len(rows) < PAGE:
                    break
        return None

    def _ask(self, action: str, told: Mapping[str, str], now: datetime) -> dict[str, Any]:
        asked = {
            "AccessKeyId": self.key_id, "Action": action, "Format": "JSON", "RegionId": "cn-hangzhou",
            "SignatureMethod": "HMAC-SHA1", "SignatureNonce": uuid.uuid4().hex, "SignatureVersion": "1.0",
            "Timestamp": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "Version": "2017-05-25", **told,
        }  # fmt: skip
        signed = {**asked, "Signature": signature(asked, self.secret, "POST")}
        return ask("POST", f"{self.api}/", form=signed, refusals=True)


def signature(asked: Mapping[str, str], secret: str, method: str) -> str:
    """The signature of an RPC request, version 1.0."""
    told = "&".join(f"{_encoded(name)}={_encoded(asked[name])}" for name in sorted(asked))
    signed = f"{method}&{_encoded('/')}&{_encoded(told)}"
    return base64.b64encode(hmac.new(f"{secret}&".encode(), signed.encode(), hashlib.sha1).digest()).decode()


def _encoded(text: str) -> str:
    """RFC 3986: only letters, digits and - _ . ~ stand for themselves."""
    return quote(text, safe="-_.~")


def _days(since: datetime, now: datetime) -> Iterator[str]:
    day = since.astimezone(ZONE).date()
    while day <= now.astimezone(ZONE).date():
        yield f"{day:%Y%m%d}"
        day += timedelta(days=1)


def _rows(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = said.get("SmsSendDetailDTOs")
    rows = listed.get("SmsSendDetailDTO") if isinstance(listed, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _came(said: Mapping[str, Any]) -> Answer:
    code = str(said.get("Code", ""))
    if code == "OK":
        return Answer("taken", said=one_line(str(said.get("BizId", ""))))
    words = one_line(f"{code} {said.get('Message', '')}")
    if code in _BUSY:
        return Answer("later", "busy", words)
    if code in _OURS:
        return Answer("later", "not_let_in", words)
    return Answer("never", "refused", words)
