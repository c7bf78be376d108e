"""A service that lost its database, or comes late, reads what it needs from its owners and goes on.

Each database is emptied while its service is stopped. What a service owns is not made up for: that is what backups
are for (docs/runbook.md says what is lost with which). Judged from outside, by the public API and the carrier's ledger.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import aio_pika
import pymongo
import pytest
import websockets

from testkit.eventually import eventually
from testkit.installation import ADMIN_TOKEN, SERVICES, Installation
from testkit.shop import Shop

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.servers,
    pytest.mark.parametrize("parley", ["servers"], indirect=True, scope="session"),
]

Customer = Callable[[], str]


@pytest.fixture
def empty(parley: Installation) -> Any:
    """Drops a stopped service's database; with `copies_only` what it only has from others."""
    assert parley.servers
    with pymongo.MongoClient[dict[str, Any]](parley.servers[1]) as client:

        def drop(service: str, *, copies_only: bool = False) -> None:
            database = client[f"parley_{service.replace('-', '_')}"]
            names = database.list_collection_names()
            assert names, f"{service} keeps nothing in {database.name}: the test looks in the wrong place"
            for name in names:
                if not copies_only or name.startswith("copy_") or name == "read_models":
                    database.drop_collection(name)

        yield drop


async def restarted(parley: Installation, service: str, meanwhile: Callable[[], Awaitable[Any] | None]) -> None:
    """Stop it, do that, start it again."""
    assert await parley.stopped(service) == {service: 0}
    if (work := meanwhile()) is not None:
        await work
    parley.processes[service].start()
    await parley.ready(service)


async def got_an_answer(shop: Shop, customer: str, text: str = "hello?", times: int = 1) -> None:
    await shop.text(customer, text)
    await shop.answered(customer, times, within=30)
    await shop.status_of(customer, "delivered")


async def test_ingress_learns_numbers_and_connections_again(
    parley: Installation, shop: Shop, customer: Customer, empty: Any
):
    await got_an_answer(shop, customer())
    await restarted(parley, "ingress", lambda: empty("ingress"))
    await got_an_answer(shop, customer())


async def test_ai_responder_answers_again(parley: Installation, shop: Shop, customer: Customer, empty: Any):
    ann = customer()
    await got_an_answer(shop, ann)
    await restarted(parley, "ai-responder", lambda: empty("ai-responder"))
    await got_an_answer(shop, ann, "and again?", 2)
    assistants = (await shop.call("GET", "/api/assistants"))["items"]
    assert len(assistants) == 1, "the default one, as it is delivered"


async def test_campaigns_begins_anew(parley: Installation, shop: Shop, customer: Customer, empty: Any):
    await got_an_answer(shop, customer())
    await restarted(parley, "campaigns", lambda: empty("campaigns"))
    await got_an_answer(shop, customer())


async def test_realtime_says_reset_and_goes_on(parley: Installation, shop: Shop, customer: Customer, empty: Any):
    ann = customer()
    await got_an_answer(shop, ann)
    frames = await _frames(shop, "", lambda frame: frame["type"] == "hello")
    await restarted(parley, "realtime", lambda: empty("realtime"))

    async def text_on_hello(frame: dict[str, Any]) -> None:
        if frame["type"] == "hello":
            await shop.text(ann, "anybody there?")

    frames = await _frames(shop, frames[-1]["id"], lambda frame: "anybody there?" in json.dumps(frame), text_on_hello)
    kinds = [frame["type"] for frame in frames]
    assert kinds[0] == "hello"
    assert frames[0]["data"]["recovered"] is False
    assert "reset" in kinds, "what was missed cannot be told: the client must read anew"


async def test_a_sender_that_lost_everything_still_texts_nobody_who_said_stop(
    parley: Installation, shop: Shop, customer: Customer, empty: Any
):
    ann, bob, carol = customer(), customer(), customer()
    await got_an_answer(shop, ann)
    await got_an_answer(shop, bob)
    await shop.text(ann, "STOP")
    await eventually(lambda: _opted_out(shop, ann))
    cards = f"/api/accounts/tenants/{shop.tenant_id}/rate-cards"
    card = await shop.call("POST", cards, {"sms_out": {"*": "0.01"}}, token=ADMIN_TOKEN)
    await restarted(parley, "sender", lambda: empty("sender"))
    assert (await shop.call("GET", "/api/messages/budget"))["prices"]["rate_card_id"] == card["id"]
    await got_an_answer(shop, carol)
    # Past conversation, which would refuse it by itself: only sender's own list is in the way.
    for person in (ann, carol):
        await _order(shop, person, f"past-{person[1:]}")
    assert (await _settled(shop, f"past-{carol[1:]}"))["status"] in ("accepted", "sent", "delivered")
    refused = await _settled(shop, f"past-{ann[1:]}")
    assert (refused["status"], refused["reason"]) == ("suppressed", "opted_out")
    assert len(await shop.sent_to(ann)) == 1
    await _the_lost_lane_waits_for_a_person(shop, bob)


async def _the_lost_lane_waits_for_a_person(shop: Shop, bob: str) -> None:
    """Sender no longer knows which numbers of the conversation's stream have left: somebody must say "go on"."""
    message = await shop.write(bob, "second in its stream")
    queued = await eventually(lambda: shop.call("GET", f"/api/messages/{message['id']}"), within=20)
    assert queued["status"] == "queued"
    await shop.call("POST", f"/api/messages/lanes/{queued['lane_id']}/skip")
    await shop.answered(bob, 2)


