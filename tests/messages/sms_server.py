"""A server that speaks Alibaba Cloud's SMS protocol (2017-05-25): it checks every signature by the documentation, anew.

Written from the description of signature version 1.0, without the client's code: parameters in the order of their
bytes, encoded by RFC 3986, under HMAC-SHA1 with the secret and "&"; a nonce is used once; a timestamp is good for
fifteen minutes.
"""

import hmac
import itertools
import json
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from tests.messages.web_server import DROP, Site, serving

KEY_ID, SECRET, SIGN = "LTAI5tBanliTest", "Q8vK2rT7yWb3NcX9pLmZ4aSd", "翠湖花园"
#: Forms of words that were approved: code → their variables.
FORMS = {"SMS_100001": {"number", "step", "due"}, "SMS_100002": {"link", "until"}}
_PLAIN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"


@dataclass
class Gateway:
    """``instead``: what is said to the next messages instead of taking them; DROP takes them and says nothing."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    instead: list[Any] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    clock: datetime | None = None
    site: Site | None = None

    def speaks(self, method: str, path: str, asked: dict[str, str], body: bytes) -> Any:
        if method == "POST":
            asked = asked | dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))
        wrong = self._wrong(method, asked)
        if wrong:
            return 400, {"Code": wrong, "Message": wrong, "RequestId": "R"}
        return {"SendSms": self._send, "QuerySendDetails": self._details}[asked["Action"]](asked)

    def _wrong(self, method: str, asked: dict[str, str]) -> str:
        given = asked.pop("Signature", "")
        if asked.get("AccessKeyId") != KEY_ID:
            return "InvalidAccessKeyId.NotFound"
        if not hmac.compare_digest(expected(method, asked), b64decode(given)):
            return "SignatureDoesNotMatch"
        versions = (asked["SignatureMethod"], asked["SignatureVersion"], asked["Version"])
        if versions != ("HMAC-SHA1", "1.0", "2017-05-25"):
            return "InvalidVersion"
        told = datetime.strptime(asked["Timestamp"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if abs(told - (self.clock or told)) > timedelta(minutes=15):
            return "InvalidTimeStamp.Expired"
        if asked["SignatureNonce"] in self.nonces:
            return "SignatureNonceUsed"
        self.nonces.add(asked["SignatureNonce"])
        return ""

    def _send(self, asked: dict[str, str]) -> Any:
        instead = self.instead.pop(0) if self.instead else None
        if instead is not None and instead is not DROP:
            return instead
        code, number = "OK", asked["PhoneNumbers"]
        words = json.loads(asked["TemplateParam"])
        if not (number.isdigit() and len(number) == 11 and number.startswith("1")):
            code = "isv.MOBILE_NUMBER_ILLEGAL"
        elif asked["SignName"] != SIGN:
            code = "isv.SMS_SIGNATURE_ILLEGAL"
        elif asked["TemplateCode"] not in FORMS:
            code = "isv.SMS_TEMPLATE_ILLEGAL"
        elif not FORMS[asked["TemplateCode"]] <= set(words):
            code = "isv.TEMPLATE_MISSING_PARAMETERS"
        elif any(not isinstance(word, str) or len(word) > 35 for word in words.values()):
            code = "isv.PARAM_LENGTH_LIMIT"
        elif any("://" in word for word in words.values()):
            code = "isv.PARAM_NOT_SUPPORT_URL"
        if code != "OK":
            return 200, {"Code": code, "Message": code, "RequestId": "R"}
        day = datetime.strptime(asked["Timestamp"], "%Y-%m-%dT%H:%M:%SZ") + timedelta(hours=8)
        biz = f"9006195{next(_numbers)}^0"
        self.sent.append({
            "to": number, "words": words, "OutId": asked["OutId"], "BizId": biz, "day": f"{day:%Y%m%d}",
            "SendStatus": 1, "form": asked["TemplateCode"],
        })  # fmt: skip
        return (
            DROP
            if instead is DROP
            else (200, {"Code": "OK", "Message": "OK", "BizId": biz, "RequestId": "R"})
        )

    def _details(self, asked: dict[str, str]) -> Any:
        mine = [
            one for one in self.sent if (one["to"], one["day"]) == (asked["PhoneNumber"], asked["SendDate"])
        ]
        size, page = int(asked["PageSize"]), int(asked["CurrentPage"])
        assert 1 <= size <= 50
        rows = [
            {"OutId": one["OutId"], "SendStatus": one["SendStatus"], "PhoneNum": one["to"], "TemplateCode": one["form"]}
            for one in mine[(page - 1) * size : page * size]
        ]  # fmt: skip
        told = {"Code": "OK", "Message": "OK", "TotalCount": len(mine), "RequestId": "R"}
        return 200, {**told, "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}}


def expected(method: str, asked: dict[str, str]) -> bytes:
    """What the request's signature has to be."""
    pairs = sorted((name.encode(), value.encode()) for name, value in asked.items())
    line = b"&".join(_encoded(name) + b"=" + _encoded(value) for name, value in pairs)
    return hmac.digest(SECRET.encode() + b"&", b"&".join([method.encode(), b"%2F", _encoded(line)]), "sha1")


def _encoded(raw: bytes) -> bytes:
    return b"".join(bytes([byte]) if byte in _PLAIN else b"%%%02X" % byte for byte in raw)


_numbers = itertools.count(1)


@contextmanager
def gateway() -> Iterator[Gateway]:
    """The gateway, for as long as the test needs it."""
    running = Gateway()
    with serving(running.speaks) as site:
        running.site = site
        yield running
