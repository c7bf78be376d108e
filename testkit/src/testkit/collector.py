"""A small OTLP/HTTP collector: keeps the spans it is sent, or is as slow and as rude as a test wants it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True)
class SpanSeen:
    service: str
    name: str
    kind: int
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]
    links: tuple[str, ...]
    """Trace ids."""
    events: int
    failed: bool


class Collector:
    """Use as a context manager. `status` is what it answers; `hold` lets nobody have an answer until `release`."""

    def __init__(self) -> None:
        self.spans: list[SpanSeen] = []
        self.raw: list[bytes] = []
        self.status = 200
        self.answer = b""
        self.asked = threading.Event()
        self._open = threading.Event()
        self._open.set()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector.asked.set()
                collector._open.wait(60)
                body = self.rfile.read(int(self.headers["content-length"]))
                if collector.status == 200:
                    collector._keep(self.path, body)
                self.send_response(collector.status)
                self.send_header("content-length", str(len(collector.answer)))
                self.end_headers()
                self.wfile.write(collector.answer)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def hold(self) -> None:
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    def __enter__(self) -> Collector:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()

    def _keep(self, path: str, body: bytes) -> None:
        assert path == "/v1/traces", path
        self.raw.append(body)
        request = ExportTraceServiceRequest.FromString(body)
        for group in request.resource_spans:
            service = _values(group.resource.attributes)["service.name"]
            for scope in group.scope_spans:
                self.spans += [_seen(service, span) for span in scope.spans]

    def named(self, name: str) -> list[SpanSeen]:
        return [span for span in list(self.spans) if span.name == name]

    def trace(self, id: str) -> dict[str, SpanSeen]:
        """The spans of this trace by their ids."""
        return {span.id: span for span in list(self.spans) if span.trace == id}


def _seen(service: str, span: Any) -> SpanSeen:
    return SpanSeen(
        service=service,
        name=span.name,
        kind=span.kind,
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        attributes=_values(span.attributes),
        links=tuple(link.trace_id.hex() for link in span.links),
        events=len(span.events),
        failed=span.status.code == 2,
    )


def _values(attributes: Any) -> dict[str, Any]:
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in attributes}
