"""Two tenants with the same customer: lists, searches, sockets, usage and exports never cross."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import websockets

from testkit.eventually import eventually
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")


@asynccontextmanager
async def listening(shop: Shop) -> AsyncIterator[list[str]]:
    """Everything this shop's socket receives, as text, while the block runs."""
    heard: list[str] = []
    url = shop.parley.url.replace("http", "ws") + "/api/realtime/ws"
    async with websockets.connect(url, additional_headers={"authorization": f"Bearer {shop.key}"}) as socket:
        heard.append(str(await socket.recv()))

        async def listen() -> None:
            async for frame in socket:
                heard.append(str(frame))

        task = asyncio.create_task(listen())
        try:
            yield heard
        finally:
            task.cancel()


async def test_the_same_customer_at_two_tenants_is_two_strangers(shop: Shop, customer: Callable[[], str]):
    other = await Shop(shop.parley, f"+1847200{int(shop.number[-4:]):04}").open(quiet_seconds=0.2)
    ann = customer()
    secrets = {shop.tenant_id: "marmalade", other.tenant_id: "tangerine"}
    async with listening(shop) as mine, listening(other) as theirs:
        await asyncio.gather(*(s.text(ann, f"I would like {secrets[s.tenant_id]}") for s in (shop, other)))
        await asyncio.gather(shop.answered(ann), other.answered(ann))
        await eventually(lambda: "delivered" in "".join(mine) and "delivered" in "".join(theirs), within=20)
    for here, heard, there in ((shop, mine, other), (other, theirs, shop)):
        own, foreign = secrets[here.tenant_id], secrets[there.tenant_id]
        told = "".join(heard)
        assert own in told
        seen = [told, *await everything_of(here, ann)]
        for text in seen:
            assert foreign not in text
            assert there.tenant_id not in text
            assert there.number not in text
        found = await here.call("GET", f"/api/conversations?q={ann[-4:]}")
        assert [item["phone_number"] for item in found["items"]] == [here.number]
        entries = await here.call("GET", "/api/accounts/usage/entries?limit=100")
        assert entries["items"], "its own usage is there"


async def everything_of(shop: Shop, customer: str) -> list[str]:
    """Each list, search and export a tenant can read."""
    paths = (
        "/api/conversations?limit=200",
        f"/api/conversations?q={customer[-4:]}",
        "/api/contacts?limit=200",
        "/api/messages?limit=200",
        "/api/assistants?limit=200",
        "/api/campaigns?limit=200",
        "/api/accounts/me",
        "/api/accounts/usage/entries?limit=200",
        "/api/accounts/usage?group_by=number",
    )
    texts = [json.dumps(await shop.call("GET", path)) for path in paths]
    sent = {"authorization": f"Bearer {shop.key}", "accept": "text/csv"}
    for path in ("/api/accounts/usage?group_by=day", "/api/accounts/usage/entries"):
        answer = await shop.parley.http.get(path, headers=sent)
        assert answer.is_success, answer.text
        texts.append(answer.text)
    texts.append(json.dumps(await shop.messages_with(customer)))
    return texts


async def test_a_foreign_position_in_the_event_log_shows_nothing(shop: Shop, customer: Callable[[], str]):
    other = await Shop(shop.parley, f"+1224200{int(shop.number[-4:]):04}").open(quiet_seconds=0.2)
    ann = customer()
    async with listening(shop) as mine:
        await shop.text(ann, "a secret of the first")
        await shop.answered(ann)
        await eventually(lambda: "a secret of the first" in "".join(mine))
    position = json.loads(mine[-1])["id"]
    url = other.parley.url.replace("http", "ws") + f"/api/realtime/ws?last_event_id={position.split(':')[0]}:0"
    async with websockets.connect(url, additional_headers={"authorization": f"Bearer {other.key}"}) as socket:
        first = [json.loads(await asyncio.wait_for(socket.recv(), 10)) for _ in range(2)]
    assert [frame["type"] for frame in first] == ["hello", "reset"]
    assert "secret" not in json.dumps(first)
