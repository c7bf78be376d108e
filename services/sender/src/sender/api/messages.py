"""`/api/messages`: each outbound SMS, the reason for its status, and the two decisions that a person makes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Query

from sender.alarms import LaneAlarms
from sender.api.schemas import LaneOut, MessageOut, ResolveIn
from sender.domain import resolve as resolving
from sender.domain.effects import decision
from sender.domain.lane import Lane
from sender.domain.message import Message
from sender.store import Lanes, Messages, message_of
from shared.access.gate import Access, Principal
from shared.aggregates import Cause, Decision, NewEvent
from shared.clock import Clock
from shared.database.protocol import Sort
from shared.errors import NotFound
from shared.events import MessageStatus
from shared.http.idempotency import RequestKey, request_key
from shared.http.paging import MAX_LIMIT, Listing, listing

NEWEST_FIRST = Sort("created_at", descending=True)


def router(messages: Messages, lanes: Lanes, gate: Access, clock: Clock, lane_alarms: LaneAlarms) -> APIRouter:
    routes = APIRouter(prefix="/api/messages", tags=["sender"])
    viewer, agent = Depends(gate.viewer), Depends(gate.agent)

    @routes.get("", summary="Outbound messages, newest first", response_model=Listing[MessageOut])
    async def list_messages(
        who: Principal = viewer,
        status: MessageStatus | None = Query(default=None, description="`unresolved` lists those that need a person"),
        contact: str | None = Query(default=None, description="recipient's number in E.164 form"),
        campaign: str | None = Query(default=None, description="id of the campaign"),
        limit: int = Query(default=50, ge=1, le=MAX_LIMIT),
        cursor: str | None = None,
    ) -> dict[str, Any]:
        chosen = {"status": status, "contact": contact, "campaign_id": campaign}
        where = {"tenant_id": who.tenant_id} | {field: value for field, value in chosen.items() if value}
        page = await messages.records.find(where, sort=NEWEST_FIRST, limit=limit, cursor=cursor)
        return listing([MessageOut.of(message_of(record)) for record in page.items], page.next_cursor)

    async def filed(message_id: str, who: Principal) -> Message:
        message = await messages.get(who.tenant_id, message_id)
        if message is None:
            raise NotFound("not_found", "no such message")
        return message

    @routes.get("/{message_id}", summary="One outbound message", response_model=MessageOut)
    async def read_message(message_id: str, who: Principal = viewer) -> MessageOut:
        return MessageOut.of(await filed(message_id, who))

    @routes.post(
        "/{message_id}/resolve",
        summary="Settle a message with an unknown outcome",
        description="Only for a message with status `unresolved`; any other answers 409 `not_unresolved`. A retry is a "
        "new message with a new id (`retried_as`) and passes the same checks. Repeating a decision changes nothing and "
        "answers with the message.",
        response_model=MessageOut,
    )
    async def resolve(
        message_id: str, body: ResolveIn, who: Principal = agent, key: RequestKey = Depends(request_key)
    ) -> MessageOut:
        message = await filed(message_id, who)
        now, ruling = clock.now(), resolving.Ruling(body.as_, who.label, key.value)

        def decide(lane: Lane, message: Message) -> Lane:
            return resolving.resolve(lane, message, ruling, now)

        more = (_again(message),) if body.as_ == "retry" else ()
        cause = key.cause(who.tenant_id, f"resolve|{message_id}|{body.as_}", key.value or message.correlation_id)
        await messages.change(message, _of_chain(cause, message), decide, *more, publish_later=True)
        return MessageOut.of(await filed(message_id, who))

    @routes.get("/lanes/{lane_id}", summary="Messages waiting between a number and a customer", response_model=LaneOut)
    async def read_lane(lane_id: str, who: Principal = viewer) -> LaneOut:
        return LaneOut.of(_own(await lanes.get(lane_id), who))

    @routes.post(
        "/lanes/{lane_id}/skip",
        summary="Skip a missing message of a stream",
        description="Messages that wait for it (reason `gap`) are sent. If it arrives later, it is refused as `late`. "
        "409 `no_gap` if no message waits for one.",
        response_model=LaneOut,
    )
    async def skip(lane_id: str, who: Principal = agent, key: RequestKey = Depends(request_key)) -> LaneOut:
        now = clock.now()

        def decide(lane: Lane | None) -> Decision[Lane]:
            skipped = resolving.skip_gaps(_own(lane, who))
            return decision(lane, resolving.clear_gaps(skipped, now))

        cause = Cause.request(who.tenant_id, f"skip|{lane_id}|{key.value}" if key.value else None)
        change = await lanes.change(lane_id, cause, decide, publish_later=True)
        for alarm in lane_alarms.values():
            alarm.ring()
        return LaneOut.of(_own(change.state, who))

    return routes


def _own(lane: Lane | None, who: Principal) -> Lane:
    if lane is None or lane.tenant_id != who.tenant_id:
        raise NotFound("not_found", "no such lane")
    return lane


def _again(message: Message) -> NewEvent:
    order = resolving.retry_of(message)
    return NewEvent(order, subject=order.message_id, key=message.lane_id, discriminator=order.message_id)


def _of_chain(cause: Cause, message: Message) -> Cause:
    """The same request, as a link of the chain that asked for the message."""
    return Cause(cause.id, cause.tenant_id, message.correlation_id, message.event_id, message.traceparent)
