"""Customers text a side: from `bench.load`, a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from itertools import count
from typing import Any

from bench.ground import ROOT
from bench.naive.sides import Side

_CUSTOMERS = count(0, 10_000)


@dataclass(frozen=True)
class Texted:
    rate: float
    """Webhooks accepted per second."""
    milliseconds: list[float]
    began: float
    """`time.monotonic()`"""

    @property
    def accepted(self) -> int:
        return len(self.milliseconds)


async def text(side: Side, **words: float) -> Texted:
    """`words` are the arguments of `bench.load`. Every customer is new: none texts twice in a run."""
    given = {"port": side.port, "path": side.path, "first": next(_CUSTOMERS), **words}
    arguments = [part for name, value in given.items() for part in (f"--{name}", str(value))]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    found: dict[str, Any] = json.loads(output)
    if found["bad"]:
        raise SystemExit(f"{side.name}: {found['bad']} webhooks were not answered with 200: nothing was measured")
    return Texted(found["rate"], [1000 * seconds for seconds in found["seconds"]], found["began"])
