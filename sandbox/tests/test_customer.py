"""The customer's side: keywords and block rules, the phone's history, detail records."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from sandbox.carrier.keywords import keyword_in
from shared.clock import ManualClock


@pytest.mark.parametrize("text", ["STOP", " stop ", "Stop All", "stopall", "UNSUBSCRIBE", "cancel", "End", "quit\n"])
async def test_a_stop_word_blocks_the_customer_and_is_answered_by_the_carrier(world: Any, text: str) -> None:
    made = await world.inbound(text)
    answer = await world.send()
    error = answer.json()["errors"][0]
    assert made["autoresponse_type"] == "STOP"
    assert (answer.status_code, error["code"], error["source"]["pointer"]) == (409, "40300", "/to")
    phone = await world.control("GET", "/phone", number="+13125550123")
    automatic = phone["messages"][-1]
    assert (automatic["automatic"], "Reply START" in automatic["text"]) == (True, True)
    assert world.accepted == []


@pytest.mark.parametrize("text", ["revoke", "opt out", "please stop", "don't stop", "yes", "info", "stop."])
def test_what_the_carrier_does_not_know_is_no_keyword(text: str) -> None:
    assert keyword_in(text) is None


async def test_a_block_covers_all_numbers_of_the_profile_and_no_other_profile(world: Any) -> None:
    world.sandbox.state.register_number("+17735550003", "KEY_acme")
    world.sandbox.state.register_number("+17735550004", "KEY_acme", messaging_profile_id="another")
    await world.inbound("STOP")
    assert (await world.send(**{"from": "+17735550003"})).status_code == 409
    assert (await world.send(**{"from": "+17735550004"})).status_code == 200
    assert (await world.send(to="+13125550124")).status_code == 200


async def test_start_lifts_the_block_only_at_the_number_that_was_stopped(world: Any) -> None:
    world.sandbox.state.register_number("+17735550003", "KEY_acme")
    await world.inbound("STOP")
    await world.inbound("START", to="+17735550003")
    assert (await world.send()).status_code == 409
    optouts = (await world.http.get("/sandbox/telnyx/v2/messaging_optouts")).json()["data"]
    assert [(row["to"], row["keyword"]) for row in optouts] == [("+13125550123", "STOP")]
    await world.inbound("unstop")
    assert (await world.send()).status_code == 200


async def test_a_keyed_send_before_stop_is_still_replayed_after_it(world: Any) -> None:
    await world.send("once", key="k")
    await world.inbound("STOP")
    assert (await world.send("once", key="k")).status_code == 200
    assert world.accepted == ["once"]


async def test_the_phone_waits_for_news_and_then_shows_it(world: Any) -> None:
    await world.send("old")
    await world.settled()
    before = await world.control("GET", "/phone", number="+13125550123")
    waiting = asyncio.create_task(
        world.control("GET", "/phone", number="+13125550123", after=before["version"], wait=10)
    )
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await world.send("not for you", to="+13125550199")
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await world.send("news")
    shown = await asyncio.wait_for(waiting, 2)
    assert [message["text"] for message in shown["messages"]] == ["old", "news"]
    assert shown["version"] > before["version"]


async def test_a_phone_that_waits_is_woken_when_the_sandbox_stops(world: Any) -> None:
    started = time.monotonic()
    waiting = asyncio.create_task(world.control("GET", "/phone", number="+13125550123", after=0, wait=20))
    await asyncio.sleep(0.05)
    world.sandbox.state.mailbox.close()
    await asyncio.wait_for(waiting, 5)
    assert time.monotonic() - started < 5


async def test_the_phone_shows_how_far_texts_got_in_both_directions(world: Any) -> None:
    world.receiver.statuses = [500, 500, 500]
    await world.inbound("hello?")
    await world.settled()
    await world.send("hi")
    await world.settled()
    messages = (await world.control("GET", "/phone", number="+13125550123"))["messages"]
    assert [(one["text"], one["reached"], one["status"]) for one in messages] == [
        ("hello?", "given_up", "webhook_delivered"),
        ("hi", None, "delivered"),
    ]


async def test_an_unknown_number_or_an_empty_text_is_refused_with_advice(world: Any) -> None:
    for body, status, code in (
        ({"from": "+13125550123", "to": "+17735550099", "text": "hi"}, 404, "unknown_number"),
        ({"from": "+13125550123", "to": "+17735550002"}, 422, "empty_message"),
    ):
        answer = await world.http.post("/sandbox/control/inbound", json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("number", ["+15551234567", "+15550100001", "+1234567", "24273", "nonsense"])
async def test_the_phone_is_told_which_customers_the_carrier_would_not_send_to(world: Any, number: str) -> None:
    """Else a text from there is taken and its answer fails, and the page shows nothing."""
    refused = await world.http.get(f"/sandbox/control/customers/{number}")
    assert refused.status_code == 422
    assert refused.json()["code"] == "no_such_customer"
    assert "+1 312 555 0101" in refused.json()["detail"]


async def test_a_customer_the_carrier_sends_to_can_be_had(world: Any) -> None:
    assert (await world.control("GET", "/customers/+13125550123")) == {"phone_number": "+13125550123"}


async def test_detail_records_find_a_message_by_its_webhook_url_once_it_was_sent(world: Any) -> None:
    await world.control("PUT", "/settings", {"sent_after": 0.2, "delivered_after": 0.3})
    await world.send(webhook_url="http://parley.test/w?token=t1")
    assert (await records(world))["meta"]["total_results"] == 0
    await world.settled()
    (row,) = (await records(world))["data"]
    assert row["delivery_status_webhook_url"] == "http://parley.test/w?token=t1"
    assert (row["cli"], row["cld"], row["status"], row["parts"]) == ("+17735550002", "+13125550123", "delivered", 1)


async def test_detail_records_are_paged_filtered_and_can_hide(start: Any) -> None:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=UTC))
    async with start(clock) as world:
        await world.fault("records", "hide", text="secret")
        for text in ("one", "two", "secret", "three"):
            await world.send(text)
            await world.settled()
            clock.advance(60)
        everything = await records(world, **{"page[size]": 2, "sort": "created_at"})
        assert everything["meta"] == {"page_number": 1, "page_size": 2, "total_pages": 2, "total_results": 3}
        late = await records(world, **{"filter[created_at][gte]": "2026-01-01T00:01:00Z"})
        assert late["meta"]["total_results"] == 2
        early = await records(world, **{"filter[created_at][lt]": "2026-01-01T00:01:00+00:00"})
        assert early["meta"]["total_results"] == 1
        answer = await world.http.get("/sandbox/telnyx/v2/detail_records", params={"filter[record_type]": "voice"})
        assert answer.status_code == 400


async def test_records_can_tell_another_story_than_the_webhooks(world: Any) -> None:
    accepted = (await world.send()).json()["data"]["id"]
    await world.settled()
    told = await world.control("PATCH", f"/records/{accepted}", {"parts": 3})
    (row,) = (await records(world))["data"]
    assert (row, row["parts"], row["cost"]) == (told, 3, "0.0210")
    await world.control("PATCH", f"/records/{accepted}", {"cost": "1.25"})
    (row,) = (await records(world))["data"]
    assert (row["parts"], row["cost"]) == (3, "1.25")
    assert (await world.control("GET", "/ledger"))["items"][0]["parts"] == 1
    await world.control("PATCH", f"/records/{accepted}", {"hidden": True})
    assert (await records(world))["data"] == []


async def test_records_can_be_late(start: Any) -> None:
    clock = ManualClock()
    async with start(clock) as world:
        await world.control("PUT", "/settings", {"records_after": 120})
        await world.send()
        await world.settled()
        assert (await records(world))["data"] == []
        clock.advance(120)
        assert len((await records(world))["data"]) == 1


async def records(world: Any, **query: Any) -> Any:
    params = {"filter[record_type]": "messaging", **query}
    return (await world.http.get("/sandbox/telnyx/v2/detail_records", params=params)).json()


async def test_numbers_and_profiles_are_listed_to_their_owner_only(world: Any) -> None:
    world.sandbox.state.register_number("+17735550009", "KEY_other", webhook_url="http://parley.test/hook")
    numbers = (await world.http.get("/sandbox/telnyx/v2/phone_numbers")).json()["data"]
    assert [row["phone_number"] for row in numbers] == ["+17735550002"]
    profile = await world.http.get(f"/sandbox/telnyx/v2/messaging_profiles/{numbers[0]['messaging_profile_id']}")
    assert profile.json()["data"]["webhook_url"] == "http://parley.test/webhooks/telnyx"
    foreign = next(n for n in (await world.control("GET", "/numbers"))["items"] if n["api_key"] == "KEY_other")
    hidden = await world.http.get(f"/sandbox/telnyx/v2/messaging_profiles/{foreign['messaging_profile_id']}")
    assert hidden.status_code == 404


async def test_reset_forgets_what_happened_and_keeps_the_numbers_unless_told(world: Any) -> None:
    await world.inbound("STOP")
    await world.fault("send", "cut")
    assert (await world.control("POST", "/reset"))["messages"] == 0
    assert (await world.send(key="k")).status_code == 200
    await world.control("POST", "/reset", {"numbers": True})
    assert (await world.control("GET", "/numbers"))["total"] == 0


async def test_a_profiles_settings_can_be_wrong_for_whoever_checks_them(world: Any) -> None:
    [number] = (await world.control("GET", "/numbers"))["items"][:1]
    id = number["messaging_profile_id"]
    wrong = {"enabled": False, "webhook_api_version": "1", "redaction_level": 2}
    await world.control("PATCH", f"/profiles/{id}", wrong)
    key = {"authorization": f"Bearer {number['api_key']}"}
    shown = (await world.http.get(f"/sandbox/telnyx/v2/messaging_profiles/{id}", headers=key)).json()["data"]
    assert {name: shown[name] for name in wrong} == wrong
    assert (shown["redaction_enabled"], shown["webhook_url"]) == (True, number["webhook_url"])
    await world.control("PUT", f"/numbers/{number['number']}", {"api_key": number["api_key"]})
    again = (await world.http.get(f"/sandbox/telnyx/v2/messaging_profiles/{id}", headers=key)).json()["data"]
    assert again["enabled"] is False, "another number on the profile changes nothing of it"


async def test_a_picture_from_the_phone_has_a_link_that_comes_with_the_text(world: Any) -> None:
    sent = b"\xff\xd8\xff cake"
    kept = await world.http.post("/sandbox/control/media", content=sent, headers={"content-type": "image/jpeg"})
    assert kept.status_code == 201
    picture = kept.json()
    await world.inbound("Like this?", media=[picture])
    phone = await world.control("GET", "/phone", number="+13125550123")
    assert phone["messages"][-1]["media"] == [picture]
    shown = await world.http.get(picture["url"])
    assert (shown.content, shown.headers["content-type"]) == (sent, "image/jpeg")
    assert "sandbox" in shown.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [(b"<svg>", "image/svg+xml", 422), (b"<p>", "text/html", 422), (b"", "image/png", 422),
     (b"x" * 1_000_001, "image/png", 413)],
)  # fmt: skip
async def test_the_carrier_keeps_pictures_only(world: Any, content: bytes, kind: str, status: int) -> None:
    answer = await world.http.post("/sandbox/control/media", content=content, headers={"content-type": kind})
    assert answer.status_code == status


async def test_the_carrier_keeps_the_newest_fifty_pictures(world: Any) -> None:
    pictures = world.sandbox.state.pictures
    first, *others = [pictures.add(bytes([n]), "image/png") for n in range(51)]
    assert pictures.get(others[0].id).bytes == b"\x01"
    assert (await world.http.get(f"/sandbox/telnyx/media/{first.id}")).status_code == 404
