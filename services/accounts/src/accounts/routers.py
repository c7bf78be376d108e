"""All routes of tenants, the carrier and people. One file per resource."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from accounts.access import AccountAccess
from accounts.carrier.api import carrier_router
from accounts.carrier.requests import CarrierRequests
from accounts.idempotency import RequestKeys
from accounts.people.api.me import me_router
from accounts.people.api.sessions import sessions_router
from accounts.people.api.users import audit_router, user_access_router, users_router
from accounts.people.password_page import password_page_router
from accounts.people.requests import People
from accounts.people.store import PeopleStore
from accounts.tenants.addresses import Addresses
from accounts.tenants.api.api_keys import api_keys_router
from accounts.tenants.api.connections import connections_router
from accounts.tenants.api.numbers import numbers_router
from accounts.tenants.api.tenants import tenants_router
from accounts.tenants.store import TenantStore
from shared.database.protocol import Collection


@dataclass(frozen=True)
class Parts:
    """What the routes call."""

    access: AccountAccess
    request_keys: RequestKeys
    tenant_store: TenantStore
    people_store: PeopleStore
    people: People
    carrier: CarrierRequests
    audit: Collection


def routers(parts: Parts, addresses: Addresses) -> list[APIRouter]:
    access, keys, tenants, people = parts.access, parts.request_keys, parts.tenant_store, parts.people
    return [
        tenants_router(access, tenants, keys),
        connections_router(access, tenants, keys, addresses),
        carrier_router(access, parts.carrier),
        numbers_router(access, tenants, keys, parts.carrier.check_ownership),
        api_keys_router(access, tenants, keys),
        me_router(access, tenants, people),
        users_router(access, parts.people_store, people, tenants, keys),
        user_access_router(access, people, addresses.public_base),
        audit_router(access, parts.audit),
        sessions_router(access, parts.people_store, people, addresses.public_base),
        password_page_router(),
    ]
