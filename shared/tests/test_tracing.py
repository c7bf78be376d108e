"""Spans say what happened and nothing of a customer; whatever becomes of them, messages are handled."""

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx2
import orjson
import pytest
import structlog
from fastapi.responses import StreamingResponse
from prometheus_client import REGISTRY

from shared import tracing
from shared.aggregates import Cause, Decision, NewEvent
from shared.aggregates.gathering import Gathering
from shared.aggregates.outbox import entries_of
from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Message, Subscription
from shared.clock import SystemClock
from shared.consuming.consumer import HandledQueue, QueueConsumer
from shared.consuming.crash_marks import CrashMarks
from shared.database.sqlite.database import EmbeddedDatabase
from shared.errors import Invalid, Refused
from shared.events import ContactActivity, Event
from shared.events.envelope import decode
from shared.http.app import create_app
from shared.http.tracing import TracedRequests
from shared.settings import PlatformSettings
from shared.values import Value
from testkit.collector import Collector, SpanSeen
from testkit.eventually import eventually

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = f"00-{TRACE}-{SPAN}-01"
ZEROES = f"00-{'0' * 32}-{'0' * 16}-01"
QUEUE = Subscription("test.contact.activity.v1", ("contact.activity",))
ANN = "+13125550123"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as made:
        yield made


