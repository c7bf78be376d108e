from __future__ import annotations

import asyncio
import base64
import json
import socket
from datetime import UTC, datetime

import httpx2
import pytest
import uvicorn

from ingress.metrics import WEBHOOKS
from shared.events import Money, thread_id
from shared.events.links import ReceiptToken, connection_id, receipt_query
from shared.http.app import create_app
from shared.ids import derived_id
from shared.keyring import Keyring
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
BOTH_PATHS = pytest.mark.parametrize("plain", [False, True], ids=["by connection", "by number"])


def path_of(world, plain: bool) -> str:
    return "" if plain else f"/{world.connection}"


def assert_refused(response, status: int, code: str | None = None) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert code is None or response.json()["code"] == code


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
@pytest.mark.parametrize("name", ["captured_inbound_sms", "official_inbound_sms"])
async def test_the_captured_payloads_become_inbound_texts(world, carrier_sample, plain, name):
    body = carrier_sample(name)
    assert (await world.deliver(body, path_of(world, plain))).status_code == 200
    [event] = world.events()
    payload = body["data"]["payload"]
    assert (event.tenant_id, event.data.number, event.data.contact) == ("ten_a", "+17735550002", "+13125550001")
    assert event.data.message_id == derived_id("msg", world.connection, payload["id"])
    assert event.partition_key == thread_id("ten_a", "+17735550002", "+13125550001")
    assert event.data.received_at == event.data.effective_at == datetime.fromisoformat(payload["received_at"])
    assert event.data.cost == Money(nano=round(float(payload["cost"]["amount"]) * 10**9))


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


async def test_another_connections_key_does_not_open_this_one(world):
    assert_refused(await world.deliver(world.text(), seed=bytes(range(1, 33))), 401, "not_genuine")


async def test_an_address_outlives_the_secret_that_signed_it(world):
    """The carrier goes on calling what was entered in its portal; SECRET_KEY may have been replaced since."""
    old = connection_id(Keyring("a secret of former times and 32 characters"), "ccc3")
    world.accounts.connection(old, "ten_a", bytes(range(32)))
    await world.service.read_models[1].fill()
    assert (await world.deliver(world.text(), f"/{old}", seed=bytes(range(32)))).status_code == 200
    assert_refused(await world.deliver(world.text(), f"/{old}", seed=bytes(32)), 401, "not_genuine")


async def test_garbage_for_a_connection_costs_no_look_up(world):
    for id in ("x", "con_aaa1", "con_aaa1.", "con_aaa1.forged", "con_.", "con_aaa2" + world.connection[8:]):
        assert_refused(await world.deliver(world.text(), f"/{id}"), 401, "not_genuine")
    assert world.accounts.asked == []


async def test_a_genuine_connection_just_made_works_at_once(world):
    fresh = connection_id(world.keyring, "ccc3")
    assert_refused(await world.deliver(world.text(), f"/{fresh}"), 401, "not_genuine")
    world.accounts.connection(fresh, "ten_c", bytes(32))
    world.accounts.number("+17735550003", "ten_c", fresh)
    text = world.text(to=[{"phone_number": "+17735550003"}])
    assert (await world.deliver(text, f"/{fresh}", seed=bytes(32))).status_code == 200
    assert [event.tenant_id for event in world.events()] == ["ten_c"]


async def test_a_genuine_connection_waits_for_accounts_if_it_is_away(world):
    world.accounts.away = True
    fresh = connection_id(world.keyring, "ccc3")
    response = await world.deliver(world.text(), f"/{fresh}")
    assert_refused(response, 503, "owner_away")
    assert "retry-after" in response.headers
    assert (await world.deliver(world.text())).status_code == 200  # what is known needs nobody


async def test_a_number_just_added_works_at_once(world):
    world.accounts.number("+17735550004", "ten_a", world.connection)
    text = world.text(to=[{"phone_number": "+17735550004"}])
    assert (await world.deliver(text, "")).status_code == 200
    world.accounts.number("+17735550005", "ten_a", world.connection)
    assert (await world.deliver(world.text(id="m2", to="+17735550005"))).status_code == 200
    assert [event.data.number for event in world.events()] == ["+17735550004", "+17735550005"]


@BOTH_PATHS
async def test_in_a_group_our_number_may_stand_anywhere(world, plain):
    """Before ours: a stranger's number, and another tenant's, whose key did not sign this."""
    group = [{"phone_number": number} for number in ("+17735551111", "+17735550009", "+17735550002")]
    assert (await world.deliver(world.text(to=group), path_of(world, plain))).status_code == 200
    [event] = world.events()
    assert (event.tenant_id, event.data.number) == ("ten_a", "+17735550002")
    assert event.data.others == ("+17735551111", "+17735550009")


