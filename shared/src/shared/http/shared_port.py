"""One port, two processes: a connection is served by the process that its next request belongs to.

Between two requests a connection has no state but its socket, so there it can change hands: the first bytes of a
request say whose it is, and socket and bytes go through the passage. The protocol of the other process reads them as if
it had accepted the connection itself; limits, addresses, WebSockets and streams are as ever (docs/adr/0017).

A request of the other process behind an unanswered one (pipelining) is refused: its bytes cannot be taken apart. Behind
an answer that is not yet read it waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from shared.http.connections import LimitedProtocol
from shared.http.passage import Passage

Whose = Callable[[bytes], bool | None]
"""Whether a request that begins with these bytes is this process's own; None: too few bytes to tell."""

_FLUSH_TRIES, _FLUSH_SECONDS = 6, 0.001


@dataclass
class SharedPort:
    """`returns`: connections that carry requests for both are given back after each answer, so that the other process
    need not wait for this one to read its next request."""

    is_ours: Whose
    returns: bool = False
    passage: Passage = field(default_factory=Passage)


class SharingProtocol(LimitedProtocol):
    def __init__(self, *args: Any, port: SharedPort, beginning: bytes = b"", mixed: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        self._port = port
        self._beginning = beginning
        """Read, but not parsed: it is not known yet whose request this is, or its process cannot take it now."""
        self._mixed = mixed
        self._served = False
        self._is_parked = False
        self._elsewhere = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        super().connection_made(transport)
        if self._beginning and not transport.is_closing():
            beginning, self._beginning = self._beginning, b""
            self.data_received(beginning)

    def connection_lost(self, exc: Exception | None) -> None:
        self._port.passage.unpark(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._is_between_requests():
            super().data_received(data)
            return
        data = self._beginning + data
        ours = self._port.is_ours(data)
        if ours is None:
            self._beginning = data
            self._unset_keepalive_if_required()
            self._wait_for("head")
        elif ours:
            self._beginning, self._served = b"", True
            super().data_received(data)
        else:
            self._pass_on(data)

    def on_headers_complete(self) -> None:
        assert self.parser is not None
        if not self._port.is_ours(self.parser.get_method() + b" " + self.url + b" "):
            self._elsewhere = True
            raise ValueError("this request belongs to the other process")
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        if self._elsewhere:
            self._refuse(400, "pipelined_elsewhere", "read the answers first: this request is served elsewhere")
        else:
            super().send_400_response(msg)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._mixed and self._port.returns:
            self.loop.call_soon(self._give_back, _FLUSH_TRIES)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._is_parked:
            self.loop.call_soon(self.go_on)

    def go_on(self) -> None:
        if self._is_parked and not self.transport.is_closing():
            self._pass_on(self._beginning)

    def _is_between_requests(self) -> bool:
        return not self._open and not self._is_answering() and not self.pipeline

    def _pass_on(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if not self.unread_bytes and self._left(data):
            return
        self._beginning = data
        if not self._is_parked:
            self._is_parked = True
            self.transport.pause_reading()
        if self.unread_bytes:
            self._wait_until_read()
        else:
            # The other process starts again, or has more to do than it can take.
            self._wait_for("head")
            self._port.passage.park(self)

    def _wait_until_read(self) -> None:
        """The answer before this request is still in our buffer, which does not go along with the socket."""
        self._wait_for(None)  # a client that does not read has a limit of its own
        self.transport.set_write_buffer_limits(high=0)  # so `resume_writing` means: all of it is read

    def _left(self, data: bytes) -> bool:
        """Whether the connection is the other process's now."""
        descriptor = self.transport.get_extra_info("socket").fileno()
        if not self._port.passage.send(descriptor, data, mixed=self._mixed or self._served):
            return False
        self._is_parked = False
        self.drop()  # our descriptor only: the connection stays open
        return True

    def _give_back(self, tries: int) -> None:
        if self._beginning or not self._is_between_requests() or self.transport.is_closing():
            return
        if not self.unread_bytes:
            self._left(b"")
        elif tries:
            self.loop.call_later(_FLUSH_SECONDS * 2 ** (_FLUSH_TRIES - tries), self._give_back, tries - 1)

    def _on_deadline(self, waited: float) -> None:
        if self._is_parked:
            self._refuse(503, "not_now", "this part of the service is starting; try again in a moment")
        else:
            super()._on_deadline(waited)
