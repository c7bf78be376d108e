"""What a connection may cost before it has sent a whole request: bytes, time, and a place among the others.

uvicorn limits none of these with its fast parser: a header without end fills the memory, a connection that says nothing
stays open for ever, and once all file descriptors are used up the carrier's webhooks are refused. This adds five rules
to its protocol and changes nothing else (docs/adr/0013):

- A request line with headers has at most 32 KiB (431), and comes within 10 s.
- A body comes within 20 s, and one second more for every 16 KiB of it (408). A pause of our own does not count.
- At most 8 requests wait on one connection for their turn (400): each of them costs memory before it is answered.
- A client that does not read its answer loses the connection after 20 s without progress.
- Where every place is taken, the connection that has waited longest without a whole request goes; if there is none, one
  that is kept open after an answer, then one with an answer that is not read. So those who hold connections open
  displace each other, and a webhook, which arrives in one piece, gets in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
import structlog
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from shared.http.peers import plain_address

log = structlog.get_logger()

_COMPLAIN_EVERY_SECONDS = 10.0
_STATUS_LINES = {
    400: b"HTTP/1.1 400 Bad Request\r\n",
    408: b"HTTP/1.1 408 Request Timeout\r\n",
    431: b"HTTP/1.1 431 Request Header Fields Too Large\r\n",
    503: b"HTTP/1.1 503 Service Unavailable\r\n",
}


@dataclass(frozen=True)
class RequestLimits:
    head_bytes: int = 32 * 1024
    head_seconds: float = 10.0
    body_seconds: float = 20.0
    body_bytes_per_second: int = 16 * 1024
    pipelined: int = 8
    unread_seconds: float = 20.0
    """An unread answer has to shrink by `body_bytes_per_second` at least within this time."""


@dataclass
class Places:
    """The connections of one server. `waiting`: without a whole request. `kept`: open after an answer, for the next
    request. Both with the longest waiting first."""

    most: int
    waiting: dict[LimitedProtocol, None] = field(default_factory=dict["LimitedProtocol", None])
    kept: dict[LimitedProtocol, None] = field(default_factory=dict["LimitedProtocol", None])
    _complained_at: float = field(default=float("-inf"))

    def make_room(self, connections: Collection[object], now: float) -> bool:
        """Whether there is a place for the newest of these, if need be by closing another; WebSockets stay."""
        if len(connections) <= self.most:
            return True
        longest = next(iter(self.waiting or self.kept), None)
        if longest is None:
            longest = next((one for one in connections if isinstance(one, LimitedProtocol) and one.unread_bytes), None)
        if now - self._complained_at >= _COMPLAIN_EVERY_SECONDS:
            self._complained_at = now
            log.warning("connections_at_limit", limit=self.most, without_request=len(self.waiting))
        if longest is None:
            return False
        longest.drop()
        return True


class LimitedProtocol(HttpToolsProtocol):
    """uvicorn's, with the rules above."""

    def __init__(self, *args: Any, places: Places, limits: RequestLimits, **more: Any) -> None:
        super().__init__(*args, **more)
        self._places = places
        self._limits = limits
        self._deadline: asyncio.TimerHandle | None = None
        self._deadline_of: str | None = None
        self._open = False
        """A request has begun and not ended."""
        self._head_is_read = False
        self._head_bytes = self._body_bytes = 0
        self._idle_bytes = 0
        """Bytes that completed neither head nor a piece of the body: the parser keeps them."""
        self._too_large = self._too_many = False
        self._reading_deadline: asyncio.TimerHandle | None = None

    # What asyncio calls.

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        if self.client:
            self.client = (plain_address(self.client[0]), self.client[1])  # before a proxy's address is compared
        if self._places.make_room(self.connections, self.loop.time()):
            self._wait_for("head")
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_for(None)
        self._expect_reading(None)
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._expect_reading(self.unread_bytes)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._expect_reading(None)

    def data_received(self, data: bytes) -> None:
        self._idle_bytes += len(data)
        super().data_received(data)
        if self._idle_bytes > self._limits.head_bytes and self._open and not self.transport.is_closing():
            self._refuse(431, "headers_too_large", f"a request's head has at most {self._limits.head_bytes} bytes")
        self._wait_for(self._missing())

    # What the parser calls. An exception here ends in `send_400_response`.

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= self._limits.pipelined:
            self._too_many = True
            raise ValueError("too many requests wait on this connection")
        super().on_message_begin()
        self._open, self._head_is_read = True, False
        self._head_bytes = self._body_bytes = 0

    def on_url(self, url: bytes) -> None:
        self._count_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_head(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._head_is_read = True
        self._idle_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body_bytes += len(body)
        self._idle_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._open = False
        self._idle_bytes = 0
        super().on_message_complete()

    # What uvicorn calls.

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._open and not self.pipeline and not self.transport.is_closing():
            self._places.kept[self] = None  # for as long as uvicorn's own timer says

    def handle_websocket_upgrade(self) -> None:
        self._open = False
        self._wait_for(None)
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        if self._too_large:
            self._refuse(431, "headers_too_large", f"a request's head has at most {self._limits.head_bytes} bytes")
        elif self._too_many:
            self._refuse(400, "too_many_pipelined", f"read the answers first: {self._limits.pipelined} requests wait")
        else:
            self._refuse(400, "malformed", "this is not a valid HTTP/1.1 request")

    # Our own.

    def drop(self) -> None:
        """Give the place to another connection."""
        self._wait_for(None)
        self.transport.abort()

    @property
    def unread_bytes(self) -> int:
        """Of answers: given to the operating system's care, and not taken by the other side."""
        return self.transport.get_write_buffer_size()

    def _expect_reading(self, unread: int | None) -> None:
        """None: the other side reads."""
        if self._reading_deadline is not None:
            self._reading_deadline.cancel()
            self._reading_deadline = None
        if unread is not None:
            seconds = self._limits.unread_seconds
            self._reading_deadline = self.loop.call_later(seconds, self._on_reading_deadline, unread)

    def _on_reading_deadline(self, unread: int) -> None:
        if self.unread_bytes > unread - self._limits.body_bytes_per_second:
            self.drop()
        else:
            self._expect_reading(self.unread_bytes)

    def _count_head(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > self._limits.head_bytes:
            self._too_large = True
            raise ValueError("the head of this request is too large")

    def _missing(self) -> str | None:
        """What has to come from the other side next: a head, a body, or (it is our turn) nothing."""
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return None
        if self._open:
            return "body" if self._head_is_read else "head"
        return None if self._is_answering() else "head"

    def _wait_for(self, part: str | None) -> None:
        self._places.kept.pop(self, None)
        if part == self._deadline_of:
            return
        self._deadline_of = part
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        if part is None:
            self._places.waiting.pop(self, None)
            return
        self._places.waiting[self] = None
        seconds = self._limits.head_seconds if part == "head" else self._limits.body_seconds
        self._deadline = self.loop.call_later(seconds, self._on_deadline, seconds)

    def _on_deadline(self, waited: float) -> None:
        allowed = waited
        if self._deadline_of == "body":
            allowed = self._limits.body_seconds + self._body_bytes / self._limits.body_bytes_per_second
        if self.flow.read_paused or self._owes_an_answer():
            allowed = waited + self._limits.head_seconds  # it is we who let them wait
        if allowed > waited:
            self._deadline = self.loop.call_later(allowed - waited, self._on_deadline, allowed)
        elif self._open:
            self._refuse(408, "request_timeout", "the request did not arrive in time")
        else:
            self.drop()

    def _owes_an_answer(self) -> bool:
        """An earlier request of this connection still waits for its answer."""
        if self._deadline_of == "body":
            return bool(self.pipeline)
        return self._is_answering()

    def _is_answering(self) -> bool:
        return (cycle := self._cycle) is not None and not cycle.response_complete

    @property
    def _cycle(self) -> RequestResponseCycle | None:
        """uvicorn's declaration leaves out that there is none at first."""
        return cast("RequestResponseCycle | None", self.cycle)

    def _refuse(self, status: int, code: str, detail: str) -> None:
        self._wait_for(None)
        cycle = self._cycle
        # Once the head is read, the cycle is this request's: it may have been answered already, by a 401 for example.
        answered = cycle is not None and cycle.response_started and (self._head_is_read or not cycle.response_complete)
        if not answered:
            self.transport.write(_problem(status, code, detail))
        if cycle is not None:
            cycle.disconnected = True  # the application's own answer comes too late
            cycle.message_event.set()
        self.transport.close()


def _problem(status: int, code: str, detail: str) -> bytes:
    """As `shared.http.app.problem`, before there is a request to answer."""
    body = orjson.dumps(
        {
            "type": f"urn:parley:problem:{code}",
            "title": code.replace("_", " "),
            "status": status,
            "detail": detail,
            "code": code,
        }
    )
    return b"".join(
        [
            _STATUS_LINES[status],
            b"content-type: application/problem+json\r\nconnection: close\r\ncontent-length: ",
            str(len(body)).encode(),
            b"\r\n\r\n",
            body,
        ]
    )