@pytest.fixture
def traced(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    tracing.start(f"{collector.url}/v1/traces")
    yield collector
    collector.release()
    tracing.stop()


def sent(collector: Collector) -> dict[str, SpanSeen]:
    """Everything so far, by name."""
    tracing.stop()
    return {span.name: span for span in collector.spans}


def encoded(name: str = "a", **attributes: object) -> bytes:
    data = ContactActivity(activity_id=name, channel="chat", at=NOW)
    event = Event(name, "chat", name, NOW, "ten_1", "k", data, correlation_id=f"about {ANN}")
    return orjson.dumps(orjson.loads(event.encode()) | attributes)


async def handled(body: bytes, *outcomes: Exception) -> list[Event[ContactActivity]]:
    """What the handler got, once the event is settled for good."""
    broker, database = EmbeddedBroker(None, SystemClock()), EmbeddedDatabase(None)
    seen: list[Event[ContactActivity]] = []
    planned = list(outcomes)

    async def handler(event: Event[ContactActivity]) -> None:
        seen.append(event)
        if planned:
            raise planned.pop(0)

    await database.start()
    await broker.start([QUEUE])
    queue = HandledQueue("test", QUEUE, ContactActivity, handler)
    consuming = await QueueConsumer(queue, broker, database, CrashMarks(database, SystemClock())).start()
    await broker.publish(Message("contact.activity", body, "a", "ten_1", "k"))
    await eventually(lambda: seen)
    await consuming.stop()
    await broker.close()
    await database.close()
    return seen


async def test_an_event_continues_the_trace_it_came_with_and_its_handler_gets_the_new_step(traced: Collector):
    [event] = await handled(encoded(traceparent=TRACEPARENT))
    span = sent(traced)["handle contact.activity"]
    assert (span.service, span.trace, span.parent) == ("parley-test", TRACE, SPAN)
    assert event.traceparent == f"00-{TRACE}-{span.id}-01"
    assert span.attributes["parley.outcome"] == "done"
    assert span.attributes["parley.tenant"] == "ten_1"
    assert not span.failed


@pytest.mark.parametrize("on", [True, False], ids=["traced", "not traced"])
@pytest.mark.parametrize(
    "garbage",
    ["", "00", "00-xyz-1-01", "x" * 5000, ZEROES, 7, None, ["00"], {}, "ff" + TRACEPARENT[2:], "📱"],
)  # fmt: skip
async def test_garbage_for_a_traceparent_is_no_reason_to_bury_an_event(
    collector: Collector, garbage: object, on: bool, monkeypatch: pytest.MonkeyPatch
):
    if on:
        tracing.start(f"{collector.url}/v1/traces")
    [event] = await handled(encoded(traceparent=garbage))
    assert event.data.activity_id == "a"
    if on:
        assert sent(collector)["handle contact.activity"].parent == ""


def test_a_readable_traceparent_is_passed_on_by_those_who_do_not_trace():
    assert decode(encoded(traceparent=TRACEPARENT), ContactActivity).traceparent == TRACEPARENT
    assert decode(encoded(traceparent="nonsense"), ContactActivity).traceparent == ""


@pytest.mark.parametrize(
    ("error", "code", "failed"),
    [
        (ValueError(f"cannot text {ANN}"), "ValueError", True),
        (Invalid("bad_number", f"{ANN} is no number"), "bad_number", True),
        (Refused("opted_out", f"{ANN} wants no texts"), "opted_out", False),
    ],
)
async def test_an_error_is_told_by_code_or_class_and_never_by_its_message(
    traced: Collector, error: Exception, code: str, failed: bool
):
    await handled(encoded(), error)
    span = sent(traced)["handle contact.activity"]
    assert (span.attributes["error.type"], span.failed, span.events) == (code, failed, 0)
    assert ANN[1:].encode() not in b"".join(traced.raw)


async def test_an_error_that_ends_a_step_is_told_the_same_way(traced: Collector):
    with pytest.raises(RuntimeError), tracing.span("outer", service="test"), tracing.call("inner"):
        raise RuntimeError(f"{ANN} again")
    spans = sent(traced)
    assert spans["inner"].attributes["error.type"] == spans["outer"].attributes["error.type"] == "RuntimeError"
    assert spans["inner"].parent == spans["outer"].id
    assert spans["inner"].service == "parley-test", "a call belongs to whose step it is part of"
    assert ANN[1:].encode() not in b"".join(traced.raw)


def test_a_remembered_traceparent_continues_its_trace_and_links_the_step_at_hand(traced: Collector):
    with tracing.span("webhook", service="test"), tracing.span("receipt", parent=TRACEPARENT):
        pass
    with tracing.span("lost", service="test", parent="nonsense"):
        pass
    spans = sent(traced)
    assert (spans["receipt"].trace, spans["receipt"].parent) == (TRACE, SPAN)
    assert spans["receipt"].links == (spans["webhook"].trace,)
    assert spans["lost"].parent == ""


class Nothing(Value):
    pass


def effect_of(cause: Cause) -> Event[ContactActivity]:
    data = ContactActivity(activity_id="a", channel="chat", at=NOW)
    decision = Decision(Nothing(), events=(NewEvent(data, "s", "k"),))
    [entry] = entries_of(decision, cause, "test", 1, NOW, Gathering([], {}, NOW))
    return decode(entry["event"]["body"].encode(), ContactActivity)


def test_an_effect_carries_the_step_at_hand_or_else_what_its_cause_remembers(traced: Collector):
    due = Cause.due("ten_1", "later", "cor", TRACEPARENT)
    assert effect_of(due).traceparent == TRACEPARENT
    with tracing.span("work", service="test", parent=TRACEPARENT):
        carried = effect_of(due).traceparent
    assert carried == f"00-{TRACE}-{sent(traced)['work'].id}-01"
    assert effect_of(due).traceparent == TRACEPARENT, "not traced any more"


async def test_requests_are_named_by_their_route_and_nothing_of_their_address_is_kept(traced: Collector):
    app = create_app("Test", "")

    @app.get("/api/messages/{number}")
    async def message(number: str) -> str:
        if number == "broken":
            raise ValueError(f"cannot text {ANN}")
        return tracing.traceparent()

    @app.get("/api/messages/live/stream")
    async def live() -> StreamingResponse:
        async def endless():
            yield b"data: 1\n\n"
            await eventually(lambda: traced.named("GET /api/messages/live/stream"))
            yield b"data: 2\n\n"

        return StreamingResponse(endless(), media_type="text/event-stream")

    @app.get("/healthz")
    async def healthz() -> str:
        return tracing.traceparent()

    app.add_middleware(TracedRequests, owners={"/api/messages": "sender"})
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        asked = {"traceparent": TRACEPARENT, "x-request-id": f"req {ANN}", "user-agent": "Ann's phone"}
        answer = await http.get(f"/api/messages/{ANN}", params={"text": "where are you"}, headers=asked)
        assert (await http.get("/api/messages/broken")).status_code == 500
        assert (await http.get("/healthz")).json() == ""
        assert (await http.get("/api/unknown")).status_code == 404, "nobody's, so not traced"
        streamed = await http.get("/api/messages/live/stream")
        assert streamed.text.endswith("data: 2\n\n"), "its span was there before it ended"
    tracing.stop()
    stream, good, bad = sorted(traced.spans, key=lambda span: (span.failed, span.name))
    assert (good.name, good.trace, good.parent) == ("GET /api/messages/{number}", TRACE, SPAN)
    assert answer.json() == f"00-{TRACE}-{good.id}-01"
    assert (bad.name, bad.failed, bad.attributes["http.response.status_code"]) == (good.name, True, 500)
    assert stream.attributes["http.response.status_code"] == 200
    told = b"".join(traced.raw)
    for secret in (ANN[1:], "where are you", "Ann's phone"):
        assert secret.encode() not in told


async def test_copies_filled_at_start_are_nobodys_story(traced: Collector):
    app = create_app("Test", "")

    @app.get("/internal/accounts/numbers")
    async def numbers() -> str:
        return "all"

    app.add_middleware(TracedRequests, owners={"/internal/accounts": "accounts"})
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://test") as http:
        await http.get("/internal/accounts/numbers")
        await http.get("/internal/accounts/numbers", headers={"traceparent": TRACEPARENT})
    assert [span.trace for span in sent(traced).values()] == [TRACE]
    assert len(traced.spans) == 1


def dropped() -> float:
    return REGISTRY.get_sample_value("parley_spans_total", {"outcome": "dropped"}) or 0.0


def step(name: str = "step") -> None:
    with tracing.span(name, service="test"):
        pass


def test_stopping_does_not_wait_for_a_collector_that_never_answers(traced: Collector):
    traced.hold()
    step()
    tracing.stop()
    assert traced.asked.is_set()
    assert traced.spans == [], "it has not answered yet, and we are through"


async def test_a_collector_that_refuses_costs_the_spans_one_warning_and_a_count(traced: Collector):
    before = dropped()
    traced.status, traced.answer = 400, b"\xff garbage"
    with structlog.testing.capture_logs() as lines:
        for n in range(3):
            step(f"lost {n}")
            await eventually(lambda n=n: dropped() == before + n + 1)
        traced.status = 200
        step("kept")
        await eventually(lambda: traced.named("kept"))
        await eventually(lambda: [line["event"] for line in lines] == ["traces_dropped", "traces_flow_again"])


def test_more_spans_than_a_slow_collector_takes_are_dropped_and_counted(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "20")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "10")
    before = dropped()
    collector.hold()
    tracing.start(f"{collector.url}/v1/traces")
    for _ in range(500):
        step()
    collector.release()
    tracing.stop()
    assert len(collector.spans) + dropped() - before == 500
    assert dropped() > before


