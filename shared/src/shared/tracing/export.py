"""Sends spans to an OTLP/HTTP collector, from a thread of its own. Imported only where an endpoint is set.

Nothing here may hold up a message: a collector that is away, slow or talks nonsense costs the spans, one warning, and a
count in `/metrics`. Batching, time-outs, headers and sampling are the SDK's and follow its OTEL_* variables.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from importlib.metadata import version

import structlog
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Tracer

from shared.metrics import SPANS

log = structlog.get_logger()

STOP_SECONDS = 2.0
_REPEATS_ITSELF = ("opentelemetry.exporter", "opentelemetry.sdk._shared_internal")
"""Loggers that say once per batch, with the collector's address and answer, what is counted and said once here."""


class Exporting:
    """One queue and one connection for the process; a name (`service.name`) for each of its services."""

    def __init__(self, endpoint: str) -> None:
        for name in _REPEATS_ITSELF:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._queue = _Queue(_Counted(OTLPSpanExporter(endpoint=endpoint)))
        self._tracers: dict[str, Tracer] = {}

    def of(self, service: str) -> Tracer:
        tracer = self._tracers.get(service)
        if tracer is None:
            tracer = self._tracers[service] = self._named(service)
        return tracer

    def _named(self, service: str) -> Tracer:
        release = version("parley-shared")
        resource = Resource.create({"service.name": f"parley-{service}", "service.version": release})
        provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(self._queue)
        return provider.get_tracer("parley", release)

    def stop(self) -> None:
        """Send what waits, within STOP_SECONDS. The SDK would wait for half a minute; its thread dies with us."""
        sending = threading.Thread(target=self._queue.shutdown, daemon=True, name="last traces")
        sending.start()
        sending.join(STOP_SECONDS)


class _Counted(SpanExporter):
    """The real exporter, counted, with one word when spans begin to be lost and one when they flow again."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._losing = False
        self.taken = 0
        """How many spans the queue has handed over. Written by the SDK's thread only."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        self.taken += len(spans)
        try:
            result = self._exporter.export(spans)
        except Exception as error:  # noqa: BLE001 - whatever a collector's answer sets off costs these spans only
            log.debug("trace_export_failed", error=type(error).__name__)
            result = SpanExportResult.FAILURE
        if result is SpanExportResult.SUCCESS:
            SPANS.labels("exported").inc(len(spans))
            self.flows()
        else:
            self.lost(len(spans), "the collector does not take them")
        return result

    def lost(self, count: int, why: str) -> None:
        SPANS.labels("dropped").inc(count)
        if not self._losing:
            self._losing = True
            log.warning("traces_dropped", why=why, watch="parley_spans_total")

    def flows(self) -> None:
        if self._losing:
            self._losing = False
            log.info("traces_flow_again")

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


class _Queue(BatchSpanProcessor):
    """The SDK's queue, which drops its oldest span when it is full; here that is counted."""

    def __init__(self, exporter: _Counted) -> None:
        super().__init__(exporter)
        self._counted = exporter
        self._room = BatchSpanProcessor._default_max_queue_size()
        self._ended = 0
        """Written by the event loop's thread only, so that no lock is needed; less what overflowed."""

    def on_end(self, span: ReadableSpan) -> None:
        if span.context and span.context.trace_flags.sampled:
            if self._ended - self._counted.taken >= self._room:
                self._counted.lost(1, "they end faster than the collector takes them")
            else:
                self._ended += 1
        super().on_end(span)
