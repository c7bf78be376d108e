"""The adapter's table: what each answer, failure and record of Telnyx means, over a mock transport."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sender.adapters.telnyx import Telnyx, classify
from sender.domain.message import Message
from sender.sending.carrier import CarrierAccount, RecordSearch, Request
from shared.errors import Unavailable
from shared.events import Money, SmsOutbound
from shared.events.links import ReceiptToken

ACCOUNT = CarrierAccount("con_1", None, "KEY-1", "prof-1")
REQUEST = Request(ACCOUNT, "msg_1", b'{"to":"+13125550101"}', 10)
NOW = datetime(2026, 3, 10, tzinfo=UTC)


def trace_of(message_id: str, account: CarrierAccount = ACCOUNT) -> RecordSearch:
    return RecordSearch(account, "+13125550001", "+13125550101", ReceiptToken("a", message_id), NOW)


def refusal(*codes: str) -> dict[str, Any]:
    return {"errors": [{"code": code, "title": f"title {code}", "detail": f"detail {code}"} for code in codes]}


async def outcome_of(answer: httpx2.Response | Exception) -> Any:
    def respond(_request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    telnyx = Telnyx("https://api.test/v2", httpx2.MockTransport(respond))
    try:
        return await telnyx.send(REQUEST)
    finally:
        await telnyx.close()


@pytest.mark.parametrize(
    ("status", "body", "kind", "reason"),
    [
        (409, refusal("40300"), "refused", "opted_out"),
        (400, refusal("40300"), "refused", "opted_out"),
        (403, refusal("40300"), "refused", "opted_out"),
        (409, refusal("10036"), "in_flight", "key_in_flight"),
        (409, {}, "in_flight", "carrier_conflict"),
        (400, refusal("40310"), "refused", "invalid_recipient"),
        (422, refusal("10027"), "refused", "request_refused"),
        (400, refusal("40305"), "refused", "sender_not_allowed"),
        (402, refusal("20100"), "refused", "carrier_account_problem"),
        (401, refusal("10009"), "refused", "carrier_account_problem"),
        (418, refusal("99999"), "refused", "carrier_99999"),
        (404, "not json at all", "refused", "carrier_404"),
        (429, refusal("10011"), "not_sent", "carrier_busy"),
        (429, refusal("40318"), "not_sent", "carrier_busy"),
        (429, refusal("40333"), "not_sent", "carrier_spend_limit"),
        (429, "slow down", "not_sent", "carrier_busy"),
        (400, refusal("40320"), "not_sent", "carrier_busy"),
        (503, refusal("10007"), "not_sent", "carrier_unavailable"),
        (500, refusal("10007"), "server_error", "carrier_500"),
        (502, "<html>", "server_error", "carrier_502"),
        (504, "", "server_error", "carrier_504"),
        (520, "", "server_error", "carrier_520"),
        (408, "", "no_answer", "carrier_408"),
        (302, "", "no_answer", "carrier_302"),
        (200, "no json", "no_answer", "unreadable_answer"),
        (200, {"data": {}}, "no_answer", "unreadable_answer"),
        (200, {"data": {"id": "abc"}}, "accepted", ""),
        (201, {"data": {"id": "abc", "cost": None, "cost_breakdown": None}}, "accepted", ""),
    ],
)
async def test_what_an_answer_means(status: int, body: Any, kind: str, reason: str) -> None:
    content = body if isinstance(body, str) else json.dumps(body)
    outcome = await outcome_of(httpx2.Response(status, content=content.encode()))
    assert (outcome.kind, outcome.reason) == (kind, reason)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx2.ConnectError("refused"), "not_sent"),
        (httpx2.ConnectTimeout("slow"), "not_sent"),
        (httpx2.PoolTimeout("full"), "not_sent"),
        (httpx2.LocalProtocolError("illegal header value"), "not_sent"),
        (httpx2.ReadTimeout("silence"), "no_answer"),
        (httpx2.WriteTimeout("stuck"), "no_answer"),
        (httpx2.WriteError("reset"), "no_answer"),
        (httpx2.ReadError("reset"), "no_answer"),
        (httpx2.RemoteProtocolError("cut"), "no_answer"),
        (RuntimeError("unforeseen"), "no_answer"),
    ],
)
async def test_only_what_never_got_a_connection_is_known_not_to_have_left(error: Exception, kind: str) -> None:
    assert (await outcome_of(error)).kind == kind


@pytest.mark.parametrize(
    "account",
    [CarrierAccount("con_1", None, "KEY…", None), CarrierAccount("con_1", "http://[::1", "KEY-1", None)],
    ids=["a key that no header can carry", "an address that is none"],
)
async def test_a_connection_that_no_request_can_be_made_of_sends_nothing_and_finds_nothing(
    account: CarrierAccount,
) -> None:
    asked: list[httpx2.Request] = []

    def respond(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, json={"data": []})

    telnyx = Telnyx("https://api.test/v2", httpx2.MockTransport(respond))
    outcome = await telnyx.send(Request(account, "msg_1", b"{}", 10))
    assert (outcome.kind, outcome.reason) == ("not_sent", "connection_unusable")
    with pytest.raises(Unavailable):
        await telnyx.search(trace_of("msg_1", account))
    await telnyx.close()
    assert asked == []


async def test_the_request_is_one_post_with_our_id_as_key_and_the_bytes_as_they_are() -> None:
    seen: list[httpx2.Request] = []

    def respond(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(302, headers={"location": "https://elsewhere.test/"})

    telnyx = Telnyx("https://api.test/v2/", httpx2.MockTransport(respond))
    await telnyx.send(REQUEST)
    (request,) = seen
    assert str(request.url) == "https://api.test/v2/messages"
    assert request.headers["idempotency-key"] == "msg_1"
    assert request.headers["authorization"] == "Bearer KEY-1"
    assert request.content == REQUEST.body


async def test_parts_and_prices_are_read_exactly_whatever_their_json_type() -> None:
    data = {
        "id": "x", "parts": 3, "encoding": "UCS-2", "cost": {"amount": 0.0051, "currency": "USD"},
        "cost_breakdown": {"carrier_fee": {"amount": "0.00305", "currency": "USD"}},
    }  # fmt: skip
    outcome = await outcome_of(httpx2.Response(200, json={"data": data}))
    assert (outcome.parts, outcome.encoding) == (3, "UCS-2")
    assert outcome.cost == Money(nano=5_100_000)
    assert outcome.carrier_fee == Money(nano=3_050_000)


@pytest.mark.parametrize(("header", "wait"), [("7", 7.0), ("0.5", 0.5), ("Wed, 21 Oct", None), ("99999", 3600.0)])
async def test_retry_after_is_honoured_within_reason(header: str, wait: float | None) -> None:
    outcome = await outcome_of(httpx2.Response(429, headers={"retry-after": header}))
    assert outcome.retry_after == wait


@pytest.mark.parametrize("odd", [{"errors": "x"}, {"errors": [1, {"code": None}]}, [], "null", {"data": []}])
@pytest.mark.parametrize("status", [200, 400, 429, 500])
async def test_odd_bodies_never_break_the_adapter(status: int, odd: Any) -> None:
    assert (await outcome_of(httpx2.Response(status, content=json.dumps(odd).encode()))).kind


def test_the_body_is_the_same_bytes_every_time() -> None:
    order = SmsOutbound(
        message_id="msg_1", number="+13125550001", contact="+13125550101", text="héllo", media_urls=("https://m/1",)
    )
    message = Message(id="msg_1", tenant_id="t", lane_id="l", order=order, created_at=NOW, changed_at=NOW)
    telnyx = Telnyx("https://api.test/v2")
    body = telnyx.body(message, ACCOUNT, "https://me/hook?x=1")
    assert body == telnyx.body(message, ACCOUNT, "https://me/hook?x=1")
    assert json.loads(body) == {
        "from": "+13125550001", "to": "+13125550101", "text": "héllo", "media_urls": ["https://m/1"],
        "messaging_profile_id": "prof-1", "webhook_url": "https://me/hook?x=1",
    }  # fmt: skip


async def test_a_message_is_found_in_the_records_by_the_ids_in_its_address_whatever_secret_signed_them() -> None:
    rows = [
        {"uuid": "other", "delivery_status_webhook_url": "https://me/x?t=a&m=msg_10&k=z"},
        {"uuid": "other tenant's", "delivery_status_webhook_url": "https://me/x?t=b&m=msg_1&k=z"},
        {"uuid": "cut", "delivery_status_webhook_url": "https://[::1/x?t=a&m="},
        {"uuid": "ours", "parts": 2, "cost": "0.008", "currency": "USD", "carrier_fee": "0.006",
         "delivery_status_webhook_url": "https://me/x?t=a&m=msg_1&k=z"},
        {"uuid": "odd", "delivery_status_webhook_url": None},
    ]  # fmt: skip
    asked: list[httpx2.Request] = []

    def respond(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(200, json={"data": rows})

    telnyx = Telnyx("https://api.test/v2", httpx2.MockTransport(respond))
    found = await telnyx.search(trace_of("msg_1"))
    assert found is not None
    assert (found.kind, found.carrier_message_id, found.parts, found.cost) == (
        "accepted",
        "ours",
        2,
        Money(nano=8_000_000),
    )
    assert asked[0].url.params["filter[cld]"] == "+13125550101"
    assert await telnyx.search(trace_of("msg_2")) is None


@pytest.mark.parametrize("answer", [httpx2.Response(500), httpx2.Response(200, content=b"x"), httpx2.ConnectError("x")])
async def test_records_that_cannot_be_read_are_no_empty_ones(answer: Any) -> None:
    def respond(_request: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    telnyx = Telnyx("https://api.test/v2", httpx2.MockTransport(respond))
    with pytest.raises(Unavailable):
        await telnyx.search(trace_of("msg_1"))


async def test_an_answer_that_trickles_for_ever_is_an_open_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sender.adapters.telnyx.LONGEST_SECONDS", 0.05)

    async def trickle(_request: httpx2.Request) -> httpx2.Response:
        async def body() -> AsyncIterator[bytes]:
            while True:
                yield b" "
                await asyncio.sleep(0.01)

        return httpx2.Response(200, content=body())

    telnyx = Telnyx("https://api.test/v2", httpx2.MockTransport(trickle))
    async with asyncio.timeout(5):
        outcome = await telnyx.send(REQUEST)
        await telnyx.close()
    assert outcome.kind == "no_answer"


@pytest.mark.parametrize("within", [0.3, 10, 60])
async def test_a_place_in_the_pool_tcp_and_tls_together_take_no_longer_than_the_request_may_wait(within: float) -> None:
    seen: list[dict[str, float]] = []

    def note(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.extensions["timeout"])
        return httpx2.Response(503)

    telnyx = Telnyx("https://api.test/v2", httpx2.MockTransport(note))
    await telnyx.send(Request(ACCOUNT, "msg_1", b"{}", within))
    await telnyx.close()
    assert seen[0]["pool"] + 2 * seen[0]["connect"] <= within + 1e-9


ODD_FIGURES = st.sampled_from(["-3", "1e999999", "1e40", "NaN", "Infinity", "0x10", "٣", 10**30, -1, 0])
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.just([]),
    ODD_FIGURES,
)


@given(parts=ODD, amount=ODD, currency=ODD, fee=ODD)
def test_no_figure_of_the_carrier_costs_the_acceptance(parts: Any, amount: Any, currency: Any, fee: Any) -> None:
    cost = {"amount": amount, "currency": currency}
    data = {"id": "car-1", "parts": parts, "cost": cost, "encoding": parts, "cost_breakdown": {"carrier_fee": fee}}
    outcome = classify(200, {}, json.dumps({"data": data}).encode())
    assert (outcome.kind, outcome.carrier_message_id) == ("accepted", "car-1")


@pytest.mark.parametrize("failure", [httpx2.ConnectError("10.0.0.7:443 refused"), httpx2.ReadError("10.0.0.7 reset")])
async def test_what_tenants_read_names_no_exception_and_no_host(failure: Exception) -> None:
    outcome = await outcome_of(failure)
    assert outcome.detail.startswith("the carrier ")
    assert not any(word in outcome.detail for word in ("10.0.0.7", "Error", "api.test"))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [(70, 70.0), (0.5, 0.5), ("12", 12.0), (-3, 0.0), (1e300, 3600.0), (None, 0.0), ("x", 0.0), ([], 0.0)],
)
def test_the_carrier_says_how_long_a_text_waits_in_its_queue(said: Any, seconds: float) -> None:
    body = json.dumps({"data": {"id": "car-1", "wait_seconds": said}}).encode()
    assert classify(200, {}, body).queued_seconds == seconds
