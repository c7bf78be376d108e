"""Fingerprints of bulk requests with an Idempotency-Key, kept for 30 days."""

from __future__ import annotations

from datetime import timedelta

from shared.clock import Clock
from shared.database.protocol import Collection, CollectionSpec, Range
from shared.http.idempotency import require_same
from shared.ids import derived_id
from shared.service.sweeping import keep_swept

KEPT = timedelta(days=30)
BULK_SPEC = CollectionSpec("bulk_requests", {"at": "datetime"}, (("at",),))


class BulkKeys:
    def __init__(self, rows: Collection, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock

    async def note(self, tenant_id: str, key: str, fingerprint: str) -> None:
        """Raises `Invalid("idempotency_key_reused")` if the key came with another body before."""
        id = derived_id("blk", tenant_id, key)
        row = {"id": id, "tenant_id": tenant_id, "at": self._clock.now(), "digest": fingerprint}
        if not await self._rows.insert(row):
            present = await self._rows.get(id)
            require_same(present["digest"] if present else fingerprint, fingerprint)

    async def once(self) -> None:
        await self._rows.delete({"at": Range(lt=self._clock.now() - KEPT)})

    async def run(self) -> None:
        await keep_swept([self.once], spread=True)
