"""All routes of tenants, the carrier and people. One file per resource."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter

from accounts.access import AccountAccess
from accounts.carrier.api import carrier_router
from accounts.carrier.requests import CarrierRequests
from accounts.idempotency import RequestKeys
from accounts.people.api.me import me_router
from accounts.people.api.operator import operator_router, setup_router
from accounts.people.api.own_sessions import colleagues_router, own_sessions_router
from accounts.people.api.session_cookies import SessionCookies
from accounts.people.api.sessions import login_ticket_router, sessions_router
from accounts.people.api.users import audit_router, user_access_router, users_router
from accounts.people.login_throttle import LoginThrottle
from accounts.people.login_tickets import LoginTickets
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
    login_tickets: LoginTickets
    throttle: LoginThrottle
    carrier: CarrierRequests
    audit: Collection
    sandbox_is_on: bool


def routers(parts: Parts, addresses: Addresses) -> list[APIRouter]:
    access, keys, tenants, people = parts.access, parts.request_keys, parts.tenant_store, parts.people
    cookies = SessionCookies(parts.people_store.clock, addresses.public_base.startswith("https://"))
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
        sessions_router(access, people, cookies),
        login_ticket_router(parts.login_tickets, cookies),
        operator_router(access, parts.throttle, cookies),
        setup_router(tenants, sandbox_is_on=parts.sandbox_is_on),
        own_sessions_router(access, people, cookies),
        colleagues_router(access, parts.people_store),
        password_page_router(),
    ]
