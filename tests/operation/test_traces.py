"""Traces, sent to a real HTTP server that reads what OpenTelemetry sends."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import connection
from django.db.backends.signals import connection_created
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from banli.operation import traces
from tests.desk.at_the_desk import at, goods_posted, opening_url
from tests.office import Office


class Collector:
    """What a collector was sent."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.paths: set[str] = set()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector.paths.add(self.path)
                collector.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """The test asserts what came."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def spans(self) -> list[Any]:
        read = [ExportTraceServiceRequest.FromString(body) for body in self.bodies]
        return [s for told in read for r in told.resource_spans for sc in r.scope_spans for s in sc.spans]


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """Traces are sent to it, until the test ends."""
    told = Collector()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.address)
    monkeypatch.delenv("OTEL_EXPORTER_OTLP_COMPRESSION", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(traces, "_tracer", None)
    provider = traces.start("web")
    assert provider is not None
    told.flush = provider.force_flush  # type: ignore[attr-defined]
    yield told
    provider.shutdown()
    connection_created.disconnect(dispatch_uid="banli.traces")
    connection.execute_wrappers[:] = [w for w in connection.execute_wrappers if w is not traces._statement]
    told.server.shutdown()
    told.server.server_close()
    told.thread.join(5)


def attributes(span: Any) -> dict[str, Any]:
    return {a.key: a.value.int_value or a.value.string_value or a.value.double_value for a in span.attributes}


def test_a_request_holds_its_action_which_holds_its_statements(office: Office, collector: Any):
    posted = goods_posted(office, office.owner, carrier="张三丰", phone="13800571599")
    answer = at(office, "xiaowang").post(opening_url(office, "goods-release"), posted)
    assert answer.status_code == 302
    assert collector.flush(10_000)
    assert collector.paths == {"/v1/traces"}
    spans = collector.spans()
    (request,) = [s for s in spans if s.name == "POST desk:open"]
    (action,) = [s for s in spans if s.name == "action open"]
    statements = [s for s in spans if s.parent_span_id == action.span_id]
    assert action.parent_span_id == request.span_id
    assert {s.trace_id for s in (action, *statements)} == {request.trace_id}
    assert attributes(request)["banli.request"] == answer["X-Request-ID"]
    assert attributes(action)["banli.outcome"] == "done"
    assert any("cases_case" in attributes(s)["db.query.text"] for s in statements)
    sent = b"".join(collector.bodies)
    assert "张三丰".encode() not in sent
    assert b"13800571599" not in sent


def test_what_failed_is_marked_without_its_words(collector: Any):
    with pytest.raises(ValueError), traces.span("action x"):
        raise ValueError("张三丰")
    assert collector.flush(10_000)
    (span,) = collector.spans()
    assert (span.status.code, attributes(span)["error.type"]) == (2, "ValueError")
    assert "张三丰".encode() not in b"".join(collector.bodies)


def test_nothing_is_imported_or_sent_without_an_endpoint(monkeypatch: pytest.MonkeyPatch):
    import subprocess
    import sys

    monkeypatch.delenv("OTEL_EXPORTER_OTLP_ENDPOINT", raising=False)
    code = (
        "import sys; from banli.operation import traces; assert traces.start('web') is None\n"
        "with traces.span('x') as span: span.tell({'a': 1})\n"
        "assert not any(name.startswith('opentelemetry') for name in sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=60, env={"PYTHONPATH": ":".join(sys.path)}
    )
