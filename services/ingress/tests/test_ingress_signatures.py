"""Which webhooks are genuine: signature, time, key, and the size and form of what is signed."""

from __future__ import annotations

import asyncio
import base64
import json
import socket

import httpx2
import pytest
import uvicorn

from both_paths import BOTH_PATHS, assert_refused, path_of
from ingress.metrics import WEBHOOKS
from shared.http.app import create_app
from shared.service.process import LARGE_BODY_PATHS
from testkit.eventually import eventually

VECTOR = {"telnyx-timestamp": "1767225600"}

VECTOR_BODY = (
    '{"data":{"event_type":"message.received","id":"11111111-1111-4111-8111-111111111111","occurred_at":'
    '"2026-01-01T00:00:00.000+00:00","payload":{"direction":"inbound","from":{"phone_number":"+13125550001"},"id":'
    '"22222222-2222-4222-8222-222222222222","text":"Café STOP","to":[{"phone_number":"+17735550002"}],"type":"SMS"},'
    '"record_type":"event"},"meta":{"attempt":1,"delivered_to":"https://example.com/webhooks"}}'
).encode()

VECTOR_SIGNATURE = "CYRBNZpMV8e19jkLOTwPg+sudWvcPV7n4t+zrbYHLpDb1rInApcVUiYabT7l/ystkZCA2knSfw/+u759BHmDAQ=="

EMPTY_SIGNATURE = "JqtzZs6DCHS4iyyjDpgSeRNIWyBxcsYqJmXJgUqsRq/We3sIwlojuxiHCG5Xna9JqssbIio6IS66QCJ5W484BQ=="


@BOTH_PATHS
async def test_the_signature_vectors_verify(world, plain):
    first = VECTOR | {"telnyx-signature-ed25519": VECTOR_SIGNATURE}
    response = await world.deliver(VECTOR_BODY, path_of(world, plain), headers=first)
    assert response.status_code == 200
    [event] = world.events()
    assert (event.data.text, event.data.keyword, event.tenant_id) == ("Café STOP", None, "ten_a")
    if not plain:
        second = VECTOR | {"telnyx-signature-ed25519": EMPTY_SIGNATURE}
        assert (await world.deliver(b"{}", headers=second)).status_code == 200
    assert len(world.broker.published) == 1


@BOTH_PATHS
async def test_a_flipped_byte_is_refused(world, plain):
    raw = json.dumps(world.text()).encode()
    headers = world.signed(raw)
    for position in (raw.index(b"Test for"), len(raw) - 2):
        flipped = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
        response = await world.deliver(flipped, path_of(world, plain), headers=headers)
        assert response.status_code in ((401, 400) if plain else (401,))  # unreadable, or readable and not signed
    assert not world.broker.published


@BOTH_PATHS
@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-300, 200), (300, 200), (301, 401)])
async def test_a_timestamp_holds_five_minutes_both_ways(world, plain, seconds, status):
    assert (await world.deliver(world.text(), path_of(world, plain), seconds=seconds)).status_code == status
    assert len(world.broker.published) == (status == 200)


@BOTH_PATHS
async def test_a_wrong_clock_is_told_apart_from_a_forgery(world, plain, capsys):
    """The caller reads the same refusal; metrics and log say which of the two it was."""
    stale, forged = WEBHOOKS.labels("outside_time_window"), WEBHOOKS.labels("refused")
    before = stale._value.get(), forged._value.get()
    late = await world.deliver(world.text(), path_of(world, plain), seconds=-3600)
    assert (stale._value.get(), forged._value.get()) == (before[0] + 1, before[1])
    said = capsys.readouterr().out
    assert "webhook_outside_time_window" in said
    assert "our_clock_ahead_seconds=3600" in said

    wrong = await world.deliver(world.text(), path_of(world, plain), seconds=-3600, seed=bytes(32))
    assert (stale._value.get(), forged._value.get()) == (before[0] + 1, before[1] + 1)
    assert (late.status_code, late.json()["code"]) == (wrong.status_code, wrong.json()["code"]) == (401, "not_genuine")


@BOTH_PATHS
async def test_another_key_is_refused(world, plain):
    assert_refused(await world.deliver(world.text(), path_of(world, plain), seed=bytes(32)), 401, "not_genuine")
    assert not world.broker.published


