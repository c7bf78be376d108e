"""What goes out to Parley: signed, repeated, in the captured shapes, and disturbed on order."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from sandbox import signing
from shared.clock import SystemClock

SEED = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
BODY = (
    '{"data":{"event_type":"message.received","id":"11111111-1111-4111-8111-111111111111","occurred_at":'
    '"2026-01-01T00:00:00.000+00:00","payload":{"direction":"inbound","from":{"phone_number":"+13125550001"},"id":'
    '"22222222-2222-4222-8222-222222222222","text":"Café STOP","to":[{"phone_number":"+17735550002"}],"type":"SMS"},'
    '"record_type":"event"},"meta":{"attempt":1,"delivered_to":"https://example.com/webhooks"}}'
).encode()


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (BODY, "CYRBNZpMV8e19jkLOTwPg+sudWvcPV7n4t+zrbYHLpDb1rInApcVUiYabT7l/ystkZCA2knSfw/+u759BHmDAQ=="),
        (b"{}", "JqtzZs6DCHS4iyyjDpgSeRNIWyBxcsYqJmXJgUqsRq/We3sIwlojuxiHCG5Xna9JqssbIio6IS66QCJ5W484BQ=="),
    ],
)
def test_signatures_equal_the_reference_vectors(body: bytes, signature: str) -> None:
    headers = signing.signature_headers(SEED, 1767225600, body)
    assert headers["telnyx-signature-ed25519"] == signature
    assert headers["telnyx-timestamp"] == "1767225600"
    assert signing.public_key(SEED) == "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="


def verify(public_key: str, request: Any) -> None:
    signed = f"{request.headers['telnyx-timestamp']}|".encode() + request.content
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
    key.verify(base64.b64decode(request.headers["telnyx-signature-ed25519"]), signed)


async def test_receipts_go_to_the_messages_own_address_and_verify_with_the_accounts_key(world: Any) -> None:
    answer = await world.send(webhook_url="http://parley.test/webhooks/telnyx/con_1?ref=abc")
    await world.settled()
    assert world.receiver.types == ["message.sent", "message.finalized"]
    assert {str(request.url) for request in world.receiver.requests} == {
        "http://parley.test/webhooks/telnyx/con_1?ref=abc"
    }
    sent, finalized = world.receiver.events
    assert sent["payload"]["id"] == answer.json()["data"]["id"]
    assert (sent["payload"]["to"][0]["status"], sent["payload"]["completed_at"]) == ("sent", None)
    assert finalized["payload"]["to"][0]["status"] == "delivered"
    assert finalized["payload"]["valid_until"] is None
    for request in world.receiver.requests:
        verify(world.sandbox.state.public_key("KEY_acme"), request)


async def test_without_an_own_address_receipts_go_to_the_profile(world: Any) -> None:
    await world.send()
    await world.settled()
    assert str(world.receiver.requests[0].url) == "http://parley.test/webhooks/telnyx"


async def test_every_account_signs_with_its_own_key(world: Any) -> None:
    other = world.sandbox.state.public_key("KEY_other")
    await world.inbound("hi")
    await world.settled()
    with pytest.raises(InvalidSignature):
        verify(other, world.receiver.requests[0])


async def test_an_account_can_be_given_the_reference_seed(world: Any) -> None:
    account = await world.control("PUT", "/accounts/KEY_acme", {"signing_seed": SEED})
    assert account["public_key"] == "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
    await world.inbound("hi")
    await world.settled()
    verify(account["public_key"], world.receiver.requests[0])


async def test_an_inbound_text_has_the_fields_of_the_captured_webhook(world: Any) -> None:
    made = await world.inbound("Test for full JSON")
    await world.settled()
    (event,) = world.receiver.events
    captured = (
        "autoresponse_type cc completed_at cost cost_breakdown direction encoding errors from id is_spam media"
        " messaging_profile_id organization_id parts received_at record_type sent_at subject tags text to type"
        " valid_until webhook_failover_url webhook_url"
    )
    assert set(captured.split()) <= event["payload"].keys()
    assert (event["event_type"], event["id"], event["payload"]["id"]) == (
        "message.received",
        made["event_id"],
        made["id"],
    )
    assert event["payload"]["to"][0]["status"] == "webhook_delivered"
    assert orjson.loads(world.receiver.requests[0].content)["meta"] == {
        "attempt": 1,
        "delivered_to": "http://parley.test/webhooks/telnyx",
    }


async def test_a_repeated_inbound_id_is_the_same_message(world: Any) -> None:
    await world.inbound("hi", id="a")
    await world.inbound("hi", id="a")
    await world.settled()
    assert len(world.receiver.requests) == 1


async def test_a_picture_arrives_as_mms(world: Any) -> None:
    await world.inbound("", media=["https://x.test/cat.jpg"])
    await world.settled()
    payload = world.receiver.events[0]["payload"]
    assert (payload["type"], payload["media"][0]["content_type"]) == ("MMS", "image/jpeg")


async def test_a_refused_webhook_is_repeated_with_the_same_event_id_and_a_higher_attempt(world: Any) -> None:
    world.receiver.statuses = [503, 302]
    made = await world.inbound("hi")
    await world.settled()
    bodies = [orjson.loads(request.content) for request in world.receiver.requests]
    assert [body["meta"]["attempt"] for body in bodies] == [1, 2, 3]
    assert {body["data"]["id"] for body in bodies} == {made["event_id"]}
    (webhook,) = (await world.control("GET", "/webhooks", message_id=made["id"]))["items"]
    assert (webhook["state"], [attempt["status"] for attempt in webhook["attempts"]]) == ("delivered", [503, 302, 200])


async def test_after_the_last_attempt_it_is_given_up_and_shown_so(world: Any) -> None:
    world.receiver.statuses = [500] * 9
    await world.inbound("hi")
    await world.settled()
    assert len(world.receiver.requests) == 3
    assert (await world.control("GET", "/summary"))["given_up"] == 1


async def test_the_pauses_between_attempts_stop_growing_at_the_longest(world: Any) -> None:
    """Fourteen doublings would be minutes."""
    await world.control("PUT", "/settings", {"webhook_attempts": 15, "webhook_longest_delay": 0.02})
    world.receiver.statuses = [503] * 14
    await world.inbound("at last")
    await world.settled()
    [webhook] = (await world.control("GET", "/webhooks"))["items"]
    assert (webhook["state"], len(webhook["attempts"])) == ("delivered", 15)


async def test_the_failover_address_gets_its_turn(world: Any) -> None:
    await world.fault("receipt", "outcome", status="sent")
    world.receiver.statuses = [500] * 3
    await world.send(webhook_url="http://parley.test/a", webhook_failover_url="http://parley.test/b")
    await world.settled()
    assert [str(request.url) for request in world.receiver.requests] == ["http://parley.test/a"] * 3 + [
        "http://parley.test/b"
    ]


async def test_duplicates_drops_and_forgeries_strike_where_aimed(world: Any) -> None:
    await world.fault("webhook", "duplicate", times=4, text="again")
    await world.fault("webhook", "drop", text="lost")
    await world.fault("webhook", "forge", text="fake")
    for text in ("again", "lost", "fake"):
        await world.inbound(text)
    await world.settled()
    texts = [event["payload"]["text"] for event in world.receiver.events]
    assert sorted(texts) == ["again"] * 5 + ["fake"]
    forged = world.receiver.requests[texts.index("fake")]
    with pytest.raises(InvalidSignature):
        verify(world.sandbox.state.public_key("KEY_acme"), forged)


async def test_held_webhooks_leave_in_the_order_asked_for(world: Any) -> None:
    await world.fault("webhook", "hold", count=None, event="message.received")
    for text in ("1", "2", "3"):
        await world.inbound(text)
    await world.settled()
    assert world.receiver.requests == []
    assert await world.control("POST", "/webhooks/release", {"order": "reverse"}) == {"released": 3}
    assert [event["payload"]["text"] for event in world.receiver.events] == ["3", "2", "1"]


async def test_a_delayed_webhook_is_overtaken(world: Any) -> None:
    await world.fault("webhook", "delay", seconds=0.2, event="message.sent")
    await world.send()
    await world.settled()
    assert world.receiver.types == ["message.finalized", "message.sent"]


async def test_the_same_event_can_be_delivered_five_times_at_once(world: Any) -> None:
    made = await world.inbound("hi")
    await world.settled()
    answer = await world.control("POST", f"/webhooks/{made['event_id']}/redeliver", {"times": 5})
    assert answer == {"statuses": [200] * 5}
    assert {event["id"] for event in world.receiver.events} == {made["event_id"]}


@pytest.mark.parametrize(
    ("status", "code", "types"),
    [
        ("delivery_failed", "40002", ["message.sent", "message.finalized"]),
        ("sending_failed", "40014", ["message.finalized"]),
        ("delivery_unconfirmed", None, ["message.sent", "message.finalized"]),
        ("sent", None, ["message.sent"]),
    ],
)
async def test_a_message_can_be_given_another_fate(world: Any, status: str, code: str | None, types: list[str]) -> None:
    await world.fault("receipt", "outcome", status=status, code=code)
    await world.send()
    await world.settled()
    assert world.receiver.types == types
    payload = world.receiver.events[-1]["payload"]
    assert payload["to"][0]["status"] == status
    assert [error["code"] for error in payload["errors"]] == ([code] if code else [])


async def test_a_restart_goes_on_with_what_was_under_way(start: Any, tmp_path: Any) -> None:
    async with start(SystemClock(), data=tmp_path) as world:
        await world.control("PUT", "/settings", {"sent_after": 60, "delivered_after": 60, "webhook_first_delay": 60})
        world.receiver.statuses = [503]
        first = await world.send("kept", key="k")
        await world.inbound("not delivered yet")
    async with start(SystemClock(), data=tmp_path) as world:
        assert (await world.send("kept", key="k")).content == first.content
        await world.settled()
        assert world.accepted == ["kept"]
        assert sorted(world.receiver.types) == ["message.finalized", "message.received", "message.sent"]
        phone = await world.control("GET", "/phone", number="+13125550123")
        assert [message["text"] for message in phone["messages"]] == ["kept", "not delivered yet"]
