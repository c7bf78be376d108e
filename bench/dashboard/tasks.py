"""The processor time of a page's tasks, as the browser's own tracing has it.

What a browser calls a long task is time of the clock: on a busy machine it counts the work of others, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page

_TASK = "ThreadControllerImpl::RunTask"
_MAIN = "CrRendererMain"


@dataclass
class Tasks:
    events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @property
    def longest_ms(self) -> float:
        """Of the main threads of pages. Ends the run if the browser told of none: 0 ms would look like a result."""
        names = [event for event in self.events if event["name"] == "thread_name"]
        main = {(event["pid"], event["tid"]) for event in names if event["args"]["name"] == _MAIN}
        spent = [event.get("tdur", 0) for event in self.events if event["name"] == _TASK and _thread(event) in main]
        if not any(spent):
            raise SystemExit("not measured: the browser's trace has no processor time of a page's main thread")
        return max(spent) / 1000


def _thread(event: dict[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]


@asynccontextmanager
async def traced(page: Page) -> AsyncGenerator[Tasks]:
    """What is traced can be read after the block."""
    tasks, done = Tasks(), asyncio.Event()
    session: Any = await page.context.new_cdp_session(page)

    def take(told: dict[str, Any]) -> None:
        tasks.events.extend(told["value"])

    def finish(_: dict[str, Any]) -> None:
        done.set()

    session.on("Tracing.dataCollected", take)
    session.on("Tracing.tracingComplete", finish)
    config = {"includedCategories": ["toplevel"], "excludedCategories": ["*"]}
    await session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config})
    yield tasks
    await session.send("Tracing.end")
    await done.wait()
    await session.detach()
