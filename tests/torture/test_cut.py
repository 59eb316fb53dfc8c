"""The connection is cut between commit and answer: sent again with the same key, it is done once and answered."""

import random
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from banli.cases.models import Case
from banli.journal.models import Entry
from banli.papers.models import Paper
from banli.people.actions import issue_token
from banli.torture.api import Caller, NoAnswer, Request
from banli.torture.work import CAST, Ground, opening, steps
from tests.office import Office, build, load_packs

pytestmark = pytest.mark.django_db(transaction=True)
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST


class Cutter(threading.Thread):
    """Passes requests on, one a connection. Of each answer that comes while ``cuts`` it hands out only a ``share``."""

    def __init__(self, host: str, port: int, share: float) -> None:
        super().__init__(daemon=True)
        self.house, self.share, self.cuts = (host, port), share, 0
        self.heard: list[bytes] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:  # closed: the test is over
                return
            with client, socket.create_connection(self.house, timeout=30) as house:
                client.settimeout(30)
                house.sendall(_message(client))
                answer = _message(house)
                self.heard.append(answer)
                if self.cuts:
                    self.cuts -= 1
                    client.sendall(answer[: int(len(answer) * self.share)])
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                else:
                    client.sendall(answer)


def _message(source: socket.socket) -> bytes:
    """A whole HTTP message with a length."""
    told = b""
    while b"\r\n\r\n" not in told:
        told += _some(source)
    head, _, body = told.partition(b"\r\n\r\n")
    lengths = [
        line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    ]
    while len(body) < int(lengths[0] if lengths else 0):
        body += _some(source)
    return head + b"\r\n\r\n" + body


def _some(source: socket.socket) -> bytes:
    if not (some := source.recv(65536)):
        raise OSError("the other side went away")
    return some


@contextmanager
def cutting(live_server: Any, share: float) -> Iterator[Cutter]:
    cutter = Cutter(live_server.thread.host, live_server.thread.port, share)
    cutter.start()
    try:
        yield cutter
    finally:
        cutter.listener.shutdown(socket.SHUT_RDWR)
        cutter.listener.close()
        cutter.join(30)


@pytest.fixture
def busy() -> Office:
    load_packs()
    return build()


@pytest.mark.parametrize("share", [0.0, 0.9])
def test_what_was_not_answered_is_answered_when_it_is_sent_again(
    live_server: Any, busy: Office, share: float
):
    tokens = {who: issue_token(staff=busy.staff(who), label="cut")[1] for who in CAST}
    at = Ground(busy.unit.pk, busy.owner.pk, busy.staff("zheng").pk)
    with cutting(live_server, share) as cutter:
        caller = Caller(cutter.address, tokens, random.Random(1), within=60)

        def twice_cut(who: str, path: str, body: Any, key: str) -> int:
            cutter.cuts, before = 2, caller.unanswered
            answer = caller.do(Request(who, path, body, key))
            assert caller.unanswered - before == 2
            assert answer.again, "it was done before the connection was cut"
            first, second, third = cutter.heard[-3:]
            assert b"Idempotent-Replay" not in first
            assert [_body(one) for one in (first, second)] == [_body(third)] * 2
            return answer.case

        case = twice_cut("xiaowang", "cases", opening("goods-release", at), "cut-opening")
        for one in steps("goods-release", at):
            sent = {"step": one.step, "outcome": one.outcome, **one.more}
            twice_cut(one.who, f"cases/{case}/acts", sent, f"cut-{one.step}")
    assert Case.objects.get().status == "done"
    assert Entry.objects.filter(stream=f"case/{case}").count() == 6
    assert Paper.objects.get().ordinal == 1


def _body(message: bytes) -> bytes:
    return message.partition(b"\r\n\r\n")[2]


def test_a_client_gives_up_in_time_and_says_why(live_server: Any, busy: Office):
    token = issue_token(staff=busy.staff("xiaowang"), label="cut")[1]
    at = Ground(busy.unit.pk, busy.owner.pk, busy.staff("zheng").pk)
    with cutting(live_server, 0.0) as cutter:
        cutter.cuts = 1000
        caller = Caller(cutter.address, {"xiaowang": token}, random.Random(1), within=1)
        with pytest.raises(NoAnswer, match="none within 1 s; the last was"):
            caller.do(Request("xiaowang", "cases", opening("goods-release", at), "cut-for-ever"))
    assert Case.objects.count() == 1
