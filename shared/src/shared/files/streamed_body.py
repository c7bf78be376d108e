"""Request bodies that are larger than memory: read piece by piece, with a limit of their own.

The application cuts every body off above 1 MiB (`app._BodyCap`). It leaves the uncut stream in the request's scope, and
only a route that reads it through here gets more.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from shared.errors import TooLarge

UNCUT = "parley.uncut_body"
"""Key of the scope."""


async def streamed_body(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises `TooLarge` above `limit` bytes, `ClientDisconnect` if the rest does not come."""
    receive: Receive = request.scope.get(UNCUT) or request.receive
    seen = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        piece: bytes = message.get("body", b"")
        seen += len(piece)
        if seen > limit:
            raise TooLarge("file_too_large", f"The request has more than {limit // 1024 // 1024} MB, the most allowed.")
        if piece:
            yield piece
        if not message.get("more_body", False):
            return
