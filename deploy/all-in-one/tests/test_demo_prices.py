"""The demo's Usage page shows a price for everything that the demo uses."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest

from accounts.billing.domain.pricing import usage_price
from all_in_one.demo import business
from shared.events import Money, UsageEntry, UsageKind

NOW = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize("kind", get_args(UsageKind))
@pytest.mark.parametrize("message_type", ["sms", "mms"])
@pytest.mark.parametrize("contact", ["+13125550123", "+14165550123", "+4930123456"])
def test_there_is_a_price(kind: str, message_type: str, contact: str) -> None:
    card = business.PRICES.card("rtc_demo", NOW, NOW, "test")
    used = UsageEntry.read(
        {
            "ledger_key": "k", "kind": kind, "quantity": 1000, "revision": 1, "used_at": NOW, "contact": contact,
            "model": "sandbox", "message_type": message_type, "carrier_cost": Money(nano=3_000_000),
        }
    )  # fmt: skip
    price = usage_price(card, used)
    assert not price.unpriced
    assert price.amount_nano > 0
