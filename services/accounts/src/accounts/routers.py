"""The HTTP interface: parse, authorise, call a handler, map the answer. One file per resource."""

from __future__ import annotations

from fastapi import APIRouter

from accounts.access import Doors
from accounts.carrier.api import at_carrier_router
from accounts.carrier.requests import CarrierDesk
from accounts.people.api.me import own_router
from accounts.people.api.sessions import signing_in_router
from accounts.people.api.users import users_router
from accounts.people.password_page import password_page_router
from accounts.people.requests import People
from accounts.tenants.api.api_keys import api_keys_router
from accounts.tenants.api.connections import connections_router
from accounts.tenants.api.numbers import numbers_router
from accounts.tenants.api.tenants import tenants_router


def routers(doors: Doors, people: People, desk: CarrierDesk, public_base: str) -> list[APIRouter]:
    return [
        tenants_router(doors),
        connections_router(doors, public_base),
        at_carrier_router(doors, desk),
        numbers_router(doors, desk),
        api_keys_router(doors),
        own_router(doors),
        users_router(doors, people, public_base),
        signing_in_router(doors, people, public_base),
        password_page_router(),
    ]
