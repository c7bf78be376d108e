"""What an earlier version left behind is read: events in its queues, effects in its outboxes, its shapes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from shared.aggregates import Aggregates, Cause, Decision, Kind, NewEvent, Relay
from shared.broker.embedded.broker import EmbeddedBroker
from shared.broker.protocol import Delivery, Message, Subscription
from shared.clock import ManualClock
from shared.database.sqlite.database import EmbeddedDatabase
from shared.events import SmsInbound, SmsOutbound, SmsStatus, UsageRecorded, decode
from shared.events.catalogue import topology
from shared.values import Value
from testkit.recording import RecordingBroker

SAMPLES = Path(__file__).parent / "samples"


class Nothing(Value):
    pass


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


async def test_an_event_in_a_queue_that_lost_its_binding_is_still_delivered(tmp_path: Path) -> None:
    path, clock = tmp_path / "broker.db", ManualClock()
    earlier = EmbeddedBroker(path, clock)
    await earlier.start([Subscription("campaigns.sms.inbound.v1", ("sms.inbound",))])
    await earlier.publish(Message("sms.inbound", sample("sms.inbound.json"), "e1", "ten_1"))
    await earlier.close()

    today = EmbeddedBroker(path, clock)
    await today.start(topology())
    await today.publish(Message("sms.inbound", sample("sms.inbound.json"), "e2", "ten_1"))
    found: asyncio.Queue[str] = asyncio.Queue()

    async def take(delivery: Delivery) -> None:
        await delivery.ack()
        found.put_nowait(delivery.message.event_id)

    await today.subscribe("campaigns.sms.inbound.v1", take)
    assert await asyncio.wait_for(found.get(), 10) == "e1"
    assert (await today.depth("campaigns.sms.inbound.v1"), await today.depth("conversation.sms.inbound.v1")) == (0, 1)
    await today.close()


async def test_an_effect_that_an_earlier_version_saved_is_routed_by_the_keys_of_today() -> None:
    """It would go by `sms.status`, which brings campaigns nothing any more."""
    clock, broker, database = ManualClock(), RecordingBroker(), EmbeddedDatabase(None)
    await database.start()
    relay = Relay(database, broker, clock)
    aggregates = Aggregates(Kind("lanes", Nothing), database, relay, clock, "sender")
    status = decode(sample("sms.status.json"), SmsStatus).data.but(campaign_id="cmp_1")
    broker.away = True
    told = Decision(Nothing(), (NewEvent(status, "msg_1", "msg_1"),))
    await aggregates.change("a", Cause.request("ten_1"), lambda _: told)
    document = await aggregates.store.get("a") or {}
    [entry] = document["outbox"]
    del entry["event"]["rules"]
    entry["event"]["routing_key"] = "sms.status"
    assert await aggregates.store.replace({**document, "version": 2}, 1)
    broker.away = False
    clock.advance(3)
    await relay.sweep()
    assert [message.routing_key for message in broker.messages] == ["sms.status.campaign"]
    await database.close()


async def test_on_request_usage_goes_out_in_its_former_version_too() -> None:
    clock, broker, database = ManualClock(), RecordingBroker(), EmbeddedDatabase(None)
    await database.start()
    relay = Relay(database, broker, clock, former_versions=True)
    aggregates = Aggregates(Kind("lanes", Nothing), database, relay, clock, "sender")
    used = decode(sample("usage.recorded.json"), UsageRecorded).data
    await aggregates.change("a", Cause.request("ten_1"), lambda _: Decision(Nothing(), (NewEvent(used, "s", "k"),)))
    versions = [(message.routing_key, json.loads(message.body)["dataversion"]) for message in broker.messages]
    assert versions == [("usage.recorded.v2", 2), ("usage.recorded", 1), ("usage.recorded", 1)]
    former = [json.loads(message.body)["data"]["ledger_key"] for message in broker.messages[1:]]
    assert former == [line.ledger_key for line in used.lines]
    assert len({message.event_id for message in broker.messages}) == 3
    booked = [decode(message.body, UsageRecorded).data.entries() for message in broker.messages]
    assert booked[0] == booked[1] + booked[2]
    await database.close()


def test_a_key_says_who_cares() -> None:
    inbound = decode(sample("sms.inbound.json"), SmsInbound).data
    outbound = decode(sample("sms.outbound.json"), SmsOutbound).data
    status = decode(sample("sms.status.json"), SmsStatus).data.but(campaign_id=None, author="assistant")
    assert inbound.but(keyword=None).routing_key("ingress") == "sms.inbound"
    assert inbound.but(keyword="stop").routing_key("ingress") == "sms.inbound.keyword"
    assert outbound.but(priority="one").routing_key("conversation") == "sms.outbound.filed"
    assert outbound.but(priority="one").routing_key("sender") == "sms.outbound"
    assert outbound.but(priority="bulk").routing_key("campaigns") == "sms.outbound.bulk"
    assert status.routing_key("sender") == "sms.status"
    assert status.but(campaign_id="cmp_1").routing_key("sender") == "sms.status.campaign"
    assert status.but(author="workflow").routing_key("sender") == "sms.status.campaign"
