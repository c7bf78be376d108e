"""What the operator can watch of sender."""

from __future__ import annotations

from prometheus_client import Counter

FOREIGN_RECEIPTS = Counter(
    "parley_foreign_receipts_total",
    "Delivery reports about texts that another system sent through the same carrier account",
)
