"""The effects of one decision as they wait inside the document: ready bytes, ids already final."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from shared import tracing
from shared.aggregates.cause import Cause
from shared.aggregates.decision import Decision, NewEvent
from shared.broker.protocol import Message
from shared.database.protocol import Document
from shared.database.validation import checked
from shared.events.envelope import Event, event_id
from shared.values import Value

OutboxEntry = dict[str, Any]
"""`{id, record: {collection, document}}` or `{id, event: {...}}`; `id` is unique within its aggregate."""


def entries_of(
    decision: Decision[Value] | Any, cause: Cause, source: str, version: int, now: datetime
) -> list[OutboxEntry]:
    """Records first, then events, because an event must not announce a record that is not there yet."""
    entries: list[OutboxEntry] = [
        {"id": f"{version}.{n}", "record": {"collection": record.collection, "document": checked(record.document)}}
        for n, record in enumerate(decision.records)
    ]
    events = [
        {"id": f"{version}.e{n}", "event": _encoded(new, n, cause, source, now)}
        for n, new in enumerate(decision.events)
    ]
    return entries + events


def _encoded(new: NewEvent, ordinal: int, cause: Cause, source: str, now: datetime) -> OutboxEntry:
    tenant_id = new.tenant_id or cause.tenant_id
    discriminator = str(ordinal) if new.discriminator is None else new.discriminator
    event = Event(
        id=event_id(tenant_id, source, cause.id, new.data.TYPE, discriminator),
        source=source,
        subject=new.subject,
        time=now,
        tenant_id=tenant_id,
        partition_key=new.key,
        data=new.data,
        correlation_id=cause.correlation_id,
        causation_id=cause.causation_id,
        traceparent=tracing.traceparent() or cause.traceparent,
    )
    return {
        "routing_key": new.data.routing_key(),
        "body": event.encode().decode(),
        "event_id": event.id,
        "tenant_id": tenant_id,
        "key": new.key,
    }


def is_of(entry: OutboxEntry, version: int) -> bool:
    """Whether it is an effect of the decision that led to this version of its document."""
    return entry["id"].partition(".")[0] == str(version)


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
