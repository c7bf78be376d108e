"""The keys of the hashes that outlive an erasure: a random one per tenant, made at its first erasure.

Conversation makes it, and `contact.erased` brings it to the others, sealed with the installation's secret. It is not
derived from that secret: a hash could not be made anew when the secret is replaced, because the number is gone. So only
its seal is renewed (ADR 22).
"""

from __future__ import annotations

import base64
import secrets

import structlog

from shared.clock import Clock
from shared.database.paging import documents
from shared.database.protocol import CollectionSpec, Database, Document
from shared.errors import Invalid
from shared.keyring import Keyring

log = structlog.get_logger()

SPEC = CollectionSpec("erasure_keys", {})
KEY_BYTES = 32
REMEMBERED_SECONDS = 2.0
"""Another instance may have learned of a tenant's first erasure meanwhile. What would be wrong by then (a number's own
row is gone, only its hash is left) happens `SETTLING_SECONDS` after the key was stored."""
SETTLING_SECONDS = 3.0


class ErasureKeys:
    def __init__(self, database: Database, keyring: Keyring, clock: Clock) -> None:
        self._rows = database.collection(SPEC)
        self._keyring = keyring
        self._clock = clock
        self._known: dict[str, bytes] = {}
        self._read_at: float | None = None

    async def made_for(self, tenant_id: str) -> bytes:
        """The tenant's key; a new one if it has none."""
        fresh = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
        await self._rows.insert({"id": tenant_id, "version": 1, "sealed": self._keyring.seal(fresh)})
        row = await self._rows.get(tenant_id)
        assert row is not None
        return self._keep(row)

    async def adopt(self, tenant_id: str, key: bytes) -> None:
        """Keep the key that an event brought."""
        await self._rows.insert({"id": tenant_id, "version": 1, "sealed": self.sealed(key)})
        self._known[tenant_id] = key

    def sealed(self, key: bytes) -> str:
        """For an event, or to be stored."""
        return self._keyring.seal(base64.urlsafe_b64encode(key).decode())

    def opened(self, sealed: str) -> bytes:
        """Raises `Invalid("cannot_unseal")`."""
        return base64.urlsafe_b64decode(self._keyring.unseal(sealed))

    async def of(self, tenant_id: str) -> bytes | None:
        """The tenant's key; None: it has erased nobody. Reads at most every other second, however many ask."""
        now = self._clock.monotonic()
        if self._read_at is None or now - self._read_at > REMEMBERED_SECONDS:
            await self.refresh()
        return self._known.get(tenant_id)

    async def refresh(self) -> None:
        """Read them all again: there is one row for each tenant that has ever erased a person."""
        since = self._clock.monotonic()
        async for row in documents(self._rows, {}):
            self._keep(row)
        self._read_at = since

    async def reseal(self) -> int:
        """While SECRET_KEY is being replaced: seal with the first secret what an older one has sealed."""
        done = 0
        async for row in documents(self._rows, {}):
            if not self._keyring.sealed_with_first(row["sealed"]):
                done += await self._reseal(row)
        return done

    async def _reseal(self, row: Document) -> bool:
        try:
            sealed = self.sealed(self.opened(row["sealed"]))
        except Invalid:
            log.error("erasure_key_unreadable", tenant=row["id"])
            return False
        return await self._rows.replace({**row, "version": row["version"] + 1, "sealed": sealed}, row["version"])

    def _keep(self, row: Document) -> bytes:
        key = self._known.get(row["id"])
        if key is None:
            key = self._known[row["id"]] = self.opened(row["sealed"])
        return key