async def test_conversation_and_accounts_without_their_copies(
    parley: Installation, shop: Shop, customer: Customer, empty: Any
):
    ann = customer()
    await got_an_answer(shop, ann)
    for service in ("conversation", "accounts"):
        await restarted(parley, service, lambda service=service: empty(service, copies_only=True))
    await got_an_answer(shop, ann, "and again?", 2)
    assert len(await shop.conversations()) == 1


async def test_a_revoked_key_stays_revoked_wherever_a_database_was_lost(
    parley: Installation, shop: Shop, customer: Customer, empty: Any
):
    doors = {
        "conversation": "/api/conversations",
        "ai-responder": "/api/assistants",
        "sender": "/api/messages",
        "accounts": f"/api/accounts/tenants/{shop.tenant_id}",
    }
    keys = f"/api/accounts/tenants/{shop.tenant_id}/api-keys"
    key = await shop.call("POST", keys, {"label": "leaked", "role": "admin"}, token=ADMIN_TOKEN)
    for path in doors.values():
        await shop.call("GET", path, token=key["key"])
    await shop.call("DELETE", f"{keys}/{key['id']}", token=ADMIN_TOKEN)
    for service, path in doors.items():
        await eventually(lambda path=path: _is_refused(shop, path, key["key"]), within=10)
        owns_data = service in ("conversation", "accounts")
        await restarted(parley, service, lambda s=service, o=owns_data: empty(s, copies_only=o))
        assert await _is_refused(shop, path, key["key"]), service


async def test_services_that_come_late_catch_up_on_what_happened_before_they_were_there(
    parley: Installation, open_shop: Callable[[], Awaitable[Shop]], customer: Customer, empty: Any
):
    late = [service for service in SERVICES if service not in ("accounts", "conversation")]
    codes = await parley.stopped(*late)
    assert codes == dict.fromkeys(late, 0)
    for service in late:
        empty(service)
    shop, ann = await open_shop(), customer()
    await parley.world.fault(on="webhook", do="hold", **{"from": ann}, count=None)  # the carrier tries again later
    await shop.text(ann, "is anybody there yet?")
    await parley.stopped("accounts", "conversation")
    for service in late:
        parley.processes[service].start()
    reasons = {service: await eventually(partial(_not_ready, parley, service), within=40) for service in late}
    for service in ("ingress", "sender"):
        assert "still reading numbers from accounts" in reasons[service]
    assert "the list of opt-outs is not complete yet" in reasons["sender"]
    assert "still reading tenants from accounts" in reasons["ai-responder"]
    await parley.resume()
    await parley.ready()
    await parley.world.ask("DELETE", "/faults")
    await parley.world.ask("POST", "/webhooks/release", {})
    await shop.answered(ann)
    await shop.status_of(ann, "delivered")


async def _not_ready(parley: Installation, service: str) -> str:
    code, text = await parley.readiness(service)
    assert code == 503
    assert "accounts" in text, "it says who is missing"
    return text


async def _is_refused(shop: Shop, path: str, key: str) -> bool:
    await shop.call("GET", path, token=key, expect=401)
    return True


async def _opted_out(shop: Shop, customer: str) -> bool:
    await shop.write(customer, "are you sure?", expect=409)
    return True


async def _frames(
    shop: Shop, after: str, until: Callable[[dict[str, Any]], bool], react: Callable[..., Awaitable[None]] | None = None
) -> list[dict[str, Any]]:
    """The frames of a socket that resumes after this id, up to the wanted one."""
    url = shop.parley.url.replace("http", "ws") + "/api/realtime/ws" + (f"?last_event_id={after}" if after else "")
    frames: list[dict[str, Any]] = []
    async with websockets.connect(url, additional_headers={"authorization": f"Bearer {shop.key}"}) as socket:
        async for text in socket:
            frames.append(json.loads(text))
            if react:
                await react(frames[-1])
            if until(frames[-1]):
                return frames
    raise AssertionError(f"the socket ended: {frames}")


async def _order(shop: Shop, customer: str, message_id: str) -> None:
    """As another internal service would: straight to the exchange."""
    assert shop.parley.servers
    event = {
        "specversion": "1.0", "id": f"evt-{message_id}", "source": "catch-up", "type": "sms.outbound",
        "time": datetime.now(UTC).isoformat(), "tenantid": shop.tenant_id,
        "data": {"message_id": message_id, "number": shop.number, "contact": customer, "text": "past conversation"},
    }  # fmt: skip
    async with await aio_pika.connect(shop.parley.servers[0]) as connection:
        exchange = await (await connection.channel()).get_exchange("parley", ensure=False)
        await exchange.publish(aio_pika.Message(json.dumps(event).encode()), "sms.outbound")


async def _settled(shop: Shop, message_id: str) -> dict[str, Any]:
    async def settled() -> dict[str, Any]:
        message = await shop.call("GET", f"/api/messages/{message_id}")
        assert message["status"] not in ("queued", "submitting", "unknown"), message
        return message

    return await eventually(settled, within=20)
