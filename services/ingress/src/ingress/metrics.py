"""What the operator can watch of ingress."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

WEBHOOKS = Counter(
    "parley_webhooks_total",
    "Webhooks by what became of them (published, spooled, unrouted, ignored, refused, malformed, too_large, …)",
    ["outcome"],
)
SPOOL_DEPTH = Gauge("parley_spool_depth", "Events that wait in ingress's own database for the broker")
