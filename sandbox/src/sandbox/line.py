"""Cuts the line: the connection closes and the caller never learns what happened."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class LineCut(Exception):
    """Raised where an answer was due; each route turns it into `CutLine`."""


class CutLine(Response):
    """An answer that is none. Over a real socket the server's transport is aborted before a byte is written."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport = _transport(receive)
        if transport is None:
            # No socket within reach: begin an answer and break off, which every server turns into a broken connection.
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
            # An in-process client sees this error as its own, as if a socket had failed.
            raise httpx2.ReadError("the sandbox cut the line, as a fault told it to")
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def _transport(receive: Any) -> asyncio.Transport | None:
    """uvicorn hands out `receive` as a method of the object that owns the socket."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    return transport if isinstance(transport, asyncio.Transport) else None
