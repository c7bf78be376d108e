"""`POST /v2/messages`: shape, refusals, and the idempotency rules that keep a customer from being texted twice."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from shared.clock import ManualClock


async def test_an_accepted_sms_is_answered_in_the_shape_of_the_captured_one(world: Any) -> None:
    answer = await world.send("Hi {there}", webhook_url="http://parley.test/w?ref=1")
    data = answer.json()["data"]
    assert answer.status_code == 200
    captured = (
        "record_type direction id type organization_id messaging_profile_id from to cc text media webhook_url"
        " webhook_failover_url encoding parts tags cost tcr_campaign_id tcr_campaign_billable tcr_campaign_registered"
        " received_at sent_at completed_at valid_until errors cost_breakdown"
    )
    assert set(captured.split()) <= data.keys()
    assert data["to"][0]["status"] == "queued"
    assert (data["parts"], data["encoding"], data["cost"]["amount"]) == (1, "GSM-7", "0.0070")
    assert data["received_at"][:13] != data["valid_until"][:13]


async def test_the_ledger_holds_what_was_accepted_with_key_and_raw_body(world: Any) -> None:
    await world.send("one", key="k1")
    await world.send("two", to="+13125550124")
    rows = await world.control("GET", "/ledger", to="+13125550123")
    assert rows["total"] == 1
    assert rows["items"][0]["idempotency_key"] == "k1"
    assert '"text":"one"' in rows["items"][0]["body"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"to": "+15551234567"}, 400, "40310"),
        ({"to": "3125550123"}, 400, "40310"),
        ({"to": ["+13125550123", "+13125550124"]}, 400, "40310"),
        ({"to": None}, 400, "10004"),
        ({"from": "+17735550099"}, 400, "40305"),
        ({"text": ""}, 400, "40316"),
        ({"text": 5}, 400, "10015"),
        ({"text": "a" * 1531}, 400, "40302"),
        ({"media_urls": ["http://parley.test/a"] * 11}, 400, "40317"),
        ({"webhook_url": "http://parley.test/" + "a" * 2000}, 400, "10003"),
    ],
)
async def test_a_wrong_request_is_refused_with_the_carriers_code(
    world: Any, change: dict[str, Any], status: int, code: str
) -> None:
    answer = await world.send(**{"text": "hi", **change})
    error = answer.json()["errors"][0]
    assert (answer.status_code, error["code"]) == (status, code)
    assert {"title", "detail", "meta"} <= error.keys()
    assert world.accepted == []


async def test_one_recipient_in_a_list_is_fine_and_mms_needs_no_text(world: Any) -> None:
    assert (await world.send(to=["+13125550123"])).status_code == 200
    data = (await world.send("", media_urls=["http://parley.test/cat.png"])).json()["data"]
    assert (data["type"], data["parts"]) == ("MMS", 1)


@pytest.mark.parametrize("header", [None, "Bearer nonsense", "Basic KEY1"])
async def test_without_a_key_there_is_no_service(world: Any, header: str | None) -> None:
    world.http.headers.pop("authorization")
    headers = {"authorization": header} if header else {}
    answer = await world.http.post("/sandbox/telnyx/v2/messages", json={}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "10009")


async def test_a_body_that_is_not_json_is_said_to_be_so(world: Any) -> None:
    answer = await world.http.post("/sandbox/telnyx/v2/messages", content=b'{"to": "\\ud800"')
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "10023")


async def test_a_number_of_another_account_cannot_be_sent_from(world: Any) -> None:
    world.http.headers["authorization"] = "Bearer KEY_other"
    assert (await world.send()).json()["errors"][0]["code"] == "40305"


async def test_the_same_key_and_body_replay_the_first_answer_byte_for_byte(world: Any) -> None:
    first = await world.send("once", key="k")
    await world.settled()  # by now the message is delivered, yet the replay still says queued
    again = await world.send("once", key="k")
    assert (again.status_code, again.content) == (200, first.content)
    assert world.accepted == ["once"]


async def test_the_same_key_with_another_body_is_422(world: Any) -> None:
    await world.send("once", key="k")
    answer = await world.send("other", key="k")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "10027")
    assert world.accepted == ["once"]


async def test_keys_of_different_accounts_do_not_meet(world: Any) -> None:
    world.sandbox.state.register_number("+17735550003", "KEY_other")
    await world.send("once", key="k")
    world.http.headers["authorization"] = "Bearer KEY_other"
    assert (await world.send("mine", key="k", **{"from": "+17735550003"})).status_code == 200


async def test_a_failed_call_frees_its_key_even_for_another_body(world: Any) -> None:
    assert (await world.send("", key="k")).status_code == 400
    assert (await world.send("now with text", key="k")).status_code == 200


async def test_the_same_key_in_flight_is_409_and_only_one_message_leaves(world: Any) -> None:
    await world.fault("send", "delay", seconds=0.2)
    answers = await asyncio.gather(world.send("once", key="k"), world.send("once", key="k"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["errors"][0]["code"] == "10036"
    assert world.accepted == ["once"]


@pytest.mark.parametrize("key", ["", "with space", 'quo"ted', "a" * 256, "ü"])
async def test_a_malformed_key_is_10015(world: Any, key: str) -> None:
    body = {"from": "+17735550002", "to": "+13125550123", "text": "hi"}
    headers = [(b"idempotency-key", key.encode())]
    answer = await world.http.post("/sandbox/telnyx/v2/messages", json=body, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "10015")


async def test_a_key_is_forgotten_after_24_hours(start: Any) -> None:
    clock = ManualClock()
    async with start(clock) as world:
        await world.send("once", key="k")
        clock.advance(24 * 3600 - 1)
        await world.send("once", key="k")
        assert world.accepted == ["once"]
        clock.advance(1)
        await world.send("once", key="k")
        assert world.accepted == ["once", "once"]


async def test_idempotency_can_be_switched_off(world: Any) -> None:
    await world.control("PUT", "/settings", {"idempotency": False})
    await world.send("twice", key="k")
    await world.send("twice", key="k")
    assert world.accepted == ["twice", "twice"]


async def test_a_message_can_be_read_by_its_own_account_only(world: Any) -> None:
    message_id = (await world.send()).json()["data"]["id"]
    path = f"/sandbox/telnyx/v2/messages/{message_id}"
    assert (await world.http.get(path)).json()["data"]["id"] == message_id
    other: httpx2.Response = await world.http.get(path, headers={"authorization": "Bearer KEY_other"})
    assert (other.status_code, other.json()["errors"][0]["code"]) == (404, "10005")