async def test_a_number_that_has_moved_works_at_once_at_its_new_owner(world):
    assert (await world.deliver(world.text(), "")).status_code == 200
    world.accounts.number("+17735550002", "ten_b", world.other_connection, revision=3)
    for n, path in enumerate(("", f"/{world.other_connection}")):
        response = await world.deliver(world.text(id=f"m{n}"), path, seed=bytes(range(1, 33)))
        assert response.status_code == 200
    assert [event.tenant_id for event in world.events()] == ["ten_a", "ten_b", "ten_b"]


async def test_nobody_learns_from_the_plain_path_which_numbers_exist(world):
    unknown = await world.deliver(world.text(to="+17735559999"), "")
    forged = await world.deliver(world.text(), "", seed=bytes(32))
    nothing = await world.deliver({"data": {"event_type": "message.read"}}, "")
    for response in (unknown, forged, nothing):
        assert_refused(response, 401, "not_genuine")
    assert unknown.content == forged.content == nothing.content
    assert {*unknown.headers} == {*forged.headers}
    world.accounts.away = True
    unknown = await world.deliver(world.text(to="+17735559999"), "")
    forged = await world.deliver(world.text(), "", seed=bytes(32))
    assert unknown.status_code == forged.status_code == 503
    assert unknown.content == forged.content


@pytest.mark.parametrize(
    "data",
    [
        {"event_type": "message.read", "payload": {"to": [{"phone_number": "+17735550002"}]}},
        {"event_type": "message.typing", "payload": {"from": {"phone_number": "+17735550002"}, "to": "+13125550001"}},
        {"record_type": "link_clicked", "to": "+13125550001", "from": "+17735550002"},
    ],
)
async def test_a_genuine_webhook_of_a_kind_we_do_not_know_is_taken_on_the_plain_path_too(world, data):
    """Refused, the carrier would deliver it six times."""
    assert (await world.deliver({"data": data}, "")).status_code == 200
    assert not world.broker.published
    assert_refused(await world.deliver({"data": data}, "", seed=bytes(32)), 401, "not_genuine")


async def test_a_text_for_a_number_of_another_connection_reaches_nobody(world):
    """A tenant holds the key of its own connection: it could sign anything with it."""
    response = await world.deliver(world.text(to="+17735550009"))
    unowned = await world.deliver(world.text(to="+17735558888", id="m2"))
    assert response.status_code == unowned.status_code == 200
    assert response.content == unowned.content
    assert not world.broker.published
    assert {row["reason"] for row in await world.stored("unrouted")} == {"number_not_of_this_connection"}


async def test_a_text_for_a_number_without_owner_is_kept_for_the_operator_once(world):
    world.accounts.number("+17735550002", None, None, revision=2)
    world.clock.advance(2)
    for _ in range(3):
        assert (await world.deliver(world.text(to="+17735557777"))).status_code == 200
    [row] = await world.stored("unrouted")
    assert row["connection_id"] == world.connection
    assert b"Test for full JSON" in row["body"]
    token = world.keyring.token({"kind": "internal"})
    listed = await world.http.get("/internal/ingress/unrouted", headers={"authorization": f"Bearer {token}"})
    assert "+17735557777" in listed.json()["items"][0]["body"]
    assert (await world.http.get("/internal/ingress/unrouted")).status_code == 401


@BOTH_PATHS
async def test_a_text_from_before_the_number_was_theirs_never_reaches_the_new_owner(world, plain):
    since = datetime(2025, 5, 15, 18, 47, 40, 731000, UTC)
    world.accounts.number("+17735550011", "ten_a", world.connection, since=since)
    just = world.text(to="+17735550011")
    early = world.text(to="+17735550011", id="m2", received_at="2025-05-15T18:47:40.730+00:00")
    for text in (just, early):
        assert (await world.deliver(text, path_of(world, plain))).status_code == 200
    [event] = world.events()
    assert event.data.carrier_message_id == just["data"]["payload"]["id"]
    assert [row["reason"] for row in await world.stored("unrouted")] == ["received_before_the_number_was_assigned"]


async def test_a_carrier_clock_that_is_ahead_does_not_move_a_stop(world):
    await world.deliver(world.text(text="STOP", received_at="2026-01-01T00:10:00Z"))
    [event] = world.events()
    assert (event.data.keyword, event.data.effective_at) == ("stop", world.clock.now())
    assert event.data.received_at == datetime(2026, 1, 1, 0, 10, tzinfo=UTC)


