"""The integrators' page is true: every example of docs/api.md is run, in its order, and answers as it says."""

import json
import re
import shlex
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.test import Client

from banli.people import actions as people
from tests.office import Office, identity, today

PAGE = Path(__file__).resolve().parents[2] / "docs/api.md"
BLOCK = re.compile(r"```(sh|json)\n(.*?)```", re.DOTALL)
KEPT = re.compile(r"(\w+)=\$\((curl .*) \| jq -r (\S+)\)")


def test_every_example_answers_as_the_page_says(office: Office):
    known = {
        "BANLI": "http://testserver",
        "TOKEN": people.issue_token(staff=office.staff("xiaowang"), label="page")[1],
        "GATE_TOKEN": people.issue_token(staff=office.staff("zhou"), label="page")[1],
        "ID_NUMBER": identity(),
        "TODAY": today().isoformat(),
    }
    answer: Any = None
    blocks = BLOCK.findall(PAGE.read_text())
    assert len([kind for kind, _ in blocks if kind == "sh"]) >= 10
    for kind, text in blocks:
        if kind == "json":
            assert as_said(json.loads(text), answer), (
                f"{text}\nbut it is\n{json.dumps(answer, ensure_ascii=False)}"
            )
            continue
        keeps = KEPT.fullmatch(text.strip())
        answer = curl(keeps[2] if keeps else text, known)
        if keeps:
            known[keeps[1]] = str(picked(answer, keeps[3]))


def curl(command: str, known: dict[str, str]) -> Any:
    """Do what a curl command would, without a network."""
    command = re.sub(r"\$(\w+)", lambda found: known[found[1]], command)
    program, *words = shlex.split(command)
    assert program == "curl"
    method, url, body, headers, asked = "GET", "", "", {}, []
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        elif word == "--data-urlencode":
            name, _, value = words.pop(0).partition("=")
            asked.append(f"{name}={quote(value)}")
        elif word != "-G":
            url = word
    parts = urlsplit(url)
    query = "&".join([*filter(None, [parts.query]), *asked])
    kind = headers.pop("Content-Type", "")
    told = Client().generic(method, f"{parts.path}?{query}", body, content_type=kind, headers=headers)
    return told.json()


def as_said(said: Any, is_: Any) -> bool:
    """Whether an answer is as the page has it. ``…`` stands for anything; a key ``…`` for more of them."""
    if isinstance(said, str):
        return said == "…" or (isinstance(is_, str) and _like(said, is_))
    if isinstance(said, dict):
        more = "…" in said
        return (
            isinstance(is_, dict)
            and (more or set(said) == set(is_))
            and all(key in is_ and as_said(value, is_[key]) for key, value in said.items() if key != "…")
        )
    if isinstance(said, list):
        return isinstance(is_, list) and len(said) == len(is_) and all(map(as_said, said, is_))
    return type(said) is type(is_) and said == is_


def _like(said: str, is_: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, said.split("…"))), is_, re.DOTALL) is not None


def picked(answer: Any, path: str) -> Any:
    """What jq would pick with a simple path such as ``.items[0].id``."""
    for name, place in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        answer = answer[name] if name else answer[int(place)]
    return answer
