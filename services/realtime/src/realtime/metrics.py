"""Figures for the operator."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

CONNECTIONS = Gauge("parley_realtime_connections", "Open streams", ["kind"])
ENDED = Counter("parley_realtime_ended_total", "Streams we ended, by reason", ["reason"])
WEBHOOK_ATTEMPTS = Counter(
    "parley_webhook_attempts_total", "Posts to tenants' webhooks, by outcome: accepted, or the problem", ["outcome"]
)
RESETS = Counter("parley_realtime_resets_total", "Listeners that got a reset and must read a fresh snapshot")
