"""What accounts tells sender of rate cards, as short as tests want to say it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from shared.events import DEFAULT_PRICES, PricesChanged, SendingPrices

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def rate_card(sms: str = "", *, begins: datetime = LONG_AGO, **more: Any) -> SendingPrices:
    """With one price for all the world."""
    told = {"card_id": "rtc_1", "valid_from": begins, "currency": "USD", "sms_out": {"*": sms} if sms else {}}
    return SendingPrices.read({**told, "mms_out": {}, **more})


def prices(revision: int, *cards: SendingPrices, tenant: str) -> PricesChanged:
    return PricesChanged(tenant_id=tenant, revision=revision, cards=cards)


def price_rows(own: PricesChanged) -> dict[str, dict[str, Any]]:
    """What accounts answers where the installation has no prices of its own."""
    rows = [own, prices(0, tenant=DEFAULT_PRICES)]
    return {f"/internal/accounts/prices/{row.tenant_id}": row.jsonable() for row in rows}
