"""The effects of one decision as they wait inside the document: ready bytes, ids already final."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared import tracing
from shared.aggregates.cause import Cause
from shared.aggregates.decision import Decision, NewEvent
from shared.aggregates.gathering import Gathering, OutboxEntry
from shared.broker.protocol import Message
from shared.database.protocol import Document
from shared.database.validation import checked
from shared.events.envelope import Event, EventData, event_id
from shared.values import Value


def entries_of(
    decision: Decision[Value] | Any, cause: Cause, source: str, version: int, now: datetime, gathering: Gathering
) -> list[OutboxEntry]:
    """Records first, then events, because an event must not announce a record that is not there yet."""
    entries: list[OutboxEntry] = [
        {"id": f"{version}.{n}", "record": {"collection": record.collection, "document": checked(record.document)}}
        for n, record in enumerate(decision.records)
    ]
    events = [
        {"id": f"{version}.e{n}", "event": _encoded(new, data, n, cause, source, now), **held}
        for n, new in enumerate(decision.events)
        for data, held in [gathering.join(new.data, new.gather)]
    ]
    return entries + events


def _encoded(new: NewEvent, data: EventData, ordinal: int, cause: Cause, source: str, now: datetime) -> OutboxEntry:
    tenant_id = new.tenant_id or cause.tenant_id
    discriminator = str(ordinal) if new.discriminator is None else new.discriminator
    event = Event(
        id=event_id(tenant_id, source, cause.id, data.TYPE, discriminator),
        source=source,
        subject=new.subject,
        time=now,
        tenant_id=tenant_id,
        partition_key=new.key,
        data=data,
        correlation_id=cause.correlation_id,
        causation_id=cause.causation_id,
        traceparent=tracing.traceparent() or cause.traceparent,
    )
    return {
        "routing_key": data.routing_key(source),
        "body": event.encode().decode(),
        "event_id": event.id,
        "tenant_id": tenant_id,
        "key": new.key,
    }


def message_of(entry: OutboxEntry) -> Message:
    event = entry["event"]
    return Message(
        routing_key=event["routing_key"],
        body=event["body"].encode(),
        event_id=event["event_id"],
        tenant_id=event["tenant_id"],
        partition_key=event["key"],
    )


def record_of(entry: OutboxEntry) -> tuple[str, Document]:
    return entry["record"]["collection"], entry["record"]["document"]
