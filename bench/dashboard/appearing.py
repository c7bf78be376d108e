"""A text appears in the open inbox: from the time of its event until the page has the row.

Beside it the same frame at a bare WebSocket client of the same tenant. Both are on this machine, so that they share its
clock; a browser tells it in steps of a tenth of a millisecond or more.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from datetime import datetime
from typing import Any

import websockets
from playwright.async_api import Browser, Page

from bench.dashboard.desk import looking_at
from bench.options import Options
from bench.table import Paired, Row, percentile
from testkit.shop import Shop

GOAL_MS = 150.0
_WARM_UP = 5
_PATIENCE_SECONDS = 30.0
_REST_SECONDS = 0.3
"""The text before is done with: read models, receipts, the list of the page."""
_MARK = re.compile(r"cake number (\d+)\b")
_WATCH = """() => {
  window.seen = {};
  const look = () => {
    const now = performance.timeOrigin + performance.now();
    for (const list of document.querySelectorAll('ul[aria-label=Conversations]'))
      for (const [, n] of list.textContent.matchAll(/cake number (\\d+)\\b/g)) window.seen[n] ??= now;
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


class Stream:
    """A bare client: notes when the event of each text happened, and when its first frame arrived (both in ms)."""

    def __init__(self) -> None:
        self.happened: dict[int, float] = {}
        self.arrived: dict[int, float] = {}

    async def read(self, socket: websockets.ClientConnection) -> None:
        async for raw in socket:
            now = time.time() * 1000
            frame = json.loads(raw)
            if frame["type"] == "conversation.updated":
                self._note(frame, now)

    def _note(self, frame: dict[str, Any], now: float) -> None:
        for message in frame["data"]["messages"]:
            if found := _MARK.search(message["text"]):
                n = int(found[1])
                self.happened.setdefault(n, datetime.fromisoformat(frame["time"]).timestamp() * 1000)
                self.arrived.setdefault(n, now)


async def measure(browser: Browser, shop: Shop, options: Options) -> list[Row]:
    url = shop.parley.url.replace("http", "ws") + "/api/realtime/ws"
    stream = Stream()
    async with (
        looking_at(browser, shop, "/inbox") as page,
        websockets.connect(url, additional_headers={"authorization": f"Bearer {shop.key}"}) as socket,
    ):
        await page.get_by_text("Nothing waits").wait_for()
        await page.evaluate(_WATCH)
        reading = asyncio.create_task(stream.read(socket))
        try:
            shown = [await _one(page, shop, n) for n in range(_WARM_UP + options.samples)]
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
    return _rows(stream, shown)


async def _one(page: Page, shop: Shop, n: int) -> float:
    """When the page had the row of the n-th customer's text."""
    # Lists begin with the newest, so that every row appears where it can be seen.
    await shop.text(f"+1312{5_000_000 + n}", f"Is cake number {n} ready?")
    handle = await page.wait_for_function("n => window.seen[n]", arg=str(n), timeout=_PATIENCE_SECONDS * 1000)
    await asyncio.sleep(_REST_SECONDS)
    return await handle.json_value()


def _rows(stream: Stream, shown: list[float]) -> list[Row]:
    counted = range(_WARM_UP, len(shown))
    pairs = Paired(
        [stream.arrived[n] - stream.happened[n] for n in counted], [shown[n] - stream.happened[n] for n in counted]
    )
    what = "a text appears in the open inbox, p50 after its event (floor: its frame at a bare WebSocket client)"
    floor, product = percentile(pairs.floor, 0.95), percentile(pairs.product, 0.95)
    goal = f"≤ {GOAL_MS:.0f} ms"
    return [
        pairs.row(what, "embedded", "ms", "–", None),
        Paired([floor], [product]).row("… p95", "embedded", "ms", goal, product <= GOAL_MS),
    ]
