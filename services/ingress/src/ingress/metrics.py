"""The metrics of ingress."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

WEBHOOKS = Counter(
    "parley_webhooks_total",
    "Webhooks by outcome: published, spooled, unrouted, ignored, refused, outside_time_window, malformed, …",
    ["outcome"],
)
SPOOL_DEPTH = Gauge("parley_spool_depth", "Events that wait in ingress's own database for the broker")
