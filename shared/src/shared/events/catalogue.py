"""The one list of events: type → class, owner, consumers. Queues, docs/events.md and AsyncAPI come from here."""

from __future__ import annotations

from dataclasses import dataclass

from shared.broker.protocol import Subscription
from shared.events.accounts import (
    USAGE_V2_ROUTING_KEY,
    AccessRevoked,
    ConnectionChanged,
    NumberChanged,
    PricesChanged,
    TenantChanged,
    UsageRecorded,
)
from shared.events.ai_responder import ReplyDrafted
from shared.events.campaigns import TRIGGER_ROUTING_KEY, CampaignUpdated, WorkflowActed, WorkflowUpdated
from shared.events.conversation import (
    ConsentChanged,
    ContactActivity,
    ContactChanged,
    ContactErased,
    ContactErasureDone,
    ContactTexted,
    ConversationOpened,
    ConversationUpdated,
    ReadUpdated,
    ReplyJudged,
    ReplyRequested,
)
from shared.events.envelope import EventData
from shared.events.ingress import KEYWORD_ROUTING_KEY, SmsInbound, SmsReceipt
from shared.events.sender import (
    BULK_ROUTING_KEY,
    CAMPAIGN_STATUS_ROUTING_KEY,
    FILED_ROUTING_KEY,
    BudgetWarned,
    SmsOutbound,
    SmsStatus,
    SmsWithdrawn,
)


@dataclass(frozen=True)
class Key:
    """One routing key of a type, for events that not every consumer of the type wants."""

    name: str
    says: str
    """Which of the type's events go by it."""
    also: tuple[str, ...] = ()
    """Services that want these, besides those that want every event of the type."""
    queue: str = ""
    """Of its own, `<service>.<this>`, so that it holds up no other; empty: the queue of the type."""
    version: int | None = None
    """Dataversion of the events that go by it; None: today's."""


@dataclass(frozen=True)
class Entry:
    data: type[EventData]
    owner: str
    publishers: tuple[str, ...]
    every: tuple[str, ...]
    """Services that want every event of the type."""
    partition_key: str
    """What its partition key is: events with one key are handled one at a time in a process."""
    routing: tuple[Key, ...] = ()
    """Its routing keys; empty: the type is the only one."""
    words: bool = False
    """Carries texts of people, so its dead letters are kept no longer than the tenant's messages."""
    former: tuple[tuple[str, str], ...] = ()
    """(service, routing key) that an earlier version bound. The queue stays and is read, as it may hold events."""

    @property
    def type(self) -> str:
        return self.data.TYPE

    @property
    def routing_keys(self) -> tuple[Key, ...]:
        return self.routing or (Key(self.type, "all"),)

    @property
    def shapes(self) -> tuple[type[EventData], ...]:
        """The class of today and those of former versions that are still read."""
        return (self.data, *self.data.FORMER.values())

    def shape_of(self, key: Key) -> type[EventData]:
        return self.data if key.version in (None, self.data.VERSION) else self.data.FORMER[key.version]

    @property
    def consumers(self) -> tuple[str, ...]:
        """Every service that wants some or all of it."""
        return tuple(dict.fromkeys((*self.every, *(service for key in self.routing_keys for service in key.also))))

    @property
    def queues(self) -> tuple[str, ...]:
        """Ends of the names of its queues."""
        return tuple(dict.fromkeys(map(self._queue_of, self.routing_keys)))

    def _queue_of(self, key: Key) -> str:
        return key.queue or f"{self.type}.v1"

    def subscription(self, service: str, queue: str) -> Subscription | None:
        """This service's queue of that name; None if it never had one."""
        mine = [key for key in self.routing_keys if self._queue_of(key) == queue]
        wanted = tuple(key.name for key in mine if service in self.every or service in key.also)
        former = tuple(key for who, key in self.former if who == service and key in {one.name for one in mine})
        return Subscription(f"{service}.{queue}", wanted, former=former) if wanted or former else None


EVERY_HTTP_SERVICE = ("ingress", "accounts", "conversation", "ai-responder", "sender", "campaigns", "realtime")
_AUTHORISING = tuple(service for service in EVERY_HTTP_SERVICE if service != "ingress")

