"""What sending costs, as accounts tells it: a copy of every tenant's prices, and of the installation's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sender.domain.prices import InForce, in_force
from shared.database.protocol import Database
from shared.errors import Unavailable
from shared.events import DEFAULT_PRICES, PricesChanged
from shared.internal.client import InternalClient
from shared.internal.read_models import ReadModel, Source


@dataclass(frozen=True)
class Prices:
    copy: ReadModel[PricesChanged]

    async def at(self, tenant_id: str, moment: datetime) -> InForce:
        """Raises `Unavailable` while accounts is away and the copy was never filled."""
        known = await self.copy.known_among([tenant_id, DEFAULT_PRICES])
        own = await self._of(tenant_id, known)
        if own and own.at(moment):
            return in_force(own, None, moment)
        return in_force(own, await self._of(DEFAULT_PRICES, known), moment)

    async def _of(self, tenant_id: str, known: dict[str, PricesChanged]) -> PricesChanged | None:
        if tenant_id in known:
            return known[tenant_id]
        try:
            return await self.copy.get(tenant_id)
        except Unavailable:
            if not self.copy.complete:
                raise
            return None  # who had cards when the copy was filled, or was told of since, is in it


def prices_of(database: Database, internal: InternalClient) -> Prices:
    source = Source(service="accounts", path="prices")
    return Prices(ReadModel(PricesChanged, lambda row: row.tenant_id, source, database, internal))
