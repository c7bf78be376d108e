"""The demo tenant of the all-in-one: made once and found again at every later start, by the API's own handlers.

Ids and causes are fixed, so the next start finishes what a crash interrupted. The API key's credential is not stored:
signing the claims of the stored key again gives the same credential.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.acts import Act
from accounts.billing.domain.rate_cards import add_card
from accounts.billing.schemas import PricesIn
from accounts.billing.store import RATE_CARDS
from accounts.store import Storage, open_storage
from accounts.tenants import api_keys, connections, numbers, tenants
from accounts.tenants.api_keys import NewKey
from accounts.tenants.connections import NewConnection
from accounts.tenants.domain.connections import Connection
from accounts.tenants.domain.numbers import Assignment, Pace
from accounts.tenants.store import TenantStore, open_tenant_store
from shared.access.gate import sign
from shared.aggregates import Cause
from shared.events.links import connection_id
from shared.ids import derived_id
from shared.service import Platform, Service

_DEMO = "demo"
_WHO = "make run"


@dataclass(frozen=True)
class DemoWish:
    """What the demo needs. The connection is updated if it changes (the sandbox moved to another port)."""

    connection: NewConnection
    phone_number: str
    """E.164."""
    name: str = "Demo Shop"
    timezone: str = "UTC"
    prices: PricesIn | None = None
    """Its rate card, for as long as it has no other. None: the installation's prices."""


@dataclass(frozen=True)
class Demo:
    tenant_id: str
    connection_id: str
    phone_number: str
    api_key: str
    """The same at every start, until it is revoked or SECRET_KEY changes."""


async def ensure_demo(service: Service, platform: Platform, wish: DemoWish) -> Demo:
    """`service` is accounts as `build` made it, with its database started and the broker's queues declared."""
    storage = open_storage(service.database, service.relay, platform.keyring, platform.clock)
    store, tenant_id = open_tenant_store(storage), derived_id("ten", _DEMO)
    settings = {"name": wish.name, "ai_mode": "auto", "timezone": wish.timezone}
    await tenants.open_tenant(store, tenant_id, settings, _once(tenant_id, "tenant"))
    connection = await _connection(store, tenant_id, wish.connection, wish.phone_number)
    assignment = Assignment(wish.phone_number, tenant_id, connection.id, wish.name, Pace(parts_per_second=10.0))
    held = await store.numbers.get(wish.phone_number)
    if held is None or held.facts.tenant_id is None:
        await numbers.assign_number(store, assignment, Act.without_key(_WHO, tenant_id))
    if wish.prices:
        await _price(storage, tenant_id, wish.prices)
    return Demo(tenant_id, connection.id, wish.phone_number, await _credential(store, tenant_id))


async def _price(storage: Storage, tenant_id: str, prices: PricesIn) -> None:
    """An operator may have given it other prices."""
    cards, now = storage.aggregates(RATE_CARDS), storage.clock.now()
    if await cards.get(tenant_id) is not None:
        return
    card = prices.card(derived_id("rtc", _DEMO), now, now, _WHO)
    act = _once(tenant_id, "prices")
    await act.carry_out(cards, tenant_id, storage.clock, lambda state, by: add_card(state, tenant_id, card, by))


async def _connection(store: TenantStore, tenant_id: str, wish: NewConnection, phone_number: str) -> Connection:
    id = await _connection_id(store, phone_number)
    await connections.add_connection(store, tenant_id, id, wish, _once(tenant_id, "connection"))
    changes = {"api_key": wish.api_key, "public_keys": wish.public_keys, "api_base": wish.api_base}
    changes["messaging_profile_id"] = wish.messaging_profile_id
    return await connections.change_connection(store, tenant_id, id, changes, Act.without_key(_WHO, tenant_id))


async def _connection_id(store: TenantStore, phone_number: str) -> str:
    """The id that the demo's number refers to, also if it was signed with an older secret."""
    unique = derived_id("con", _DEMO).removeprefix("con_")
    number = await store.numbers.get(phone_number)
    held = number.facts.connection_id if number else None
    return held if held and held.startswith(f"con_{unique}.") else connection_id(store.keyring, unique)


async def _credential(store: TenantStore, tenant_id: str) -> str:
    """Of the first demo key that is not revoked, or of a new one."""
    n = 1
    while (known := await store.api_keys.get(derived_id("key", _DEMO, str(n)))) is not None:
        if known.revoked_at is None:
            return sign(store.keyring, known.principal)
        n += 1
    id = derived_id("key", _DEMO, str(n))
    new = NewKey("printed by make run", "admin")
    _, credential = await api_keys.issue_key(store, tenant_id, id, new, _once(tenant_id, id))
    return credential


def _once(tenant_id: str, what: str) -> Act:
    return Act(Cause.request(tenant_id, f"{_DEMO}|{what}", correlation_id=tenant_id), _WHO)
