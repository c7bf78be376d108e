"""One function per request or event: fetch what the decision needs, decide, save once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from accounts.acts import Act
from accounts.audit import By
from accounts.store import Books
from accounts.tenants.domain import api_keys, connections, numbers, tenants
from accounts.tenants.domain.api_keys import ApiKey
from accounts.tenants.domain.connections import Connection
from accounts.tenants.domain.numbers import Assignment, Number
from accounts.tenants.domain.tenants import Tenant
from shared.access.gate import Role, sign
from shared.errors import Conflict, Invalid, NotFound, Refused
from shared.events import ConnectionChanged, TenantChanged

T = TypeVar("T")


async def open_tenant(books: Books, tenant_id: str, settings: Mapping[str, Any], act: Act) -> Tenant:
    facts = TenantChanged(tenant_id=tenant_id, revision=1, **settings)
    by = act.at(books.clock.now())
    change = await books.tenants.change(
        tenant_id, act.cause, lambda state: tenants.open_tenant(state, facts, by), publish_later=True
    )
    return _there(change.state)


async def change_tenant(books: Books, tenant_id: str, settings: Mapping[str, Any], act: Act) -> Tenant:
    by = act.at(books.clock.now())
    change = await books.tenants.change(
        tenant_id, act.cause, lambda state: tenants.change_settings(_known(state), settings, by), publish_later=True
    )
    return _there(change.state)


async def tenant(books: Books, tenant_id: str) -> Tenant:
    return _known(await books.tenants.get(tenant_id))


@dataclass(frozen=True)
class NewConnection:
    """What a tenant enters for a carrier account; the API key still readable."""

    api_key: str
    public_keys: tuple[str, ...]
    messaging_profile_id: str | None = None
    api_base: str | None = None


async def add_connection(books: Books, tenant_id: str, id: str, new: NewConnection, act: Act) -> Connection:
    facts = ConnectionChanged(
        connection_id=id,
        revision=1,
        tenant_id=tenant_id,
        public_keys=tuple(connections.check_public_key(key) for key in new.public_keys),
        encrypted_api_key=books.keyring.seal(new.api_key),
        messaging_profile_id=new.messaging_profile_id,
        api_base=new.api_base,
    )
    by = act.at(books.clock.now())
    change = await books.connections.change(
        id, act.cause, lambda state: connections.add_connection(state, facts, by), publish_later=True
    )
    return _there(change.state)


async def change_connection(books: Books, tenant_id: str, id: str, changes: Mapping[str, Any], act: Act) -> Connection:
    """`api_key` among the changes is sealed anew only if it differs or an older secret sealed it: a repeat tells
    nobody anything."""
    current = await connection(books, tenant_id, id)
    rest = dict(changes)
    api_key = rest.pop("api_key", None)
    if api_key is not None and not _is_sealed_in(books, current.facts.encrypted_api_key, api_key):
        rest["encrypted_api_key"] = books.keyring.seal(api_key)
    if "public_keys" in rest:
        rest["public_keys"] = tuple(connections.check_public_key(key) for key in rest["public_keys"])
    by = act.at(books.clock.now())
    change = await books.connections.change(
        id, act.cause, lambda state: connections.change_connection(_known(state), rest, by), publish_later=True
    )
    return _there(change.state)


def _is_sealed_in(books: Books, sealed: str, api_key: str) -> bool:
    """False also where the secret it was sealed with is gone: then a new key is the way out."""
    try:
        return books.keyring.unseal(sealed) == api_key and books.keyring.sealed_with_first(sealed)
    except Invalid:
        return False


async def connection(books: Books, tenant_id: str, id: str) -> Connection:
    found = await books.connections.get(id)
    if found is None or found.facts.tenant_id != tenant_id:
        raise NotFound("not_found", "no such connection")
    return found


async def assign_number(books: Books, wanted: Assignment, act: Act) -> Number:
    await named_connection(books, wanted.tenant_id, wanted.connection_id)
    by = act.at(books.clock.now())
    change = await books.numbers.change(
        wanted.phone_number, act.cause, lambda state: numbers.assign(state, wanted, by), publish_later=True
    )
    number = _there(change.state)
    if not number.belongs_to(wanted.tenant_id):  # a repeat of a request whose number has left since
        raise Refused("number_released", "this number was added and released again; use a new Idempotency-Key")
    return number


async def change_number(
    books: Books, tenant_id: str, phone_number: str, changes: Mapping[str, Any], act: Act
) -> Number:
    if connection_id := changes.get("connection_id"):
        await named_connection(books, tenant_id, connection_id)
    by = act.at(books.clock.now())
    change = await books.numbers.change(
        phone_number, act.cause, lambda state: numbers.change_number(state, tenant_id, changes, by), publish_later=True
    )
    return _there(change.state)


async def release_number(books: Books, tenant_id: str, phone_number: str, act: Act) -> None:
    by = act.at(books.clock.now())
    await books.numbers.change(
        phone_number, act.cause, lambda state: numbers.release(state, tenant_id, by), publish_later=True
    )


async def has_number(books: Books, tenant_id: str, phone_number: str) -> bool:
    """Whether it is this tenant's already: a repeat need not prove it again."""
    found = await books.numbers.get(phone_number)
    return found is not None and found.belongs_to(tenant_id)


