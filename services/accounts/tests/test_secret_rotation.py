"""SECRET_KEY is replaced: `new,old` first, and then `new` alone, with nothing lost in between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.acts import Act
from accounts.carrier.key_rotation import reseal_all
from accounts.store import Storage, open_storage
from accounts.tenants import api_keys, connections
from accounts.tenants.api_keys import NewKey
from accounts.tenants.connections import NewConnection
from accounts.tenants.domain.connections import Connection
from accounts.tenants.store import TenantStore, open_tenant_store
from shared.aggregates import Relay
from shared.broker.embedded.broker import EmbeddedBroker
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.keyring import Keyring

OLD, NEW = "an-old-secret-of-32-characters-or-more", "a-new-secret-of-32-characters-or-more!"
TENANT, CARRIER_KEY = "ten_1", "KEY-very-secret-123"
PUBLIC_KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="


@pytest.fixture
async def storage():
    clock, database = ManualClock(), EmbeddedDatabase(None)
    opened = open_storage(database, Relay(database, EmbeddedBroker(None, clock), clock), Keyring(OLD), clock)
    open_tenant_store(opened)  # declares its collections, before the start
    await database.start()
    yield opened
    await database.close()


@pytest.fixture
def old(storage: Storage) -> TenantStore:
    return open_tenant_store(storage)


@pytest.fixture
def both(old: TenantStore) -> TenantStore:
    return replace(old, keyring=Keyring(f"{NEW},{OLD}"))


def _act() -> Act:
    return Act.without_key("operator", TENANT)


async def _connection(store: TenantStore, id: str) -> Connection:
    new = NewConnection(api_key=CARRIER_KEY, public_keys=(PUBLIC_KEY,))
    return await connections.add_connection(store, TENANT, id, new, _act())


async def _sealed(store: TenantStore, id: str) -> str:
    return (await connections.connection(store, TENANT, id)).facts.encrypted_api_key


async def test_the_carriers_keys_open_with_the_new_secret_alone_after_a_start_with_both(old, both):
    ids = [f"con_{n}" for n in range(3)]
    for id in ids:
        await _connection(old, id)
    assert await reseal_all(both) == 3
    for id in ids:
        assert Keyring(NEW).unseal(await _sealed(old, id)) == CARRIER_KEY
    assert await reseal_all(both) == 0


async def test_a_key_that_is_sealed_anew_is_published_like_any_change(storage, old, both):
    before = await _connection(old, "con_1")
    await reseal_all(both)
    after = await connections.connection(both, TENANT, "con_1")
    assert after.facts.revision == before.facts.revision + 1
    [audited] = [
        row for row in (await storage.audit.find({"tenant_id": TENANT})).items if row["what"] == "connection.changed"
    ]
    assert audited["changes"] == [{"field": "encrypted_api_key", "old": "(secret)", "new": "(secret)"}]


async def test_one_that_cannot_be_opened_any_more_does_not_hold_up_the_others(old, both):
    await _connection(replace(old, keyring=Keyring("a-secret-that-nobody-has-any-more!!")), "con_1")
    await _connection(old, "con_2")
    assert await reseal_all(both) == 1
    assert Keyring(NEW).unseal(await _sealed(old, "con_2")) == CARRIER_KEY


async def test_the_same_key_entered_again_is_sealed_with_the_new_secret(old, both):
    await _connection(old, "con_1")
    await connections.change_connection(both, TENANT, "con_1", {"api_key": CARRIER_KEY}, _act())
    sealed = await _sealed(old, "con_1")
    assert Keyring(NEW).unseal(sealed) == CARRIER_KEY
    await connections.change_connection(both, TENANT, "con_1", {"api_key": CARRIER_KEY}, _act())
    assert await _sealed(old, "con_1") == sealed


async def test_a_key_says_whether_it_would_outlive_the_old_secret(old, both):
    made, _ = await api_keys.issue_key(old, TENANT, "key_1", NewKey("a", "admin"), _act())
    newer, _ = await api_keys.issue_key(both, TENANT, "key_2", NewKey("b", "admin"), _act())
    assert api_keys.is_of_first_secret(old, made)
    assert [api_keys.is_of_first_secret(both, key) for key in (made, newer)] == [False, True]
