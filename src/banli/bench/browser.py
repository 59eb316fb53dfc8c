"""Browsers of the bench: signed in, over HTTP, one connection each."""

import http.client
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest

from banli.config.processes import begin_as_child
from banli.people.models import Staff

READY_WITHIN = 60.0
HOST = "127.0.0.1"


@contextmanager
def web() -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """The web server as `banli serve` runs it, on a free port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "banli.config.web", HOST, str(port)], env={**os.environ, "BANLI_HOST": HOST},
        stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_as_child(),
    )  # fmt: skip
    try:
        _await(port, process)
        yield port, process
    finally:
        process.terminate()
        process.wait(30)


def _as_child() -> Any:
    return partial(begin_as_child, os.getpid(), 15)


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + READY_WITHIN
    while True:
        try:
            with socket.create_connection((HOST, port), timeout=1):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the web server did not answer on port {port}") from None
            time.sleep(0.2)


class Browser:
    """One member of the staff at a screen. The session is one as signing in makes it."""

    def __init__(self, port: int, username: str) -> None:
        self.connection = http.client.HTTPConnection(HOST, port, timeout=60)
        request = HttpRequest()
        request.META["REMOTE_ADDR"] = HOST
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        login(request, Staff.objects.get(username=username), backend=settings.AUTHENTICATION_BACKENDS[0])
        request.session.save()
        self.token = secrets.token_hex(16)
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={request.session.session_key}; csrftoken={self.token}",
            "Host": f"{HOST}:{port}",
        }

    def get(self, path: str) -> bytes:
        """A page. RuntimeError where the answer is not a page."""
        return self._answer("GET", path, None)

    def post(self, path: str, **sent: str) -> str:
        """Send a form; the address one is sent on to. RuntimeError where it was refused."""
        body = urlencode({"csrfmiddlewaretoken": self.token, **sent})
        return self._answer("POST", path, body).decode()

    def _answer(self, method: str, path: str, body: str | None) -> bytes:
        headers = (
            {**self.headers, "Content-Type": "application/x-www-form-urlencoded"} if body else self.headers
        )
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != (302 if body else 200):
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:200].decode(errors='replace')}")
        return answer.getheader("Location", "").encode() if body else content
