"""An open dashboard: a client of the live stream that connects anew when it breaks and goes on where it was."""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any

import websockets

from faults.played import Seen

QUESTION = "question of {customer}"
_ASKED = re.compile(r"question of (\+\d+)$")
_UNNUMBERED = ("hello", "hb", "presence.updated")
_SILENT_SECONDS, _AGAIN_SECONDS = 30.0, 1.0
"""A stream without even a heartbeat for so long is taken for dead, as the dashboard does."""


class Onlooker:
    """Counts what a person would miss or see twice. Frames are numbered within an epoch, without a gap."""

    def __init__(self, url: str, key: str) -> None:
        self._url, self._key = url, key
        self._at: tuple[str, int] | None = None
        self.seen = Seen()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self._watch()
            except (OSError, TimeoutError, websockets.WebSocketException):
                await asyncio.sleep(_AGAIN_SECONDS)

    async def _watch(self) -> None:
        after = "" if self._at is None else f"?last_event_id={self._at[0]}:{self._at[1]}"
        key = {"authorization": f"Bearer {self._key}"}
        async with websockets.connect(self._url + after, additional_headers=key, proxy=None, max_size=None) as socket:
            self.seen.connections += 1
            while True:
                async with asyncio.timeout(_SILENT_SECONDS):
                    raw = await socket.recv()
                self.hear(json.loads(raw))

    def hear(self, frame: dict[str, Any]) -> None:
        epoch, _, number = frame["id"].partition(":")
        at = (epoch, int(number))
        known, kind = self._at, frame["type"]
        if kind == "hello" and known and not frame["data"]["recovered"]:
            return  # a reset follows, and says where it goes on
        if kind == "reset":
            self.seen.resets += 1
        elif known:
            self._count(known, at, numbered=kind not in _UNNUMBERED)
        self._at = at
        if kind == "conversation.updated":
            for message in frame["data"].get("messages", ()):
                self._note(frame["data"]["conversation"]["contact"]["phone_number"], message)

    def _count(self, known: tuple[str, int], at: tuple[str, int], *, numbered: bool) -> None:
        """A frame without a number of its own stands where the stream is."""
        if known[0] != at[0]:
            self.seen.missed += 1  # another log without a reset: what came between cannot be counted
            return
        expected = known[1] + numbered
        self.seen.missed += max(0, at[1] - expected)
        self.seen.repeated += at[1] < expected

    def _note(self, customer: str, message: dict[str, Any]) -> None:
        if message["direction"] == "outbound":
            self.seen.answers.add(customer)
        elif asked := _ASKED.search(message["text"]):
            self.seen.texts.setdefault(asked[1], time.time())
