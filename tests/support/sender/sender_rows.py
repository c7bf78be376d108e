"""What the neighbours tell a sender under test: one tenant with one number and one carrier connection."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from price_cards import price_rows, prices
from shared.events import ConnectionChanged, NumberChanged, PricesChanged, TenantChanged
from shared.keyring import Keyring

TENANT, NUMBER, CONNECTION = "ten_a", "+13125550001", "con_x.code"
KEYRING = Keyring("a secret of 32 characters or more for tests")
ASSIGNED = datetime(2026, 3, 9, 18, 0, tzinfo=UTC)
NO_LIMIT = 1e9

Rows = dict[str, dict[str, Any]]
"""By the path of the internal request that they answer."""


def number() -> NumberChanged:
    return NumberChanged(
        phone_number=NUMBER,
        revision=1,
        tenant_id=TENANT,
        connection_id=CONNECTION,
        assigned_at=ASSIGNED,
        parts_per_second=NO_LIMIT,
    )


def connection() -> ConnectionChanged:
    return ConnectionChanged(
        connection_id=CONNECTION,
        revision=1,
        tenant_id=TENANT,
        public_keys=("k",),
        encrypted_api_key=KEYRING.seal("KEY-1"),
        messaging_profile_id="prof",
    )


def rows(
    tenant: TenantChanged | None = None, own_prices: PricesChanged | None = None, sending: NumberChanged | None = None
) -> Rows:
    tenant = tenant or TenantChanged(tenant_id=TENANT, revision=1, name="A")
    return {
        f"/internal/accounts/tenants/{TENANT}": tenant.jsonable(),
        f"/internal/accounts/numbers/{NUMBER}": (sending or number()).jsonable(),
        f"/internal/accounts/connections/{CONNECTION}": connection().jsonable(),
        **price_rows(own_prices or prices(0, tenant=TENANT)),
        "/internal/conversation/consents": {"items": [], "next_cursor": None},
        "/internal/conversation/erasure-keys": {"items": [], "next_cursor": None},
        "/internal/accounts/revocations": {"items": [], "next_cursor": None},
    }