async def number(books: Books, tenant_id: str, phone_number: str) -> Number:
    found = await books.numbers.get(phone_number)
    if found is None or not found.belongs_to(tenant_id):
        raise NotFound("not_found", "no such number")
    return found


@dataclass(frozen=True)
class NewKey:
    """What an API key is made for."""

    label: str
    role: Role


async def issue_key(books: Books, tenant_id: str, id: str, new: NewKey, act: Act) -> tuple[ApiKey, str]:
    """The key and its credential, which nobody will see again. Raises `Refused` for a repeat."""
    key, credential = _made(books, tenant_id, id, new, act.at(books.clock.now()))
    change = await books.api_keys.change(id, act.cause, lambda state: api_keys.issue(state, key), publish_later=True)
    if not change.fresh:
        detail = "this request made an API key already, and it was shown then; make another under a new Idempotency-Key"
        raise Refused("key_shown_already", detail)
    return key, credential


def _made(books: Books, tenant_id: str, id: str, new: NewKey, by: By) -> tuple[ApiKey, str]:
    credential = sign(books.keyring, api_keys.principal(id, tenant_id, new.role, by.at))
    key = ApiKey(
        id=id,
        tenant_id=tenant_id,
        label=new.label,
        role=new.role,
        created_at=by.at,
        created_by=by.who,
        credential_hash=api_keys.hash_of(credential),
    )
    return key, credential


def is_of_first_secret(books: Books, key: ApiKey) -> bool:
    """Whether its credential would outlive the other secrets listed in SECRET_KEY."""
    return api_keys.hash_of(sign(books.keyring, key.principal)) == key.credential_hash


async def revoke_key(books: Books, tenant_id: str, id: str, act: Act) -> ApiKey:
    by = act.at(books.clock.now())
    change = await books.api_keys.change(
        id, act.cause, lambda state: api_keys.revoke(state, tenant_id, by), publish_later=True
    )
    return _there(change.state)


async def named_connection(books: Books, tenant_id: str, connection_id: str) -> Connection:
    """The connection that a request's body names. Raises `Invalid` if it is none of this tenant."""
    try:
        return await connection(books, tenant_id, connection_id)
    except NotFound:
        raise Invalid("unknown_connection", "connection_id names no connection of this tenant") from None


def _known(state: T | None) -> T:
    if state is None:
        raise NotFound("not_found", "no such tenant")
    return state


def _there(state: T | None) -> T:
    if state is None:
        raise Conflict("try_again", "it is being made by another request; try again")
    return state
