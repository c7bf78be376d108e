"""Tenants, numbers and carrier connections as accounts publishes them."""

from __future__ import annotations

from dataclasses import dataclass

from shared.database.protocol import Database
from shared.events import ConnectionChanged, NumberChanged, TenantChanged
from shared.internal.client import InternalClient
from shared.internal.read_models import ReadModel, Source


@dataclass(frozen=True)
class AccountsDirectory:
    """Copies of what accounts owns."""

    tenants: ReadModel[TenantChanged]
    numbers: ReadModel[NumberChanged]
    connections: ReadModel[ConnectionChanged]


def directory_of(database: Database, internal: InternalClient) -> AccountsDirectory:
    """Copies of what accounts owns."""
    return AccountsDirectory(
        tenants=ReadModel(
            TenantChanged, lambda row: row.tenant_id, Source(service="accounts", path="tenants"), database, internal
        ),
        numbers=ReadModel(
            NumberChanged, lambda row: row.phone_number, Source(service="accounts", path="numbers"), database, internal
        ),
        connections=ReadModel(
            ConnectionChanged,
            lambda row: row.connection_id,
            Source(service="accounts", path="connections"),
            database,
            internal,
        ),
    )