async def test_the_same_text_however_often_and_announced_is_one_event(world):
    bodies = [world.text() for _ in range(5)]
    for attempt, body in enumerate(bodies):
        body["meta"]["attempt"] = attempt
        body["data"]["id"] = f"event-{attempt}"
    responses = await asyncio.gather(*(world.deliver(body) for body in bodies))
    assert [response.status_code for response in responses] == [200] * 5
    events = world.events()
    assert len({event.identity for event in events}) == 1
    assert len({event.data.message_id for event in events}) == 1


async def test_a_receipt_with_our_token_names_our_message(world, carrier_sample):
    body = carrier_sample("message_finalized")
    query = receipt_query(world.keyring, ReceiptToken("ten_a", "msg_1"))
    assert (await world.deliver(body, f"/{world.connection}?{query}")).status_code == 200
    [event] = world.events()
    assert (event.tenant_id, event.data.message_id, event.data.status) == ("ten_a", "msg_1", "delivered")
    assert event.data.carrier_message_id == event.partition_key == "ac012cbf-5e09-46af-a69a-7c0e2d90993c"


@BOTH_PATHS
async def test_a_receipt_without_a_token_belongs_to_the_numbers_owner(world, carrier_sample, plain):
    world.accounts.number("+13125550001", "ten_a", world.connection)
    assert (await world.deliver(carrier_sample("message_sent"), path_of(world, plain))).status_code == 200
    [event] = world.events()
    assert (event.tenant_id, event.data.message_id, event.data.status) == ("ten_a", None, "sent")


@pytest.mark.parametrize("query", ["t=ten_a&m=msg_1&k=forged", "t=ten_b&m=msg_1", "t=&m=&k="])
async def test_a_forged_token_is_no_token(world, carrier_sample, query):
    assert (await world.deliver(carrier_sample("message_sent"), f"/{world.connection}?{query}")).status_code == 200
    assert not world.broker.published
    assert len(await world.stored("unrouted")) == 1


async def test_another_tenants_token_does_not_reach_that_tenant(world, carrier_sample):
    query = receipt_query(world.keyring, ReceiptToken("ten_b", "msg_1"))
    assert (await world.deliver(carrier_sample("message_sent"), f"/{world.connection}?{query}")).status_code == 200
    assert not world.broker.published


async def test_sent_and_delivered_are_two_events_and_repeats_are_not(world, carrier_sample):
    world.accounts.number("+13125550001", "ten_a", world.connection)
    for name in ("message_finalized", "message_sent", "message_finalized"):
        await world.deliver(carrier_sample(name))
    assert len({event.identity for event in world.events()}) == 2


async def test_two_statuses_of_one_moment_are_two_events(world, carrier_sample):
    world.accounts.number("+13125550001", "ten_a", world.connection)
    for status in ("delivered", "delivery_failed", "delivered"):
        body = carrier_sample("message_finalized")
        body["data"]["payload"]["to"][0]["status"] = status
        await world.deliver(body)
    assert len({event.identity for event in world.events()}) == 2


@pytest.mark.parametrize("body", [
    {"data": {"event_type": "messaging-profile.spend-limit-reached", "payload": {}}},
    {"data": {"record_type": "link_clicked", "url": "https://x"}}, {"data": {"event_type": "message.read"}},
])  # fmt: skip
async def test_genuine_events_of_no_use_are_answered_200(world, body):
    assert (await world.deliver(body)).status_code == 200
    assert not world.broker.published


async def test_a_database_that_lost_everything_catches_up(world):
    await world.service.database.clear()
    world.clock.advance(2)
    assert (await world.deliver(world.text())).status_code == 200  # asked one by one …
    await world.service.database.clear()
    for model in world.service.read_models:
        await model.fill()  # … or filled again at the next start
    world.accounts.away = True
    world.clock.advance(2)
    assert (await world.deliver(world.text(id="m2"), "")).status_code == 200
    assert len(world.events()) == 2


async def test_the_operator_sees_when_the_last_genuine_webhook_came(world):
    token = world.keyring.token({"kind": "internal", "exp": 4_000_000_000})
    asked = {"connection_ids": [world.connection, world.other_connection]}

    async def seen() -> dict[str, str]:
        answer = await world.http.post(
            "/internal/ingress/webhooks-last-seen", json=asked, headers={"authorization": f"Bearer {token}"}
        )
        return {row["connection_id"]: datetime.fromisoformat(row["at"]) for row in answer.json()["items"]}

    await world.deliver(world.text(), headers=VECTOR | {"telnyx-signature-ed25519": VECTOR_SIGNATURE})
    first = world.clock.now()
    assert (await world.deliver(world.text())).status_code == 200
    assert await eventually(seen) == {world.connection: first}, "not of the one that is not genuine"
    for seconds in (30, 61):
        world.clock.advance(seconds)
        assert (await world.deliver(world.text())).status_code == 200

    async def later() -> bool:
        return (await seen())[world.connection] == world.clock.now()

    await eventually(later)
