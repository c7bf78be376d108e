"""`/api/messages` through the real application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from price_cards import prices, rate_card
from sender.domain.outcome import Outcome
from shared.access.gate import Principal, sign
from shared.events import DEFAULT_PRICES, Money, SmsOutbound, TenantChanged
from shared.http.app import create_app

TENANT, ANN, BOB = "ten_a", "+13125550101", "+13125550102"
CENT = 10_000_000
BROKEN = Outcome("server_error", "carrier_500")


def credential(world: Any, role: str = "agent", tenant: str = TENANT) -> dict[str, str]:
    who = Principal(tenant, role, f"key_{role}", None, world.clock.now())  # type: ignore[arg-type]
    return {"authorization": f"Bearer {sign(world.parts.tools.keyring, who)}"}


@pytest.fixture
async def api(world: Any) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app("sender", "")
    for router in world.parts.service.routers:
        app.include_router(router)
    for model in world.parts.service.read_models:
        if model.name == "revocations":
            await model.fill()
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x", headers=credential(world)) as client:
        yield client


async def unresolved(world: Any, id: str = "msg_1", **changes: Any) -> None:
    world.carrier.script.append(BROKEN)
    await world.send(id, **changes)
    await world.work()
    for _ in range(4):
        await world.work(240)
    assert await world.status(id) == "unresolved"


async def test_a_message_reads_in_the_agreed_shape(world: Any, api: httpx2.AsyncClient) -> None:
    await world.send("msg_1", conversation_id="cnv_1", author="assistant", media_urls=("https://m/1",))
    await world.work()
    body = (await api.get("/api/messages/msg_1")).json()
    expected = {
        "id": "msg_1", "conversation_id": "cnv_1", "direction": "outbound", "author": "assistant", "text": "Hello",
        "media": [{"url": "https://m/1"}], "from": "+13125550001", "to": ANN, "status": "accepted", "parts": 1,
        "encoding": "GSM-7", "cost": None, "error": None, "sent_at": None, "delivered_at": None,
    }  # fmt: skip
    assert {name: body[name] for name in expected} == expected
    assert body["created_at"].startswith("2026-03-10T18:00:00")


async def test_why_tells_the_whole_chain(world: Any, api: httpx2.AsyncClient) -> None:
    world.carrier.script = [Outcome("no_answer", "no_answer", "ReadTimeout")]
    await world.send("msg_1", causes=("msg_in", "run_1"))
    await world.work()
    await world.work(5)
    why = (await api.get("/api/messages/msg_1/why")).json()
    assert why["correlation_id"] == "chain-e-msg_1"
    assert why["causes"] == ["msg_in", "run_1"]
    assert [(step["status"], step["reason"], step["attempt"]) for step in why["history"]] == [
        ("queued", "", None), ("submitting", "", 1), ("unknown", "no_answer", 1), ("submitting", "", 2),
        ("accepted", "", 2),
    ]  # fmt: skip
    assert [attempt["outcome"] for attempt in why["attempts"]] == ["no_answer", "accepted"]
    assert "owner" not in why["attempts"][0]


async def test_another_tenants_message_and_lane_are_not_there(world: Any, api: httpx2.AsyncClient) -> None:
    await world.send("msg_1")
    lane = (await world.message("msg_1")).lane_id
    stranger = credential(world, "admin", "ten_b")
    for path in ("/api/messages/msg_1", "/api/messages/msg_1/why", f"/api/messages/lanes/{lane}"):
        assert (await api.get(path, headers=stranger)).status_code == 404
        assert (await api.get(path)).status_code == 200
    assert (await api.get("/api/messages", headers=stranger)).json()["items"] == []
    answer = await api.post("/api/messages/msg_1/resolve", json={"as": "sent"}, headers=stranger)
    assert answer.status_code == 404
    assert (await api.post(f"/api/messages/lanes/{lane}/skip", headers=stranger)).status_code == 404


async def test_lists_are_filtered_and_paged_newest_first(world: Any, api: httpx2.AsyncClient) -> None:
    for n in range(5):
        world.clock.advance(1)
        await world.send(f"msg_{n}", contact=BOB if n == 3 else ANN, campaign_id="cmp_1" if n == 4 else None)
    first = (await api.get("/api/messages?limit=3")).json()
    rest = (await api.get(f"/api/messages?limit=3&cursor={first['next_cursor']}")).json()
    ids = [item["id"] for item in first["items"] + rest["items"]]
    assert ids == ["msg_4", "msg_3", "msg_2", "msg_1", "msg_0"]
    assert rest["next_cursor"] is None
    for query, found in (("contact=%2B13125550102", ["msg_3"]), ("campaign=cmp_1", ["msg_4"]), ("status=sent", [])):
        items = (await api.get(f"/api/messages?{query}")).json()["items"]
        assert [item["id"] for item in items] == found


async def test_an_unresolved_message_is_assumed_sent_once_and_booked(world: Any, api: httpx2.AsyncClient) -> None:
    await unresolved(world)
    assert [item["id"] for item in (await api.get("/api/messages?status=unresolved")).json()["items"]] == ["msg_1"]
    for _ in range(3):
        answer = await api.post("/api/messages/msg_1/resolve", json={"as": "sent"}, headers={"idempotency-key": "k"})
        assert answer.status_code == 200
        assert (answer.json()["status"], answer.json()["reason"]) == ("sent", "assumed_sent")
    await world.parts.service.relay.drain()
    (usage,) = world.usage("msg_1")
    assert usage.estimate
    assert (await api.get("/api/messages?status=unresolved")).json()["items"] == []
    assert (await api.post("/api/messages/msg_1/resolve", json={"as": "retry"})).status_code == 409
    await world.receipt("msg_1", "delivery_failed")
    assert await world.status("msg_1") == "undelivered"


async def test_a_retry_is_a_new_message_that_passes_every_gate(world: Any, api: httpx2.AsyncClient) -> None:
    expires_at = world.clock.now().replace(hour=19)
    await unresolved(world, stream="s", seq=1, author="agent", user_id="usr_1", expires_at=expires_at)
    for _ in range(2):
        answer = await api.post("/api/messages/msg_1/resolve", json={"as": "retry"})
        assert answer.status_code == 200
    await world.parts.service.relay.drain()
    new_id = answer.json()["retried_as"]
    orders = {event.id: event.data for event in world.broker.of(SmsOutbound)}
    (order,) = orders.values()
    assert (order.message_id, order.retry_of, order.author, order.user_id) == (new_id, "msg_1", "agent", "usr_1")
    assert (order.stream, order.expires_at) == (None, None)
    assert "msg_1" in order.causes
    await world.stop()
    await world.handle(order)
    await world.work()
    assert await world.status(new_id) == "suppressed"


async def test_late_evidence_for_a_message_that_was_sent_again_is_told_and_booked(
    world: Any, api: httpx2.AsyncClient
) -> None:
    await unresolved(world)
    await api.post("/api/messages/msg_1/resolve", json={"as": "retry"})
    await world.parts.service.relay.drain()
    assert world.usage("msg_1") == []
    await world.receipt("msg_1", "delivered", parts=1, cost={"nano": 4_000_000})
    assert await world.status("msg_1") == "delivered"
    assert len(world.usage("msg_1")) == 1


async def test_only_what_is_unresolved_can_be_settled_and_only_by_agents(world: Any, api: httpx2.AsyncClient) -> None:
    await world.send("msg_1")
    await world.work()
    answer = await api.post("/api/messages/msg_1/resolve", json={"as": "sent"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_unresolved")
    viewer = credential(world, "viewer")
    assert (await api.post("/api/messages/msg_1/resolve", json={"as": "sent"}, headers=viewer)).status_code == 403
    assert (await api.post("/api/messages/msg_1/resolve", json={"as": "later"})).status_code == 422
    assert (await api.get("/api/messages/msg_1", headers={"authorization": ""})).status_code == 401


async def test_a_gap_is_skipped_by_a_person_and_what_comes_late_is_refused(world: Any, api: httpx2.AsyncClient) -> None:
    await world.send("msg_3", stream="s", seq=3)
    await world.send("msg_4", stream="s", seq=4)
    await world.work(61)
    lane_id = (await world.message("msg_3")).lane_id
    view = (await api.get(f"/api/messages/lanes/{lane_id}")).json()
    assert [(w["message_id"], w["reason"]) for w in view["waiting"]] == [("msg_3", "gap"), ("msg_4", "gap")]
    answer = await api.post(f"/api/messages/lanes/{lane_id}/skip")
    assert answer.status_code == 200
    await world.work()
    assert world.sent() == ["msg_3", "msg_4"]
    await world.send("msg_1", stream="s", seq=1)
    await world.send("msg_2", stream="s", seq=2)
    await world.send("msg_5", stream="s", seq=5)
    await world.work()
    assert [(await world.message(id)).reason for id in ("msg_1", "msg_2")] == ["late", "late"]
    assert world.sent() == ["msg_3", "msg_4", "msg_5"]
    answer = await api.post(f"/api/messages/lanes/{lane_id}/skip")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_gap")


async def test_the_budget_shows_both_periods_with_what_is_used(world: Any, api: httpx2.AsyncClient) -> None:
    cap = Money(nano=4 * CENT)
    await world.own(TenantChanged(tenant_id=TENANT, revision=2, name="A", daily_cap=cap, cap_covers="bulk"))
    for n in range(3):
        await world.send(f"m{n}", contact=f"+1312555020{n}", priority="bulk")
    await world.work()
    shown = (await api.get("/api/messages/budget", headers=credential(world, "viewer"))).json()
    assert (shown["covers"], shown["waiting"]) == ("bulk", False)
    day, month = shown["periods"]
    assert (day["name"], day["spent"]["nano"], day["reserved"]["nano"]) == ("2026-03-10", 3 * CENT, 0)
    assert (day["cap"]["nano"], day["percent"], day["warnings"]) == (4 * CENT, 75, [50])
    assert (month["name"], month["spent"]["nano"], month["cap"], month["percent"]) == ("2026-03", 3 * CENT, None, None)
    elsewhere = (await api.get("/api/messages/budget", headers=credential(world, tenant="ten_b"))).status_code
    assert elsewhere == 404


NO_PRICES: dict[str, Any] = {"sms_per_part": {}, "mms_per_message": {}, "carrier_fee_markup_percent": None}


@pytest.mark.parametrize(
    ("card", "expected"),
    [
        (None, {"source": "estimate", "reason": "no_rate_card", "rate_card_id": None, "valid_from": None, **NO_PRICES}),
        (rate_card(), {"source": "estimate", "reason": "no_prices", "rate_card_id": "rtc_1", **NO_PRICES}),
        (
            rate_card("0.05", currency="EUR"),
            {"source": "estimate", "reason": "other_currency", "rate_card_id": "rtc_1", **NO_PRICES},
        ),
        (
            rate_card("0.05", carrier_fee_markup="10"),
            {"source": "rate_card", "reason": "", "detail": "", "sms_per_part": {"*": "0.05"}, "mms_per_message": {},
             "carrier_fee_markup_percent": "10", "valid_from": "2026-01-01T00:00:00Z"},
        ),
    ],
)  # fmt: skip
async def test_the_budget_says_what_messages_are_reckoned_with_and_why(
    world: Any, api: httpx2.AsyncClient, card: Any, expected: dict[str, Any]
) -> None:
    await world.own(TenantChanged(tenant_id=TENANT, revision=2, name="A", daily_cap=Money(nano=CENT)))
    if card:
        await world.own(prices(1, card, tenant=TENANT))
    shown = (await api.get("/api/messages/budget", headers=credential(world, "viewer"))).json()["prices"]
    assert {name: shown[name] for name in expected} == expected
    assert shown["estimate_per_part"] == {"nano": CENT, "currency": "USD"}
    if expected["reason"] == "other_currency":
        assert "in EUR, the caps are in USD" in shown["detail"]


async def test_the_budget_shows_the_installations_card_where_the_tenant_has_none(
    world: Any, api: httpx2.AsyncClient
) -> None:
    await world.own(prices(3, rate_card("0.05", card_id="default"), tenant=DEFAULT_PRICES))
    shown = (await api.get("/api/messages/budget", headers=credential(world, "viewer"))).json()["prices"]
    assert (shown["source"], shown["rate_card_id"], shown["sms_per_part"]) == (
        "default_rate_card", "default", {"*": "0.05"},
    )  # fmt: skip
