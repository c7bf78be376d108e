"""What the operator can watch of sender."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

FOREIGN_RECEIPTS = Counter(
    "parley_foreign_receipts_total",
    "Delivery reports about texts that another system sent through the same carrier account",
)
CARRIER_SECONDS = Histogram(
    "parley_carrier_seconds",
    "Requests to the carrier by how they ended: accepted, refused, not_sent, no_answer",
    ["outcome"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
UNRESOLVED = Counter("parley_unresolved_total", "Messages that a person has to settle: the carrier may have taken them")