async def test_lines_of_the_log_name_their_trace(traced: Collector):
    from shared.logging import _with_trace

    with tracing.span("step", service="test", parent=TRACEPARENT):
        line = _with_trace(None, "info", {"event": "x"})
    assert line["trace_id"] == TRACE
    assert line["span_id"] == sent(traced)["step"].id
    assert _with_trace(None, "info", {"event": "x"}) == {"event": "x"}


async def test_tasks_begun_within_a_step_are_part_of_it(traced: Collector):
    async def later() -> None:
        step("later")

    with tracing.span("now", service="test"):
        task = asyncio.create_task(later())
    await task
    spans = sent(traced)
    assert spans["later"].parent == spans["now"].id


def test_without_an_endpoint_there_is_no_step_at_all():
    tracing.start("")
    assert not tracing.is_on()
    with tracing.span("x", service="test") as span, tracing.call("y"):
        assert tracing.traceparent() == ""
        assert not span.is_recording()


@pytest.mark.parametrize("wrong", ["localhost:4318", "grpc://collector:4317", "http://"])
def test_an_endpoint_that_is_no_address_is_refused_at_start(wrong: str):
    with pytest.raises(ValueError, match=re.compile("otel_exporter_otlp_endpoint", re.IGNORECASE)):
        PlatformSettings(otel_exporter_otlp_endpoint=wrong, _env_file=None)


def test_the_address_of_traces_follows_the_standard():
    def address(**given: str) -> str:
        return PlatformSettings(**given, _env_file=None).traces_endpoint

    assert address() == ""
    assert address(otel_exporter_otlp_endpoint="http://c:4318/") == "http://c:4318/v1/traces"
    assert (
        address(otel_exporter_otlp_endpoint="http://c", otel_exporter_otlp_traces_endpoint="https://t/x")
        == "https://t/x"
    )


def test_a_setting_of_the_sdk_that_cannot_be_used_is_said_at_start(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "-1")
    with pytest.raises(SystemExit, match="OTEL_"):
        tracing.start(f"{collector.url}/v1/traces")
    assert not tracing.is_on()
