"""What the carrier saw: asked over its control paths."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from bench.wire import Wire


class Ledger:
    def __init__(self, port: int) -> None:
        self._port = port
        self._wire = Wire(port)

    async def forget(self) -> None:
        await self._ask("/control/forget")

    async def answered(self) -> int:
        """How many customers got a text."""
        return (await self._ask("/control/state"))["contacts"]

    async def is_done(self, contacts: int) -> bool:
        """So many customers have a text, and no report is open."""
        state = await self._ask("/control/state")
        return state["contacts"] >= contacts and not state["open_reports"]

    async def until(self, contacts: int, within: float = 600) -> None:
        """So many customers have a text."""
        async with asyncio.timeout(within):
            while await self.answered() < contacts:  # noqa: ASYNC110 - another process tells by its answer only
                await asyncio.sleep(0.02)

    async def reported(self, within: float = 600) -> None:
        """Every text has been reported as delivered, and the reports were answered with 200."""
        async with asyncio.timeout(within):
            while (await self._ask("/control/state"))["open_reports"]:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.05)

    async def moments(self) -> list[float]:
        return [at for _contact, at in await self._ask("/control/ledger")]

    async def counts(self) -> Counter[str]:
        return Counter(contact for contact, _at in await self._ask("/control/ledger"))

    async def arrival(self, contact: str) -> float:
        """When the next text to this customer is here. Uses a connection of its own."""
        return await _asked(Wire(self._port), self._port, f"/control/arrival?{quote(contact)}")

    async def _ask(self, path: str) -> Any:
        return await _asked(self._wire, self._port, path)


async def _asked(wire: Wire, port: int, path: str) -> Any:
    status, body = await wire.exchange(f"GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n".encode())
    if status != 200:
        raise SystemExit(f"{path}: {status}")
    return json.loads(body)


def lost(counts: Counter[str], customers: Sequence[str]) -> int:
    return sum(1 for customer in customers if not counts[customer])


def doubled(counts: Counter[str]) -> int:
    return sum(1 for times in counts.values() if times > 1)
