"""Requests about phone numbers: assigned to a tenant, changed, released, read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.acts import Act
from accounts.tenants.connections import named_connection
from accounts.tenants.domain import numbers
from accounts.tenants.domain.numbers import Assignment, Number
from accounts.tenants.store import TenantStore
from shared.errors import NotFound, Refused


async def assign_number(store: TenantStore, assignment: Assignment, act: Act) -> Number:
    await named_connection(store, assignment.tenant_id, assignment.connection_id)
    number = await act.carry_out(
        store.numbers,
        assignment.phone_number,
        store.clock,
        lambda state, author: numbers.assign(state, assignment, author),
    )
    if not number.belongs_to(assignment.tenant_id):  # a repeat of a request, and the number was released since
        raise Refused("number_released", "This number was added and released again; use a new Idempotency-Key.")
    return number


async def change_number(
    store: TenantStore, tenant_id: str, phone_number: str, changes: Mapping[str, Any], act: Act
) -> Number:
    if connection_id := changes.get("connection_id"):
        await named_connection(store, tenant_id, connection_id)
    return await act.carry_out(
        store.numbers,
        phone_number,
        store.clock,
        lambda state, author: numbers.change_number(state, tenant_id, changes, author),
    )


async def release_number(store: TenantStore, tenant_id: str, phone_number: str, act: Act) -> None:
    await act.carry_out(
        store.numbers, phone_number, store.clock, lambda state, author: numbers.release(state, tenant_id, author)
    )


async def has_number(store: TenantStore, tenant_id: str, phone_number: str) -> bool:
    found = await store.numbers.get(phone_number)
    return found is not None and found.belongs_to(tenant_id)


async def number(store: TenantStore, tenant_id: str, phone_number: str) -> Number:
    """Raises `NotFound`, also for another tenant's number."""
    found = await store.numbers.get(phone_number)
    if found is None or not found.belongs_to(tenant_id):
        raise NotFound("not_found", "No such number.")
    return found
