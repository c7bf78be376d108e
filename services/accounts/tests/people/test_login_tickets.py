"""A link that signs a user in, once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.acts import Act
from accounts.people.login_tickets import LIFETIME, offer_ticket
from accounts.people.store import open_people_store
from shared.access.gate import SESSION_COOKIE


async def offered(world, user: dict, tenant_id: str) -> str:
    store = open_people_store(world.storage())
    return await offer_ticket(store, tenant_id, user["id"], Act.without_key("make run", tenant_id))


async def use(world, ticket: str, **headers: str):
    world.http.cookies.clear()
    return await world.http.post("/api/accounts/login/ticket", json={"ticket": ticket}, headers=headers)


async def test_a_ticket_signs_its_user_in_once(world):
    tenant_id = await world.tenant()
    user = await world.user(tenant_id)
    ticket = await offered(world, user, tenant_id)
    first = await use(world, ticket)
    assert first.status_code == 200
    assert SESSION_COOKIE in first.cookies
    assert (await world.ask("GET", "/me", by=first.json()["token"])).json()["user_id"] == user["id"]
    second = await use(world, ticket)
    assert (second.status_code, second.json()["code"]) == (401, "login_ticket_used")
    assert SESSION_COOKIE not in second.cookies


async def test_a_newer_ticket_voids_the_one_before(world):
    tenant_id = await world.tenant()
    user = await world.user(tenant_id)
    older, newer = [await offered(world, user, tenant_id) for _ in range(2)]
    assert (await use(world, older)).json()["code"] == "login_ticket_used"
    assert (await use(world, newer)).status_code == 200


@pytest.mark.parametrize("change", [{"status": "inactive"}, {"password": "another long password"}], ids=str)
async def test_what_ends_the_sessions_of_a_user_voids_the_ticket(world, change):
    tenant_id = await world.tenant()
    await world.user(tenant_id, "boss@example.com")
    user = await world.user(tenant_id)
    ticket = await offered(world, user, tenant_id)
    assert (await world.ask("PATCH", f"/tenants/{tenant_id}/users/{user['id']}", change)).status_code == 200
    assert (await use(world, ticket)).json()["code"] == "login_ticket_used"


async def test_a_ticket_ends_after_a_day(world):
    tenant_id = await world.tenant()
    ticket = await offered(world, await world.user(tenant_id), tenant_id)
    world.clock.advance((LIFETIME + timedelta(seconds=1)).total_seconds())
    assert (await use(world, ticket)).json()["code"] == "login_ticket_used"


async def test_another_token_is_no_ticket_and_a_foreign_page_signs_nobody_in(world):
    tenant_id = await world.tenant()
    user = await world.user(tenant_id)
    reset = (await world.made(f"/tenants/{tenant_id}/users/{user['id']}/reset-link", {}))["token"]
    for wrong in (reset, await world.token(), "x"):
        assert (await use(world, wrong)).json()["code"] == "bad_token"
    ticket = await offered(world, user, tenant_id)
    assert (await use(world, ticket, origin="https://evil.example")).json()["code"] == "foreign_origin"
    assert (await use(world, ticket, origin="http://test")).status_code == 200
