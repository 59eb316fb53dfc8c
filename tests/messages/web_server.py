"""A web server on a port of this machine, as unwilling as a test wants it; what it speaks is each channel's own."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

DROP = object()  # instead of an answer: the connection is cut
#: What was asked, as (method, path, parameters of the address, body) → a status and an answer, or DROP.
Speaks = Callable[[str, str, dict[str, str], bytes], Any]


@dataclass
class Site:
    """Where it is, and what it was asked."""

    url: str
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def serving(speaks: Speaks) -> Iterator[Site]:
    """The server, for as long as the test needs it."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            site.asked.append((self.command, parts.path))
            told = speaks(
                self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), body
            )
            if told is DROP:
                self.close_connection = True
                self.connection.close()
                return
            status, answer = told
            content = answer if isinstance(answer, bytes) else json.dumps(answer, ensure_ascii=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer

        def log_message(self, *told: Any) -> None:
            """The tests say enough."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_address[1]}")
    running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    running.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        running.join()
