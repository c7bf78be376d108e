"""The people of the demo tenant: an admin with a password, a colleague, and a link that signs the admin in.

The password is not stored: it derives from SECRET_KEY, so every start knows it, and whether it is still the admin's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from accounts.acts import Act
from accounts.people.domain.users import User
from accounts.people.login_throttle import LoginThrottle
from accounts.people.login_tickets import offer_ticket
from accounts.people.password_hashing import PasswordHashing
from accounts.people.requests import NewUser, People
from accounts.people.store import PeopleStore, open_people_store
from accounts.store import open_storage
from shared.aggregates import Cause
from shared.ids import derived_id
from shared.service import Platform, Service

_WHO = "make run"


@dataclass(frozen=True)
class DemoPeople:
    admin: NewUser
    colleague: NewUser


@dataclass(frozen=True)
class DemoLogin:
    email: str
    password: str | None
    """None: the admin has set another one."""
    ticket: str
    """Signs the admin in once (`people.login_tickets`)."""


async def ensure_demo_people(
    service: Service, platform: Platform, tenant_id: str, wish: DemoPeople
) -> DemoLogin | None:
    """`service` is accounts, as for `ensure_demo`. None if the admin's account was closed.

    Raises `Refused("email_taken")` if another tenant has one of the addresses.
    """
    store = open_people_store(open_storage(service.database, service.relay, platform.keyring, platform.clock))
    hashing = PasswordHashing()
    people = People(store, hashing, LoginThrottle(store), session_life=timedelta(0))  # it opens no session
    password = platform.keyring.mac("demo password", tenant_id)
    admin = await _person(people, store, tenant_id, replace(wish.admin, password=password))
    await _person(people, store, tenant_id, wish.colleague)
    if not admin.is_active:
        return None
    is_first = await hashing.verify(admin.profile.password_hash, password)
    ticket = await offer_ticket(store, tenant_id, admin.id, Act.without_key(_WHO, tenant_id))
    return DemoLogin(admin.profile.email, password if is_first else None, ticket)


async def _person(people: People, store: PeopleStore, tenant_id: str, new: NewUser) -> User:
    """As they are now: whatever was changed about them stays so."""
    id = derived_id("usr", tenant_id, new.email)
    known = await store.users.get(id)
    return known or await people.add(tenant_id, id, new, Act(Cause.request(tenant_id, id, correlation_id=id), _WHO))
