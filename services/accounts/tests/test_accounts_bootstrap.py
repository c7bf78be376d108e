from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.billing.schemas import PricesIn
from accounts.bootstrap import DemoWish, ensure_demo
from accounts.tenants.connections import NewConnection
from shared.keyring import Keyring

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


async def test_the_demo_has_prices_and_keeps_those_that_an_operator_gave_it(world):
    wish = replace(WISH, prices=PricesIn(sms_out={"*": "0.01"}))
    demo = await ensure_demo(world.service, world.platform, wish)
    path = f"/tenants/{demo.tenant_id}/rate-cards"
    assert [card["sms_out"] for card in (await world.ask("GET", path)).json()["items"]] == [{"*": "0.01"}]
    world.clock.advance(100)
    await world.ask("POST", path, {"sms_out": {"*": "0.02"}})
    await ensure_demo(world.service, world.platform, replace(wish, prices=PricesIn(sms_out={"*": "0.03"})))
    cards = (await world.ask("GET", path)).json()["items"]
    assert [card["sms_out"]["*"] for card in cards] == ["0.01", "0.02"]


OLD, NEW = "a-secret-of-32-characters-or-more!", "quite another secret: of thirty-two characters too"
"""`OLD` is the world's."""


@pytest.mark.parametrize("secrets", [f"{NEW},{OLD}", NEW], ids=["rotated as documented", "replaced at once"])
async def test_the_demo_survives_another_secret_key(world, secrets):
    """Its number keeps its connection, and the connection's API key can be opened again."""
    first = await ensure_demo(world.service, world.platform, WISH)
    platform = replace(world.platform, keyring=Keyring(secrets))
    again = await ensure_demo(world.service, platform, WISH)
    assert again.connection_id == first.connection_id == (await world.internal("numbers/+13125550001"))["connection_id"]
    sealed = (await world.internal(f"connections/{first.connection_id}"))["encrypted_api_key"]
    assert platform.keyring.unseal(sealed) == "KEYDEMO"
    connections = await world.ask("GET", f"/tenants/{first.tenant_id}/connections")
    assert len(connections.json()["items"]) == 1


async def test_a_connection_somebody_gave_the_demo_number_is_left_alone(world):
    first = await ensure_demo(world.service, world.platform, WISH)
    path = f"/tenants/{first.tenant_id}"
    own = (await world.ask("POST", f"{path}/connections", {"api_key": "KEYOWN", "public_key": KEY})).json()
    await world.ask("PATCH", f"{path}/numbers/+13125550001", {"connection_id": own["id"]})
    await ensure_demo(world.service, world.platform, WISH)
    sealed = (await world.internal(f"connections/{own['id']}"))["encrypted_api_key"]
    assert world.platform.keyring.unseal(sealed) == "KEYOWN"
