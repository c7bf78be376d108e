"""Figures for the operator."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

CONNECTIONS = Gauge("parley_realtime_connections", "Open streams", ["kind"])
ENDED = Counter("parley_realtime_ended_total", "Streams we ended, by reason", ["reason"])
RESETS = Counter("parley_realtime_resets_total", "Listeners that got a reset and must read a fresh snapshot")
