"""The effects of one decision as they wait inside the document: ready bytes, ids already final."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from shared import tracing
from shared.aggregates.cause import Cause
from shared.aggregates.decision import Decision, NewEvent
from shared.aggregates.gathering import Gathering, OutboxEntry
from shared.broker.protocol import Message
from shared.database.protocol import Document
from shared.database.validation import checked
from shared.events.catalogue import BY_TYPE
from shared.events.envelope import Event, EventData, decode, event_id, peek_type
from shared.events.former import in_former_shape
from shared.values import Value

ROUTING_RULES = 2
"""Of the catalogue's routing keys. Raise it where a key begins to mean less than before."""


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
        if (joined := gathering.join(new.data, new.gather)) is not None
        for data, held in [joined]
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
        "rules": ROUTING_RULES,
        "body": event.encode().decode(),
        "event_id": event.id,
        "tenant_id": tenant_id,
        "key": new.key,
    }


def parted(
    document: Document, goes_along: Callable[[OutboxEntry], bool]
) -> tuple[list[OutboxEntry], list[OutboxEntry]]:
    """The effects of the decision that led to this version of the document, as far as they go along; and the rest."""
    own = f"{document['version']}."
    going: list[OutboxEntry] = []
    rest: list[OutboxEntry] = []
    for entry in document["outbox"]:
        (going if entry["id"].startswith(own) and goes_along(entry) else rest).append(entry)
    return going, rest


def messages_of(entry: OutboxEntry, *, former_versions: bool) -> list[Message]:
    """The message of this event; with `former_versions`, followed by the same in the shape before, if there is one."""
    event = entry["event"]
    message = Message(
        routing_key=event["routing_key"] if event.get("rules") == ROUTING_RULES else _routed_anew(event),
        body=event["body"].encode(),
        event_id=event["event_id"],
        tenant_id=event["tenant_id"],
        partition_key=event["key"],
    )
    return [message, *in_former_shape(message)] if former_versions else [message]


def _routed_anew(event: OutboxEntry) -> str:
    """For an entry that an earlier version saved: its key may have become one that not every consumer binds."""
    data_type = BY_TYPE[peek_type(event["body"].encode())].data
    if data_type.FORMER:
        return event["routing_key"]  # the shape of its own time, whose key it is
    saved = decode(event["body"].encode(), data_type)
    return saved.data.routing_key(saved.source)


def record_of(entry: OutboxEntry) -> tuple[str, Document]:
    return entry["record"]["collection"], entry["record"]["document"]
