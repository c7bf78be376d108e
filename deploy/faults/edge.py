"""What every installation has in front of it: a load balancer for HTTP by path, and one for the broker's nodes.

It carries bytes. A backend that takes no connection within a second is passed over for the next one; one that takes it
and then says nothing (a host that stands still) is not noticed, as in life.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from itertools import count

from testkit.front import MAX_HEAD, FrontDoor, _one_request_only, _pipe

Backend = tuple[str, int]
_CONNECT_SECONDS = 1.0


class Balancer:
    """Listens and carries each connection to one of the backends."""

    def __init__(self, choose: Callable[[bytes], Sequence[Backend]], *, reads_head: bool) -> None:
        self._choose = choose
        self._reads_head = reads_head
        self._turn = count()
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> None:
        self._server = await asyncio.start_server(self._carry, host, port, limit=MAX_HEAD)

    def close(self) -> None:
        if self._server:
            self._server.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n") if self._reads_head else b""
            there, back = await self._connected(self._choose(head))
            back.write(_one_request_only(head) if head else b"")
            await asyncio.gather(_pipe(reader, back), _pipe(there, writer))
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, LookupError, asyncio.CancelledError):
            pass  # at the end of the run it is cancelled, and asyncio would print that
        finally:
            writer.close()

    async def _connected(self, backends: Sequence[Backend]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        first = next(self._turn)
        for n in range(len(backends)):
            host, port = backends[(first + n) % len(backends)]
            with contextlib.suppress(OSError, TimeoutError):
                return await asyncio.wait_for(asyncio.open_connection(host, port), _CONNECT_SECONDS)
        raise ConnectionError("no backend")


def by_path(backends: dict[str, list[Backend]]) -> Callable[[bytes], Sequence[Backend]]:
    """The instances of the service that this request is for."""
    front = FrontDoor({})

    def choose(head: bytes) -> Sequence[Backend]:
        return backends[front._service(head.split(b" ", 2)[1].decode("latin-1"))]

    return choose