CATALOGUE: tuple[Entry, ...] = (
    Entry(
        SmsInbound,
        "ingress",
        ("ingress",),
        ("conversation",),
        "thread",
        routing=(
            Key("sms.inbound", "texts"),
            Key(KEYWORD_ROUTING_KEY, "with a `keyword`: sender records a stop at once", also=("sender",)),
        ),
        words=True,
        former=(("sender", "sms.inbound"), ("campaigns", "sms.inbound")),
    ),
    Entry(SmsReceipt, "ingress", ("ingress",), ("sender",), "carrier message id"),
    Entry(ReplyRequested, "conversation", ("conversation",), ("ai-responder",), "thread", words=True),
    Entry(ReplyDrafted, "ai-responder", ("ai-responder",), ("conversation",), "thread", words=True),
    Entry(ReplyJudged, "conversation", ("conversation",), ("ai-responder", "conversation"), "thread"),
    Entry(
        SmsOutbound,
        "sender",
        ("conversation", "campaigns", "sender", "other internal services"),
        ("sender",),
        "thread",
        routing=(
            Key("sms.outbound", "one-to-one texts of others than conversation", also=("conversation",)),
            Key(FILED_ROUTING_KEY, "conversation's own, which it has filed"),
            Key(BULK_ROUTING_KEY, "`priority: bulk`", also=("conversation",), queue="sms.outbound.bulk.v1"),
        ),
        words=True,
    ),
    Entry(SmsWithdrawn, "sender", ("conversation", "campaigns"), ("sender",), "thread or campaign"),
    Entry(
        SmsStatus,
        "sender",
        ("sender",),
        ("conversation",),
        "message",
        routing=(
            Key("sms.status", "of all other messages"),
            Key(CAMPAIGN_STATUS_ROUTING_KEY, "of a campaign's or workflow's", also=("campaigns",)),
        ),
        former=(("campaigns", "sms.status"),),
    ),
    Entry(BudgetWarned, "sender", ("sender",), ("realtime",), "tenant"),
    Entry(
        UsageRecorded,
        "accounts",
        ("conversation", "ai-responder", "sender", "other internal services"),
        ("accounts",),
        "tenant",
        routing=(
            Key("usage.recorded", "one entry each, of other internal services", version=1),
            Key(USAGE_V2_ROUTING_KEY, "all lines of one cause", queue=USAGE_V2_ROUTING_KEY),
        ),
    ),
    Entry(
        ConsentChanged,
        "conversation",
        ("conversation",),
        ("conversation", "sender", "campaigns"),
        "tenant + contact",
    ),
    Entry(ContactTexted, "conversation", ("conversation",), ("campaigns",), "thread", words=True),
    Entry(ContactActivity, "conversation", ("conversation", "other systems"), ("conversation",), "contact", words=True),
    Entry(ConversationOpened, "conversation", ("conversation",), ("campaigns",), "thread", words=True),
    Entry(ContactChanged, "conversation", ("conversation",), ("campaigns",), "contact"),
    Entry(ContactErased, "conversation", ("conversation",), EVERY_HTTP_SERVICE, "contact"),
    Entry(ContactErasureDone, "conversation", EVERY_HTTP_SERVICE, ("conversation",), "contact"),
    Entry(
        TenantChanged,
        "accounts",
        ("accounts",),
        ("conversation", "ai-responder", "sender", "campaigns", "realtime"),
        "tenant",
    ),
    Entry(NumberChanged, "accounts", ("accounts",), ("ingress", "sender", "conversation", "campaigns"), "phone number"),
    Entry(ConnectionChanged, "accounts", ("accounts",), ("ingress", "sender"), "connection"),
    Entry(PricesChanged, "accounts", ("accounts",), ("sender", "campaigns"), "tenant"),
    Entry(AccessRevoked, "accounts", ("accounts",), _AUTHORISING, "key or user"),
    Entry(ConversationUpdated, "conversation", ("conversation",), ("realtime",), "conversation", words=True),
    Entry(ReadUpdated, "conversation", ("conversation",), ("realtime",), "user"),
    Entry(CampaignUpdated, "campaigns", ("campaigns",), ("realtime",), "campaign"),
    Entry(WorkflowActed, "campaigns", ("campaigns",), ("conversation",), "thread", words=True),
    Entry(
        WorkflowUpdated,
        "campaigns",
        ("campaigns",),
        ("realtime",),
        "workflow",
        routing=(
            Key("workflow.updated", "only its figures changed"),
            Key(TRIGGER_ROUTING_KEY, "with a `trigger`", also=("conversation",)),
        ),
    ),
)

BY_TYPE: dict[str, Entry] = {entry.type: entry for entry in CATALOGUE}


def subscriptions_of(service: str) -> list[tuple[Subscription, type[EventData]]]:
    """The queues of one service and what is in them."""
    return [
        (subscription, entry.data)
        for entry in CATALOGUE
        for queue in entry.queues
        if (subscription := entry.subscription(service, queue)) is not None
    ]


def carries_words(queue: str) -> bool:
    """Whether this is a queue of events that carry what people wrote."""
    return any(queue.endswith(f".{name}") for entry in CATALOGUE if entry.words for name in entry.queues)


def topology() -> list[Subscription]:
    """Every queue of the installation: each process declares them all, so that no event is ever unroutable."""
    return [subscription for service in EVERY_HTTP_SERVICE for subscription, _ in subscriptions_of(service)]
