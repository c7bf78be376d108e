"""Where lanes and message records lie, and how to decide about a message that its lane has let go of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sender.domain import retention
from sender.domain.effects import RECORDS, decision
from sender.domain.erase import erase
from sender.domain.lane import Lane, look_at
from sender.domain.message import Message
from shared.aggregates import Aggregates, Cause, Change, Decision, Kind, NewEvent, Relay
from shared.aggregates.recent import Recent
from shared.clock import Clock
from shared.database.protocol import CollectionSpec, Database, Document
from shared.erasure import ErasedPerson
from shared.errors import Conflict, NotFound

LANES = Kind(
    "lanes",
    Lane,
    fields={"one_due_at": "datetime", "bulk_due_at": "datetime"},
    indexes=(("one_due_at",), ("bulk_due_at",)),
    index=lambda lane: {"one_due_at": look_at(lane, "one"), "bulk_due_at": look_at(lane, "bulk")},
)
MESSAGES = CollectionSpec(
    RECORDS,
    {
        "tenant_id": "str",
        "lane_id": "str",
        "status": "str",
        "contact": "str",
        "campaign_id": "str",
        "conversation_id": "str",
        "carrier_message_id": "str",
        "created_at": "datetime",
        "waits_for": "str",
        "words_at": "datetime",
    },
    (
        ("tenant_id", "created_at"),
        ("tenant_id", "status", "created_at"),
        ("tenant_id", "contact", "created_at"),
        ("tenant_id", "campaign_id", "status", "created_at"),
        ("carrier_message_id",),
        ("tenant_id", "waits_for", "created_at"),
        ("tenant_id", "words_at"),
    ),
)

Lanes = Aggregates[Lane]
DecideMessage = Callable[[Lane, Message], Lane | None]


def open_lanes(database: Database, relay: Relay, clock: Clock) -> Lanes:
    return Aggregates(LANES, database, relay, clock, source="sender")


def message_of(record: Document) -> Message:
    return Message.read(record["message"])


def due_cause(message: Message, what: str) -> Cause:
    """A moment that came for this message: part of the chain that asked for it."""
    return Cause(
        f"due|{what}|{message.id}",
        message.tenant_id,
        message.correlation_id,
        message.event_id,
        message.traceparent,
        absorb=False,
    )


def traced(message: Message) -> dict[str, str]:
    """What a trace says of a message: ids only."""
    return {"tenant": message.tenant_id, "correlation": message.correlation_id, "message": message.id}


class _LetGo(Exception):
    """The lane holds this message no more (or never did)."""


class Messages:
    """The records of all messages, and decisions about one of them, whether its lane still holds it or not."""

    def __init__(self, relay: Relay, lanes: Lanes, clock: Clock) -> None:
        self._clock = clock
        self.records = relay.file_into(MESSAGES)
        self._lanes = lanes
        self._decided = Recent(clock)

    async def addressed(self, tenant_id: str, message_id: str) -> Message | None:
        """As `get`, but perhaps as this process saved it a moment ago: where it lies never changes."""
        _, known = self._decided.take((RECORDS, message_id)) or (None, None)
        return known if known and known.tenant_id == tenant_id else await self.get(tenant_id, message_id)

    async def get(self, tenant_id: str, message_id: str) -> Message | None:
        record = await self.records.get(message_id)
        return message_of(record) if record and record["tenant_id"] == tenant_id else None

    async def by_carrier_id(self, tenant_id: str, carrier_message_id: str) -> Message | None:
        page = await self.records.find({"carrier_message_id": carrier_message_id}, limit=10)
        return next((message_of(record) for record in page.items if record["tenant_id"] == tenant_id), None)

    async def change(
        self,
        filed: Message,
        cause: Cause,
        decide: DecideMessage,
        *more: NewEvent,
        publish_later: bool = False,
    ) -> Change[Lane]:
        """Decide about one message in its lane.

        A lane forgets finished messages; then the filed record speaks. It may lag behind while effects wait, so the
        newest of record and outbox counts, and it counts only if the lane let go of nothing since it was read.
        """

        def here(lane: Lane | None) -> Decision[Lane] | None:
            message = lane.find(filed.id) if lane else None
            if lane is None or message is None:
                raise _LetGo
            changed = decide(lane, message)
            return None if changed is None or changed is lane else decision(lane, changed, *more)

        try:
            change = await self._lanes.change(filed.lane_id, cause, here, publish_later=publish_later)
        except _LetGo:
            return await self._bring_back(filed, cause, decide, more)
        if change.fresh and change.state and (message := change.state.find(filed.id)):
            self._decided.keep((RECORDS, message.id), {"version": message.revision}, message)  # its receipts come soon
        return change

    async def let_go(self, filed: Message, reason: str, now: datetime, look_at: datetime) -> bool:
        """Requeue a message that waits for this reason; False if it no longer waits for it."""

        def decide(lane: Lane, message: Message) -> Lane | None:
            if message.status != "queued" or message.reason != reason:
                return None
            return lane.with_message(message.moved("queued", now).but(look_at=look_at))

        return (await self.change(filed, due_cause(filed, reason), decide, publish_later=True)).fresh

    async def _bring_back(
        self, filed: Message, cause: Cause, decide: DecideMessage, more: tuple[NewEvent, ...]
    ) -> Change[Lane]:
        document = await self._lanes.store.get(filed.lane_id)
        if document is None:
            raise NotFound("not_found", "no such message")
        evicted = self._lanes.state_of(document).evicted
        newest = await self._newest(filed, document)

        def again(lane: Lane | None) -> Decision[Lane] | None:
            if lane is None or lane.evicted != evicted:
                raise Conflict("conflict", "the lane dropped finished messages meanwhile; read again")
            changed = decide(lane, lane.find(filed.id) or newest)
            return None if changed is None or changed is lane else decision(lane, changed, *more, was=newest)

        return await self._lanes.change(filed.lane_id, cause, again)

    async def forget(self, tenant_id: str, lane_id: str, filed: Sequence[Message], now: datetime) -> int:
        """Take the words of those that have ended; returns how many."""
        document = await self._lanes.store.get(lane_id)
        if document is None:
            return 0
        evicted = self._lanes.state_of(document).evicted
        newest = tuple([await self._newest(message, document) for message in filed])

        def decide(lane: Lane | None) -> Decision[Lane] | None:
            return retention.forget(lane, newest, now) if lane and lane.evicted == evicted else None

        # The first message names the page, for the log's sake: no event follows from this.
        cause = Cause.due(tenant_id, f"forget|{filed[0].id}", lane_id)
        change = await self._lanes.change(lane_id, cause, decide)
        return change.state.evicted - evicted if change.fresh and change.state else 0

    async def erase(self, person: ErasedPerson, lane_id: str, filed: Sequence[Message], stand_in: str) -> int:
        """Take words and number of those that have ended; returns how many."""
        document, now = await self._lanes.store.get(lane_id), self._clock.now()
        if document is None:
            return 0
        evicted = self._lanes.state_of(document).evicted
        newest = tuple([await self._newest(message, document) for message in filed])

        def decide(lane: Lane | None) -> Decision[Lane] | None:
            return erase(lane, newest, stand_in, now) if lane and lane.evicted == evicted else None

        cause = Cause.due(person.tenant_id, f"erase|{person.erasure_id}|{lane_id}", person.erasure_id)
        change = await self._lanes.change(lane_id, cause, decide)
        return change.state.evicted - evicted if change.fresh and change.state else 0

    async def _newest(self, filed: Message, lane: Document) -> Message:
        known = [filed]
        if record := await self.records.get(filed.id):
            known.append(message_of(record))
        records: list[dict[str, Any]] = [entry["record"] for entry in lane["outbox"] if "record" in entry]
        waiting = [each["document"] for each in records if each["collection"] == RECORDS]  # not its budget's notes
        known += [message_of(document) for document in waiting if document["id"] == filed.id]
        return max(known, key=lambda message: message.revision)
