"""Debian's Chromium, driven by Playwright: for tests, screenshots and measurements of the dashboard.

Chromium comes from the machine's packages. What a page does wrong (errors, requests to other hosts, what the content
security policy refused) is collected while it happens.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, async_playwright, expect

from shared.access.security_schemes import SESSION_COOKIE
from testkit.eventually import eventually

ROOT = Path(__file__).resolve().parents[3]
DASHBOARD = ROOT / "dashboard"
_AXE = DASHBOARD / "node_modules" / "axe-core" / "axe.min.js"
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # Chromium's own connections would wait for hosts that tests cannot reach.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE_MS = 30_000
"""A busy machine is slow, not wrong."""
expect.set_options(timeout=PATIENCE_MS)


def missing() -> str | None:
    """Why there is nothing to test with, or None."""
    if chromium() is None:
        return "no chromium on PATH (Debian: apt install chromium)"
    if not (DASHBOARD / "dist" / "index.html").is_file():
        return "the dashboard is not built (make dashboard)"
    return None if _AXE.is_file() else "dashboard/node_modules has no axe-core (make dashboard)"


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@asynccontextmanager
async def open_browser() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright:
        yield await playwright.chromium.launch(executable_path=chromium(), args=list(_FLAGS))


@dataclass
class Faults:
    """What went wrong in the pages of one context."""

    host: str
    said: list[str] = field(default_factory=list[str])
    expected: tuple[str, ...] = ()
    """Texts of what a test provokes, such as the 401 of a wrong password."""

    def watch(self, context: BrowserContext) -> None:
        context.on("console", self._on_console)
        context.on("weberror", lambda error: self.said.append(f"not caught: {error.error}"))
        context.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self.said.append(f"asks another host: {request.url}")

    def unexpected(self) -> list[str]:
        return [one for one in self.said if not any(text in one for text in self.expected)]


class Visitor:
    """One browser profile: pages, cookies, faults."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context, self.url = context, url
        self.faults = Faults(urlsplit(url).netloc)
        self.faults.watch(context)
        context.set_default_timeout(PATIENCE_MS)

    async def sign_in(self, token: str) -> None:
        """By the session's cookie: the sign-in page has its own tests."""
        await self.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": self.url}])

    async def open(self, path: str, heading: str = "") -> Page:
        page = self.context.pages[0] if self.context.pages else await self.context.new_page()
        await page.goto(f"{self.url}{path}")
        if heading:
            await page.get_by_role("heading", name=heading, exact=True, level=1).wait_for()
        return page


async def settle(page: Page) -> None:
    """Until the page is there and no grey rows stand for what is still loading."""
    await page.wait_for_load_state("load")
    await page.get_by_role("heading").first.wait_for()
    await page.get_by_role("status", name="Loading").first.wait_for(state="detached")


PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "is_mobile": True, "has_touch": True}
"""A browser profile of a phone."""

_SIDEWAYS = """() => [...document.querySelectorAll('main, table, [class*=ScrollArea-viewport], [class*=page]')]
    .filter(one => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible')
    .map(one => `${one.tagName} ${one.className}: ${one.scrollWidth} > ${one.clientWidth}`)"""


async def too_wide(page: Page) -> list[str]:
    """What of a page that was opened on a phone has to be scrolled sideways."""
    return await page.evaluate(_SIDEWAYS)


async def serious_problems(page: Page, *rules: str) -> list[str]:
    """What axe finds serious or critical by WCAG 2.2 AA, one line each; `rules` alone, if any is named."""
    session = await page.context.new_cdp_session(page)
    # Past the content security policy, which must hold for everybody else.
    await session.send("Runtime.evaluate", {"expression": _AXE.read_text()})  # pyright: ignore[reportUnknownMemberType]
    await session.detach()
    only: dict[str, Any] = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    if rules:
        only = {"type": "rule", "values": list(rules)}
    found: dict[str, Any] = await page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations'], iframes: false})", only
    )
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


async def unreadable_in_the_dark(page: Page) -> list[str]:
    """Dark pages differ in their colours alone. A busy machine paints some elements in the light ones for a
    moment: what is found is looked at again before it counts."""
    await page.emulate_media(color_scheme="dark")
    await expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    found: list[str] = []

    async def has_contrast() -> bool:
        found[:] = await serious_problems(page, "color-contrast")
        return not found

    with suppress(AssertionError):
        await eventually(has_contrast, within=5)
    return found
