from __future__ import annotations

from accounts.bootstrap import DemoWish, ensure_demo
from accounts.handlers import NewConnection

KEY = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
WISH = DemoWish(NewConnection("KEYDEMO", (KEY,), api_base="http://127.0.0.1:8080/sandbox/v2"), "+13125550001")


async def test_the_demo_is_the_same_at_every_start(world):
    first = await ensure_demo(world.service, world.platform, WISH)
    world.clock.advance(100)
    assert await ensure_demo(world.service, world.platform, WISH) == first
    tenants = (await world.ask("GET", "/tenants")).json()["items"]
    assert [(tenant["name"], tenant["ai_mode"], tenant["revision"]) for tenant in tenants] == [("Demo Shop", "auto", 1)]
    path = f"/tenants/{first.tenant_id}"
    [number] = (await world.ask("GET", f"{path}/numbers", by=first.api_key)).json()["items"]
    assert (number["phone_number"], number["connection_id"]) == ("+13125550001", first.connection_id)
    [connection] = (await world.ask("GET", f"{path}/connections", by=first.api_key)).json()["items"]
    assert (connection["revision"], connection["api_base"]) == (1, "http://127.0.0.1:8080/sandbox/v2")


async def test_the_demo_connection_follows_the_sandbox_to_another_port(world):
    first = await ensure_demo(world.service, world.platform, WISH)
    moved = DemoWish(NewConnection("KEYDEMO", (KEY,), api_base="http://127.0.0.1:9090/sandbox/v2"), "+13125550001")
    assert await ensure_demo(world.service, world.platform, moved) == first
    assert (await world.internal(f"connections/{first.connection_id}"))["api_base"] == moved.connection.api_base


async def test_a_revoked_demo_key_is_not_printed_again(world):
    first = await ensure_demo(world.service, world.platform, WISH)
    path = f"/tenants/{first.tenant_id}/api-keys"
    [key] = (await world.ask("GET", path)).json()["items"]
    await world.ask("DELETE", f"{path}/{key['id']}")
    second = await ensure_demo(world.service, world.platform, WISH)
    assert second.api_key != first.api_key
    assert await ensure_demo(world.service, world.platform, WISH) == second
