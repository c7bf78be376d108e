"""A small front door for separate processes in tests: one address, the same paths, as a reverse proxy would have them.

It reads the head of a connection's first request, chooses the service by path and then only carries bytes, so that
WebSockets and event streams pass through it as they are.
"""

from __future__ import annotations

import asyncio
import contextlib
from itertools import count

ROUTES = (
    ("/webhooks/", "ingress"),
    ("/api/accounts", "accounts"),
    ("/set-password", "accounts"),
    ("/api/conversations", "conversation"),
    ("/api/contacts", "conversation"),
    ("/api/guides", "conversation"),
    ("/api/media", "conversation"),
    ("/api/labels", "conversation"),
    ("/api/canned-replies", "conversation"),
    ("/api/neighbours", "conversation"),
    ("/api/assistants", "ai-responder"),
    ("/api/messages", "sender"),
    ("/api/campaigns", "campaigns"),
    ("/api/workflows", "campaigns"),
    ("/", "realtime"),
)
MAX_HEAD = 64 * 1024


class FrontDoor:
    """`ports` maps a service's name to the local ports of its instances, which take turns; it may change meanwhile."""

    def __init__(self, ports: dict[str, list[int]]) -> None:
        self.ports = ports
        self._turn = count()
        self.port = 0
        self._server: asyncio.Server | None = None

    async def open(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", port, limit=MAX_HEAD)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server:
            self._server.close()

    def _service(self, path: str) -> str:
        if path.startswith("/internal/"):
            return path.split("/")[2]
        return next(service for prefix, service in ROUTES if path.startswith(prefix))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, KeyError, IndexError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("latin-1")
            instances = self.ports[self._service(path)]
            port = instances[next(self._turn) % len(instances)]
            backend_reader, backend_writer = await asyncio.open_connection("127.0.0.1", port)
            backend_writer.write(_one_request_only(head))
            await asyncio.gather(_pipe(reader, backend_writer), _pipe(backend_reader, writer))
        writer.close()


def _one_request_only(head: bytes) -> bytes:
    """The next request may belong to another service: ask for a new connection, unless this one is upgraded."""
    lines = head.split(b"\r\n")
    if any(line.lower().startswith(b"upgrade:") for line in lines):
        return head
    kept = [line for line in lines if not line.lower().startswith(b"connection:")]
    return b"\r\n".join([kept[0], b"Connection: close", *kept[1:]])


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()
