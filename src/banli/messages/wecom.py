"""Telling somebody by WeCom (企业微信), as a message of the company's own application.

By its documentation for servers: ``gettoken`` gives a token that is good for two hours and is to be kept until then;
``message/send`` takes a text for a member. With the duplicate check on, the same text to the same member is shown once
within the interval, however often it is sent: a note that is tried again says the same.
"""

import hashlib
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .answers import Answer, one_line
from .channel import Note
from .http import NotHeard, ask

API = "https://qyapi.weixin.qq.com"
#: A token is given up so long before it ends: what is on its way then is not refused.
BEFORE_ITS_END = timedelta(minutes=5)
#: The longest interval it takes, in seconds (four hours): longer than our waits between two tries.
DUPLICATE_WITHIN = 14_400
#: Of a text it takes no more bytes.
MOST_BYTES = 2_048

#: Not good (any more): another one is fetched.
_TOKEN = (40014, 42001)
#: The company, its secret or its application is set wrongly: whoever set it mends that.
_OURS = (40001, 40013, 40056, 41001, 41004, 301002)
#: This machine, or this application, is not let in: nothing that we try again changes it.
_BARRED = (48002, 60020)
#: Too often, or too busy.
_BUSY = (-1, 45009, 45033, 45047)


@dataclass(frozen=True)
class _Token:
    word: str = field(repr=False)
    until: datetime


_kept: dict[str, _Token] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class WeCom:
    """``corp``: the company's id; ``agent``: the application's number; ``secret``: the application's."""

    corp: str
    agent: int
    secret: str = field(repr=False)
    api: str = API

    def send(self, to: str, note: Note, now: datetime) -> Answer:
        """See :class:`banli.messages.channel.Channel`. A token that is refused is fetched anew, once."""
        try:
            said = self._sent(to, note, self._token(now))
            if said.get("errcode") in _TOKEN:
                said = self._sent(to, note, self._token(now, anew=True))
        except NotHeard as why:
            return why.answer
        except _Refused as why:
            return why.answer
        return _came(said)

    def _sent(self, to: str, note: Note, token: str) -> dict[str, Any]:
        text = {
            "touser": to, "msgtype": "text", "agentid": self.agent, "text": {"content": _short(note)},
            "enable_duplicate_check": 1, "duplicate_check_interval": DUPLICATE_WITHIN,
        }  # fmt: skip
        return ask("POST", f"{self.api}/cgi-bin/message/send", params={"access_token": token}, body=text)

    def _token(self, now: datetime, *, anew: bool = False) -> str:
        name = hashlib.sha256("\x1f".join((self.api, self.corp, self.secret)).encode()).hexdigest()
        with _lock:
            known = _kept.get(name)
            if known is None or anew or known.until <= now:
                known = _kept[name] = self._fetched(now)
            return known.word

    def _fetched(self, now: datetime) -> _Token:
        said = ask(
            "GET", f"{self.api}/cgi-bin/gettoken", params={"corpid": self.corp, "corpsecret": self.secret}
        )
        word, length = said.get("access_token"), said.get("expires_in")
        if said.get("errcode") or not isinstance(word, str) or not isinstance(length, int):
            raise _Refused(_came(said))
        return _Token(word, now + max(timedelta(seconds=length) - BEFORE_ITS_END, timedelta()))


class _Refused(Exception):
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.problem)
        self.answer = answer


def _came(said: dict[str, Any]) -> Answer:
    code = said.get("errcode")
    words = one_line(f"{code} {said.get('errmsg', '')}")
    if code == 0:
        if said.get("invaliduser"):
            return Answer("never", "refused", one_line(f"invaliduser {said['invaliduser']}"))
        return Answer("taken", said=one_line(str(said.get("msgid", "")) or words))
    if code in _BUSY:
        return Answer("later", "busy", words)
    if code in _TOKEN or code in _OURS:
        return Answer("later", "not_let_in", words)
    if code in _BARRED:
        return Answer("never", "not_let_in", words)
    return Answer("never", "refused", words)


def _short(note: Note) -> str:
    """Its subject, which says what the text begins with; what is too long is cut where a character ends."""
    told = "\n".join([note.subject, *note.text.split("\n")[1:]])
    return told.encode()[:MOST_BYTES].decode(errors="ignore")
