"""From listener to wire: the same frames as WebSocket text messages or as server-sent events."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from realtime.domain.frames import Frame, farewell
from realtime.live.hub import Hub
from realtime.live.listener import Ending, Listener
from realtime.metrics import CONNECTIONS
from realtime.presence.domain.streams import looking_said_in
from realtime.presence.sharing import Presence
from shared.access.principal import Principal
from shared.clock import Clock
from shared.errors import ParleyError
from shared.ids import new_id

_CLOSING_SECONDS = 5.0
"""How long we wait for a client that does not read before we close without a farewell."""
_LOOKING_SECONDS = 0.2
"""A socket is heard at most so often; what it says meanwhile waits unread."""
_REFUSED = {401: 4401, 403: 4403, 429: 4429}
_TRY_AGAIN_LATER = 1013
_RETRY = b"retry: 2000\n\n"
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would buffer the events
}


async def refuse_socket(socket: WebSocket, error: ParleyError) -> None:
    """Open the socket and close it with the problem's `code` as the reason.

    A browser hides the status of a refused handshake from the page, and the server would log it as an error.
    """
    with contextlib.suppress(WebSocketDisconnect):
        await socket.accept()
        await socket.close(_REFUSED.get(error.status, _TRY_AGAIN_LATER), error.code)


async def serve_socket(socket: WebSocket, hub: Hub, listener: Listener, presence: Presence) -> None:
    """Send frames until one side ends the stream. Of the client's messages only `looking` counts; the server answers
    pings."""
    name = new_id("str")
    try:
        await socket.accept()
        with CONNECTIONS.labels("ws").track_inprogress():

            async def send(frame: Frame) -> None:
                await socket.send({"type": "websocket.send", "text": frame.text})

            ending, _ = await _pump(listener, send, _hear(socket, presence, listener.who, name))
            if ending is not None:
                async with asyncio.timeout(_CLOSING_SECONDS):
                    await socket.close(ending.code, ending.reason)
    except (WebSocketDisconnect, TimeoutError):
        pass
    finally:
        hub.leave(listener)
        await presence.leave(listener.who, name)


class EventStream(Response):
    """`text/event-stream`. If we end it, the last event is `closed`."""

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, listener: Listener, clock: Clock) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._hub = hub
        self._listener = listener
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def body(chunk: bytes, *, more: bool = True) -> None:
            await send({"type": "http.response.body", "body": chunk, "more_body": more})

        async def send_frame(frame: Frame) -> None:
            await body(frame.as_sse)

        async def gone() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await body(_RETRY)
            with CONNECTIONS.labels("sse").track_inprogress():
                ending, last = await _pump(self._listener, send_frame, gone())
                if ending is not None and last is not None:
                    last_words = farewell(last.position, self._clock.now(), ending.code, ending.reason)
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(_CLOSING_SECONDS):
                            await body(last_words.as_sse, more=False)
        finally:
            self._hub.leave(self._listener)


async def _hear(socket: WebSocket, presence: Presence, who: Principal, name: str) -> None:
    """Until the client is gone."""
    while (message := await socket.receive())["type"] != "websocket.disconnect":
        looking = looking_said_in(message.get("text") or "")
        if looking is not None:
            await presence.look(who, looking, name)
            await asyncio.sleep(_LOOKING_SECONDS)


async def _pump(
    listener: Listener, send: Callable[[Frame], Awaitable[None]], gone: Awaitable[None]
) -> tuple[Ending | None, Frame | None]:
    """Send until the client leaves or we end the stream. Returns why we ended it (None: the client left) and the last
    frame sent."""
    sent: list[Frame | None] = [None]

    async def write() -> None:
        while True:
            await listener.wait_for_frame()
            while frame := listener.take():
                await send(frame)
                sent[0] = frame

    tasks = [asyncio.ensure_future(work) for work in (write(), gone, listener.ended.wait())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return listener.ending, sent[0]
