"""One run: clients at work, kills in between, and the judgement. The house is up; this process sees its database."""

import argparse
import random
import threading
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from django.db import connection
from django.db.models import Max

from banli.cases.command import main as audit
from banli.config.failures import StartFailure, say
from banli.journal.models import Entry
from banli.people.command import main as token

from . import verdict
from .api import Caller
from .client import Client
from .house import House, HouseDown
from .killer import Killer
from .memory import Memory, read
from .work import CAST, ground

IMPATIENT = 0.1  # the share of calls that hang up before they can have been answered
ANSWER_WITHIN = 180.0  # seconds in which a client must have a definite answer
ENDED_WITHIN = 240.0  # seconds in which every client must have ended its case
#: Seconds in which the queue must have become shorter: a dead worker is noticed after 20, looked for every 10.
SHORTER_WITHIN = 60.0


def run(house: House, folder: Path, wanted: argparse.Namespace, seed: int) -> list[str]:
    """What is wrong after so many kills, or so many minutes of them; empty where nothing is."""
    tokens = _tokens()
    since = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
    connection.close()  # it would not outlive the first kill
    ending = threading.Event()
    at = ground(Caller(house.address, tokens, random.Random(seed), within=ANSWER_WITHIN))
    clients = []
    for number in range(wanted.clients):
        name, rng = f"c{number}", random.Random(f"{seed}-{number}")
        caller = Caller(house.address, tokens, rng, within=ANSWER_WITHIN, impatient=IMPATIENT)
        memory = Memory(folder / f"acknowledged-{name}.jsonl")
        clients.append(Client(name, caller, at, memory, rng, ending))
    for client in clients:
        client.start()
    killer = Killer(house, seed, lambda: sum(len(c.memory.told) for c in clients))
    down: list[str] = []
    try:
        _kill(killer, wanted)
    except HouseDown as why:
        down.append(str(why))
    finally:
        ending.set()
    _join(clients)
    seen = [one for client in clients for one in client.wrong]
    return [*down, *seen] if down else [*seen, *_judge(house, clients, since)]


def _tokens() -> dict[str, str]:
    """A key for each of the cast, made by `banli token create`."""
    tokens = {}
    for who in CAST:
        with redirect_stdout(StringIO()) as shown, redirect_stderr(StringIO()) as said:
            if token(["token", "create", "--user", who, "--label", "torture", "--days", "2"]) != 0:
                raise StartFailure(f"{who} 没有得到接口令牌。", f"No token for {who}: {said.getvalue()}")
        tokens[who] = shown.getvalue().strip()
    return tokens


def _kill(killer: Killer, wanted: argparse.Namespace) -> None:
    began = time.monotonic()
    for number, role in enumerate(killer.rounds(), 1):
        told, passed = killer.answers(), time.monotonic() - began
        say(
            f"{passed:4.0f} 秒，第 {number} 次：{role}，已确认 {told} 步",
            f"{passed:.0f} s, kill {number}: {role}; {told} actions acknowledged",
        )
        if (number >= wanted.kills) if wanted.minutes is None else passed > wanted.minutes * 60:
            break
    total = sum(killer.killed.values())
    each = ", ".join(f"{role} {count}" for role, count in killer.killed.items())
    say(f"共 {total} 次：{each}", f"{total} kills: {each}")


def _join(clients: Sequence[Client]) -> None:
    deadline = time.monotonic() + ENDED_WITHIN
    for client in clients:
        client.join(max(0.0, deadline - time.monotonic()))


def _judge(house: House, clients: Sequence[Client], since: int) -> list[str]:
    """What is wrong with the memory of the clients, with what the house has of it, and with how it stops."""
    wrong = [f"{client.name}: does not come to an end" for client in clients if client.is_alive()]
    told = [one for client in clients for one in client.memory.told]
    if read(client.memory.file for client in clients) != told:
        wrong.append("what the clients wrote down is not what they were told")
    cases, again = sum(c.cases for c in clients), sum(c.caller.unanswered for c in clients)
    say(
        f"{len(clients)} 个客户端：{cases} 件办结，{len(told)} 步已确认，{again} 次未得答复而重发",
        f"{len(clients)} clients: {cases} whole cases, {len(told)} actions acknowledged, {again} calls sent again",
    )
    house.await_ready()
    _await_queue()
    wrong += map(str, verdict.violations(told, since))
    if audit(["audit"]) != 0:
        wrong.append("banli audit does not agree")
    if (status := house.stop()) != 0:
        wrong.append(f"bin/serve ended with {status} when it was told to stop")
    return wrong


def _await_queue() -> None:
    """Until it is empty, however much was laid in it; or until nobody works on it any more."""
    least, deadline = None, time.monotonic() + SHORTER_WITHIN
    while (left := sum(1 for _ in verdict.queue())) and time.monotonic() < deadline:
        if least is None or left < least:
            least, deadline = left, time.monotonic() + SHORTER_WITHIN
        time.sleep(0.5)
