"""What an operator sees in Jaeger or Tempo: one trace for a customer's text, from the webhook to the receipt."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from testkit.collector import Collector, SpanSeen
from testkit.eventually import eventually
from testkit.installation import Installation
from testkit.ports import free_port
from testkit.shop import Shop

loop = pytest.mark.asyncio(loop_scope="session")

Customer = Callable[[], str]
TEXT = "Do you have rhubarb pie?"
THE_WAY = (
    ("parley-sender", "carrier call"),
    ("parley-sender", "send"),
    ("parley-sender", "handle sms.outbound"),
    ("parley-conversation", "handle reply.drafted"),
    ("parley-ai-responder", "answer"),
    ("parley-ai-responder", "handle reply.requested"),
    ("parley-conversation", "turn due"),
    ("parley-conversation", "handle sms.inbound"),
    ("parley-ingress", "POST /webhooks/telnyx/{connection_id}"),
)
"""From the carrier back to the customer, each step the child of the next."""


@pytest_asyncio.fixture(loop_scope="session", params=["embedded", pytest.param("servers", marks=pytest.mark.servers)])
async def traced(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, on_servers: list[Installation]
) -> AsyncIterator[tuple[Installation, Collector]]:
    servers, others = None, list[Installation]()
    if request.param == "servers":
        servers = request.getfixturevalue("rabbitmq_url"), request.getfixturevalue("mongodb_url")
        others = on_servers
    for other in others:
        await other.stopped()
    with Collector() as collector:
        tracing = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "200"}
        logs = {"LOG_LEVEL": "debug", "LOG_FORMAT": "json"}
        parley = Installation(tmp_path_factory.mktemp("traced"), servers, **tracing, **logs)
        try:
            await parley.start()
            yield parley, collector
        finally:
            await parley.stop()
            for other in others:
                await other.resume()


@loop
async def test_one_trace_leads_from_the_webhook_to_the_receipt(
    traced: tuple[Installation, Collector], customer: Customer
):
    parley, collector = traced
    ann = customer()
    shop = await Shop(parley, customer()).open(quiet_seconds=0.2)
    await shop.text(ann, TEXT)
    [sms] = await shop.answered(ann)
    await shop.status_of(ann, "delivered")
    reported = await eventually(lambda: _delivered(collector), within=20)
    trace = await eventually(lambda: _whole(collector, reported.trace), within=20)

    [step] = [span for span in trace.values() if span.name == "carrier call"]
    assert step.attributes["parley.outcome"] == "accepted"
    assert step.attributes["parley.tenant"] == shop.tenant_id
    assert [(span.service, span.name) for span in _upwards(step, trace)] == list(THE_WAY)
    [asked] = [span for span in trace.values() if span.name == "model call"]
    assert trace[asked.parent].name == "answer"
    names = {(span.service, span.name) for span in trace.values()}
    assert ("parley-realtime", "handle conversation.updated") in names
    assert ("parley-accounts", "handle usage.recorded") in names
    assert ("parley-ingress", "publish sms.inbound") in names
    assert not [span for span in trace.values() if span.failed]

    [report] = reported.links
    await eventually(lambda: _root(collector, report) == "POST /webhooks/telnyx/{connection_id}")

    told = b"".join(collector.raw)
    for secret in (ann[1:], shop.number[1:], TEXT, sms["text"], shop.key, shop.carrier_key, "rhubarb"):
        assert secret.encode() not in told, secret
    assert not [span for span in collector.spans if "/healthz" in span.name or "/readyz" in span.name]
    lines = [json.loads(line) for line in _log(parley) if line.startswith("{")]
    assert reported.trace in {line.get("trace_id") for line in lines if line["event"] == "event_handled"}


def _delivered(collector: Collector) -> SpanSeen | None:
    return next((span for span in collector.named("receipt") if span.attributes["parley.outcome"] == "delivered"), None)


def _whole(collector: Collector, trace: str) -> dict[str, SpanSeen] | None:
    """Once every service has sent what it has of it: no step lacks its parent, and realtime told of the delivery."""
    spans = collector.trace(trace)
    assert {"parley-ingress", "parley-realtime", "parley-accounts"} <= {span.service for span in spans.values()}
    assert not [span.name for span in spans.values() if span.parent and span.parent not in spans]
    assert [span for span in spans.values() if span.name == "carrier call"]
    return spans


def _root(collector: Collector, trace: str) -> str | None:
    return next((span.name for span in collector.trace(trace).values() if not span.parent), None)


def _upwards(step: SpanSeen, trace: dict[str, SpanSeen]) -> list[SpanSeen]:
    way = [step]
    while way[-1].parent:
        way.append(trace[way[-1].parent])
    return way


def _log(parley: Installation) -> list[str]:
    return [line for process in parley.processes.values() for line in process.log.read_text().splitlines()]


@loop
async def test_with_the_collector_away_everything_works_and_one_line_of_each_process_says_so(
    tmp_path_factory: pytest.TempPathFactory, customer: Customer
):
    nobody = f"http://127.0.0.1:{free_port()}"
    soon = {"OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_EXPORTER_OTLP_TIMEOUT": "1"}
    parley = Installation(tmp_path_factory.mktemp("untraced"), OTEL_EXPORTER_OTLP_ENDPOINT=nobody, **soon)
    try:
        await parley.start()
        shop = await Shop(parley, customer()).open(quiet_seconds=0.2)
        for n in range(3):
            ann = customer()
            await shop.text(ann, f"hello {n}")
            await shop.answered(ann)
            await shop.status_of(ann, "delivered")

        async def counted() -> bool:
            metrics = (await parley.http.get("/metrics")).text
            return any(line.startswith('parley_spans_total{outcome="dropped"}') for line in metrics.splitlines())

        await eventually(counted, within=20)
        assert await parley.stopped() == {"all-in-one": 0}
    finally:
        await parley.stop()
    log = _log(parley)
    assert len([line for line in log if "traces_dropped" in line]) == 2  # one of each process
    assert not [line for line in log if "Traceback" in line or "opentelemetry" in line]


def test_whoever_does_not_trace_does_not_load_the_sdk():
    program = (
        "import sys, asyncio, pathlib, tempfile\n"
        "from all_in_one.assembly import assemble\n"
        "from shared import tracing\n"
        "from shared.settings import PlatformSettings\n"
        "from testkit.installation import SECRET_KEY\n"
        "async def life(folder):\n"
        "    settings = PlatformSettings(_env_file=None, database_url=f'embedded:{folder}', secret_key=SECRET_KEY)\n"
        "    tracing.start(settings.traces_endpoint)\n"
        "    runner = assemble(settings, pathlib.Path(folder)).runner\n"
        "    await runner.start()\n"
        "    await runner.stop()\n"
        "asyncio.run(life(tempfile.mkdtemp()))\n"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter',"
        " 'opentelemetry.proto', 'google.protobuf'))])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], env={}, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr[-2000:]
