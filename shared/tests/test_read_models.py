"""A copy of another service's data fills itself, even if that service is away at the start."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from shared.clock import ManualClock
from shared.database.protocol import Collection, CollectionSpec, Document
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import NotFound, StoreUnavailable, Unavailable
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


def named(name: str, revision: int) -> TenantChanged:
    return TenantChanged(tenant_id="ten_1", revision=revision, name=name)


def copy_in(database: EmbeddedDatabase, clock: ManualClock | None = None) -> ReadModel[TenantChanged]:
    source = Source(service="accounts", path="tenants")
    return ReadModel(TenantChanged, lambda row: row.tenant_id, source, database, Owner(), clock)


async def name_in(model: ReadModel[TenantChanged]) -> str:
    row = await model.get("ten_1")
    assert row is not None
    return row.name


async def test_a_change_that_another_instance_heard_of_is_seen_after_a_second():
    database, clock = EmbeddedDatabase(None), ManualClock()
    await database.start()
    mine, theirs, careful = copy_in(database, clock), copy_in(database, clock), copy_in(database)
    await mine._keep(named("old", 1))
    assert await name_in(theirs) == "old"
    await mine._keep(named("new", 2))
    assert [await name_in(model) for model in (mine, theirs, careful)] == ["new", "old", "new"]
    clock.advance(1)
    assert await name_in(theirs) == "new"
    await database.close()


async def test_an_older_row_never_takes_the_place_of_a_newer_one_in_memory():
    database, clock = EmbeddedDatabase(None), ManualClock()
    await database.start()
    mine, theirs = copy_in(database, clock), copy_in(database, clock)
    await theirs._keep(named("newest", 3))
    await mine._keep(named("late", 2))
    assert await name_in(mine) == "newest"
    mine._remember("ten_1", named("slow read", 1), clock.monotonic())
    assert await name_in(mine) == "newest"
    await database.close()


async def test_a_row_is_read_once_a_second_and_never_counts_as_missing():
    database, clock = EmbeddedDatabase(None), ManualClock()
    await database.start()
    model = copy_in(database, clock)
    model._internal.get = unknown  # type: ignore[method-assign]
    assert await model.get("ten_1") is None
    await copy_in(database)._keep(named("just created", 1))
    assert await name_in(model) == "just created"
    model._rows = Faltering(model._rows)  # type: ignore[assignment] # the next read would fail
    assert await name_in(model) == "just created"
    await database.close()


async def unknown(*_asked: Any) -> Any:
    raise NotFound("not_found", "no such tenant")
