"""An erased person in what ingress keeps.

Texts in the spool are on their way: conversation does not file those from before the erasure. What stays here for days
are texts to a number without an owner. Those that came over a connection of the tenant go.
"""

from __future__ import annotations

from dataclasses import dataclass

from ingress.unrouted import Unrouted
from shared.database.protocol import Document
from shared.erasure import ErasedPerson
from shared.events import ConnectionChanged
from shared.internal.read_models import ReadModel


@dataclass(frozen=True)
class IngressErasure:
    kept: Unrouted
    connections: ReadModel[ConnectionChanged]

    async def unrouted(self, person: ErasedPerson) -> int:
        async def speaks_of(row: Document) -> bool:
            if not person.is_in(row["body"]):
                return False
            connection = await self.connections.known(row["connection_id"])
            return connection is not None and connection.tenant_id == person.tenant_id

        return await self.kept.erase(speaks_of)
