"""The demo's people: made once, and every start can sign its admin in."""

from __future__ import annotations

from accounts.bootstrap import DemoWish, ensure_demo
from accounts.demo_people import DemoLogin, DemoPeople, ensure_demo_people
from accounts.people.requests import NewUser
from accounts.tenants.connections import NewConnection

KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
WISH = DemoWish(NewConnection("KEYDEMO", (KEY,), api_base="http://127.0.0.1:8080/sandbox/v2"), "+13125550001")
PEOPLE = DemoPeople(NewUser("owner@demo.example", "Olivia", "admin"), NewUser("tom@demo.example", "Tom", "agent"))


async def started(world) -> tuple[str, DemoLogin | None]:
    demo = await ensure_demo(world.service, world.platform, WISH)
    return demo.tenant_id, await ensure_demo_people(world.service, world.platform, demo.tenant_id, PEOPLE)


async def test_every_start_signs_the_same_admin_in_by_password_and_by_a_fresh_ticket(world):
    tenant_id, first = await started(world)
    _, second = await started(world)
    assert first
    assert second
    assert first.password
    assert (second.email, second.password) == (first.email, first.password)
    assert second.ticket != first.ticket
    users = (await world.ask("GET", f"/tenants/{tenant_id}/users")).json()["items"]
    assert {(user["name"], user["role"], user["has_password"]) for user in users} == {
        ("Olivia", "admin", True),
        ("Tom", "agent", False),
    }
    me = await world.ask("GET", "/me", by=await world.token(first.email, first.password))
    assert me.json()["email"] == "owner@demo.example"
    signed_in = await world.http.post("/api/accounts/login/ticket", json={"ticket": second.ticket})
    assert signed_in.status_code == 200


async def test_a_password_of_their_own_is_not_printed_and_not_undone(world):
    _, first = await started(world)
    assert first
    assert first.password
    token = await world.token(first.email, first.password)
    own = {"current": first.password, "new": "eleven loaves and a baguette"}
    assert (await world.ask("POST", "/me/password", own, by=token)).status_code == 200
    _, second = await started(world)
    assert second
    assert second.password is None
    assert (await world.login(first.email, own["new"])).status_code == 200


async def test_a_closed_account_is_not_signed_in(world):
    tenant_id, first = await started(world)
    assert first
    await world.user(tenant_id, "boss@example.com")
    users = (await world.ask("GET", f"/tenants/{tenant_id}/users")).json()["items"]
    owner = next(user["id"] for user in users if user["email"] == first.email)
    closed = await world.ask("PATCH", f"/tenants/{tenant_id}/users/{owner}", {"status": "inactive"})
    assert closed.status_code == 200
    assert (await started(world))[1] is None
