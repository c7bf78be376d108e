"""The outside world in an instant: a carrier that notes when a send reaches it, and a model that answers at once."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from typing import Any

from bench.wire import length_in


class Outside:
    """One little HTTP server for both. `arrival` tells when a send to this customer was here in full."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Future[float]] = {}
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self, port: int) -> None:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", port)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.close()
        while self._writers:  # noqa: ASYNC110 - their readers see the end in the next turn of the loop
            await asyncio.sleep(0)

    def arrival(self, contact: str) -> asyncio.Future[float]:
        """Ask before the webhook leaves."""
        return self._waiting.setdefault(contact, asyncio.get_running_loop().create_future())

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                body = await reader.readexactly(length_in(head))
                answer = self._answer(head.split(b" ", 2)[1], body)
                writer.write(_http(answer))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
        finally:
            self._writers.discard(writer)

    def _answer(self, path: bytes, body: bytes) -> dict[str, Any]:
        if path.endswith(b"/messages"):
            return self._send(json.loads(body))
        return _completion()

    def _send(self, order: dict[str, Any]) -> dict[str, Any]:
        waiting = self._waiting.pop(order["to"], None)
        if waiting is not None and not waiting.done():
            waiting.set_result(time.perf_counter())
        return {"data": {"id": str(uuid.uuid4()), "parts": 1, "encoding": "GSM-7", "errors": []}}


def _completion() -> dict[str, Any]:
    content = json.dumps({"reply": "Yes, we are open.", "hand_over": False, "reason": "opening hours"})
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": usage}


def _http(answer: dict[str, Any]) -> bytes:
    body = json.dumps(answer).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
