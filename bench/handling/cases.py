"""The events whose handling is measured, one kind per service: many keys, four events each, as a day's work looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import accounts.billing.store
import accounts.settings
import accounts.wiring
import ai_responder.settings
import ai_responder.store
import ai_responder.wiring
import conversation.settings
import conversation.store
import conversation.wiring
import realtime.event_log
import realtime.settings
import realtime.wiring
import sender.settings
import sender.store
import sender.wiring
from bench.shop import CONNECTION, NUMBER, TENANT, contact
from shared.broker.protocol import Message
from shared.database.protocol import CollectionSpec
from shared.events import Event, SmsInbound, SmsOutbound, thread_id
from shared.events.accounts import UsageEntry, UsageRecorded
from shared.events.conversation import ConversationUpdated, ReplyRequested, TranscriptLine
from shared.events.envelope import EventData
from shared.ids import derived_id, new_id
from shared.service.service import Platform, Service

PER_KEY = 4
TENANTS = 10
"""Realtime's events are spread over so many tenants: events of one tenant that wait are numbered together."""


@dataclass(frozen=True)
class Case:
    service: str
    data_type: type[EventData]
    settings: type[Any]
    build: Callable[[Any, Platform], Service]
    document: CollectionSpec
    """Where the product's document lies, which the floor writes one like."""
    event: Callable[[int, int], Event[Any]]
    """The n-th event, for that key."""
    key: Callable[[Message], str] = lambda message: message.partition_key
    """The id of the floor's document."""

    @property
    def queue(self) -> str:
        return f"{self.service}.{self.data_type.TYPE}.v1"

    def messages(self, count: int) -> list[Message]:
        """Events of one key lie `count / 4` apart, so that it is not the order per key that is measured."""
        keys = max(1, count // PER_KEY)
        events = [self.event(n, n % keys) for n in range(count)]
        return [Message(e.data.routing_key(), e.encode(), e.id, e.tenant_id, e.partition_key) for e in events]


def _event(data: EventData, source: str, key: str, tenant_id: str = TENANT) -> Event[Any]:
    return Event(
        id=new_id("evt"),
        source=source,
        subject=data.TYPE,
        time=datetime.now(UTC),
        tenant_id=tenant_id,
        partition_key=key,
        data=data,
    )


def _inbound(n: int, key: int) -> Event[Any]:
    now = datetime.now(UTC)
    customer = contact(key)
    data = SmsInbound(
        message_id=new_id("msg"),
        carrier_message_id=new_id("x"),
        connection_id=CONNECTION,
        number=NUMBER,
        contact=customer,
        text=f"Do you open on Sunday? That would be number {n} of my questions.",
        encoding="GSM-7",
        received_at=now,
        effective_at=now,
    )
    return _event(data, "ingress", thread_id(TENANT, NUMBER, customer))


def _outbound(n: int, key: int) -> Event[Any]:
    customer = contact(key)
    thread = thread_id(TENANT, NUMBER, customer)
    data = SmsOutbound(
        message_id=new_id("msg"),
        number=NUMBER,
        contact=customer,
        text="Yes, we open at eight on Sundays and would be happy to see you.",
        author="assistant",
        expires_at=datetime.now(UTC) + timedelta(minutes=10),
        causes=(new_id("msg"),),
        conversation_id=derived_id("cnv", thread),
        turn=n,
    )
    return _event(data, "conversation", thread)


def _requested(n: int, key: int) -> Event[Any]:
    now = datetime.now(UTC)
    customer = contact(key)
    thread = thread_id(TENANT, NUMBER, customer)
    data = ReplyRequested(
        thread_id=thread,
        conversation_id=derived_id("cnv", thread),
        turn=n + 1,
        number=NUMBER,
        contact=customer,
        ai_mode="auto",
        answer_by=now + timedelta(minutes=10),
        history=tuple(TranscriptLine(author="customer", text="Do you open on Sunday?", at=now) for _ in range(6)),
        tenant_guides=("Opening hours: Mon-Sun 8-18",),
    )
    return _event(data, "conversation", thread)


def _used(n: int, key: int) -> Event[Any]:
    message_id = new_id("msg")
    entry = UsageEntry(
        ledger_key=f"{message_id}:sms_parts_in",
        revision=1,
        kind="sms_parts_in",
        quantity=1,
        used_at=datetime.now(UTC),
        number=NUMBER,
        contact=contact(key),
        message_id=message_id,
    )
    return _event(entry.renewed(), "conversation", message_id)


def _updated(n: int, key: int) -> Event[Any]:
    conversation_id = derived_id("cnv", str(key))
    message = {"id": new_id("msg"), "direction": "inbound", "author": "customer", "text": "Do you open on Sunday?"}
    shown = {"id": conversation_id, "contact": {"id": "cct_1", "phone_number": contact(key)}, "state": "open"}
    data = ConversationUpdated(
        conversation_id=conversation_id,
        thread_id=derived_id("thr", str(key)),
        revision=n + 1,
        conversation=shown | {"ai_mode": "auto", "unread": 1, "revision": n + 1},
        messages=(message | {"conversation_id": conversation_id, "status": "received", "revision": 1},),
    )
    tenant = f"{TENANT}{place}" if (place := key % TENANTS) else TENANT
    return _event(data, "conversation", conversation_id, tenant)


CASES: tuple[Case, ...] = (
    Case(
        "conversation",
        SmsInbound,
        conversation.settings.Settings,
        conversation.wiring.build,
        conversation.store.THREADS.spec(),
        _inbound,
    ),
    Case("sender", SmsOutbound, sender.settings.Settings, sender.wiring.build, sender.store.LANES.spec(), _outbound),
    Case(
        "ai-responder",
        ReplyRequested,
        ai_responder.settings.Settings,
        ai_responder.wiring.build,
        ai_responder.store.THREADS.spec(),
        _requested,
    ),
    Case(
        "accounts",
        UsageRecorded,
        accounts.settings.Settings,
        accounts.wiring.build,
        accounts.billing.store.LEDGER_SPEC,
        _used,
        key=lambda message: message.event_id,
    ),
    Case(
        "realtime",
        ConversationUpdated,
        realtime.settings.Settings,
        realtime.wiring.build,
        realtime.event_log.HEADS,
        _updated,
        key=lambda message: message.event_id,
    ),
)
