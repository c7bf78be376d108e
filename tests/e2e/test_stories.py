"""One story per promise to a user. Judged by the sandbox carrier's ledger and the public API, nothing inside."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
import websockets

from testkit.eventually import eventually
from testkit.shop import Shop

pytestmark = pytest.mark.asyncio(loop_scope="session")

Customer = Callable[[], str]
OpenShop = Callable[..., Awaitable[Shop]]


async def test_a_customers_text_gets_an_answer_and_its_delivery_is_shown(shop: Shop, customer: Customer):
    ann = customer()
    await shop.text(ann, "Hi, are you open on Sunday? ☀️")
    [sms] = await shop.answered(ann)
    assert sms["from"] == shop.number
    message = await shop.status_of(ann, "delivered")
    assert message["text"] == sms["text"]
    assert message["parts"] == sms["parts"]
    texts = [(m["author"], m["direction"], m["status"]) for m in await shop.messages_with(ann)]
    assert texts == [("customer", "inbound", "received"), ("assistant", "outbound", "delivered")]
    conversation = await shop.conversation_with(ann)
    assert conversation["state"] == "open"
    assert conversation["phone_number"] == shop.number
    why = await shop.call("GET", f"/api/messages/{message['id']}/why")
    assert "delivered" in json.dumps(why)


async def test_a_socket_sees_it_live_and_misses_nothing_over_a_break(shop: Shop, customer: Customer):
    ann, url = customer(), shop.parley.url.replace("http", "ws") + "/api/realtime/ws"
    headers = {"authorization": f"Bearer {shop.key}"}
    seen: dict[str, dict] = {}
    last = ""

    async def read(socket: websockets.ClientConnection, until: Callable[[dict], bool]) -> None:
        nonlocal last
        async with asyncio.timeout(20):
            while True:
                frame = json.loads(await socket.recv())
                assert frame["type"] != "reset", frame
                if frame.get("id") and frame["type"] not in ("hello", "hb"):
                    assert frame["id"] not in seen, "a frame came twice"
                    seen[frame["id"]] = frame
                    last = frame["id"]
                if until(frame):
                    return

    async with websockets.connect(url, additional_headers=headers) as socket:
        await read(socket, lambda frame: frame["type"] == "hello")
        await shop.text(ann, "first")
        await read(socket, lambda frame: frame["type"] == "conversation.updated")
    await shop.answered(ann)
    await shop.status_of(ann, "delivered")
    await shop.text(ann, "second")
    await shop.answered(ann, 2)
    async with websockets.connect(f"{url}?last_event_id={last}", additional_headers=headers) as socket:
        await read(socket, lambda frame: _shows(frame, "second", "delivered"))
    numbers = sorted(int(id.rsplit(":", 1)[1]) for id in seen)
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "a gap"
    texts = {m["text"] for frame in seen.values() for m in frame["data"].get("messages", [])}
    assert {"first", "second"} <= texts


def _shows(frame: dict, _text: str, status: str) -> bool:
    messages = frame.get("data", {}).get("messages", [])
    return sum(m["status"] == status and m["author"] == "assistant" for m in messages) > 0 and "second" in json.dumps(
        frame["data"]["conversation"]["last_message"] or {}
    )


async def test_one_webhook_delivered_five_times_is_one_message_one_answer_one_sms(shop: Shop, customer: Customer):
    ann = customer()
    await shop.parley.world.fault(on="webhook", do="duplicate", times=4, **{"from": ann}, count=None)
    await shop.parley.world.fault(on="webhook", do="delay", seconds=0, jitter=0.4, **{"from": ann}, count=None)
    await asyncio.gather(*(shop.text(ann, f"question {n}") for n in range(3)))
    await shop.answered(ann)
    await shop.status_of(ann, "delivered")
    messages = await shop.messages_with(ann)
    assert sorted(m["text"] for m in messages if m["author"] == "customer") == [f"question {n}" for n in range(3)]
    replies = [m for m in messages if m["author"] == "assistant" and m["status"] == "delivered"]
    assert len(await shop.sent_to(ann)) == len(replies)


@pytest.mark.parametrize(
    "fault",
    [
        {"do": "cut", "accept": True},
        {"do": "cut", "accept": False},
        {"do": "fail", "status": 503, "retry_after": 1},
        {"do": "fail", "status": 429, "retry_after": 1},
        {"do": "fail", "status": 500, "accept": True},
    ],
    ids=["accepts and cuts the line", "cuts before accepting", "503", "429", "accepts and answers 500"],
)
async def test_whatever_the_carrier_does_there_is_one_sms(shop: Shop, customer: Customer, fault: dict):
    ann = customer()
    await shop.parley.world.fault(on="send", to=ann, count=1, **fault)
    await shop.text(ann, "hello?")
    await shop.answered(ann, within=45)
    await shop.status_of(ann, "delivered")
    assert len(await shop.sent_to(ann)) == 1


async def test_a_person_takes_over_and_the_assistant_is_silent(shop: Shop, customer: Customer):
    ann = customer()
    await shop.text(ann, "hello")
    await shop.answered(ann)
    conversation = await shop.conversation_with(ann)
    sent = await shop.call(
        "POST", f"/api/conversations/{conversation['id']}/messages", {"text": "Ann here, I take over"}
    )
    assert sent["author"] == "agent"
    await shop.answered(ann, 2)
    assert (await shop.conversation_with(ann))["ai_mode"] == "off"
    await shop.text(ann, "thanks")

    async def arrived() -> bool:
        return "thanks" in [m["text"] for m in await shop.messages_with(ann)]

    await eventually(arrived)
    await asyncio.sleep(2)  # ten times the quiet window: an answer would have been asked for
    assert len(await shop.sent_to(ann)) == 2


async def test_a_conversation_is_given_to_those_who_exist_only(shop: Shop, customer: Customer):
    ann = customer()
    await shop.text(ann, "hello")
    path = f"/api/conversations/{(await eventually(lambda: shop.conversation_with(ann), within=20))['id']}"
    for wanted in ({"assignee": "usr_mistyped"}, {"assistant_id": "ast_mistyped"}):
        refused = await shop.call("PATCH", path, wanted, expect=422)
        assert refused["code"].startswith("unknown_")
    person = {"email": f"{ann[1:]}@example.com", "name": "Bea", "role": "agent"}
    bea = await shop.call("POST", f"/api/accounts/tenants/{shop.tenant_id}/users", person)
    [assistant] = (await shop.call("GET", "/api/assistants"))["items"]
    given = await shop.call("PATCH", path, {"assignee": bea["id"], "assistant_id": assistant["id"]})
    assert (given["assignee"], given["assistant_id"]) == (bea["id"], assistant["id"])


async def test_a_suggestion_waits_for_approval(open_shop: OpenShop, customer: Customer):
    shop, ann = await open_shop(ai_mode="suggest"), customer()
    await shop.text(ann, "what do you charge?")

    async def drafted() -> dict:
        conversation = await shop.conversation_with(ann)
        assert conversation["draft"], "no draft yet"
        return conversation

    conversation = await eventually(drafted, within=20)
    assert await shop.sent_to(ann) == []
    path = f"/api/conversations/{conversation['id']}/drafts/{conversation['draft']['id']}/approve"
    await shop.call("POST", path, {"text": "From 20 dollars."})
    [sms] = await shop.answered(ann)
    assert sms["text"] == "From 20 dollars."


async def test_tenants_never_meet(shop: Shop, open_shop: OpenShop, customer: Customer):
    other = await open_shop()
    ann = customer()
    await shop.text(ann, "for the first shop")
    await other.text(ann, "for the second shop")
    await shop.answered(ann)
    await other.answered(ann)
    mine, theirs = await shop.conversation_with(ann), await other.conversation_with(ann)
    assert mine["id"] != theirs["id"]
    assert "second" not in json.dumps(await shop.messages_with(ann))
    for path in (f"/api/conversations/{theirs['id']}", f"/api/conversations/{theirs['id']}/messages"):
        await shop.call("GET", path, expect=404)
    await shop.call("POST", f"/api/conversations/{theirs['id']}/messages", {"text": "hi"}, expect=404)
    message = (await other.messages_with(ann))[-1]
    await shop.call("GET", f"/api/messages/{message['id']}", expect=404)
    await shop.call("GET", "/api/conversations", token="pk_nonsense", expect=401)


async def test_an_agent_starts_a_conversation_once(shop: Shop, customer: Customer):
    ann = customer()
    body = {"to": ann, "text": "Your order is ready, Zoë 🎉", "name": "Ann"}
    first = await shop.call("POST", "/api/conversations", body, **{"idempotency-key": f"order-{ann}"})
    again = await shop.call("POST", "/api/conversations", body, **{"idempotency-key": f"order-{ann}"})
    assert first["id"] == again["id"]
    changed = {**body, "text": "another"}
    await shop.call("POST", "/api/conversations", changed, expect=422, **{"idempotency-key": f"order-{ann}"})
    await shop.answered(ann)
    await shop.status_of(ann, "delivered", author="api")
    assert len(await shop.sent_to(ann)) == 1