@BOTH_PATHS
@pytest.mark.parametrize(
    "headers",
    [
        {"x-nothing": "1"},
        {"telnyx-timestamp": "1767225600"},
        {"telnyx-timestamp": "1767225600", "telnyx-signature-ed25519": "not base64!"},
        {"telnyx-timestamp": "1767225600", "telnyx-signature-ed25519": "QUJD"},
        {"telnyx-timestamp": "9" * 5000, "telnyx-signature-ed25519": VECTOR_SIGNATURE},
        {"telnyx-timestamp": "-5", "telnyx-signature-ed25519": VECTOR_SIGNATURE},
    ],
)
async def test_headers_without_form_are_refused(world, plain, headers):
    assert_refused(await world.deliver(VECTOR_BODY, path_of(world, plain), headers=headers), 401, "not_genuine")


@BOTH_PATHS
@pytest.mark.parametrize(
    "weak",
    [bytes(32), bytes([1]) + bytes(31), bytes.fromhex("ec" + "ff" * 30 + "7f")],
    ids=["zero", "one", "minus-one"],
)
async def test_a_key_under_which_anybody_can_sign_verifies_nothing(world, plain, weak):
    """A stored key of small order: with R = the same point and S = 0 a signature fits many messages."""
    key = base64.b64encode(weak).decode()
    row = world.accounts.rows[f"connections/{world.connection}"]
    world.accounts.rows[f"connections/{world.connection}"] = row | {"public_keys": [key], "revision": 5}
    forged = base64.b64encode(weak + bytes(32)).decode()
    for second in range(40):  # without the check every fourth or so is let in
        stamp = str(int(world.clock.now().timestamp()) - second)
        headers = {"telnyx-timestamp": stamp, "telnyx-signature-ed25519": forged}
        assert_refused(await world.deliver(world.text(), path_of(world, plain), headers=headers), 401, "not_genuine")


async def test_any_of_a_connections_keys_may_sign(world):
    world.accounts.connection(world.connection, "ten_a", bytes(32), bytes(range(2, 34)), revision=2)
    assert (await world.deliver(world.text(), seed=bytes(range(2, 34)))).status_code == 200


@BOTH_PATHS
async def test_a_key_replaced_a_moment_ago_works_at_once(world, plain):
    assert (await world.deliver(world.text(), path_of(world, plain))).status_code == 200
    world.accounts.connection(world.connection, "ten_a", bytes(32), revision=2)
    assert (await world.deliver(world.text(id="m2"), path_of(world, plain), seed=bytes(32))).status_code == 200


@BOTH_PATHS
async def test_two_megabytes_are_refused_declared_or_not(world, plain):
    raw = b'{"data": "' + b"x" * 2_000_000 + b'"}'
    assert_refused(await world.deliver(raw, path_of(world, plain)), 413, "too_large")

    async def chunks():
        for start in range(0, len(raw), 10_000):
            yield raw[start : start + 10_000]

    url = f"/webhooks/telnyx{path_of(world, plain)}"
    assert_refused(await world.http.post(url, content=chunks(), headers=world.signed(raw)), 413, "too_large")


@pytest.mark.parametrize("chunk", [None, 65_536], ids=["declared", "chunked"])
async def test_a_real_client_gets_to_see_that_it_sends_too_much(world, chunk):
    """Over a socket: cut off while still sending, it would only see a reset."""
    app = create_app("ingress", "", LARGE_BODY_PATHS)
    app.include_router(world.service.routers[0])
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(server.serve([listener]))
        await eventually(lambda: server.started)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/webhooks/telnyx/{world.connection}"

        async def chunks():
            for _ in range(2_000_000 // chunk):
                yield b"x" * chunk

        async with httpx2.AsyncClient(trust_env=False) as http:
            assert_refused(await http.post(url, content=chunks() if chunk else b"x" * 2_000_000), 413, "too_large")
        server.should_exit = True
        await serving


@BOTH_PATHS
async def test_a_quarter_of_a_megabyte_is_not_too_much(world, plain):
    raw = json.dumps(world.text()).encode()
    assert (await world.deliver(raw + b" " * (256 * 1024 - len(raw)), path_of(world, plain))).status_code == 200


@BOTH_PATHS
@pytest.mark.parametrize("raw", [b"{", b"", b"[1]", b"\xff", b"[" * 100_000])
async def test_what_is_no_json_object_is_malformed(world, plain, raw):
    assert_refused(await world.deliver(raw, path_of(world, plain)), 400, "malformed")


async def test_an_event_without_what_makes_it_one_is_malformed(world):
    assert_refused(await world.deliver({"data": {"event_type": "message.received", "payload": {}}}), 400, "malformed")


async def test_malformed_but_unsigned_is_refused_as_unsigned(world):
    assert_refused(await world.deliver(b"{", seed=bytes(32)), 401, "not_genuine")
