"""Traces: the way of one customer's text through every service, if OTEL_EXPORTER_OTLP_ENDPOINT is set."""

from shared.tracing.spans import (
    Kind,
    call,
    continued,
    ended,
    failed,
    handling,
    is_on,
    publishing,
    span,
    start,
    stop,
    traceparent,
)

__all__ = [
    "Kind",
    "call",
    "continued",
    "ended",
    "failed",
    "handling",
    "is_on",
    "publishing",
    "span",
    "start",
    "stop",
    "traceparent",
]
