"""What the operator can watch of conversation."""

from __future__ import annotations

from prometheus_client import Counter

MEDIA_LOADS = Counter(
    "parley_media_loads_total",
    "Pictures and files of inbound texts: stored, awaited (to be tried again), or why one is missing",
    ["outcome"],
)
NEIGHBOUR_WEBHOOKS = Counter(
    "parley_neighbour_webhooks_total",
    "Webhooks of chat and e-mail systems: taken, ignored (no activity), refused (signature, size, form)",
    ["kind", "outcome"],
)
