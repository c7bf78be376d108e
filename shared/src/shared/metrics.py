"""What the operator can watch. Labels are few and never contain a tenant, a number or a text."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram
from starlette.types import Scope

EVENTS_HANDLED = Counter("parley_events_handled_total", "Events by how they ended", ["service", "type", "outcome"])
HANDLING_SECONDS = Histogram(
    "parley_event_handling_seconds",
    "From delivery to settled",
    ["service", "type"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30),
)
DEAD_LETTERS = Counter("parley_dead_letters_total", "Events that could not be handled", ["service", "type"])
OUTBOX_AGE_SECONDS = Gauge("parley_outbox_oldest_seconds", "Age of the oldest effect not carried out", ["service"])
SPANS = Counter("parley_spans_total", "Trace spans by outcome: exported or dropped", ["outcome"])
FORGOTTEN = Counter("parley_forgotten_total", "What retention took, by what it was", ["service", "what"])
RETENTION_AT = Gauge(
    "parley_retention_finished_timestamp_seconds", "When everything that was due was last forgotten", ["service"]
)
HTTP_SECONDS = Histogram("parley_http_seconds", "HTTP requests", ["method", "route", "status"])

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def method_of(scope: Scope) -> str:
    """A request's method as a label: strangers can send any word, each of them a label of its own."""
    return scope["method"] if scope["method"] in _METHODS else "other"
