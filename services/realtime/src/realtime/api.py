"""HTTP and WebSocket routes of realtime: tickets, the socket, the event stream."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Depends, Query, Request, Response, Security, WebSocket

from realtime.examples import EVENTS
from realtime.live.admission import Admission
from realtime.live.hub import Hub
from realtime.live.streams import EventStream, refuse_socket, serve_socket
from realtime.presence.sharing import Presence
from realtime.schemas import LookingIn, TicketOut
from realtime.tickets import TICKET_SECONDS
from shared.access.gate import Principal
from shared.access.security_schemes import BEARER, COOKIE, TICKET
from shared.clock import Clock
from shared.errors import ParleyError, Refused
from shared.http.openapi_problems import may_answer

_LAST_EVENT_ID = Query(
    default="",
    max_length=200,
    description="The id of the last frame seen, `<epoch>:<n>`. The frames after it come first, or a `reset`.",
)
_STREAM_DOC = """Every frame is `{id, type, time, data}`.

The first frame is `hello {epoch, top, recovered}`. With `last_event_id`, all missed frames follow in order, or one
`reset`: then read a fresh snapshot. `hb` comes every 25 s with the newest number. Resume with the `id` of the last
frame seen, of any type. Event frames are `conversation.updated`, `campaign.updated`, `workflow.updated`,
`tenant.changed`, `webhook.updated`, `budget.warned` and `read.updated`. The last comes only on streams of the user it
names, so numbers may be missing between two frames of one stream. All but `budget.warned` carry a `revision`: ignore a
frame with an older revision than the one you show.

`presence.updated {conversation_id, users: [{id, name, typing}]}` says who looks at a conversation now. It has no number
of its own and is not repeated after a gap: forget everybody's presence at `hello`; what there is follows."""

_EVENTS = {"text/event-stream": {"schema": {"type": "string"}, "example": EVENTS}}


@dataclass(frozen=True)
class Streams:
    admission: Admission
    hub: Hub
    presence: Presence
    clock: Clock


def router(streams: Streams) -> APIRouter:
    routes = APIRouter(prefix="/api/realtime", tags=["realtime"])
    admission, hub, presence = streams.admission, streams.hub, streams.presence

    @routes.post("/tickets", status_code=201, summary="Get a ticket that opens one stream, for browsers")
    async def issue_ticket(who: Principal = Depends(admission.gate.viewer)) -> TicketOut:
        return TicketOut(ticket=admission.tickets.issue(who), expires_in=TICKET_SECONDS)

    @routes.post("/presence", status_code=204, summary="Say which conversation you look at", responses=may_answer(409))
    async def say_presence(body: LookingIn, who: Principal = Depends(admission.gate.viewer)) -> None:
        """For clients with an event stream. It counts for 30 s: repeat it every 20 s while you look; null ends it. A
        WebSocket sends `{"type": "looking", "conversation_id": …, "typing": …}` instead, once for each change.
        Every stream of the tenant hears `presence.updated`. 409 `not_a_person` for an API key."""
        if who.user_id is None:
            raise Refused("not_a_person", "An API key looks at nothing; sign in as a user.")
        await presence.look(who, body.looking())

    @routes.websocket("/ws")
    async def open_socket(socket: WebSocket) -> None:
        try:
            who = await admission.admit(socket)
            listener = await hub.join(who, socket.query_params.get("last_event_id", ""))
        except ParleyError as error:
            await refuse_socket(socket, error)
            return
        presence.greet(listener)
        await serve_socket(socket, hub, listener, presence)

    @routes.get(
        "/events",
        dependencies=[Security(BEARER, scopes=["viewer"]), Security(COOKIE, scopes=["viewer"]), Security(TICKET)],
        response_class=Response,
        responses={200: {"content": _EVENTS, "description": _STREAM_DOC}} | may_answer(403, 429),
        summary="The tenant's events as server-sent events",
        description=_STREAM_DOC + "\n\nThe header `Last-Event-ID` overrides `last_event_id`. The WebSocket "
        "`/api/realtime/ws` sends the same frames. Both take an API key, a session or `?ticket=`.",
    )
    async def open_events(
        request: Request, who: Principal = Depends(admission.admit), last_event_id: str = _LAST_EVENT_ID
    ) -> Response:
        listener = await hub.join(who, request.headers.get("last-event-id", last_event_id))
        presence.greet(listener)
        return EventStream(hub, listener, streams.clock)

    return routes
