"""OpenTelemetry: request → action → statement, sent where OTEL_EXPORTER_OTLP_ENDPOINT says; nothing without it.

The SDK is an extra (`banli[traces]`, requirements-traces.txt) and not imported before `start` finds the variable set.
Spans carry the facts of the log, and SQL with its placeholders: never a parameter, never an error's message.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
LONGEST_STATEMENT = 2000  # characters
_tracer: "Tracer | None" = None


class Watched:
    """A span that is being timed, or nothing where no traces are wanted."""

    def __init__(self, span: "Span | None" = None) -> None:
        self._span = span

    def tell(self, facts: Mapping[str, Any]) -> None:
        """Give it the facts, as attributes banli.<fact>."""
        if self._span is not None:
            for name, value in facts.items():
                self._span.set_attribute(f"banli.{name}", value)

    def rename(self, name: str) -> None:
        if self._span is not None:
            self._span.update_name(name)


_NOTHING = Watched()


def start(process: str) -> "TracerProvider | None":
    """Begin to send traces, as this process of the house; None when no endpoint is set. Call it after forking."""
    global _tracer
    if not os.environ.get(ENDPOINT):
        return None
    from django.db import connections
    from django.db.backends.signals import connection_created
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    names = {"service.name": os.environ.get("OTEL_SERVICE_NAME", "banli"), "banli.process": process}
    provider = TracerProvider(resource=Resource.create(names))  # it flushes at exit
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    _tracer = provider.get_tracer("banli")
    connection_created.connect(_watch_statements, dispatch_uid="banli.traces")
    for connection in connections.all(initialized_only=True):
        _watch_statements(connection=connection)
    return provider


@contextmanager
def span(name: str, *, serving: bool = False) -> Iterator[Watched]:
    """Time what is inside; as the server's side of a request when ``serving``."""
    if _tracer is None:
        yield _NOTHING
        return
    from opentelemetry.trace import SpanKind, Status, StatusCode

    kind = SpanKind.SERVER if serving else SpanKind.INTERNAL
    with _tracer.start_as_current_span(
        name, kind=kind, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield Watched(current)
        except BaseException as raised:
            current.set_status(Status(StatusCode.ERROR))
            current.set_attribute("error.type", type(raised).__name__)
            raise


def _watch_statements(*, connection: Any, **_: Any) -> None:
    if _statement not in connection.execute_wrappers:
        connection.execute_wrappers.append(_statement)


def _statement(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """One statement of a request or an action; what a process asks by itself is no part of any trace."""
    from opentelemetry.trace import SpanKind, get_current_span

    if _tracer is None or not get_current_span().is_recording():
        return execute(sql, params, many, context)
    text = sql if isinstance(sql, str) else type(sql).__name__
    with _tracer.start_as_current_span(
        text.split(None, 1)[0].upper() if text.strip() else "SQL",
        kind=SpanKind.CLIENT,
        record_exception=False,
    ) as current:
        current.set_attribute("db.system.name", "postgresql")
        current.set_attribute("db.query.text", " ".join(text.split())[:LONGEST_STATEMENT])
        return execute(sql, params, many, context)
