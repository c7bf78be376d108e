"""A copy of another service's data fills itself, even if that service is away at the start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from shared.clock import ManualClock
from shared.database.protocol import Collection, CollectionSpec, Document
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import StoreUnavailable, Unavailable
from shared.events import TenantChanged
from shared.internal.client import InternalClient
from shared.internal.read_models import ReadModel, Source
from shared.keyring import Keyring

ROW = TenantChanged(tenant_id="ten_1", revision=1, name="Ann’s Bakery").plain()


class Faltering:
    """A collection that does not answer the first time it is asked."""

    def __init__(self, real: Collection) -> None:
        self._real, self._asked = real, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def get(self, id: str) -> Document | None:
        if not self._asked:
            self._asked = True
            raise StoreUnavailable("store_unavailable", "a new leader is being chosen")
        return await self._real.get(id)


class FalteringDatabase(EmbeddedDatabase):
    def collection(self, spec: CollectionSpec) -> Any:
        real = super().collection(spec)
        return Faltering(real) if spec.name == "read_models" else real


class Owner(InternalClient):
    """Accounts, away for the first call."""

    def __init__(self) -> None:
        super().__init__(Keyring("k" * 32), ManualClock(), lambda service: f"http://{service}")
        self.calls = 0

    async def rows(self, service: str, path: str) -> AsyncIterator[dict[str, Any]]:
        self.calls += 1
        if self.calls == 1:
            raise Unavailable("owner_away", "not yet")
        yield ROW


async def test_a_copy_is_filled_although_database_and_owner_falter_at_first():
    database, owner = FalteringDatabase(None), Owner()
    model = ReadModel(
        TenantChanged, lambda row: row.tenant_id, Source(service="accounts", path="tenants"), database, owner
    )
    await database.start()
    await model.fill()
    assert model.complete
    assert owner.calls == 2
    assert (await model.get("ten_1")) == TenantChanged.read(ROW)
    await owner.close()
    await database.close()
