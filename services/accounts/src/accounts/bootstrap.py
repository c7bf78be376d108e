"""The demo tenant of the all-in-one: made once, found again at every later start, through the API's own handlers.

Ids and causes are fixed, so a crash in the middle is finished by the next start. The API key's credential is never
stored: it is signed again from the claims the stored key keeps, and comes out the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from accounts.acts import Act
from accounts.store import Books, open_books
from accounts.tenants import requests
from accounts.tenants.domain.connections import Connection
from accounts.tenants.domain.numbers import Assignment, Pace
from accounts.tenants.requests import NewConnection, NewKey
from shared.access.gate import sign
from shared.aggregates import Cause
from shared.events.links import connection_id
from shared.ids import derived_id
from shared.service import Platform, Service

_DEMO = "demo"
_WHO = "make run"


@dataclass(frozen=True)
class DemoWish:
    """What the demo is to have; the connection follows if it changes (the sandbox moved to another port)."""

    connection: NewConnection
    phone_number: str
    """E.164."""
    name: str = "Demo Shop"


@dataclass(frozen=True)
class Demo:
    tenant_id: str
    connection_id: str
    phone_number: str
    api_key: str
    """The same at every start, until it is revoked or SECRET_KEY changes."""


async def ensure_demo(service: Service, platform: Platform, wish: DemoWish) -> Demo:
    """`service` is accounts as `build` made it, with its database started and the broker's queues declared."""
    books = open_books(service.database, service.relay, platform.keyring, platform.clock)
    tenant_id = derived_id("ten", _DEMO)
    settings = {"name": wish.name, "ai_mode": "auto"}
    await requests.open_tenant(books, tenant_id, settings, _once(tenant_id, "tenant"))
    connection = await _connection(books, tenant_id, wish.connection, wish.phone_number)
    wanted = Assignment(wish.phone_number, tenant_id, connection.id, wish.name, Pace(parts_per_second=10.0))
    held = await books.numbers.get(wish.phone_number)
    if held is None or held.facts.tenant_id is None:
        await requests.assign_number(books, wanted, Act.of(_WHO, tenant_id))
    return Demo(tenant_id, connection.id, wish.phone_number, await _credential(books, tenant_id))


async def _connection(books: Books, tenant_id: str, wish: NewConnection, phone_number: str) -> Connection:
    id = await _connection_id(books, phone_number)
    await requests.add_connection(books, tenant_id, id, wish, _once(tenant_id, "connection"))
    changes = {"api_key": wish.api_key, "public_keys": wish.public_keys, "api_base": wish.api_base}
    changes["messaging_profile_id"] = wish.messaging_profile_id
    return await requests.change_connection(books, tenant_id, id, changes, Act.of(_WHO, tenant_id))


async def _connection_id(books: Books, phone_number: str) -> str:
    """The one its number has: signed with a secret that was replaced since, it is the demo's all the same."""
    unique = derived_id("con", _DEMO).removeprefix("con_")
    number = await books.numbers.get(phone_number)
    held = number.facts.connection_id if number else None
    return held if held and held.startswith(f"con_{unique}.") else connection_id(books.keyring, unique)


async def _credential(books: Books, tenant_id: str) -> str:
    """Of the first demo key that nobody has revoked; where all are, of another one."""
    n = 1
    while (known := await books.api_keys.get(derived_id("key", _DEMO, str(n)))) is not None:
        if known.revoked_at is None:
            return sign(books.keyring, known.principal)
        n += 1
    id = derived_id("key", _DEMO, str(n))
    new = NewKey("printed by make run", "admin")
    _, credential = await requests.issue_key(books, tenant_id, id, new, _once(tenant_id, id))
    return credential


def _once(tenant_id: str, what: str) -> Act:
    return Act(Cause.request(tenant_id, f"{_DEMO}|{what}", correlation_id=tenant_id), _WHO)
