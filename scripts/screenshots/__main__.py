"""Starts the product with the demo's business, opens every page of the dashboard in light, in dark and on a phone, and
writes docs/images/dashboard/<page>-<light|dark|phone>.png. Prints what a page did wrong while it was open; ends with an
error if one did, or could not be shown.

    make screenshots                              all of them, in about five minutes
    make screenshots ARGS="--only inbox usage"    these pages
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Error, Page

from screenshots.day import Day, live
from testkit.browser import PHONE, ROOT, Visitor, missing, open_browser, settle
from testkit.demo import DemoInstallation
from testkit.installation import ADMIN_TOKEN

FOLDER = ROOT / "docs" / "images" / "dashboard"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1240, "height": 760}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1240, "height": 760}, "color_scheme": "dark"},
    "phone": {**PHONE, "color_scheme": "light"},
}
_STILL_MS = 700
"""For what moves after a page was read: charts, the drawing of a workflow."""


PAGES = {
    "login": "/login",
    "inbox": "/inbox",
    "conversation": "/inbox/{conversation}",
    "draft": "/inbox/{draft}",
    "contacts": "/contacts",
    "contact": "/contacts/{contact}",
    "campaigns": "/campaigns",
    "new-campaign": "/campaigns/new",
    "forecast": "/campaigns/new?campaign={next_campaign}&step=forecast",
    "campaign": "/campaigns/{campaign}",
    "report": "/campaigns/{campaign}?tab=report",
    "workflows": "/workflows",
    "workflow": "/workflows/{workflow}",
    "runs": "/workflows/{workflow}?tab=runs",
    "workflow-versions": "/workflows/{workflow}?tab=versions",
    "assistants": "/assistants",
    "guides": "/assistants?tab=guides",
    "routes": "/assistants?tab=routes",
    "assistant": "/assistants/{assistant}",
    "knowledge": "/assistants/{assistant}?tab=knowledge",
    "playground": "/assistants/{assistant}?tab=try",
    "versions": "/assistants/{assistant}?tab=versions",
    "scores": "/assistants/{assistant}?tab=scores",
    "replays": "/assistants/{assistant}?tab=replays",
    "usage": "/usage",
    "numbers": "/numbers",
    "team": "/team",
    "settings": "/settings?tab=business",
    "labels": "/settings?tab=labels",
    "canned": "/settings?tab=canned",
    "webhooks": "/settings?tab=webhooks",
    "neighbours": "/settings?tab=neighbours",
    "setup": "/setup",
    "system": "/system",
    "letters": "/system",
}
"""Names of pages and their paths; in braces what the day made."""


async def _why(page: Page) -> None:
    await page.get_by_role("button", name="Why", exact=True).last.click()
    await page.get_by_role("region", name="Why", exact=True).get_by_role("list").wait_for()


async def _as_operator(page: Page) -> None:
    await page.get_by_label("ADMIN_TOKEN").fill(ADMIN_TOKEN)
    await page.get_by_role("button", name="Sign in as the operator").click()
    await page.get_by_role("tab").first.wait_for()
    await settle(page)


async def _letters(page: Page) -> None:
    await _as_operator(page)
    await page.get_by_role("tab", name="Dead letters").click()
    await settle(page)


async def _computed(page: Page) -> None:
    await page.get_by_role("button", name="Continue").and_(page.locator(":enabled")).wait_for()


FIRST: dict[str, Callable[[Page], Awaitable[None]]] = {
    "conversation": _why,
    "forecast": _computed,
    "system": _as_operator,
    "letters": _letters,
}
STRANGERS = ("login", "system", "letters")
"""Pages that are opened without the owner's session."""


def given_in(words: list[str]) -> argparse.Namespace:
    """Ends with an error if a page is named that there is not."""
    arguments = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    arguments.add_argument("--only", nargs="+", default=list(PAGES), help="names of pages", metavar="PAGE")
    arguments.add_argument("--to", type=Path, default=FOLDER)
    given = arguments.parse_args(words)
    if unknown := [name for name in given.only if name not in PAGES]:
        arguments.error(f"no page is named {', '.join(unknown)}; there are {', '.join(PAGES)}")
    return given


async def main() -> int:
    given = given_in(sys.argv[1:])
    if reason := missing():
        print(reason, file=sys.stderr)
        return 1
    given.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="parley-screenshots-") as folder:
        parley = DemoInstallation(Path(folder))
        try:
            await parley.start()
            day = await live(parley)
            async with open_browser() as browser:
                troubles = [await _take(browser, parley.url, day, look, given) for look in LOOKS]
        finally:
            await parley.stop()
    return 1 if any(troubles) else 0


async def _take(browser: Browser, url: str, day: Day, look: str, given: argparse.Namespace) -> int:
    """How many pages were in trouble."""
    troubled = 0
    for name in given.only:
        context = await browser.new_context(locale="en-US", reduced_motion="reduce", **LOOKS[look])
        visitor = Visitor(context, url)
        if name not in STRANGERS:
            await visitor.sign_in(day.session)
        path = PAGES[name].format(**asdict(day))
        found = await shoot(visitor, name, path, given.to / f"{name}-{look}.png")
        await context.close()
        print(f"{name} ({look})", *found, sep="\n  ", flush=True)
        troubled += bool(found)
    return troubled


async def shoot(visitor: Visitor, name: str, path: str, to: Path) -> list[str]:
    """Takes the picture; what went wrong, a page that did not come included."""
    visitor.faults.expected = ("401",) if name in STRANGERS else ()
    try:
        page = await visitor.open(path)
        await settle(page)
        if name in FIRST:
            await FIRST[name](page)
        await page.wait_for_timeout(_STILL_MS)
        await page.screenshot(path=to)
    except Error as error:
        return [f"not taken: {error.message}", *visitor.faults.unexpected()]
    return visitor.faults.unexpected()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
