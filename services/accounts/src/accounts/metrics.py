"""What the operator can watch of accounts: quantities and money as they were booked first, over all tenants.

Later figures of the same message (a corrected price, the carrier's own bill) are in the statements only.
"""

from __future__ import annotations

from prometheus_client import Counter

USAGE = Counter("parley_usage_total", "Parts and tokens that were booked", ["kind"])
CHARGED = Counter("parley_charged_total", "Price of what was booked, by the tenants' rate cards", ["currency"])
CARRIER_COST = Counter("parley_carrier_cost_total", "What the carrier charges for what was booked", ["currency"])
