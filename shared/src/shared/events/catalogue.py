"""The one list of events: type → class, owner, consumers. Queues, docs/events.md and AsyncAPI come from here."""

from __future__ import annotations

from dataclasses import dataclass

from shared.broker.protocol import Subscription
from shared.events.accounts import (
    AccessRevoked,
    ConnectionChanged,
    NumberChanged,
    PricesChanged,
    TenantChanged,
    UsageRecorded,
)
from shared.events.ai_responder import ReplyDrafted
from shared.events.campaigns import CampaignUpdated
from shared.events.conversation import ConsentChanged, ContactActivity, ConversationUpdated, ReplyRequested
from shared.events.envelope import EventData
from shared.events.ingress import SmsInbound, SmsReceipt
from shared.events.sender import BULK_ROUTING_KEY, BudgetWarned, SmsOutbound, SmsStatus, SmsWithdrawn


@dataclass(frozen=True)
class Entry:
    data: type[EventData]
    owner: str
    publishers: tuple[str, ...]
    consumers: tuple[str, ...]
    key: str
    """What its partition key is: events with one key are handled one at a time in a process."""
    lanes: tuple[str, ...] = ()
    """Routing keys besides the type, each with a queue of its own per consumer."""
    words: bool = False
    """Carries texts of people, so its dead letters are kept no longer than the tenant's messages."""

    @property
    def type(self) -> str:
        return self.data.TYPE


EVERY_HTTP_SERVICE = ("ingress", "accounts", "conversation", "ai-responder", "sender", "campaigns", "realtime")
_AUTHORISING = tuple(service for service in EVERY_HTTP_SERVICE if service != "ingress")

CATALOGUE: tuple[Entry, ...] = (
    Entry(SmsInbound, "ingress", ("ingress",), ("conversation", "sender", "campaigns"), "thread", words=True),
    Entry(SmsReceipt, "ingress", ("ingress",), ("sender",), "carrier message id"),
    Entry(ReplyRequested, "conversation", ("conversation",), ("ai-responder",), "thread", words=True),
    Entry(ReplyDrafted, "ai-responder", ("ai-responder",), ("conversation",), "thread", words=True),
    Entry(
        SmsOutbound,
        "sender",
        ("conversation", "campaigns", "sender", "other internal services"),
        ("sender", "conversation"),
        "thread",
        lanes=(BULK_ROUTING_KEY,),
        words=True,
    ),
    Entry(SmsWithdrawn, "sender", ("conversation", "campaigns"), ("sender",), "thread or campaign"),
    Entry(SmsStatus, "sender", ("sender",), ("conversation", "campaigns"), "message"),
    Entry(BudgetWarned, "sender", ("sender",), ("realtime",), "tenant"),
    Entry(
        UsageRecorded,
        "accounts",
        ("conversation", "ai-responder", "sender", "other internal services"),
        ("accounts",),
        "tenant",
    ),
    Entry(
        ConsentChanged,
        "conversation",
        ("conversation",),
        ("conversation", "sender", "campaigns"),
        "tenant + contact",
    ),
    Entry(ContactActivity, "conversation", ("other systems",), ("conversation",), "contact", words=True),
    Entry(
        TenantChanged,
        "accounts",
        ("accounts",),
        ("conversation", "ai-responder", "sender", "campaigns", "realtime"),
        "tenant",
    ),
    Entry(NumberChanged, "accounts", ("accounts",), ("ingress", "sender", "conversation"), "phone number"),
    Entry(ConnectionChanged, "accounts", ("accounts",), ("ingress", "sender"), "connection"),
    Entry(PricesChanged, "accounts", ("accounts",), ("sender",), "tenant"),
    Entry(AccessRevoked, "accounts", ("accounts",), _AUTHORISING, "key or user"),
    Entry(ConversationUpdated, "conversation", ("conversation",), ("realtime",), "conversation", words=True),
    Entry(CampaignUpdated, "campaigns", ("campaigns",), ("realtime",), "campaign"),
)

BY_TYPE: dict[str, Entry] = {entry.type: entry for entry in CATALOGUE}


def subscriptions_of(service: str) -> list[tuple[Subscription, type[EventData]]]:
    """The queues of one service and what is in them."""
    return [
        (Subscription(queue=f"{service}.{key}.v1", patterns=(key,)), entry.data)
        for entry in CATALOGUE
        if service in entry.consumers
        for key in (entry.type, *entry.lanes)
    ]


def carries_words(queue: str) -> bool:
    """Whether this is a queue of events that carry what people wrote."""
    return any(queue.endswith(f".{key}.v1") for entry in CATALOGUE if entry.words for key in (entry.type, *entry.lanes))


def topology() -> list[Subscription]:
    """Every queue of the installation: each process declares them all, so that no event is ever unroutable."""
    return [subscription for service in EVERY_HTTP_SERVICE for subscription, _ in subscriptions_of(service)]
