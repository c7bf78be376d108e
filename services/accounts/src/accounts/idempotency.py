"""Remembers the body that came with an `Idempotency-Key`, so that another body under the same key is refused.

Only a fingerprint made with the installation's secret is kept: bodies contain carrier credentials.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel

from accounts.store import Storage
from shared.database.protocol import Range
from shared.errors import Invalid
from shared.http.idempotency import RequestKey
from shared.ids import derived_id

KEPT = timedelta(days=30)
"""As long as anything may be redelivered or replayed. A later request with another body is taken for the first one: it
still makes nothing twice."""
_PURPOSE = "request body"


class RequestKeys:
    def __init__(self, storage: Storage) -> None:
        self._rows = storage.request_keys
        self._keyring = storage.keyring
        self._clock = storage.clock

    async def claim(self, key: RequestKey, tenant_id: str, route: str, body: BaseModel) -> None:
        """Raises `Invalid("idempotency_key_reused")` if this key came with another body before."""
        if key.value is None:
            return
        id = derived_id("idk", tenant_id, route, key.value)
        meaning = body.model_dump_json(exclude_unset=True)
        row = {"id": id, "mac": self._keyring.mac(_PURPOSE, meaning), "at": self._clock.now()}
        if await self._rows.insert(row):
            return
        kept = await self._rows.get(id)
        if kept and not self._keyring.mac_is_valid(_PURPOSE, meaning, kept["mac"]):
            raise Invalid("idempotency_key_reused", "This Idempotency-Key was used with another body; use a new key.")

    async def forget_old(self) -> int:
        return await self._rows.delete({"at": Range(lt=self._clock.now() - KEPT)})
