"""An e-mail address belongs to one user of the installation."""

from __future__ import annotations

import asyncio

PASSWORD = "correct horse battery"


async def test_an_address_has_one_account_in_the_installation(world):
    first, second = await world.tenant("A"), await world.tenant("B")
    await world.user(first)
    body = {"email": "ANN@example.com", "name": "Another", "role": "agent", "password": PASSWORD}
    refused = await world.ask("POST", f"/tenants/{second}/users", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "email_taken")
    assert first not in refused.text
    assert (await world.ask("GET", f"/tenants/{second}/users")).json()["items"] == []


async def test_of_many_who_want_one_address_at_once_one_gets_it(world):
    tenants = [await world.tenant(f"T{n}") for n in range(4)]
    body = {"email": "ann@example.com", "name": "Ann", "role": "agent", "password": PASSWORD}
    answers = await asyncio.gather(*(world.ask("POST", f"/tenants/{id}/users", body) for id in tenants))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_changed_address_signs_in_and_the_old_one_is_free_again(world):
    tenant_id = await world.tenant()
    ann = await world.user(tenant_id)
    path = f"/tenants/{tenant_id}/users/{ann['id']}"
    assert (await world.ask("PATCH", path, {"email": "ann@new.example.com"})).status_code == 200
    assert (await world.login()).status_code == 401
    await world.token("ann@new.example.com")
    await world.user(tenant_id, "ann@example.com", "viewer")


async def test_what_is_no_address_is_refused(world):
    for email in ["ann", "ann@", "@example.com", "ann example.com", "a@b@c.com", ""]:
        tenant_id = await world.tenant()
        refused = await world.ask("POST", f"/tenants/{tenant_id}/users", {"email": email, "name": "A", "role": "agent"})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == "email"
